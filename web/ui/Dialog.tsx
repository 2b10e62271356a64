/** A modal dialog: takes the focus, gives it back, closes on Escape. Its code is fetched when it is first wanted. */
import { createMemo, lazy, Show } from 'solid-js'
import type { DialogProps } from './ModalDialog.tsx'

const ModalDialog = lazy(() => import('./ModalDialog.tsx').then((file) => ({ default: file.ModalDialog })))

/** Fetches the code ahead, when a person begins to do something. */
export const preloadDialog = () => void ModalDialog.preload()

export function Dialog(props: DialogProps) {
  // Stays once it was open, so that it can give the focus back when it closes.
  const wasOpen = createMemo<boolean>((before) => before || props.isOpen, false)
  return (
    <Show when={wasOpen()}>
      <ModalDialog {...props} />
    </Show>
  )
}
