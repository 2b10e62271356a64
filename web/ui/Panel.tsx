/** The one card with a heading: what a page is made of. */
import { createUniqueId, type JSX, Show } from 'solid-js'

interface PanelProps {
  readonly title: JSX.Element
  /** One sentence under the title. */
  readonly note?: JSX.Element
  /** Buttons at the end of the heading. */
  readonly actions?: JSX.Element
  /** For links that jump here. */
  readonly id?: string
  /** The content reaches the card's edges: for tables and lists. */
  readonly isFlush?: boolean
  /** The buttons stay beside the title, however long its note is: the note is cut where it says so. */
  readonly isOneLine?: boolean
  readonly class?: string
  readonly children: JSX.Element
}

export function Panel(props: PanelProps) {
  const titleId = createUniqueId()
  return (
    <section id={props.id} aria-labelledby={titleId} class={`card min-w-0 ${props.class ?? ''}`}>
      <header
        class={`flex items-center justify-between ${props.isOneLine ? '' : 'flex-wrap'} gap-x-4 gap-y-2 px-4 pt-3 ${props.isFlush ? 'border-b border-line pb-3' : 'pb-1'}`}
      >
        <div class="min-w-0">
          <h2 id={titleId} class="break-words">
            {props.title}
          </h2>
          <Show when={props.note}>
            <div class="mt-0.5 text-sm text-muted">{props.note}</div>
          </Show>
        </div>
        <Show when={props.actions}>
          <div class="flex flex-wrap items-center gap-2">{props.actions}</div>
        </Show>
      </header>
      <div class={props.isFlush ? '' : 'px-4 pt-2 pb-4'}>{props.children}</div>
    </section>
  )
}
