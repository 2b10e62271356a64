/** The first few of many proxies by name, and how many more there are. */
import { For, Show } from 'solid-js'
import { plural } from '../locales/i18n.ts'
import { DomainName } from '../ui/DomainName.tsx'
import type { BulkItem } from './bulk.ts'

const mostNamed = 8

export function HostnameList(props: { readonly items: readonly BulkItem[] }) {
  return (
    <ul class="rounded-lg border border-line bg-sunken px-3 py-2 text-sm">
      <For each={props.items.slice(0, mostNamed)}>
        {(item) => (
          <li>
            <DomainName name={item.hostname} />
          </li>
        )}
      </For>
      <Show when={props.items.length > mostNamed}>
        <li class="text-muted">{plural('fleet.bulkMore', props.items.length - mostNamed)}</li>
      </Show>
    </ul>
  )
}
