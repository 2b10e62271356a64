/** A finding in full: the facts in the order in which ATS comes to them. */
import { parseRange } from '../cidr.ts'
import type { RouteBranch, RouteExplanation } from '../route.ts'
import type { Route } from '../vocabulary.ts'
import { branchesOf, unlistedOf } from './branches.ts'
import { ConsideredRules, namedRule } from './considered.ts'
import type { Finding, Routing } from './decision.ts'
import type { RouteReason } from './reasons.ts'
import type { ParsedRouteRequest } from './request.ts'

export class Explainer {
  readonly #routing: Routing
  #considered: ConsideredRules | undefined
  readonly #branches = new Map<string, readonly RouteBranch[]>()

  readonly #namedParents: readonly RouteReason[]

  constructor(routing: Routing) {
    this.#routing = routing
    this.#namedParents = routing.parents
      .filter(({ host }) => !parseRange(host).ok)
      .map(({ host }) => ({ code: 'PARENT_ADDRESS_UNKNOWN', host }))
  }

  explain(request: ParsedRouteRequest): RouteExplanation {
    const routing = this.#routing
    const finding = routing.decide(request)
    const { verdict, row } = finding
    const isOpen = verdict === 'depends_on_address'
    const unlisted = isOpen ? unlistedOf(this.#decidingBefore(finding.nameRow)) : 0
    this.#considered ??= new ConsideredRules(routing)
    return {
      verdict,
      rule: verdict === 'denied' ? null : (routing.rules[row] ?? null),
      parents: verdict === 'parent' ? routing.parents : [],
      branches: isOpen ? this.#branchesFor(finding.nameRow) : [],
      reasons: [
        ...this.#clientReasons(request, finding),
        ...this.#decidingReasons(request, finding),
        ...(unlisted > 0 ? [{ code: 'BRANCHES_NOT_LISTED', count: unlisted } as const] : []),
        ...this.#considered.of(request, finding),
        ...this.#lookUpReasons(request, finding),
        ...this.#nextHopReasons(request, finding),
      ],
    }
  }

  #clientReasons({ client }: ParsedRouteRequest, { cause }: Finding): RouteReason[] {
    if (client === null) return []
    const { isAllowed, row, range } =
      cause.kind === 'client' ? cause.client : this.#routing.clients.of(client)
    const address = client.text
    if (range === null) return [{ code: 'CLIENT_NOT_LISTED', address }]
    if (row === null) return [{ code: 'CLIENT_ALLOWED_BY_DEFAULT', address, range }]
    return [{ code: isAllowed ? 'CLIENT_ALLOWED' : 'CLIENT_DENIED', address, row: row + 1, range }]
  }

  #decidingReasons(
    { host, method }: ParsedRouteRequest,
    { cause, row, nameRow, address }: Finding,
  ): RouteReason[] {
    const { rules } = this.#routing
    switch (cause.kind) {
      case 'client':
        return []
      case 'method':
        return [{ code: 'CACHE_METHOD_DENIED', method }]
      case 'any_address':
        return [{ code: 'ANY_ADDRESS_REFUSED', address: cause.address.text }]
      case 'loopback':
        return [{ code: 'LOOPBACK_GOES_DIRECT' }]
      case 'loopback_unreachable':
        return [{ code: 'LOOPBACK_UNREACHABLE' }]
      case 'odd':
        return [{ code: 'ODD_SPELLING', spelling: cause.spelling.spelling }]
      case 'address': {
        const count = this.#decidingBefore(nameRow)
        const route = this.#routing.routeAt(this.#routing.rangeRows[0] ?? nameRow)
        return [
          cause.isSame
            ? { code: 'SAME_FOR_EVERY_ADDRESS', route, count }
            : { code: 'ADDRESS_DECIDES', count },
        ]
      }
      case 'list': {
        const rule = rules[row]
        if (rule === undefined) return [{ code: 'DEFAULT_DECIDES', route: this.#routing.routeAt(nameRow) }]
        const named = namedRule(row, rule)
        if (rule.kind === 'ip_range' && address !== null)
          return [{ code: 'ADDRESS_MATCHES', address: address.text, ...named }]
        return [{ code: 'NAME_MATCHES', host, ...named }]
      }
    }
  }

  /** docs/decisions/0004-names-only-parents-resolve.md */
  #lookUpReasons(
    { literal, resolved }: ParsedRouteRequest,
    { cause, verdict, deniedRange }: Finding,
  ): RouteReason[] {
    if (literal !== null || resolved !== null || cause.kind === 'client' || cause.kind === 'method') {
      const isIgnored = literal === null && resolved !== null && this.#routing.forwardsUnresolved
      return isIgnored ? [{ code: 'NAME_NOT_LOOKED_UP' }] : []
    }
    if (this.#routing.forwardsUnresolved) return [{ code: 'NAME_NOT_LOOKED_UP' }]
    if (verdict === 'denied' || deniedRange !== null) return []
    return [{ code: 'NAME_MUST_RESOLVE' }]
  }

  #nextHopReasons(request: ParsedRouteRequest, finding: Finding): RouteReason[] {
    const { verdict, deniedRange, address, cause } = finding
    if (deniedRange !== null && address !== null) {
      return [{ code: 'DESTINATION_DENIED', address: address.text, range: deniedRange }]
    }
    if (verdict === 'denied') return []
    const routes: readonly Route[] = verdict === 'depends_on_address' ? ['direct', 'parent'] : [verdict]
    const isOdd = cause.kind === 'odd'
    return [
      ...(routes.includes('direct') ? this.#directReasons(finding) : []),
      ...(routes.includes('parent') ? this.#parentReasons(isOdd) : []),
      ...(request.isTunnel && request.port !== 443
        ? [{ code: 'TUNNEL_PORT_UNUSUAL', port: request.port } as const]
        : []),
    ]
  }

  #directReasons({ address }: Finding): RouteReason[] {
    if (address === null) return [{ code: 'DENIED_ADDRESSES_REFUSED' }]
    const range = this.#routing.outbound.exceptionFor(address)
    return range === null ? [] : [{ code: 'DESTINATION_EXCEPTED', address: address.text, range }]
  }

  #parentReasons(isOdd: boolean): RouteReason[] {
    const { parents, canonical } = this.#routing
    const { selection, directWhenAllDown } = canonical.failover
    return [
      selection === 'primary_first' || parents.length < 2
        ? { code: 'PARENTS_IN_ORDER', count: parents.length }
        : { code: 'FIRST_PARENT_VARIES', selection, count: parents.length },
      ...this.#namedParents,
      { code: directWhenAllDown && !isOdd ? 'DIRECT_WHEN_ALL_DOWN' : 'FAILS_WHEN_ALL_DOWN' },
    ]
  }

  #decidingBefore(row: number): number {
    return countBelow(this.#routing.decidingRanges, row)
  }

  /** Names after the same ranges share their branches, but for the rule of "every other address". */
  #branchesFor(nameRow: number): readonly RouteBranch[] {
    const count = this.#decidingBefore(nameRow)
    const route = this.#routing.routeAt(nameRow)
    const key = `${count - Math.max(0, unlistedOf(count) - 1)} ${route}`
    const known = this.#branches.get(key) ?? branchesOf(this.#routing, count, nameRow)
    this.#branches.set(key, known)
    const last = known.at(-1)
    if (!last?.isEveryOther) return known
    return [...known.slice(0, -1), { ...last, rule: this.#routing.rules[nameRow] ?? null }]
  }
}

/** How many of the ranges, ascending by row, come before a row. */
function countBelow(ranges: readonly { readonly row: number }[], row: number): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.row ?? row) < row) low = middle + 1
    else high = middle
  }
  return low
}
