/** Which proxies are selected: one by one, by range from the last one touched, or all that match. */
import { createSignal } from 'solid-js'

export interface Selection {
  readonly ids: () => ReadonlySet<string>
  readonly has: (id: string) => boolean
  /** Also makes it the row that a range starts from. */
  readonly toggle: (id: string, index: number) => void
  /** Adds these, such as a range. */
  readonly add: (ids: readonly string[]) => void
  readonly remove: (ids: readonly string[]) => void
  readonly replace: (ids: readonly string[]) => void
  readonly clear: () => void
  /** Where a range starts; undefined before any row was touched. */
  readonly anchor: () => number | undefined
}

export function createSelection(): Selection {
  const [ids, setIds] = createSignal<ReadonlySet<string>>(new Set())
  const [anchor, setAnchor] = createSignal<number>()
  return {
    ids,
    has: (id) => ids().has(id),
    toggle: (id, index) => {
      setAnchor(index)
      setIds((before) => {
        const after = new Set(before)
        if (!after.delete(id)) after.add(id)
        return after
      })
    },
    add: (more) => setIds((before) => new Set([...before, ...more])),
    remove: (fewer) => setIds((before) => new Set([...before].filter((id) => !fewer.includes(id)))),
    replace: (all) => setIds(new Set(all)),
    clear: () => {
      setAnchor(undefined)
      setIds(new Set<string>())
    },
    anchor,
  }
}
