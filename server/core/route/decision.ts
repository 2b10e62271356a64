/** What ATS does with a request, as short as it can be worked out: the hot path. */

import { cacheMethods } from '../ats/ip-allow-yaml.ts'
import { isDefaultForPlainHosts, type OddSpelling, oddSpellings, plainHosts } from '../ats/parent-config.ts'
import { forwardsNamesUnresolved } from '../ats/records.ts'
import { type AddressRange, parseRange } from '../cidr.ts'
import {
  type ConfigDocument,
  canonicalDocument,
  enabledParents,
  type ParentProxy,
  type Rule,
  routesOf,
} from '../config-document.ts'
import type { RouteCircumstances } from '../route.ts'
import type { Route, Verdict } from '../vocabulary.ts'
import { ClientAccess, type ClientVerdict, OutboundAccess } from './access.ts'
import { type Address, FirstRangeMap, isAnyAddress } from './address.ts'
import { asCompared, NameRules } from './names.ts'
import type { ParsedRouteRequest } from './request.ts'

/** Why it is so, in the order in which ATS comes to it. */
export type Cause =
  | { readonly kind: 'client'; readonly client: ClientVerdict }
  | { readonly kind: 'method' }
  /** The address 0.0.0.0 or ::, literal or resolved. */
  | { readonly kind: 'any_address'; readonly address: Address }
  | { readonly kind: 'loopback' }
  /** 127.0.0.1 goes direct, and ATS may not connect directly: no_dns_just_forward_to_parent. */
  | { readonly kind: 'loopback_unreachable' }
  | { readonly kind: 'odd'; readonly spelling: OddSpelling }
  /** The rule at `row`, or the default. */
  | { readonly kind: 'list' }
  /** Earlier IP ranges could decide: with another route, or (`isSame`) with the same. */
  | { readonly kind: 'address'; readonly isSame: boolean }

export interface Finding {
  readonly verdict: Verdict
  readonly cause: Cause
  /** Of the deciding rule, from 0; -1: none. */
  readonly row: number
  /** Of the first name rule that matches, from 0; Infinity: the default. */
  readonly nameRow: number
  /** The address that ranges are compared with; null: none, or not known. */
  readonly address: Address | null
  /** The denied range that refuses a direct route. */
  readonly deniedRange: string | null
  /** Where the default sends this request: not every spelling of a host gets the document's. */
  readonly defaultRoute: Route
}

export interface DecidingRange {
  readonly row: number
  readonly action: Route
  readonly parts: readonly AddressRange[]
}

/** A document as routing looks at it; built once. */
export class Routing {
  readonly canonical: ConfigDocument
  readonly rules: readonly Rule[]
  /** Enabled, in failover order. */
  readonly parents: readonly ParentProxy[]
  readonly names: NameRules
  readonly ranges: FirstRangeMap
  /** The ranges that decide for some address, in order, with the parts that are theirs. */
  readonly decidingRanges: readonly DecidingRange[]
  /** Whether every address is held by some range. */
  readonly isEveryAddressHeld: boolean
  /** The rows of the enabled IP range rules, ascending. */
  readonly rangeRows: readonly number[]
  readonly clients: ClientAccess
  readonly outbound: OutboundAccess
  readonly routes: ReadonlySet<Route>
  readonly forwardsUnresolved: boolean
  readonly #hasPlainDefault: boolean
  /** The first row of each route among the ranges that decide for some address. */
  readonly #firstRangeRow: Readonly<Record<Route, number>>
  /** From this row on every address is held by a range. */
  readonly #coveredFrom: number
  readonly #patterns = oddSpellings.map((spelling) => ({
    spelling,
    expression: new RegExp(spelling.pattern),
  }))

  constructor(document: ConfigDocument, { outboundExceptions }: RouteCircumstances) {
    this.canonical = canonicalDocument(document)
    this.rules = this.canonical.rules
    this.parents = enabledParents(this.canonical)
    this.names = new NameRules(rowsOf(this.rules, true))
    const ranged = this.rules.flatMap((rule, row) => {
      const parsed = rule.enabled && rule.kind === 'ip_range' ? parseRange(rule.value) : null
      return parsed?.ok ? [{ row, action: rule.action, range: parsed.range }] : []
    })
    this.rangeRows = ranged.map(({ row }) => row)
    this.ranges = new FirstRangeMap(ranged.map(({ range }) => range))
    this.clients = new ClientAccess(this.canonical)
    this.outbound = new OutboundAccess(this.canonical, outboundExceptions)
    this.routes = routesOf(this.canonical)
    this.#hasPlainDefault = isDefaultForPlainHosts(this.canonical)
    this.forwardsUnresolved = forwardsNamesUnresolved(this.canonical)
    this.decidingRanges = ranged
      .map(({ row, action }, index) => ({ row, action, parts: this.ranges.parts[index] ?? [] }))
      .filter(({ parts }) => parts.length > 0)
    this.isEveryAddressHeld = this.ranges.coversAll()
    const firstOf = (route: Route) => this.decidingRanges.find(({ action }) => action === route)?.row ?? none
    this.#firstRangeRow = { direct: firstOf('direct'), parent: firstOf('parent') }
    this.#coveredFrom = this.isEveryAddressHeld ? (this.decidingRanges.at(-1)?.row ?? none) : none
  }

  decide(request: ParsedRouteRequest): Finding {
    const client = request.client === null ? null : this.clients.of(request.client)
    if (client?.isAllowed === false) return refusal({ kind: 'client', client })
    if (cacheMethods.includes(request.method)) return refusal({ kind: 'method' })

    // Where names go to the parents unresolved, ATS looks at literal addresses only.
    const address = request.literal ?? (this.forwardsUnresolved ? null : request.resolved)
    if (address !== null && !this.forwardsUnresolved && isAnyAddress(address)) {
      return refusal({ kind: 'any_address', address })
    }
    if (request.host === '127.0.0.1') {
      if (this.forwardsUnresolved) return refusal({ kind: 'loopback_unreachable' })
      return this.#toward('direct', { kind: 'loopback' }, -1, none, address)
    }
    if (this.routes.size > 1 && !plainlySpelled.test(request.comparedText)) {
      const odd = this.#patterns.find(({ expression }) => expression.test(request.comparedText))
      if (odd !== undefined)
        return this.#toward('parent', { kind: 'odd', spelling: odd.spelling }, -1, none, address)
    }
    return this.#byList(request, address)
  }

  /** The route of a row, with Infinity for the default. */
  routeAt(row: number, defaultRoute: Route = this.canonical.defaultAction): Route {
    return this.rules[row]?.action ?? defaultRoute
  }

  #defaultFor({ host, literal }: ParsedRouteRequest): Route {
    const sent = literal?.family === 6 ? `[${host}]` : host
    return this.#hasPlainDefault && !plainHost.test(sent) ? 'parent' : this.canonical.defaultAction
  }

  #byList(request: ParsedRouteRequest, address: Address | null): Finding {
    const nameRow = request.literal === null ? this.names.first(asCompared(request.host)) : none
    const defaultRoute = this.#defaultFor(request)
    if (address === null && !this.forwardsUnresolved) return this.#byUnknownAddress(nameRow, defaultRoute)
    const rangeRow = address === null ? none : (this.rangeRows[this.ranges.find(address)] ?? none)
    const row = Math.min(nameRow, rangeRow)
    return this.#decided(row, nameRow, address, defaultRoute)
  }

  /** By the rule at `row`, or by the default; `isOpen` tells whether that is reached at all. */
  #decided(
    row: number,
    nameRow: number,
    address: Address | null,
    defaultRoute: Route,
    isOpen = true,
  ): Finding {
    if (row !== none || defaultRoute === this.canonical.defaultAction) {
      const reached = row === none || !isOpen ? -1 : row
      return this.#toward(this.routeAt(row), { kind: 'list' }, reached, nameRow, address)
    }
    return {
      ...this.#toward(defaultRoute, { kind: 'odd', spelling: hidden }, -1, nameRow, address),
      defaultRoute,
    }
  }

  #byUnknownAddress(nameRow: number, defaultRoute: Route): Finding {
    const isReachable = this.#coveredFrom > nameRow || this.#coveredFrom === none
    const row = isReachable && nameRow !== none ? nameRow : -1
    const direct = this.#firstRangeRow.direct < nameRow
    const parent = this.#firstRangeRow.parent < nameRow
    if (!direct && !parent) return this.#decided(nameRow, nameRow, null, defaultRoute, isReachable)
    const named = isReachable ? this.routeAt(nameRow, defaultRoute) : null
    if ((direct || named === 'direct') && (parent || named === 'parent')) {
      return {
        verdict: 'depends_on_address',
        cause: { kind: 'address', isSame: false },
        row: -1,
        nameRow,
        address: null,
        deniedRange: null,
        defaultRoute,
      }
    }
    return this.#toward(direct ? 'direct' : 'parent', { kind: 'address', isSame: true }, row, nameRow, null)
  }

  #toward(route: Route, cause: Cause, row: number, nameRow: number, address: Address | null): Finding {
    const deniedRange = route === 'direct' && address !== null ? this.outbound.denialOf(address) : null
    const verdict = deniedRange === null ? route : 'denied'
    const defaultRoute = this.canonical.defaultAction
    return { verdict, cause, row, nameRow, address, deniedRange, defaultRoute }
  }
}

/** The rows that are on, or those that are off. */
export function* rowsOf(rules: readonly Rule[], enabled: boolean): Iterable<readonly [number, Rule]> {
  for (const [row, rule] of rules.entries()) if (rule.enabled === enabled) yield [row, rule]
}

const none = Number.POSITIVE_INFINITY
/** No odd spelling: most requests are one of these, and asking the patterns one by one takes longer. */
export const plainlySpelled = /^(?:https?:\/\/)?(?:[a-z0-9_-]+\.)*[a-z_-][a-z0-9_-]*(?::[0-9]+)?\//
const plainHost = new RegExp(plainHosts)
/** What the patterns for odd spellings don't see, since ATS undoes escapes before it compares them. */
const hidden: OddSpelling = {
  spelling: 'hidden',
  why: 'an odd spelling behind an escape',
  pattern: plainHosts,
}

function refusal(cause: Cause): Finding {
  return {
    verdict: 'denied',
    cause,
    row: -1,
    nameRow: none,
    address: null,
    deniedRange: null,
    defaultRoute: 'direct',
  }
}
