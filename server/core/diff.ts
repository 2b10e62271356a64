/** What changed between two documents, as typed facts that review puts into words. */
import {
  type ClientRule,
  type ConfigDocument,
  canonicalDocument,
  type Failover,
  type ParentProxy,
  type Rule,
} from './config-document.ts'
import { longestAscending } from './longest-ascending.ts'
import { matchRules } from './match-rules.ts'
import type { RouteTest } from './route-test-shape.ts'
import type { Route } from './vocabulary.ts'

/** Row numbers count from 1, as people see them. */
export type DocumentChange =
  | { readonly kind: 'default-changed'; readonly before: Route; readonly after: Route }
  | { readonly kind: 'rule-added'; readonly rule: Rule; readonly row: number }
  | { readonly kind: 'rule-removed'; readonly rule: Rule; readonly row: number }
  | {
      readonly kind: 'rule-changed'
      readonly before: Rule
      readonly after: Rule
      readonly fields: readonly RuleField[]
      readonly row: number
    }
  | { readonly kind: 'rule-moved'; readonly rule: Rule; readonly fromRow: number; readonly toRow: number }
  | { readonly kind: 'parent-added'; readonly parent: ParentProxy }
  | { readonly kind: 'parent-removed'; readonly parent: ParentProxy }
  | { readonly kind: 'parent-changed'; readonly before: ParentProxy; readonly after: ParentProxy }
  | {
      readonly kind: 'client-rules-changed'
      readonly before: readonly ClientRule[]
      readonly after: readonly ClientRule[]
    }
  | { readonly kind: 'failover-changed'; readonly before: Failover; readonly after: Failover }
  | {
      readonly kind: 'route-tests-changed'
      readonly before: readonly RouteTest[]
      readonly after: readonly RouteTest[]
    }

/** Of rules: what one field of the API lists page by page. */
export type RuleChange = Extract<DocumentChange, { readonly kind: RuleChangeKind }>
export const RuleChangeKind = {
  REMOVED: 'rule-removed',
  ADDED: 'rule-added',
  CHANGED: 'rule-changed',
  MOVED: 'rule-moved',
} as const
export type RuleChangeKind = (typeof RuleChangeKind)[keyof typeof RuleChangeKind]

/** Every field of a rule but its id: all that can be edited. */
export const ruleFields = ['kind', 'value', 'action', 'enabled', 'note', 'owner', 'expiresAt'] as const
export type RuleField = (typeof ruleFields)[number]

/**
 * The changes from `before` to `after`; null means that nothing ran before, so that everything is added.
 *
 * Rules are the same rule if they share an id, else if kind and value agree. As few rules as possible count as
 * moved; a changed rule that also moved is listed under both.
 */
export function diffDocuments(before: ConfigDocument | null, after: ConfigDocument): DocumentChange[] {
  const to = canonicalDocument(after)
  const from = before === null ? null : canonicalDocument(before)
  return [
    ...(from !== null && from.defaultAction !== to.defaultAction
      ? [{ kind: 'default-changed', before: from.defaultAction, after: to.defaultAction } as const]
      : []),
    ...rulesChanged(from?.rules ?? [], to.rules),
    ...diffParents(from?.parentProxies ?? [], to.parentProxies),
    ...(same(from?.clientRules ?? [], to.clientRules)
      ? []
      : [{ kind: 'client-rules-changed', before: from?.clientRules ?? [], after: to.clientRules } as const]),
    ...(from !== null && !same(from.failover, to.failover)
      ? [{ kind: 'failover-changed', before: from.failover, after: to.failover } as const]
      : []),
    ...(same(from?.routeTests ?? [], to.routeTests)
      ? []
      : [{ kind: 'route-tests-changed', before: from?.routeTests ?? [], after: to.routeTests } as const]),
  ]
}

/** What of a rule was edited. */
export function changedFields(before: Rule, after: Rule): RuleField[] {
  return ruleFields.filter((field) => before[field] !== after[field])
}

/**
 * The changes of rules alone, in the order in which a reader takes them in: what went, what came, what was edited,
 * what moved, each by row.
 */
export function diffRules(before: ConfigDocument | null, after: ConfigDocument): readonly RuleChange[] {
  const changes = rulesChanged(
    before === null ? [] : canonicalDocument(before).rules,
    canonicalDocument(after).rules,
  )
  return Object.values(RuleChangeKind).flatMap((kind) => changes.filter((change) => change.kind === kind))
}

function rulesChanged(before: readonly Rule[], after: readonly Rule[]): RuleChange[] {
  const origin = matchRules(before, after)
  const kept = new Set(origin)
  const unmoved = longestAscending(origin)
  const removed = before.flatMap((rule, index): RuleChange[] =>
    kept.has(index) ? [] : [{ kind: 'rule-removed', rule, row: index + 1 }],
  )
  const rest = after.flatMap((rule, index): RuleChange[] => {
    const fromIndex = origin[index] ?? -1
    const old = before[fromIndex]
    const row = index + 1
    if (old === undefined) return [{ kind: 'rule-added', rule, row }]
    const fields = old === rule ? [] : changedFields(old, rule)
    return [
      ...(fields.length > 0
        ? [{ kind: 'rule-changed', before: old, after: rule, fields, row } as const]
        : []),
      ...(unmoved.has(index)
        ? []
        : [{ kind: 'rule-moved', rule, fromRow: fromIndex + 1, toRow: row } as const]),
    ]
  })
  return [...removed, ...rest]
}

function diffParents(before: readonly ParentProxy[], after: readonly ParentProxy[]): DocumentChange[] {
  const address = ({ host, port }: ParentProxy) => `${host}:${port}`
  const old = new Map(before.map((parent) => [address(parent), parent]))
  const kept = new Set(after.map(address))
  return [
    ...before.flatMap((parent): DocumentChange[] =>
      kept.has(address(parent)) ? [] : [{ kind: 'parent-removed', parent }],
    ),
    ...after.flatMap((parent): DocumentChange[] => {
      const was = old.get(address(parent))
      if (was === undefined) return [{ kind: 'parent-added', parent }]
      return same(was, parent) ? [] : [{ kind: 'parent-changed', before: was, after: parent }]
    }),
  ]
}

/** Canonical documents have their keys in one order, so that equal text is equal meaning. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
