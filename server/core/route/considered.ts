/** The rules around the one that decides: what came close before it, what would match too. */
import { type AddressRange, parseRange } from '../cidr.ts'
import type { Rule } from '../config-document.ts'
import { type Address, HoldingRanges } from './address.ts'
import { type Finding, type Routing, rowsOf } from './decision.ts'
import { asCompared, NameRules } from './names.ts'
import type { NamedRule, RouteReason } from './reasons.ts'
import type { ParsedRouteRequest } from './request.ts'

/** Of each sort. */
const listed = 3

/** Built at the first explanation: bulk decisions need none of it. */
export class ConsideredRules {
  readonly #routing: Routing
  readonly #disabledNames: NameRules
  readonly #disabledRanges: HoldingRanges
  readonly #enabledRanges: HoldingRanges
  /** Rows of enabled name rules by the last two labels of their value, ascending. */
  readonly #byTail = new Map<string, number[]>()
  /** How many enabled rules come before each row. */
  readonly #enabledBefore: Int32Array
  /** And how many enabled IP range rules. */
  readonly #rangesBefore: Int32Array

  constructor(routing: Routing) {
    this.#routing = routing
    const { rules } = routing
    this.#disabledNames = new NameRules(rowsOf(rules, false))
    this.#disabledRanges = holdingRanges(rowsOf(rules, false))
    this.#enabledRanges = holdingRanges(rowsOf(rules, true))
    this.#enabledBefore = new Int32Array(rules.length + 1)
    this.#rangesBefore = new Int32Array(rules.length + 1)
    for (const [row, rule] of rules.entries()) {
      this.#enabledBefore[row + 1] = (this.#enabledBefore[row] ?? 0) + (rule.enabled ? 1 : 0)
      const isRange = rule.enabled && rule.kind === 'ip_range'
      this.#rangesBefore[row + 1] = (this.#rangesBefore[row] ?? 0) + (isRange ? 1 : 0)
      if (!rule.enabled || isRange) continue
      const tail = tailOf(rule.value)
      const rows = this.#byTail.get(tail)
      if (rows === undefined) this.#byTail.set(tail, [row])
      else rows.push(row)
    }
  }

  /** Facts about other rules than the one that decides; empty where no rule could. */
  of(request: ParsedRouteRequest, { cause, row, nameRow, address }: Finding): RouteReason[] {
    if (cause.kind !== 'list' && cause.kind !== 'address') return []
    const pivot = cause.kind === 'address' ? nameRow : row < 0 ? Number.POSITIVE_INFINITY : row
    const before = Math.min(pivot, this.#routing.rules.length)
    const host = asCompared(request.host)
    const isName = request.literal === null
    const names = isName ? this.#routing.names.all(host) : []
    const earlier = [
      ...(isName ? this.#earlierNames(host, before, names) : []),
      ...(address === null ? [] : this.#earlierRanges(address, before)),
    ]
    const matching = [...names, ...(address === null ? [] : this.#enabledRanges.rows(address))]
    const disabled = [
      ...(isName ? this.#disabledNames.all(host) : []),
      ...(address === null ? [] : this.#disabledRanges.rows(address)),
    ]
    const undecided = cause.kind === 'address' ? (this.#rangesBefore[before] ?? 0) : 0
    const rest = (this.#enabledBefore[before] ?? 0) - earlier.length - undecided
    return [
      ...earlier,
      ...(rest > 0 ? [{ code: 'EARLIER_RULES_NOT_LISTED', count: rest } as const] : []),
      ...this.#named(
        'LATER_RULE_MATCHES',
        matching.filter((each) => each > pivot),
      ),
      ...this.#named('DISABLED_RULE_MATCHES', disabled),
    ]
  }

  #earlierNames(host: string, before: number, matching: readonly number[]): RouteReason[] {
    const found: RouteReason[] = []
    for (const row of this.#byTail.get(tailOf(host)) ?? []) {
      if (row >= before || found.length === listed) break
      const rule = this.#routing.rules[row]
      if (rule === undefined || matching.includes(row)) continue
      found.push({ code: 'EARLIER_NAME_DIFFERS', host, ...namedRule(row, rule) })
    }
    return found
  }

  #earlierRanges(address: Address, before: number): RouteReason[] {
    return this.#routing.ranges
      .neighbours(address)
      .map((index) => this.#routing.rangeRows[index] ?? before)
      .filter((row, at, rows) => row < before && rows.indexOf(row) === at)
      .flatMap((row) => {
        const rule = this.#routing.rules[row]
        if (rule === undefined) return []
        return [{ code: 'EARLIER_RANGE_DIFFERS', address: address.text, ...namedRule(row, rule) } as const]
      })
  }

  #named(code: 'LATER_RULE_MATCHES' | 'DISABLED_RULE_MATCHES', rows: readonly number[]): RouteReason[] {
    return [...rows]
      .sort((a, b) => a - b)
      .slice(0, listed)
      .flatMap((row) => {
        const rule = this.#routing.rules[row]
        return rule === undefined ? [] : [{ code, ...namedRule(row, rule) }]
      })
  }
}

/** A rule as reasons name it; `row` counts from 0. */
export function namedRule(row: number, { id, kind, value, action }: Rule): NamedRule {
  return { row: row + 1, ruleId: id, kind, value, route: action }
}

function holdingRanges(rows: Iterable<readonly [number, Rule]>): HoldingRanges {
  const ranges: { row: number; range: AddressRange }[] = []
  for (const [row, rule] of rows) {
    const parsed = rule.kind === 'ip_range' ? parseRange(rule.value) : null
    if (parsed?.ok) ranges.push({ row, range: parsed.range })
  }
  return new HoldingRanges(ranges)
}

function tailOf(name: string): string {
  const last = name.lastIndexOf('.')
  return last < 0 ? name : name.slice(name.lastIndexOf('.', last - 1) + 1)
}
