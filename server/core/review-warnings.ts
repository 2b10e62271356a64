/** What a reviewer should know before approving a document that is valid: warnings, never errors. */

import { deniedDestinations } from './ats/ip-allow-yaml.ts'
import { forwardsNamesUnresolved } from './ats/records.ts'
import { disjointParts, parseRange } from './cidr.ts'
import {
  type ConfigDocument,
  canonicalDocument,
  enabledParents,
  parseInstant,
  type Rule,
  routesOf,
} from './config-document.ts'
import type { Problem } from './refusal.ts'

export interface ReviewCircumstances {
  /** The instance setting, in force for every config. */
  readonly outboundExceptions: readonly string[]
  readonly now: Date
}

/** A rule that ends within this many days is worth a look. */
const expiryNoticeDays = 7

/** Warnings in the order of the document; disabled rules count for nothing. Paths and rows as in `checkDocument`. */
export function reviewWarnings(document: ConfigDocument, circumstances: ReviewCircumstances): Problem[] {
  const canonical = canonicalDocument(document)
  return [
    ...namesMustResolve(canonical),
    ...shadowedRules(canonical),
    ...expiringRules(canonical, circumstances.now),
    ...parentsInDeniedRanges(canonical, document),
    ...openClientRules(canonical),
    ...outboundExceptions(circumstances.outboundExceptions),
  ]
}

/** docs/decisions/0004-names-only-parents-resolve.md */
function namesMustResolve(document: ConfigDocument): Problem[] {
  if (!routesOf(document).has('parent') || forwardsNamesUnresolved(document)) return []
  return [
    {
      path: routesOf(document).has('direct') ? 'rules' : 'failover.directWhenAllDown',
      code: 'NAMES_MUST_RESOLVE_HERE',
      message:
        'Some requests may go direct, so each proxy looks up every name first: a name that its own resolver does not know fails (always over HTTPS), even where a rule sends it to the parents. Where that matters, let the resolver answer unknown names with 0.0.0.1, which no proxy connects to.',
    },
  ]
}

/** Never reached, because earlier enabled rules hold all that they hold. */
function shadowedRules({ rules }: ConfigDocument): Problem[] {
  const enabled = rules.flatMap((rule, index) => (rule.enabled ? [{ rule, index }] : []))
  return [...shadowedNames(enabled), ...shadowedRanges(enabled)]
    .sort((a, b) => a.index - b.index)
    .map(({ index, by }) => ({
      path: `rules.${index}.value`,
      code: 'RULE_SHADOWED',
      message: `Rule ${index + 1} never decides: ${by} before it ${by.startsWith('rules') ? 'hold' : 'holds'} all that it names.`,
    }))
}

interface Row {
  readonly rule: Rule
  readonly index: number
}

function shadowedNames(rows: readonly Row[]): { index: number; by: string }[] {
  const rowOfDomain = new Map<string, number>()
  return rows.flatMap(({ rule, index }) => {
    if (rule.kind === 'ip_range') return []
    const earlier = suffixes(rule.value)
      .map((suffix) => rowOfDomain.get(suffix))
      .find((row) => row !== undefined)
    if (rule.kind === 'domain' && !rowOfDomain.has(rule.value)) rowOfDomain.set(rule.value, index)
    return earlier === undefined ? [] : [{ index, by: `rule ${earlier + 1}` }]
  })
}

function shadowedRanges(rows: readonly Row[]): { index: number; by: string }[] {
  const ranged = rows.flatMap(({ rule, index }) => {
    const parsed = rule.kind === 'ip_range' ? parseRange(rule.value) : null
    return parsed?.ok ? [{ index, range: parsed.range }] : []
  })
  const parts = disjointParts(ranged.map(({ range }) => range))
  return ranged.flatMap(({ index }, at) => (parts[at]?.length === 0 ? [{ index, by: 'rules' }] : []))
}

/** `a.b.c` → `a.b.c`, `b.c`, `c`. */
function suffixes(name: string): string[] {
  const labels = name.split('.')
  return labels.map((_, index) => labels.slice(index).join('.'))
}

function expiringRules({ rules }: ConfigDocument, now: Date): Problem[] {
  return rules.flatMap((rule, index) => {
    const at = rule.enabled && rule.expiresAt !== null ? parseInstant(rule.expiresAt) : null
    if (at === null || at.getTime() - now.getTime() > expiryNoticeDays * 86_400_000) return []
    const isPast = at.getTime() <= now.getTime()
    return [
      {
        path: `rules.${index}.expiresAt`,
        code: isPast ? 'RULE_EXPIRED' : 'RULE_EXPIRES_SOON',
        message: `Rule ${index + 1} ${isPast ? 'expired' : 'expires'} at ${at.toISOString()}; it is then removed from what runs.`,
      },
    ]
  })
}

/** One allow entry per parent address opens that address for every client, not only for traffic to the parent. */
function parentsInDeniedRanges(canonical: ConfigDocument, typed: ConfigDocument): Problem[] {
  const denied = deniedDestinations.flatMap((text) => {
    const parsed = parseRange(text)
    return parsed.ok ? [parsed.range] : []
  })
  return enabledParents(canonical).flatMap(({ host, port, priority }) => {
    const parsed = parseRange(host)
    const isDenied = parsed.ok && disjointParts([...denied, parsed.range]).at(-1)?.length === 0
    const index = typed.parentProxies.findIndex((parent) => parent.priority === priority)
    if (!isDenied) return []
    return [
      {
        path: `parentProxies.${index}.host`,
        code: 'PARENT_IN_DENIED_RANGE',
        message: `The parent ${host}:${port} is at an address that clients may not reach otherwise; with this parent they can, on every port.`,
      },
    ]
  })
}

function openClientRules({ clientRules }: ConfigDocument): Problem[] {
  if (clientRules.length === 0) {
    return [
      {
        path: 'clientRules',
        code: 'CLIENT_RULES_EMPTY',
        message: 'Without client rules every client in a loopback or private range may use the proxies.',
      },
    ]
  }
  return clientRules.flatMap(({ range, action }, index) =>
    action === 'allow' && (range === '0.0.0.0/0' || range === '::/0')
      ? [
          {
            path: `clientRules.${index}.range`,
            code: 'EVERY_CLIENT_ALLOWED',
            message: `Client rule ${index + 1} lets every address use the proxies.`,
          },
        ]
      : [],
  )
}

function outboundExceptions(exceptions: readonly string[]): Problem[] {
  if (exceptions.length === 0) return []
  return [
    {
      path: 'outboundExceptions',
      code: 'OUTBOUND_EXCEPTIONS_IN_FORCE',
      message: `This installation lets clients reach addresses that are denied elsewhere: ${exceptions.join(', ')}.`,
    },
  ]
}
