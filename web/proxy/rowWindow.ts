/** Which rows of a long list of equal rows are in sight, and where each lies; a row's height is known, so none is measured. */
import { createMemo, createSignal, onCleanup } from 'solid-js'

interface RowWindowOptions {
  readonly count: () => number
  /** CSS pixels. */
  readonly rowHeight: () => number
  /** Height of what sticks to the top of the scrolling box and hides rows behind it, in CSS pixels. */
  readonly headHeight: () => number
  /** A row that stays in the document wherever the list is scrolled to: the one with the focus. */
  readonly kept: () => number | undefined
}

export interface RowWindow {
  /** Give it the scrolling box. */
  readonly attach: (box: HTMLElement) => void
  /** First and last row in sight, both inclusive; last is -1 when there is none. */
  readonly first: () => number
  readonly last: () => number
  /** Indices to draw, ascending: those in sight, a few around, and the kept one. */
  readonly indices: () => readonly number[]
  /** How many rows fit into the box. */
  readonly perPage: () => number
  /** Scrolls as little as it takes. */
  readonly reveal: (index: number) => void
  readonly scrollToTop: () => void
}

/** Rows drawn above and below those in sight, so that a short scroll shows no gap. */
const overscan = 6

export function createRowWindow(options: RowWindowOptions): RowWindow {
  const [scrollTop, setScrollTop] = createSignal(0)
  const [height, setHeight] = createSignal(0)
  let box: HTMLElement | undefined

  const attach = (element: HTMLElement) => {
    box = element
    const look = () => setScrollTop(element.scrollTop)
    element.addEventListener('scroll', look, { passive: true })
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    onCleanup(() => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    })
  }
  const inSight = () => Math.max(0, height() - options.headHeight())
  const bounded = (index: number) => Math.max(0, Math.min(options.count() - 1, index))
  const first = createMemo(() => bounded(Math.floor(scrollTop() / options.rowHeight())))
  const last = createMemo(() =>
    options.count() === 0 ? -1 : bounded(Math.floor((scrollTop() + inSight() - 1) / options.rowHeight())),
  )
  const indices = createMemo(() => {
    if (last() < 0) return []
    const from = bounded(first() - overscan)
    const to = bounded(last() + overscan)
    const drawn = Array.from({ length: to - from + 1 }, (_, step) => from + step)
    const kept = options.kept()
    if (kept === undefined || kept >= options.count()) return drawn
    if (kept < from) return [kept, ...drawn]
    return kept > to ? [...drawn, kept] : drawn
  })
  const scrollTo = (top: number) => {
    if (!box) return
    box.scrollTop = top
    setScrollTop(box.scrollTop)
  }
  const reveal = (index: number) => {
    const top = index * options.rowHeight()
    const bottom = top + options.rowHeight()
    if (top < scrollTop()) scrollTo(top)
    else if (bottom > scrollTop() + inSight()) scrollTo(bottom - inSight())
  }
  return {
    attach,
    first,
    last,
    indices,
    perPage: () => Math.max(1, Math.floor(inSight() / options.rowHeight())),
    reveal,
    scrollToTop: () => scrollTo(0),
  }
}
