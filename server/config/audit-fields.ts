/** How a config stands in the audit trail: small enough to read, whole enough to know what was changed. */
import type { ConfigDocument, Rule } from '../core/config-document.ts'
import { writeRouteTestLine } from '../core/route-test-line.ts'
import type { ConfigRow } from './config.read.ts'

/** More changed rules than this are counted, not listed. */
const listedRules = 200

export function auditedConfig(config: ConfigRow): Record<string, unknown> {
  const { name, description, status, revision } = config
  return { name, description, status, revision }
}

/** What an edit changed in the rules, parents and the rest: removed and changed rules in `old`, the new ones in `new`. */
export function auditedDocuments(
  before: ConfigDocument | null,
  after: ConfigDocument,
): { old: Record<string, unknown>; new: Record<string, unknown> } {
  const old = differingRules(before?.rules ?? [], after.rules)
  const fresh = differingRules(after.rules, before?.rules ?? [])
  const order = (document: ConfigDocument | null) => document?.rules.map((rule) => rule.id).join() ?? ''
  const hasMoved = old.length === 0 && fresh.length === 0 && order(before) !== order(after)
  const side = (document: ConfigDocument | null, rules: readonly string[]) => ({
    ...(document && {
      defaultAction: document.defaultAction,
      parentProxies: document.parentProxies,
      clientRules:
        document.clientRules.length > listedRules ? document.clientRules.length : document.clientRules,
      failover: document.failover,
      routeTests:
        document.routeTests.length > listedRules
          ? document.routeTests.length
          : document.routeTests.map(writeRouteTestLine),
    }),
    rules:
      rules.length > listedRules
        ? [...rules.slice(0, listedRules), `… ${rules.length - listedRules} more`]
        : rules,
    ...(hasMoved && { ruleOrder: (document?.rules ?? []).slice(0, listedRules).map(inWords) }),
  })
  return { old: before ? side(before, old) : {}, new: side(after, fresh) }
}

function differingRules(rules: readonly Rule[], others: readonly Rule[]): string[] {
  const known = new Set(others.map(inWords))
  return rules.map(inWords).filter((rule) => !known.has(rule))
}

function inWords(rule: Rule): string {
  const extras = [
    rule.enabled ? '' : 'disabled',
    rule.note && `note: ${rule.note}`,
    rule.owner && `owner: ${rule.owner}`,
    rule.expiresAt && `expires: ${rule.expiresAt}`,
  ].filter(Boolean)
  return `${rule.kind} ${rule.value} → ${rule.action}${extras.length > 0 ? ` (${extras.join('; ')})` : ''}`
}
