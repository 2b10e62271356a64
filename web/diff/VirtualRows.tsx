/** A long list in a frame of its own: only the rows in view are in the page, and each is as tall as it needs to be. */
import { createVirtualizer } from '@tanstack/solid-virtual'
import { createEffect, createSignal, For, type JSX, on, onMount, Show } from 'solid-js'

interface VirtualRowsProps<Row> {
  readonly rows: readonly Row[]
  readonly label: string
  /** Usual height of a row in CSS pixels; the real one is measured. */
  readonly rowHeight: number
  /** Names a row for as long as it looks the same: its height is remembered by it. */
  readonly rowKey: (row: Row) => string
  readonly class?: string
  /** Hands out the way to scroll to a row, in the page and in the frame. */
  readonly onReady?: (showRow: (index: number) => void) => void
  readonly children: (row: Row, index: number) => JSX.Element
}

/** Rows rendered beyond either edge of the frame. */
const overscan = 12

export function VirtualRows<Row>(props: VirtualRowsProps<Row>) {
  let element: HTMLElement | undefined
  const [frame, setFrame] = createSignal<HTMLElement>()
  // Not before it is in the page: a fresh clone of a template has no window yet whose scrolling could be followed.
  onMount(() => setFrame(element))
  const virtual = createVirtualizer<HTMLElement, HTMLElement>({
    get count() {
      return props.rows.length
    },
    getScrollElement: () => frame() ?? null,
    estimateSize: () => props.rowHeight,
    // Read anew whenever the rows change, so that heights go with their rows.
    get getItemKey() {
      const rows = props.rows
      return (index: number) => {
        const row = rows[index]
        return row === undefined ? index : props.rowKey(row)
      }
    },
    overscan,
    // Before the frame is measured, as many rows as a screen holds.
    initialRect: { width: 0, height: 800 },
  })
  createEffect(
    on(
      () => props.rows,
      () => {
        // An element that now holds another row may keep its size, and would then not be measured again.
        queueMicrotask(() => {
          for (const row of frame()?.querySelectorAll<HTMLElement>('[data-index]') ?? []) {
            virtual.measureElement(row)
          }
        })
      },
      { defer: true },
    ),
  )
  props.onReady?.((index) => {
    frame()?.scrollIntoView({ block: 'nearest' })
    virtual.scrollToIndex(index, { align: 'center' })
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
      <div class="relative w-full" style={{ height: `${virtual.getTotalSize()}px` }}>
        <For each={virtual.getVirtualItems()}>
          {(item) => (
            <div
              data-index={item.index}
              ref={(element) => queueMicrotask(() => virtual.measureElement(element))}
              class="absolute top-0 left-0 w-full"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Show when={props.rows[item.index]} keyed>
                {(row) => props.children(row, item.index)}
              </Show>
            </div>
          )}
        </For>
      </div>
    </section>
  )
}
