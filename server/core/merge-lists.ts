/** Three-way merge of an ordered list: everything that either side added, changed or moved. */
import { longestAscending } from './longest-ascending.ts'

/** One thing as each of the three lists has it; null where a list does not have it. */
export interface Sides<Item> {
  readonly base: Item | null
  readonly mine: Item | null
  readonly theirs: Item | null
}

export interface ListConflict<Item, Unit> extends Sides<Item> {
  /** What both changed differently; null: one side changed the thing, the other removed it. */
  readonly unit: Unit | null
  /** The merged thing that stands before theirs in their list; null: nothing does. */
  readonly after: Item | null
}

export interface SideList<Item> {
  readonly items: readonly Item[]
  /** For each item the index of the same thing in `base`, or -1. */
  readonly origin: readonly number[]
}

export interface ListMerge<Item, Unit> {
  readonly base: readonly Item[]
  readonly mine: SideList<Item>
  readonly theirs: SideList<Item>
  /** For each of mine the index in theirs of the same thing where both added it, else -1. */
  readonly twins: readonly number[]
  readonly units: readonly Unit[]
  readonly isSame: (unit: Unit, a: Item, b: Item) => boolean
  /** `item` with the unit as `source` has it. */
  readonly take: (unit: Unit, item: Item, source: Item) => Item
}

interface Merged<Item, Unit> {
  /** Null: in neither, or removed on one side. */
  readonly item: Item | null
  readonly sides: Sides<Item>
  readonly contested: readonly (Unit | null)[]
}

/**
 * Their order, and on top of it what I moved or added, each after what stands before it in my list.
 * Where both changed a unit differently, and where one removed what the other changed, mine stands.
 */
export function mergeLists<Item, Unit>(
  lists: ListMerge<Item, Unit>,
): { readonly merged: Item[]; readonly conflicts: ListConflict<Item, Unit>[] } {
  const { base, mine, theirs } = lists
  const theirsOfMine = counterparts(lists)
  const unmoved = longestAscending(mine.origin)
  /** By index in theirs: what keeps its place there, and what of mine comes after it; -1 is the top. */
  const inPlace = new Map<number, Merged<Item, Unit>>()
  const inserted = new Map<number, Merged<Item, Unit>[]>()
  let anchor = -1
  mine.items.forEach((own, index) => {
    const origin = mine.origin[index] ?? -1
    const other = theirsOfMine[index] ?? -1
    const sides = { base: base[origin] ?? null, mine: own, theirs: theirs.items[other] ?? null }
    const result = mergeSides(lists, sides)
    if (other >= 0 && (origin < 0 || unmoved.has(index))) {
      inPlace.set(other, result)
      anchor = other
    } else {
      const chain = inserted.get(anchor)
      if (chain === undefined) inserted.set(anchor, [result])
      else chain.push(result)
    }
  })

  const merged: Item[] = []
  const conflicts: ListConflict<Item, Unit>[] = []
  let after: Item | null = null
  const place = (result: Merged<Item, Unit>) => {
    for (const unit of result.contested) conflicts.push({ ...result.sides, unit, after })
    if (result.item !== null) merged.push(result.item)
  }
  for (const result of inserted.get(-1) ?? []) place(result)
  const movedByMe = new Set(theirsOfMine)
  theirs.items.forEach((other, index) => {
    const kept = inPlace.get(index)
    if (kept !== undefined || !movedByMe.has(index)) {
      const result =
        kept ??
        mergeSides(lists, { base: base[theirs.origin[index] ?? -1] ?? null, mine: null, theirs: other })
      place(result)
      after = result.item ?? after
    }
    for (const result of inserted.get(index) ?? []) place(result)
  })
  return { merged, conflicts }
}

/** For each of mine the index of the same thing in theirs, or -1. */
export function counterparts<Item, Unit>({ mine, theirs, twins }: ListMerge<Item, Unit>): number[] {
  const byOrigin = new Map(theirs.origin.map((origin, index) => [origin, index]))
  return mine.origin.map((origin, index) =>
    origin >= 0 ? (byOrigin.get(origin) ?? -1) : (twins[index] ?? -1),
  )
}

function mergeSides<Item, Unit>(lists: ListMerge<Item, Unit>, sides: Sides<Item>): Merged<Item, Unit> {
  const { base, mine, theirs } = sides
  if (mine !== null && theirs !== null) return mergeBoth(lists, sides, mine, theirs)
  const only = mine ?? theirs
  if (base === null || only === null) return { item: only, sides, contested: [] }
  const isChanged = lists.units.some((unit) => !lists.isSame(unit, base, only))
  return { item: isChanged ? mine : null, sides, contested: isChanged ? [null] : [] }
}

function mergeBoth<Item, Unit>(
  { units, isSame, take }: ListMerge<Item, Unit>,
  sides: Sides<Item>,
  mine: Item,
  theirs: Item,
): Merged<Item, Unit> {
  const { base } = sides
  const changed = units.filter(
    (unit) => !isSame(unit, mine, theirs) && (base === null || !isSame(unit, base, mine)),
  )
  return {
    item: changed.reduce((item, unit) => take(unit, item, mine), theirs),
    sides,
    contested: changed.filter((unit) => base === null || !isSame(unit, base, theirs)),
  }
}
