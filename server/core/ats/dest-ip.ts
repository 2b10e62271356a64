/** The ranges to write in `dest_ip` lines, so that the first rule wins and ATS survives reading them. */
import { type AddressRange, disjointParts } from '../cidr.ts'

/**
 * For each range, in rule order, the ranges to write at that rule's place; none if earlier ones hold all of it.
 *
 * ATS paints the lines over one another, so the last one wins: a rule gets only the parts that no earlier rule
 * holds. But 9.2.9 never comes back from reading a range that ends right before one that it already has (measured:
 * the loop in `IpMap::mark` moves on from neighbours of neither kind; the reload hangs, and so would a start).
 * So each part also begins early, over every neighbour below that a later line will paint over: a later line then
 * always cuts into a painted range and never stops at its edge.
 */
export function destIpRanges(ranges: readonly AddressRange[]): AddressRange[][] {
  const parts = disjointParts(ranges)
  const starts = earlyStarts(parts.flat())
  return parts.map((own) => own.map((part) => ({ ...part, first: starts.get(part) ?? part.first })))
}

/** `lines` in the order of the file; where each has to begin. */
function earlyStarts(lines: readonly AddressRange[]): Map<AddressRange, bigint> {
  const starts = new Map<AddressRange, bigint>()
  const ascending = lines
    .map((range, line) => ({ range, line }))
    .sort((a, b) => a.range.family - b.range.family || (a.range.first < b.range.first ? -1 : 1))
  // Unbroken neighbours below, with ascending line numbers: what a new one begins over is at the end.
  let below: { line: number; start: bigint }[] = []
  let previous: AddressRange | undefined
  for (const { range, line } of ascending) {
    if (previous?.family !== range.family || previous.last + 1n !== range.first) below = []
    let start = range.first
    for (let top = below.at(-1); top !== undefined && top.line > line; top = below.at(-1)) {
      start = top.start
      below.pop()
    }
    below.push({ line, start })
    starts.set(range, start)
    previous = range
  }
  return starts
}
