/** Which rules of a list a filter shows. */
import type { Rule } from '#core/config-document'
import type { Route, RuleKind } from '#core/vocabulary'

export const ruleStates = ['enabled', 'disabled', 'problems', 'expiring'] as const
export type RuleState = (typeof ruleStates)[number]

/** Empty parts let everything through. */
export interface RuleFilter {
  readonly text: string
  readonly kind: RuleKind | ''
  readonly action: Route | ''
  readonly state: RuleState | ''
}

export const noFilter: RuleFilter = { text: '', kind: '', action: '', state: '' }

/** A rule that ends within this time, or has ended, counts as expiring. */
const soonMs = 30 * 24 * 60 * 60 * 1_000

export function isFiltering(filter: RuleFilter): boolean {
  return filter.text.trim() !== '' || filter.kind !== '' || filter.action !== '' || filter.state !== ''
}

/** The test for one rule; `faulty` are the ids of rules with problems. */
export function ruleTest(
  filter: RuleFilter,
  faulty: ReadonlySet<string>,
  nowMs: number,
): (rule: Rule) => boolean {
  const hasText = textTest(filter.text)
  return (rule) =>
    (filter.kind === '' || rule.kind === filter.kind) &&
    (filter.action === '' || rule.action === filter.action) &&
    hasState(rule, filter.state, faulty, nowMs) &&
    hasText(rule)
}

/** Whether all words of `text` occur in a rule's value, note or owner, whatever their case. */
export function textTest(text: string): (rule: Rule) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return () => true
  return ({ value, note, owner }) => {
    const all = `${value}\n${note}\n${owner}`.toLowerCase()
    return words.every((word) => all.includes(word))
  }
}

function hasState(rule: Rule, state: RuleState | '', faulty: ReadonlySet<string>, nowMs: number): boolean {
  switch (state) {
    case '':
      return true
    case 'enabled':
      return rule.enabled
    case 'disabled':
      return !rule.enabled
    case 'problems':
      return faulty.has(rule.id)
    case 'expiring':
      return rule.expiresAt !== null && Date.parse(rule.expiresAt) < nowMs + soonMs
  }
}

/** What a filtered list shows, and under which filter it came to be. */
export interface ShownRules {
  readonly filter: RuleFilter
  readonly ids: readonly string[]
  readonly known: ReadonlySet<string>
}

/**
 * The ids of the rules that pass, in order. A rule that was shown stays until the filter changes, and a new one is
 * shown: nothing vanishes from under the hands of whoever edits it.
 */
export function shownRules(
  rules: readonly Rule[],
  filter: RuleFilter,
  passes: (rule: Rule) => boolean,
  before: ShownRules | undefined,
): ShownRules {
  const same = before?.filter === filter ? before : undefined
  const shown = new Set(same?.ids)
  const isNew = (id: string) => same !== undefined && !same.known.has(id)
  const ids = rules.flatMap((rule) => (passes(rule) || shown.has(rule.id) || isNew(rule.id) ? [rule.id] : []))
  return { filter, ids, known: new Set(rules.map(({ id }) => id)) }
}
