/** Rows that are used again for other keys: making one anew costs far more than filling it with other words. */
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js'
import { picture } from '../turns.ts'

/** One drawn row, whatever its key is at the moment. */
export type RowSlot = object

interface Assignment {
  /** In no order: as they came to be. */
  readonly slots: readonly RowSlot[]
  readonly keys: ReadonlyMap<RowSlot, string>
  /** Keys that are still without a row. */
  readonly isPartial: boolean
}

/** Rows made for one picture, whatever asks for them: the rest follows after it, so that nobody waits for a screenful. */
const rowsPerFrame = 4
/** A pause in scrolling after which the rows are put in order in the document too. */
const restMs = 120

/**
 * @param drawn distinct keys, in order
 * @param scroller the element that scrolls, once it is there
 */
export function createRowSlots(
  drawn: Accessor<readonly string[]>,
  scroller: Accessor<HTMLElement | undefined>,
) {
  const elements = new Map<RowSlot, HTMLElement>()
  const hasFocus = (slot: RowSlot) => elements.get(slot)?.contains(document.activeElement) === true
  const [frame, nextFrame] = createSignal(undefined, { equals: false })
  /** Rows made since the last picture. */
  let made = 0
  const assigned = createMemo<Assignment>((before) => {
    frame()
    const missing = new Set(drawn())
    const keys = new Map<RowSlot, string>()
    const free: RowSlot[] = []
    for (const slot of before?.slots ?? []) {
      const key = before?.keys.get(slot)
      if (key !== undefined && missing.delete(key)) keys.set(slot, key)
      // What has the focus never becomes another row: the next key would be typed into that one.
      else if (!hasFocus(slot)) free.push(slot)
    }
    const added: RowSlot[] = []
    let isPartial = false
    for (const key of missing) {
      const used = free.pop()
      isPartial = used === undefined && made >= rowsPerFrame
      if (isPartial) break
      const slot = used ?? {}
      if (used === undefined) {
        added.push(slot)
        made += 1
      }
      keys.set(slot, key)
    }
    const known = before?.slots ?? []
    const slots =
      added.length === 0 && keys.size === known.length
        ? known
        : [...known.filter((slot) => keys.has(slot)), ...added]
    return { slots, keys, isPartial }
  })
  let isWaiting = false
  const afterPicture = () => {
    isWaiting = false
    made = 0
    if (untrack(assigned).isPartial) nextFrame()
  }
  createEffect(() => {
    assigned()
    if (made === 0 || isWaiting) return
    isWaiting = true
    void picture().then(afterPicture)
  })

  /** Puts the elements into the order of their keys. The one with the focus stays where it is, and keeps it. */
  const sort = () => {
    const byKey = new Map([...assigned().keys].map(([slot, key]) => [key, elements.get(slot)]))
    putInOrder(drawn().flatMap((key) => byKey.get(key) ?? []))
  }
  let resting: ReturnType<typeof setTimeout> | undefined
  const settle = () => {
    clearTimeout(resting)
    resting = undefined
    sort()
  }
  createEffect(
    on(assigned, () => {
      if (resting === undefined) sort()
    }),
  )
  createEffect(() => {
    const element = scroller()
    if (!element) return
    const wait = () => {
      clearTimeout(resting)
      resting = setTimeout(settle, restMs)
    }
    element.addEventListener('scroll', wait, { passive: true })
    onCleanup(() => element.removeEventListener('scroll', wait))
  })
  onCleanup(() => clearTimeout(resting))

  return {
    slots: createMemo(() => assigned().slots),
    /** The key that a row shows now. */
    keyOf: (slot: RowSlot) => assigned().keys.get(slot) ?? '',
    /** Takes the element of a slot; call while its component is made. */
    place: (slot: RowSlot, element: HTMLElement) => {
      elements.set(slot, element)
      onCleanup(() => elements.delete(slot))
    },
    /** Puts the rows in order in the document at once, for whatever goes through it one by one. */
    settle,
  }
}

function putInOrder(rows: readonly HTMLElement[]): void {
  const list = rows[0]?.parentElement
  let next = list?.firstElementChild ?? null
  for (const row of rows) {
    // Moving what has the focus would take it away: what stands before it goes behind it instead.
    if (row !== next && row.contains(document.activeElement)) {
      while (next !== null && next !== row) {
        const passed: Element = next
        next = next.nextElementSibling
        list?.append(passed)
      }
    }
    if (row === next) next = next.nextElementSibling
    else list?.insertBefore(row, next)
  }
}
