/** Which rows of a list are selected: one by one, by ranges, or all that are shown. */
import { createMemo, createSignal } from 'solid-js'

/** `shown` are the ids of the list as it is seen, `existing` those that there are at all. */
export function createSelection(shown: () => readonly string[], existing: () => ReadonlySet<string>) {
  const [marked, setMarked] = createSignal<ReadonlySet<string>>(new Set<string>())
  const [anchor, setAnchor] = createSignal<string>()
  const ids = createMemo((): ReadonlySet<string> => {
    const all = existing()
    const kept = [...marked()].filter((id) => all.has(id))
    return kept.length === marked().size ? marked() : new Set(kept)
  })
  return {
    ids,
    has: (id: string) => ids().has(id),
    /** Selects or not; with `isRange` everything from the last row that was touched. */
    mark: (id: string, isSelected: boolean, isRange = false) => {
      const list = shown()
      const from = isRange ? list.indexOf(anchor() ?? id) : -1
      const to = list.indexOf(id)
      const touched = from < 0 ? [id] : list.slice(Math.min(from, to), Math.max(from, to) + 1)
      const next = new Set(ids())
      for (const each of touched) {
        if (isSelected) next.add(each)
        else next.delete(each)
      }
      setMarked(next)
      setAnchor(id)
    },
    /** All that are shown, besides what is selected already. */
    all: () => setMarked(new Set([...ids(), ...shown()])),
    clear: () => setMarked(new Set<string>()),
  }
}
export type Selection = ReturnType<typeof createSelection>
