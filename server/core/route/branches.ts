/** Which addresses of a name lead where: for a name whose address is not known. */
import { type AddressRange, disjointParts } from '../cidr.ts'
import type { RouteBranch } from '../route.ts'
import type { Routing } from './decision.ts'

/** Rules that get a branch of their own, and ranges that one branch lists. */
const listedRules = 100
const listedRanges = 100

/**
 * The outcomes by address, in the order of the rules, each address in one branch: what is refused is a branch of its
 * own. The last one is "every other address", unless the ranges leave none.
 *
 * At most `listedRules` rules have a branch. Where more decide, the refused addresses of those and of "every other
 * address" are not listed either.
 *
 * @param count how many of the deciding ranges come before the first rule that matches the name
 * @param nameRow that rule's row; Infinity: the default
 */
export function branchesOf(routing: Routing, count: number, nameRow: number): RouteBranch[] {
  const listed = routing.decidingRanges.slice(0, Math.min(count, listedRules))
  const isTotal = routing.isEveryAddressHeld && count === routing.decidingRanges.length
  const refusedBy = { direct: routing.outbound.deniedParts(), parent: anyAddresses }

  const denied: AddressRange[] = []
  const outcomes = listed.flatMap(({ row, action, parts }): RouteBranch[] => {
    const { open, closed } = split(parts, refusedBy[action])
    denied.push(...closed)
    return open.length === 0 ? [] : [branch(routing, row, open)]
  })
  if (unlistedOf(count) === 0 && !isTotal) {
    const held = listed.flatMap(({ parts }) => parts)
    denied.push(...split(refusedBy[routing.routeAt(nameRow)], held).open)
  }
  if (denied.length > 0) {
    outcomes.push({ ...texts(denied), isEveryOther: false, verdict: 'denied', rule: null, parents: [] })
  }
  return isTotal ? outcomes : [...outcomes, { ...branch(routing, nameRow, []), isEveryOther: true }]
}

/** Of so many deciding ranges, how many have no branch. */
export function unlistedOf(count: number): number {
  return Math.max(0, count - listedRules)
}

/** 0.0.0.0 and ::, which ATS refuses before any rule. */
const anyAddresses: readonly AddressRange[] = [
  { family: 4, first: 0n, last: 0n, text: '0.0.0.0' },
  { family: 6, first: 0n, last: 0n, text: '::' },
]

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
): { readonly open: AddressRange[]; readonly closed: AddressRange[] } {
  const without = (covers: readonly AddressRange[]) =>
    disjointParts([...covers, ...ranges])
      .slice(covers.length)
      .flat()
  const open = without(cut)
  return { open, closed: without(open) }
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
