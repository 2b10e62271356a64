/** The part of a long list that is in sight: which rows to draw and where, whatever their heights. */
import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import { createRowSlots, type RowSlot } from './createRowSlots.ts'

interface RowWindowParts {
  /** Distinct, in order: one per row. */
  readonly keys: () => readonly string[]
  /** The element that scrolls. */
  readonly scroller: () => HTMLElement | undefined
  /** Pixels of a row that has not been measured, by the width of the list. */
  readonly usualPx: (widthPx: number) => number
}

/** Rows drawn beyond either edge, so that a fast scroll meets no gap. */
const overscan = 6
/** Before the list is measured, and where nothing has a size, as many rows as a screen holds. */
const unmeasured = { top: 0, height: 800, width: 1_000 }

export function createRowWindow(parts: RowWindowParts) {
  const [port, setPort] = createSignal(unmeasured, {
    equals: (a, b) => a.top === b.top && a.height === b.height && a.width === b.width,
  })
  /** Measured heights that are not the usual one; of a list that goes on for hours, only those of rows it still has. */
  const [heights, setHeights] = createSignal<ReadonlyMap<string, number>>(new Map())
  const [kept, setKept] = createSignal<string>()
  const usual = createMemo(() => parts.usualPx(port().width))
  const places = createMemo(() => new Map(parts.keys().map((key, place) => [key, place])))
  const heightOf = (key: string) => heights().get(key) ?? usual()
  /** Where each row begins; the last entry is the end of the list. */
  const starts = createMemo(() => {
    const [keys, known, usualHeight] = [parts.keys(), heights(), usual()]
    const result = new Float64Array(keys.length + 1)
    let end = 0
    for (let place = 0; place < keys.length; place += 1) {
      end += known.size === 0 ? usualHeight : (known.get(keys[place] ?? '') ?? usualHeight)
      result[place + 1] = end
    }
    return result
  })
  const startOf = (place: number) => starts()[place] ?? 0
  const span = createMemo(
    () => {
      const { top, height } = port()
      const last = parts.keys().length - 1
      const from = Math.max(0, rowAt(starts(), top) - overscan)
      // As many wherever the list stands, so that scrolling makes no row and takes none away.
      const usualTo = from + Math.ceil(height / usual()) + 2 * overscan
      const to = Math.min(last, Math.max(usualTo, rowAt(starts(), top + height) + overscan))
      return { from, to }
    },
    undefined,
    { equals: (a, b) => a.from === b.from && a.to === b.to },
  )
  const drawn = createMemo(
    () => {
      const { from, to } = span()
      const keys = parts.keys().slice(from, to + 1)
      const key = kept()
      const place = key === undefined ? undefined : places().get(key)
      // The row with the focus stays, also out of sight: else the focus would be lost by scrolling.
      if (key === undefined || place === undefined || (place >= from && place <= to)) return keys
      return place < from ? [key, ...keys] : [...keys, key]
    },
    undefined,
    { equals: (a, b) => a.length === b.length && a.every((key, index) => key === b[index]) },
  )

  const rows = createRowSlots(drawn, parts.scroller)

  const look = () => {
    const top = parts.scroller()?.scrollTop
    if (top !== undefined) setPort((known) => ({ ...known, top }))
  }
  const measured = new WeakMap<Element, number>()
  const sizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(onResized)
  function onResized(entries: readonly ResizeObserverEntry[]) {
    const next = new Map([...heights()].filter(([key]) => places().has(key)))
    let above = 0
    for (const { target, borderBoxSize, contentRect } of entries) {
      if (target === parts.scroller()) {
        const { height, width } = contentRect
        setPort(({ top }) => ({ top, height: height || unmeasured.height, width: width || unmeasured.width }))
      }
      const key = target instanceof HTMLElement ? target.dataset.rowKey : undefined
      if (key === undefined || !target.isConnected) continue
      const px = borderBoxSize[0]?.blockSize ?? usual()
      measured.set(target, px)
      const change = px - heightOf(key)
      if (px === usual()) next.delete(key)
      else next.set(key, px)
      // What grows above must not push what is being read.
      if (startOf(places().get(key) ?? 0) < port().top) above += change
    }
    if (!isSame(next, heights())) {
      setHeights(next)
      const element = parts.scroller()
      // Only then: reading where the list stands, after rows were changed, makes the browser lay it all out at once.
      if (!element || above === 0) return
      element.scrollTop += above
      look()
    }
  }
  createEffect(() => {
    const element = parts.scroller()
    if (!element) return
    // Its size comes with the observer's first call, after the frame's layout; to read it now would force one more.
    element.addEventListener('scroll', look, { passive: true })
    sizes?.observe(element)
    onCleanup(() => {
      element.removeEventListener('scroll', look)
      sizes?.unobserve(element)
    })
  })
  onCleanup(() => sizes?.disconnect())

  return {
    places,
    /** The rows to draw, which are used again for other keys while the list is scrolled. */
    slots: rows.slots,
    keyOf: rows.keyOf,
    settle: rows.settle,
    /** First and last place in sight, and a few beyond. */
    span,
    heightPx: () => startOf(parts.keys().length),
    startPx: (key: string) => startOf(places().get(key) ?? 0),
    /** Takes a row's element and watches its height; give it the row's key as `data-row-key`. */
    place: (slot: RowSlot, row: HTMLElement) => {
      rows.place(slot, row)
      sizes?.observe(row)
      createEffect(
        on(
          () => rows.keyOf(slot),
          (key) => {
            // Another row of the same unusual height is no change of size.
            if (measured.get(row) === heightOf(key)) return
            sizes?.unobserve(row)
            sizes?.observe(row)
          },
          { defer: true },
        ),
      )
      onCleanup(() => sizes?.unobserve(row))
    },
    /** Keeps this row drawn, wherever it is. */
    keep: setKept,
    /** Brings a row into sight; false when there is none of this key. */
    reveal: (key: string, align: 'nearest' | 'center' = 'nearest'): boolean => {
      const place = places().get(key)
      const element = parts.scroller()
      if (place === undefined || !element) return false
      const [start, end, height] = [startOf(place), startOf(place + 1), port().height]
      const { scrollTop } = element
      const isAbove = start < scrollTop
      if (align === 'center') element.scrollTop = start - (height - (end - start)) / 2
      else if (isAbove || end > scrollTop + height) element.scrollTop = isAbove ? start : end - height
      look()
      return true
    },
  }
}

/** The row that holds this many pixels from the top. */
function rowAt(starts: Float64Array, px: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= px) low = middle
    else high = middle - 1
  }
  return low
}

function isSame(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([key, px]) => b.get(key) === px)
}
