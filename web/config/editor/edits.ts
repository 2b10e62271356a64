/** Edits of a config's content as pure functions: each gives a new value that shares all that it did not touch. */
import {
  type ClientRule,
  type ConfigDocument,
  type NewRule,
  newRuleId,
  type ParentProxy,
  type Rule,
} from '#core/config-document'
import type { RouteTest } from '#core/route-test-shape'

/** Everything that the editor edits. */
export interface DraftContent {
  readonly name: string
  readonly description: string
  readonly proxyIds: readonly string[]
  readonly document: ConfigDocument
}
export type ContentEdit = (content: DraftContent) => DraftContent

/** A rule that the server doesn't know yet. */
export function newRule(fields: Partial<NewRule> = {}): Rule {
  return {
    id: newRuleId(),
    kind: 'domain',
    value: '',
    action: 'direct',
    enabled: true,
    note: '',
    owner: '',
    expiresAt: null,
    ...fields,
  }
}

export function editDocument(change: Partial<ConfigDocument>): ContentEdit {
  return (content) => ({ ...content, document: { ...content.document, ...change } })
}

/** Changes these rules; a rule whose fields stay the same stays the same object. */
export function editRules(ids: ReadonlySet<string>, change: Partial<NewRule>): ContentEdit {
  return withRules((rules) =>
    rules.map((rule) => {
      if (!ids.has(rule.id)) return rule
      const next = { ...rule, ...change }
      return isSameRule(rule, next) ? rule : next
    }),
  )
}

/** Changes one rule. */
export function editRule(id: string, change: Partial<NewRule>): ContentEdit {
  return withRules((rules) => {
    const at = rules.findIndex((rule) => rule.id === id)
    const rule = rules[at]
    const next = rule && { ...rule, ...change }
    if (!rule || !next || isSameRule(rule, next)) return rules
    const copy = rules.slice()
    copy[at] = next
    return copy
  })
}

/** Puts `added` before the rule at `at` (counted from 0; the length puts them last). */
export function insertRules(at: number, added: readonly Rule[]): ContentEdit {
  return withRules((rules) => [...rules.slice(0, at), ...added, ...rules.slice(at)])
}

export function removeRules(ids: ReadonlySet<string>): ContentEdit {
  return withRules((rules) => rules.filter(({ id }) => !ids.has(id)))
}

/** Moves these rules, in their order, so that the first of them has the place `to` (counted from 0). */
export function moveRules(ids: ReadonlySet<string>, to: number): ContentEdit {
  return withRules((rules) => {
    const moved = rules.filter(({ id }) => ids.has(id))
    const rest = rules.filter(({ id }) => !ids.has(id))
    const at = Math.max(0, Math.min(to, rest.length))
    return [...rest.slice(0, at), ...moved, ...rest.slice(at)]
  })
}

/**
 * Moves these rules past the next rule that is shown, and so past all hidden ones between. Undefined when no shown rule
 * is left in that direction.
 */
export function stepRules(
  rules: readonly Rule[],
  shownIds: readonly string[],
  ids: ReadonlySet<string>,
  step: -1 | 1,
): ContentEdit | undefined {
  const places = shownIds.flatMap((id, place) => (ids.has(id) ? [place] : []))
  const edge = step < 0 ? places[0] : places.at(-1)
  const passed = edge === undefined ? undefined : shownIds[edge + step]
  if (passed === undefined) return undefined
  const rest = rules.filter(({ id }) => !ids.has(id))
  const at = rest.findIndex(({ id }) => id === passed)
  return moveRules(ids, step < 0 ? at : at + 1)
}

function withRules(change: (rules: readonly Rule[]) => readonly Rule[]): ContentEdit {
  return (content) => {
    const rules = change(content.document.rules)
    return rules === content.document.rules ? content : editDocument({ rules })(content)
  }
}

/** Replaces the parents; their priorities follow their order and keep the numbers that were in use. */
export function editParents(
  change: (parents: readonly ParentProxy[]) => readonly ParentProxy[],
): ContentEdit {
  return (content) => {
    const parents = change(content.document.parentProxies)
    const used = parents.map(({ priority }) => priority).sort((a, b) => a - b)
    const isDistinct = new Set(used).size === used.length
    const ordered = parents.map((parent, index) => {
      const priority = isDistinct ? (used[index] ?? index + 1) : index + 1
      return parent.priority === priority ? parent : { ...parent, priority }
    })
    return editDocument({ parentProxies: ordered })(content)
  }
}

/** A parent in the last place of the order. */
export function newParent(parents: readonly ParentProxy[]): ParentProxy {
  const last = Math.max(0, ...parents.map(({ priority }) => priority))
  return { host: '', port: 3128, priority: last + 1, enabled: true }
}

export function editClients(change: (clients: readonly ClientRule[]) => readonly ClientRule[]): ContentEdit {
  return (content) => editDocument({ clientRules: change(content.document.clientRules) })(content)
}

/** The greatest number of route tests is for `checkRouteTests` to judge. */
export function editRouteTests(change: (tests: readonly RouteTest[]) => readonly RouteTest[]): ContentEdit {
  return (content) => editDocument({ routeTests: change(content.document.routeTests) })(content)
}

/** The list with the entry at `from` in the place `to`. */
export function moved<Entry>(list: readonly Entry[], from: number, to: number): readonly Entry[] {
  const rest = list.filter((_, index) => index !== from)
  return [...rest.slice(0, to), ...list.slice(from, from + 1), ...rest.slice(to)]
}

/** The list with the entry at `index` changed. */
export function changedAt<Entry>(
  list: readonly Entry[],
  index: number,
  change: Partial<Entry>,
): readonly Entry[] {
  return list.map((entry, at) => (at === index ? { ...entry, ...change } : entry))
}

/** Whether two contents say the same; ids and the proxies' order mean nothing. Cheap for values that share. */
export function isSameContent(a: DraftContent, b: DraftContent): boolean {
  return (
    a === b ||
    (a.name === b.name &&
      a.description === b.description &&
      isSameSet(a.proxyIds, b.proxyIds) &&
      isSameDocument(a.document, b.document))
  )
}

export function isSameDocument(a: ConfigDocument, b: ConfigDocument): boolean {
  return (
    a === b ||
    (a.defaultAction === b.defaultAction &&
      isSameList(a.rules, b.rules, isSameRule) &&
      isSameList(a.parentProxies, b.parentProxies, isShallowSame) &&
      isSameList(a.clientRules, b.clientRules, isShallowSame) &&
      isSameList(a.routeTests, b.routeTests, isShallowSame) &&
      isShallowSame(a.failover, b.failover))
  )
}

export function isSameRule(a: Rule, b: Rule): boolean {
  return (
    a === b ||
    (a.kind === b.kind &&
      a.value === b.value &&
      a.action === b.action &&
      a.enabled === b.enabled &&
      a.note === b.note &&
      a.owner === b.owner &&
      a.expiresAt === b.expiresAt)
  )
}

export function isSameList<Entry>(
  a: readonly Entry[],
  b: readonly Entry[],
  isSame: (a: Entry, b: Entry) => boolean,
): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  // By index: an iterator would make ten thousand pairs with each key that is typed.
  for (let index = 0; index < a.length; index += 1) {
    const one = a[index]
    const other = b[index]
    if (one !== other && (one === undefined || other === undefined || !isSame(one, other))) return false
  }
  return true
}

export function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  const known = new Set(a)
  return b.every((id) => known.has(id))
}

export function isShallowSame<Value extends object>(a: Value, b: Value): boolean {
  if (a === b) return true
  const keys = Object.keys(a) as (keyof Value)[]
  return keys.every((key) => a[key] === b[key])
}

/** `next` made of the rule objects of `previous` wherever they say the same: what is derived from them stays valid. */
export function shared(previous: ConfigDocument, next: ConfigDocument): ConfigDocument {
  const known = new Map(previous.rules.map((rule) => [rule.id, rule]))
  const rules = next.rules.map((rule) => {
    const before = known.get(rule.id)
    return before !== undefined && isSameRule(before, rule) ? before : rule
  })
  return { ...next, rules }
}
