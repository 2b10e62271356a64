import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AddressRange, parseRange } from '../cidr.ts'
import { destIpRanges } from './dest-ip.ts'

const universe = 24

/** ATS 9.2.9 reading `dest_ip` lines in order: paints, and loops for ever at the edge of a painted range. */
function paint(lines: readonly { owner: number; range: AddressRange }[]): (number | undefined)[] {
  const owner: (number | undefined)[] = Array(universe).fill(undefined)
  const line: (number | undefined)[] = Array(universe).fill(undefined)
  lines.forEach(({ owner: rule, range }, number) => {
    const last = Number(range.last)
    if (line[last + 1] !== undefined && line[last + 1] !== line[last]) throw new Error('ATS would hang')
    for (let at = Number(range.first); at <= last; at += 1) {
      owner[at] = rule
      line[at] = number
    }
  })
  return owner
}

function range(first: number, last: number): AddressRange {
  const parsed = parseRange(`0.0.0.${first}-0.0.0.${last}`)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.range
}

const ranges = fc.array(
  fc.tuple(fc.nat(universe - 1), fc.nat(universe - 1)).map(([a, b]) => range(Math.min(a, b), Math.max(a, b))),
  { maxLength: 12 },
)

test('ATS ends up with the first rule for every address, and never hangs', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(ranges, (rules) => {
      const lines = destIpRanges(rules).flatMap((parts, owner) =>
        parts.map((part) => ({ owner, range: part })),
      )
      const firstRule = Array.from({ length: universe }, (_, at) => {
        const found = rules.findIndex(({ first, last }) => first <= BigInt(at) && BigInt(at) <= last)
        return found < 0 ? undefined : found
      })
      expect(paint(lines)).toEqual(firstRule)
    }),
    { numRuns: 2_000 },
  )
})

test('the lower neighbour of an earlier range is written after one that begins over it', () => {
  const written = destIpRanges([range(4, 7), range(0, 7)])
  expect(written.map((parts) => parts.map(({ first, last }) => [first, last]))).toEqual([
    [[0n, 7n]],
    [[0n, 3n]],
  ])
})
