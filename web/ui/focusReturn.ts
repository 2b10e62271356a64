/** Gives the focus back to what had it before something opened over the page. */
import { createComputed, on } from 'solid-js'

/** @returns the `onCloseAutoFocus` of a Kobalte dialog; by itself that knows only triggers of its own. */
export function createFocusReturn(isOpen: () => boolean): (event: Event) => void {
  let before: Element | null = null
  createComputed(
    on(isOpen, (isNowOpen) => {
      if (isNowOpen) before = document.activeElement
    }),
  )
  return (event) => {
    event.preventDefault()
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
  }
}
