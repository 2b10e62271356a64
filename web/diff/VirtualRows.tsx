/** A long list in a frame of its own: only the rows in view are in the page, and each is as tall as it needs to be. */
import { createEffect, createMemo, createSignal, For, type JSX, onMount, Show } from 'solid-js'
import { createRowWindow } from '../ui/createRowWindow.ts'

interface VirtualRowsProps<Row> {
  readonly rows: readonly Row[]
  readonly label: string
  /** Usual height of a row in CSS pixels; the real one is measured. */
  readonly rowHeight: number
  /** Names a row for as long as it looks the same, and no other: its height is remembered by it. */
  readonly rowKey: (row: Row) => string
  readonly class?: string
  /** Told which rows are drawn, both inclusive, whenever they are others. */
  readonly onShow?: (first: number, last: number) => void
  /** Hands out the way to scroll to a row, in the page and in the frame. */
  readonly onReady?: (showRow: (index: number) => void) => void
  readonly children: (row: Row, index: number) => JSX.Element
}

export function VirtualRows<Row>(props: VirtualRowsProps<Row>) {
  let element: HTMLElement | undefined
  const [frame, setFrame] = createSignal<HTMLElement>()
  // Not before it is in the page: until then it has no size.
  onMount(() => setFrame(element))
  const keys = createMemo(() => props.rows.map(props.rowKey))
  const view = createRowWindow({ keys, scroller: frame, usualPx: () => props.rowHeight })
  createEffect(() => props.onShow?.(view.span().from, view.span().to))
  props.onReady?.((index) => {
    frame()?.scrollIntoView({ block: 'nearest' })
    view.reveal(keys()[index] ?? '', 'center')
  })
  return (
    <section
      ref={(target) => {
        element = target
      }}
      tabindex="0"
      aria-label={props.label}
      class={`max-h-144 overflow-x-hidden overflow-y-auto ${props.class ?? ''}`}
    >
      <div class="relative w-full" style={{ height: `${view.heightPx()}px` }}>
        <For each={view.slots()}>
          {(slot) => {
            const key = createMemo(() => view.keyOf(slot))
            const index = createMemo((before: number) => view.places().get(key()) ?? before, 0)
            return (
              <div
                data-index={index()}
                data-row-key={key()}
                ref={(row) => view.place(slot, row)}
                class="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${view.startPx(key())}px)` }}
              >
                <Show when={props.rows[index()]} keyed>
                  {(row) => props.children(row, index())}
                </Show>
              </div>
            )
          }}
        </For>
      </div>
    </section>
  )
}
