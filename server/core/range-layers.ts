/** Ranges laid over one another in their order, the first on top: who decides which addresses. */
import type { AddressFamily, AddressRange, Interval } from './cidr.ts'

export interface Layer<Action> {
  readonly range: AddressRange
  readonly action: Action
}

/** The first few layers, by index; `isMore` says that there may be others. */
export interface SomeLayers {
  readonly indexes: readonly number[]
  readonly isMore: boolean
}

/** What became of the layers, each asked for by its index. */
export interface LaidLayers {
  /** What the layer decides: ascending, disjoint; empty if earlier layers hold it all. */
  readonly partsOf: (index: number) => Interval[]
  readonly decides: (index: number) => boolean
  /** For one that decides nothing: earlier layers that together hold it, from its beginning. */
  readonly coverOf: (index: number) => SomeLayers
  /** Earlier layers with another action that decide some of it. */
  readonly othersOver: (index: number) => SomeLayers
  readonly hasOthersOver: (index: number) => boolean
  /** Whether a later layer with another action would decide some of its parts if it were gone. */
  readonly protects: (index: number) => boolean
  /** The first layer at which every address of both families is held; null if some are not. */
  readonly holdsAllAt: number | null
}

const namedLayers = 3

/** Near-linear, as `disjointParts`: the ends cut each family's line into segments, and each is given away once. */
export function layRanges<Action>(layers: readonly Layer<Action>[]): LaidLayers {
  const lines = { 4: new Line(layers, 4), 6: new Line(layers, 6) }
  const lineOf = (index: number) => lines[layers[index]?.range.family ?? 4]
  const holdsAll = lines[4].isWhole && lines[6].isWhole
  return {
    partsOf: (index) => lineOf(index).partsOf(index),
    decides: (index) => lineOf(index).decides(index),
    coverOf: (index) => lineOf(index).coverOf(index),
    othersOver: (index) => lineOf(index).othersOver(index),
    hasOthersOver: (index) => lineOf(index).hasOthersOver(index),
    protects: (index) => lineOf(index).protects(index),
    holdsAllAt: holdsAll ? Math.max(lines[4].lastOwner, lines[6].lastOwner) : null,
  }
}

class Line<Action> {
  readonly #layers: readonly Layer<Action>[]
  /** Where the segments begin, and the end of the last. */
  readonly #starts: bigint[] = []
  /** For each layer its first segment, and the one after its last. */
  readonly #from: Int32Array
  readonly #to: Int32Array
  /** For each segment the layer that decides it; -1: none. */
  readonly #owners: Int32Array
  /** For each segment the next one whose owner has another action. */
  readonly #nextAction: Int32Array
  /** For each action and segment the last layer with that action that holds it; -1: none. */
  readonly #lastHolders: ReadonlyMap<Action, Int32Array>
  /** Neighbouring segments of one owner are a run; each owner's runs are a list, ascending. */
  readonly #runs = { from: [] as number[], to: [] as number[], next: [] as number[] }
  readonly #firstRun: Int32Array
  readonly isWhole: boolean
  readonly lastOwner: number

  constructor(layers: readonly Layer<Action>[], family: AddressFamily) {
    this.#layers = layers
    this.#from = new Int32Array(layers.length)
    this.#to = new Int32Array(layers.length)
    const indexes = [...layers.keys()].filter((index) => layers[index]?.range.family === family)
    this.#cut(indexes)
    this.#owners = this.#paint(indexes)
    this.#nextAction = this.#actionEnds()
    this.#lastHolders = this.#paintLast(indexes)
    this.#firstRun = new Int32Array(layers.length).fill(-1)
    this.#collectRuns()
    const owners = this.#owners.subarray(0, -1)
    this.lastOwner = owners.reduce((last, owner) => Math.max(last, owner), -1)
    this.isWhole =
      this.#starts[0] === 0n &&
      this.#starts.at(-1) === 1n << (family === 4 ? 32n : 128n) &&
      owners.every((owner) => owner >= 0)
  }

  decides(index: number): boolean {
    return (this.#firstRun[index] ?? -1) >= 0
  }

  partsOf(index: number): Interval[] {
    return [...this.#runsOf(index)].map((run) => ({
      first: this.#starts[this.#runs.from[run] ?? 0] ?? 0n,
      last: (this.#starts[this.#runs.to[run] ?? 0] ?? 0n) - 1n,
    }))
  }

  coverOf(index: number): SomeLayers {
    return this.#chain(index, (segment) => segment)
  }

  othersOver(index: number): SomeLayers {
    const action = this.#layers[index]?.action
    return this.#chain(index, (segment) => this.#otherAction(segment, action))
  }

  hasOthersOver(index: number): boolean {
    const from = this.#from[index] ?? 0
    return this.#otherAction(from, this.#layers[index]?.action) < (this.#to[index] ?? 0)
  }

  protects(index: number): boolean {
    const own = this.#layers[index]?.action
    for (const run of this.#runsOf(index)) {
      for (const [action, holders] of this.#lastHolders) {
        if (action === own) continue
        const to = this.#runs.to[run] ?? 0
        for (let segment = this.#runs.from[run] ?? to; segment < to; segment += 1) {
          if ((holders[segment] ?? -1) > index) return true
        }
      }
    }
    return false
  }

  #cut(indexes: readonly number[]): void {
    const ends = indexes.flatMap((index) => {
      const range = this.#layers[index]?.range
      return range === undefined ? [] : [range.first, range.last + 1n]
    })
    const order = [...ends.keys()].sort((a, b) => compare(ends[a] ?? 0n, ends[b] ?? 0n))
    for (const end of order) {
      const at = ends[end] ?? 0n
      if (this.#starts.at(-1) !== at) this.#starts.push(at)
      const side = end % 2 === 0 ? this.#from : this.#to
      side[indexes[end >> 1] ?? 0] = this.#starts.length - 1
    }
  }

  /** For each segment the first of these layers that holds it; a union-find skips the segments already taken. */
  #paint(indexes: readonly number[]): Int32Array {
    const painted = new Int32Array(this.#starts.length).fill(-1)
    const nextFree = new Int32Array(this.#starts.length + 1).map((_, segment) => segment)
    for (const index of indexes) {
      const end = this.#to[index] ?? 0
      for (let at = free(nextFree, this.#from[index] ?? 0); at < end; at = free(nextFree, at)) {
        painted[at] = index
        nextFree[at] = at + 1
      }
    }
    return painted
  }

  #paintLast(indexes: readonly number[]): Map<Action, Int32Array> {
    const byAction = new Map<Action, number[]>()
    for (const index of indexes.toReversed()) {
      const layer = this.#layers[index]
      if (layer === undefined) continue
      const others = byAction.get(layer.action)
      if (others === undefined) byAction.set(layer.action, [index])
      else others.push(index)
    }
    return new Map([...byAction].map(([action, list]) => [action, this.#paint(list)]))
  }

  #actionEnds(): Int32Array {
    const next = new Int32Array(this.#starts.length)
    for (let segment = next.length - 1; segment >= 0; segment -= 1) {
      const isSame = this.#actionAt(segment) === this.#actionAt(segment + 1)
      next[segment] = isSame ? (next[segment + 1] ?? segment + 1) : segment + 1
    }
    return next
  }

  #actionAt(segment: number): Action | undefined {
    return this.#layers[this.#owners[segment] ?? -1]?.action
  }

  #otherAction(segment: number, action: Action | undefined): number {
    return this.#actionAt(segment) === action ? (this.#nextAction[segment] ?? segment) : segment
  }

  #collectRuns(): void {
    const { from, to, next } = this.#runs
    for (let segment = this.#owners.length - 1; segment >= 0; segment -= 1) {
      const owner = this.#owners[segment] ?? -1
      if (owner < 0) continue
      const first = this.#firstRun[owner] ?? -1
      if (from[first] === segment + 1) from[first] = segment
      else {
        from.push(segment)
        to.push(segment + 1)
        next.push(first)
        this.#firstRun[owner] = from.length - 1
      }
    }
  }

  *#runsOf(index: number): Generator<number> {
    for (let run = this.#firstRun[index] ?? -1; run >= 0; run = this.#runs.next[run] ?? -1) yield run
  }

  /** Owners from the layer's first segment on, each step as far as the owner's own range reaches. */
  #chain(index: number, wanted: (segment: number) => number): SomeLayers {
    const indexes: number[] = []
    const end = this.#to[index] ?? 0
    for (let at = wanted(this.#from[index] ?? 0); at < end; ) {
      const owner = this.#owners[at] ?? -1
      if (indexes.length === namedLayers) return { indexes, isMore: true }
      indexes.push(owner)
      const reached = Math.min(this.#to[owner] ?? end, end)
      at = reached < end ? wanted(reached) : end
    }
    return { indexes, isMore: false }
  }
}

function free(nextFree: Int32Array, segment: number): number {
  let root = segment
  while (nextFree[root] !== root) root = nextFree[root] ?? root
  for (let at = segment; at !== root; ) {
    const next = nextFree[at] ?? root
    nextFree[at] = root
    at = next
  }
  return root
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
