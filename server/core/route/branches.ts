/** Which addresses of a name lead where: for a name whose address is not known. */
import { type AddressRange, disjointParts } from '../cidr.ts'
import type { RouteBranch } from '../route.ts'
import type { Routing } from './decision.ts'

/** Rules that get a branch of their own, and ranges that one branch lists. */
const listedRules = 100
const listedRanges = 100

export interface Branches {
  readonly branches: readonly RouteBranch[]
  /** IP range rules that decide for some address and have no branch. */
  readonly unlisted: number
}

/**
 * The outcomes by address, in the order of the rules, each address in one branch: what is refused is a branch of its
 * own. The last one is "every other address", unless the ranges leave none.
 *
 * At most `listedRules` rules have a branch. Where more decide, the refused addresses of those and of "every other
 * address" are not listed either.
 */
export function branchesOf(routing: Routing, nameRow: number): Branches {
  const deciding = routing.rangeRows
    .map((row, index) => ({ row, parts: routing.ranges.parts[index] ?? [] }))
    .filter(({ row, parts }) => row < nameRow && parts.length > 0)
  const listed = deciding.slice(0, listedRules)
  const unlisted = deciding.length - listed.length
  const deniedParts = routing.outbound.deniedParts()

  const denied: AddressRange[] = []
  const outcomes = listed.flatMap(({ row, parts }): RouteBranch[] => {
    const refused = routing.routeAt(row) === 'direct' ? deniedParts : anyAddresses
    const [open, closed] = split(parts, refused)
    denied.push(...closed)
    return open.length === 0 ? [] : [branch(routing, row, open)]
  })
  const isTotal = unlisted === 0 && routing.ranges.coversAll() && deciding.length === decidingCount(routing)
  if (unlisted === 0 && !isTotal) {
    const refused = routing.routeAt(nameRow) === 'direct' ? deniedParts : anyAddresses
    denied.push(
      ...split(
        refused,
        listed.flatMap(({ parts }) => parts),
      )[0],
    )
  }
  return {
    branches: [
      ...outcomes,
      ...(denied.length === 0
        ? []
        : [{ ...texts(denied), isEveryOther: false, verdict: 'denied', rule: null, parents: [] } as const]),
      ...(isTotal ? [] : [{ ...branch(routing, nameRow, []), isEveryOther: true }]),
    ],
    unlisted,
  }
}

/** 0.0.0.0 and ::, which ATS refuses before any rule. */
const anyAddresses: readonly AddressRange[] = [
  { family: 4, first: 0n, last: 0n, text: '0.0.0.0' },
  { family: 6, first: 0n, last: 0n, text: '::' },
]

function decidingCount({ ranges }: Routing): number {
  return ranges.parts.filter((parts) => parts.length > 0).length
}

function branch(routing: Routing, row: number, ranges: readonly AddressRange[]): RouteBranch {
  const verdict = routing.routeAt(row)
  return {
    ...texts(ranges),
    isEveryOther: false,
    verdict,
    rule: routing.rules[row] ?? null,
    parents: verdict === 'parent' ? routing.parents : [],
  }
}

function texts(ranges: readonly AddressRange[]): Pick<RouteBranch, 'addresses' | 'unlistedAddresses'> {
  // One list that claims everything leaves neighbours joined.
  const joined = union(ranges)
  return {
    addresses: joined.slice(0, listedRanges).map(({ text }) => text),
    unlistedAddresses: Math.max(0, joined.length - listedRanges),
  }
}

/** What of `ranges` (disjoint) lies outside `cut`, and what inside. */
function split(
  ranges: readonly AddressRange[],
  cut: readonly AddressRange[],
): [AddressRange[], AddressRange[]] {
  const open = disjointParts([...cut, ...ranges])
    .slice(cut.length)
    .flat()
  const closed = disjointParts([...open, ...ranges])
    .slice(open.length)
    .flat()
  return [open, closed]
}

/** Ascending, with neighbours joined: IPv4 first. */
function union(ranges: readonly AddressRange[]): AddressRange[] {
  const whole: readonly AddressRange[] = [
    { family: 4, first: 0n, last: (1n << 32n) - 1n, text: '0.0.0.0/0' },
    { family: 6, first: 0n, last: (1n << 128n) - 1n, text: '::/0' },
  ]
  const others = disjointParts([...ranges, ...whole])
    .slice(ranges.length)
    .flat()
  return disjointParts([...others, ...whole])
    .slice(others.length)
    .flat()
}
