/** Rows that are used again for other keys: making one anew costs far more than filling it with other words. */
import { type Accessor, createMemo, onCleanup } from 'solid-js'

/** One drawn row, whatever its key is at the moment. */
export type RowSlot = object

interface Assignment {
  /** In no order: as they came to be. */
  readonly slots: readonly RowSlot[]
  readonly keys: ReadonlyMap<RowSlot, string>
}

/** @param drawn distinct keys, in order */
export function createRowSlots(drawn: Accessor<readonly string[]>) {
  const elements = new Map<RowSlot, HTMLElement>()
  const hasFocus = (slot: RowSlot) => elements.get(slot)?.contains(document.activeElement) === true
  const assigned = createMemo<Assignment>((before) => {
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
    for (const key of missing) {
      const used = free.pop()
      const slot = used ?? {}
      if (used === undefined) added.push(slot)
      keys.set(slot, key)
    }
    const known = before?.slots ?? []
    if (added.length === 0 && keys.size === known.length) return { slots: known, keys }
    return { slots: [...known.filter((slot) => keys.has(slot)), ...added], keys }
  })
  const keyOf = (slot: RowSlot) => assigned().keys.get(slot) ?? ''

  return {
    slots: createMemo(() => assigned().slots),
    keyOf,
    /** Takes the element of a slot; call while its component is made. */
    place: (slot: RowSlot, element: HTMLElement) => {
      elements.set(slot, element)
      onCleanup(() => elements.delete(slot))
    },
    /** Puts the elements into the order of their keys. The one with the focus stays where it is, and keeps it. */
    sort: () => {
      const { keys } = assigned()
      const byKey = new Map([...keys].map(([slot, key]) => [key, elements.get(slot)]))
      putInOrder(drawn().flatMap((key) => byKey.get(key) ?? []))
    },
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
