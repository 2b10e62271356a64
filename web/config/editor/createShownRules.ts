/** Which rules of a draft the list shows, which of them match what is searched, and the number of each. */
import { createMemo, createSignal, untrack } from 'solid-js'
import type { Rule } from '#core/config-document'
import { serverNow } from '../../clock.ts'
import type { PlacedProblem } from './draft.ts'
import {
  isFiltering,
  noFilter,
  type RuleFilter,
  ruleTest,
  type ShownRules,
  shownRules,
  textTest,
} from './rule-filter.ts'

export function createShownRules(rules: () => readonly Rule[], problems: () => readonly PlacedProblem[]) {
  const [filter, setFilter] = createSignal<RuleFilter>(noFilter)
  const [isNarrowed, setNarrowed] = createSignal(true)
  // Typing changes a rule and no id: what depends on the ids alone is not made anew with each key.
  const allIds = createMemo(() => rules().map(({ id }) => id), [], { equals: isSameIds })
  const rows = createMemo(() => new Map(allIds().map((id, index) => [id, index])))
  const existing = createMemo(() => new Set(allIds()))
  const faulty = createMemo(() => new Set(problems().flatMap(({ ruleId }) => ruleId ?? [])))
  const applied = createMemo(() => (isNarrowed() ? filter() : { ...filter(), text: '' }))
  const shown = createMemo<ShownRules | undefined>((before) => {
    const current = applied()
    if (!isFiltering(current)) return undefined
    return shownRules(rules(), current, ruleTest(current, faulty(), untrack(serverNow)), before)
  })
  const ids = createMemo(() => shown()?.ids ?? allIds(), [], { equals: isSameIds })
  const matches = createMemo(() => {
    const { text } = filter()
    if (text.trim() === '') return []
    if (isNarrowed()) return ids()
    const hasText = textTest(text)
    const hits = new Set(rules().flatMap((rule) => (hasText(rule) ? [rule.id] : [])))
    return ids().filter((id) => hits.has(id))
  })
  return {
    filter,
    setFilter,
    /** Whether rules without the searched text are hidden. */
    isNarrowed,
    setNarrowed,
    isFiltered: () => isFiltering(applied()),
    /** Ids of the rules shown, in order. */
    ids,
    /** Ids of those that have the searched text; none while nothing is searched. */
    matches,
    /** Ids of all rules. */
    existing,
    /** A rule's number in the whole list, from 1; 0: there is no such rule. */
    rowOf: (id: string) => (rows().get(id) ?? -1) + 1,
  }
}

function isSameIds(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]))
}
