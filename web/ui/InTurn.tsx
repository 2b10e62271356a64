/** Parts of a page that are made one a picture, in the order of their places: all at once would hold up the browser. */
import { createSignal, type JSX, onCleanup, Show } from 'solid-js'
import { picture } from '../turns.ts'

/** When the part that was asked for last has been shown. */
let last = Promise.resolve()

/** Only what stands below may follow it, or what is read already would jump. */
export function InTurn(props: { readonly fallback?: JSX.Element; readonly children: JSX.Element }) {
  const [isOn, setOn] = createSignal(false)
  let isWanted = true
  onCleanup(() => {
    isWanted = false
  })
  last = last.then(async () => {
    if (!isWanted) return
    await picture()
    if (isWanted) setOn(true)
  })
  return (
    <Show when={isOn()} fallback={props.fallback}>
      {props.children}
    </Show>
  )
}
