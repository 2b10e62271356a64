/** A domain name that is broken after its dots, as a reader expects, and within a label only where that alone is too long. */
import { For, Show } from 'solid-js'

export function DomainName(props: { readonly name: string }) {
  return (
    <span class="wrap-anywhere">
      <For each={props.name.split(afterDots)}>
        {(label, index) => (
          <>
            <Show when={index() > 0}>
              <wbr />
            </Show>
            {label}
          </>
        )}
      </For>
    </span>
  )
}

const afterDots = /(?<=\.)/
