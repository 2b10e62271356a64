/** Which fields of a rule and of a parent are merged together, and which things of two lists are the same. */
import { newRuleId, type ParentProxy, type Rule } from './config-document.ts'
import type { RuleField } from './diff.ts'
import { matchInPlace, matchRules } from './match-rules.ts'
import { counterparts, type ListMerge, type SideList } from './merge-lists.ts'

/** A rule's kind and value are one thing: a name is no range. */
export type RuleUnit = Exclude<RuleField, 'kind'>
/** A parent's place in the order is merged with the list, not with the parent. */
export type ParentUnit = 'address' | 'enabled'

const ruleUnits: readonly RuleUnit[] = ['value', 'action', 'enabled', 'note', 'owner', 'expiresAt']
const parentUnits: readonly ParentUnit[] = ['address', 'enabled']

/** `10.96.215.26:3128`: what tells parents apart. */
export function parentAddress({ host, port }: ParentProxy): string {
  return `${host}:${port}`
}

/**
 * The three canonical rule lists, matched by id, else by kind and value. An id then names one thing: one of mine that
 * they don't have gets a new id where they use its id for something else.
 */
export function ruleMerge(
  base: readonly Rule[],
  mine: readonly Rule[],
  theirs: readonly Rule[],
): ListMerge<Rule, RuleUnit> {
  const mySide = { items: mine, origin: matchRules(base, mine) }
  const theirSide = { items: theirs, origin: matchRules(base, theirs) }
  const lists: ListMerge<Rule, RuleUnit> = {
    base,
    mine: mySide,
    theirs: theirSide,
    twins: twinsOf(mySide, theirSide, matchRules),
    units: ruleUnits,
    isSame: (unit, a, b) => a[unit] === b[unit] && (unit !== 'value' || a.kind === b.kind),
    take: takeRuleUnit,
  }
  const theirIds = new Set(theirs.map(({ id }) => id))
  const theirsOfMine = counterparts(lists)
  const items = mine.map((rule, index) =>
    theirsOfMine[index] === -1 && theirIds.has(rule.id) ? { ...rule, id: newRuleId() } : rule,
  )
  return { ...lists, mine: { ...mySide, items } }
}

/** The three parent lists in failover order, matched by address, else where one was changed in its place. */
export function parentMerge(
  base: readonly ParentProxy[],
  mine: readonly ParentProxy[],
  theirs: readonly ParentProxy[],
): ListMerge<ParentProxy, ParentUnit> {
  const mySide = { items: mine, origin: matchInPlace(base, mine, parentAddress) }
  const theirSide = { items: theirs, origin: matchInPlace(base, theirs, parentAddress) }
  const byAddress = (before: readonly ParentProxy[], after: readonly ParentProxy[]) =>
    after.map((parent) => before.findIndex((other) => parentAddress(other) === parentAddress(parent)))
  return {
    base,
    mine: mySide,
    theirs: theirSide,
    twins: twinsOf(mySide, theirSide, byAddress),
    units: parentUnits,
    isSame: (unit, a, b) =>
      unit === 'address' ? parentAddress(a) === parentAddress(b) : a.enabled === b.enabled,
    take: takeParentUnit,
  }
}

/** `rule` with one unit as `source` has it. */
export function takeRuleUnit(unit: RuleUnit, rule: Rule, source: Rule): Rule {
  return unit === 'value'
    ? { ...rule, kind: source.kind, value: source.value }
    : { ...rule, [unit]: source[unit] }
}

export function takeParentUnit(unit: ParentUnit, parent: ParentProxy, source: ParentProxy): ParentProxy {
  return unit === 'address'
    ? { ...parent, host: source.host, port: source.port }
    : { ...parent, enabled: source.enabled }
}

/** For each of mine that I added: the index in theirs of the same thing that they added too, else -1. */
function twinsOf<Item>(
  mine: SideList<Item>,
  theirs: SideList<Item>,
  match: (before: readonly Item[], after: readonly Item[]) => readonly number[],
): number[] {
  const added = (side: SideList<Item>) =>
    side.items.flatMap((item, index) => (side.origin[index] === -1 ? [{ item, index }] : []))
  const myAdded = added(mine)
  const theirAdded = added(theirs)
  const twins = mine.items.map(() => -1)
  const found = match(
    theirAdded.map(({ item }) => item),
    myAdded.map(({ item }) => item),
  )
  myAdded.forEach(({ index }, at) => {
    twins[index] = theirAdded[found[at] ?? -1]?.index ?? -1
  })
  return twins
}
