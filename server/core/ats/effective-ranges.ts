/** What `dest_ip` lines, of which the last one wins, amount to in a list where the first one wins. */
import { type AddressRange, disjointParts } from '../cidr.ts'

/** One line, in the order of the file. */
export interface RangeLine {
  readonly range: AddressRange
  /** Lines with no rule of a name between them have the same block; ascending. */
  readonly block: number
  /** The line decides nothing, but takes its addresses away from earlier ones, as ATS does. */
  readonly isHole: boolean
}

export interface EffectiveRange {
  /** What the line decides: none, itself, or parts of itself. */
  readonly ranges: readonly AddressRange[]
  /** Whether it goes behind the other lines of its block; those that do come in reversed order. */
  readonly isLast: boolean
}

/**
 * Where later lines take addresses away from a line, the line goes behind them if no name stands between, and else
 * loses those addresses. Then the first range that holds an address is the last line that held it (ATS paints the
 * lines over one another: 9.2 and 10.x), at the same place between the names.
 *
 * @param splitAlways never moves a line: our own lines begin early on purpose (dest-ip.ts), and it is the parts that
 *   they were made from
 */
export function effectiveRanges(lines: readonly RangeLine[], splitAlways: boolean): EffectiveRange[] {
  const owned = disjointParts(lines.map(({ range }) => range).reverse()).reverse()
  const last = splitAlways ? null : new LatestBlocks(lines, owned)
  return lines.map(({ range, block, isHole }, index) => {
    const parts = owned[index] ?? []
    const isWhole = parts.length === 1 && parts[0]?.first === range.first && parts[0]?.last === range.last
    if (isHole || parts.length === 0) return { ranges: [], isLast: false }
    if (isWhole) return { ranges: [range], isLast: false }
    if (last === null || last.over(range) > block) return { ranges: parts, isLast: false }
    return { ranges: [range], isLast: true }
  })
}

/** For any range, the highest block among the lines that decide inside it; holes count as above all. */
class LatestBlocks {
  readonly #byFamily: Readonly<Record<4 | 6, { starts: bigint[]; levels: number[][] }>>

  constructor(lines: readonly RangeLine[], owned: readonly (readonly AddressRange[])[]) {
    const pieces = owned.flatMap((parts, index) => {
      const line = lines[index]
      const block = line === undefined || line.isHole ? Number.POSITIVE_INFINITY : line.block
      return parts.map((part) => ({ part, block }))
    })
    const of = (family: 4 | 6) => {
      const sorted = pieces
        .filter(({ part }) => part.family === family)
        .sort((a, b) => (a.part.first < b.part.first ? -1 : 1))
      return {
        starts: sorted.map(({ part }) => part.first),
        levels: maxima(sorted.map(({ block }) => block)),
      }
    }
    this.#byFamily = { 4: of(4), 6: of(6) }
  }

  over({ family, first, last }: AddressRange): number {
    const { starts, levels } = this.#byFamily[family]
    // Every address of a line is decided by some line: a piece holds the first one.
    const from = countBefore(starts, first + 1n) - 1
    const length = countBefore(starts, last + 1n) - from
    const level = Math.max(0, 31 - Math.clz32(length))
    const row = levels[level] ?? []
    return Math.max(row[from] ?? 0, row[from + length - (1 << level)] ?? 0)
  }
}

/** Row k holds the maximum of every 2^k neighbours. */
function maxima(values: number[]): number[][] {
  const levels = [values]
  for (let width = 1; width * 2 <= values.length; width *= 2) {
    const below = levels.at(-1) ?? []
    levels.push(
      Array.from({ length: values.length - width * 2 + 1 }, (_, at) =>
        Math.max(below[at] ?? 0, below[at + width] ?? 0),
      ),
    )
  }
  return levels
}

/** How many of the ascending values are below a limit. */
function countBefore(ascending: readonly bigint[], limit: bigint): number {
  let from = 0
  let to = ascending.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((ascending[middle] ?? limit) < limit) from = middle + 1
    else to = middle
  }
  return from
}
