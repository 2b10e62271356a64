/** A shortcut as the keys that a person presses: `Ctrl+K`, `g f`. */
import { For, Show } from 'solid-js'

/** @param props.keys presses divided by blanks, keys of one press by `+`, in the words on the keyboard */
export function Kbd(props: { readonly keys: string }) {
  return (
    <span class="inline-flex items-center gap-1 whitespace-nowrap">
      <For each={props.keys.split(' ')}>
        {(press, index) => (
          <>
            <Show when={index() > 0}> </Show>
            <kbd class="rounded border border-line bg-sunken px-1 font-sans text-xs leading-4.5 text-muted">
              {press}
            </kbd>
          </>
        )}
      </For>
    </span>
  )
}
