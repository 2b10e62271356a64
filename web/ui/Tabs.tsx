/** Tabs that are pages: a row of links, of which one is the current page. */
import { For, Show } from 'solid-js'

export interface TabItem {
  readonly label: string
  readonly href: string
  readonly isCurrent: boolean
  /** Shown behind the label. */
  readonly count?: number | string | undefined
}

/** Plain links: whatever routes the page takes their clicks. */
export function TabNav(props: { readonly label: string; readonly items: readonly TabItem[] }) {
  return (
    <nav aria-label={props.label} class="mb-4 overflow-x-auto border-b border-line">
      <ul class="flex gap-3.5 sm:gap-5">
        <For each={props.items}>
          {(item) => (
            <li>
              <a
                href={item.href}
                aria-current={item.isCurrent ? 'page' : undefined}
                class="-mb-px inline-flex h-9 items-center gap-1.5 border-b-2 border-transparent font-medium whitespace-nowrap text-muted -outline-offset-2! hover:border-line-strong hover:text-text aria-[current]:border-accent aria-[current]:text-text"
              >
                {item.label}
                <Show when={item.count !== undefined}>
                  <span class="rounded-full bg-sunken px-1.5 text-xs text-muted">{item.count}</span>
                </Show>
              </a>
            </li>
          )}
        </For>
      </ul>
    </nav>
  )
}
