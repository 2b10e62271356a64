/** Two people edited one config: the changes of both as one, and what only a person can decide. */
import {
  type ClientRule,
  type ConfigDocument,
  canonicalDocument,
  type Failover,
  type ParentProxy,
  type Rule,
} from './config-document.ts'
import { mergeLists } from './merge-lists.ts'
import {
  type ParentUnit,
  parentAddress,
  parentMerge,
  type RuleUnit,
  ruleMerge,
  takeParentUnit,
  takeRuleUnit,
} from './merge-units.ts'
import type { RouteTest } from './route-test-shape.ts'
import type { Route } from './vocabulary.ts'

interface Three<Value> {
  readonly base: Value
  readonly mine: Value
  readonly theirs: Value
}

/** A null side does not have the thing. `field` null: one side removed what the other changed. */
interface ThreeInList<Item, Field> extends Three<Item | null> {
  readonly field: Field | null
  /** What stands before it if theirs is taken back: a rule's id, a parent's address; null: nothing. */
  readonly after: string | null
}

/**
 * What both sides changed differently; until somebody decides, mine stands. A rule's field `value` includes its kind.
 * `ruleId` and `address` name the thing in the merged document, or the one that would come back.
 */
export type MergeConflict =
  | ({ readonly kind: 'default' } & Three<Route>)
  | ({ readonly kind: 'failover'; readonly field: keyof Failover } & Three<Failover[keyof Failover]>)
  | ({ readonly kind: 'clients' } & Three<readonly ClientRule[]>)
  | ({ readonly kind: 'routeTests' } & Three<readonly RouteTest[]>)
  | ({ readonly kind: 'rule'; readonly ruleId: string } & ThreeInList<Rule, RuleUnit>)
  | ({ readonly kind: 'parent'; readonly address: string } & ThreeInList<ParentProxy, ParentUnit>)

export interface MergedDocument {
  readonly merged: ConfigDocument
  readonly conflicts: readonly MergeConflict[]
}

/** All that the editor edits of a config; the proxies are a set. */
export interface EditedContent {
  readonly name: string
  readonly description: string
  readonly proxyIds: readonly string[]
  readonly document: ConfigDocument
}

export type ContentConflict = MergeConflict | ({ readonly kind: 'name' | 'description' } & Three<string>)

export interface MergedContent {
  readonly merged: EditedContent
  readonly conflicts: readonly ContentConflict[]
}

/**
 * Merges what I and what they made of `base`, compared and returned in canonical form.
 *
 * Rules are the same by id, else by kind and value; parents by address, else by their place. Everything that one
 * side alone added, removed or changed is taken; the order is theirs, with my moves and additions on top, each after
 * what stands before it in my list. Ids are distinct in each list, and so they are in the merged one.
 */
export function mergeDocuments(
  base: ConfigDocument,
  mine: ConfigDocument,
  theirs: ConfigDocument,
): MergedDocument {
  const sides = {
    base: canonicalDocument(base),
    mine: canonicalDocument(mine),
    theirs: canonicalDocument(theirs),
  }
  const conflicts: MergeConflict[] = []
  const defaultAction = mergeValue(pick(sides, 'defaultAction'), (three) =>
    conflicts.push({ kind: 'default', ...three }),
  )
  const failover = mergeFailover(pick(sides, 'failover'), conflicts)
  const parentProxies = mergeParents(pick(sides, 'parentProxies'), conflicts)
  const clientRules = mergeValue(pick(sides, 'clientRules'), (three) =>
    conflicts.push({ kind: 'clients', ...three }),
  )
  const rules = mergeRules(pick(sides, 'rules'), conflicts)
  const routeTests = mergeValue(pick(sides, 'routeTests'), (three) =>
    conflicts.push({ kind: 'routeTests', ...three }),
  )
  return { merged: { defaultAction, rules, parentProxies, clientRules, failover, routeTests }, conflicts }
}

/** The same for a whole config; a proxy that one side added or removed is added or removed. */
export function mergeContent(base: EditedContent, mine: EditedContent, theirs: EditedContent): MergedContent {
  const sides = { base, mine, theirs }
  const conflicts: ContentConflict[] = []
  const mergeText = (kind: 'name' | 'description') =>
    mergeValue(pick(sides, kind), (three) => conflicts.push({ kind, ...three }))
  const name = mergeText('name')
  const description = mergeText('description')
  const proxyIds = mergeSet(pick(sides, 'proxyIds'))
  const document = mergeDocuments(base.document, mine.document, theirs.document)
  return {
    merged: { name, description, proxyIds, document: document.merged },
    conflicts: [...conflicts, ...document.conflicts],
  }
}

/** The merged document once conflicts are decided, by their index; an undecided one stays mine. */
export function resolveConflicts(
  merged: ConfigDocument,
  conflicts: readonly ContentConflict[],
  choices: ReadonlyMap<number, 'mine' | 'theirs'>,
): ConfigDocument {
  const taken = conflicts.filter((_, index) => choices.get(index) === 'theirs')
  const rules = taken.flatMap((conflict) =>
    conflict.kind === 'rule' ? [{ ...conflict, key: conflict.ruleId }] : [],
  )
  const parents = taken.flatMap((conflict) =>
    conflict.kind === 'parent' ? [{ ...conflict, key: conflict.address }] : [],
  )
  let resolved: ConfigDocument = {
    ...merged,
    rules: takeTheirs(merged.rules, rules, ({ id }) => id, takeRuleUnit),
    parentProxies: ascending(takeTheirs(merged.parentProxies, parents, parentAddress, takeParentUnit)),
  }
  for (const conflict of taken) {
    if (conflict.kind === 'default') resolved = { ...resolved, defaultAction: conflict.theirs }
    if (conflict.kind === 'clients') resolved = { ...resolved, clientRules: conflict.theirs }
    if (conflict.kind === 'routeTests') resolved = { ...resolved, routeTests: conflict.theirs }
    if (conflict.kind === 'failover') {
      resolved = { ...resolved, failover: { ...resolved.failover, [conflict.field]: conflict.theirs } }
    }
  }
  return resolved
}

/** The same for a whole config. */
export function resolveContent(
  merged: EditedContent,
  conflicts: readonly ContentConflict[],
  choices: ReadonlyMap<number, 'mine' | 'theirs'>,
): EditedContent {
  const texts = conflicts.flatMap((conflict, index) =>
    (conflict.kind === 'name' || conflict.kind === 'description') && choices.get(index) === 'theirs'
      ? [[conflict.kind, conflict.theirs]]
      : [],
  )
  const document = resolveConflicts(merged.document, conflicts, choices)
  return { ...merged, ...Object.fromEntries(texts), document }
}

function pick<Whole, Key extends keyof Whole>(
  { base, mine, theirs }: Three<Whole>,
  key: Key,
): Three<Whole[Key]> {
  return { base: base[key], mine: mine[key], theirs: theirs[key] }
}

/** Whichever side changed it; mine, and a conflict, if both did, and differently. */
function mergeValue<Value>(three: Three<Value>, contest: (three: Three<Value>) => void): Value {
  const { base, mine, theirs } = three
  if (isSame(mine, theirs) || isSame(base, mine)) return theirs
  if (!isSame(base, theirs)) contest(three)
  return mine
}

function mergeFailover(three: Three<Failover>, conflicts: MergeConflict[]): Failover {
  const field = <Field extends keyof Failover>(name: Field): Failover[Field] =>
    mergeValue(pick(three, name), (values) => conflicts.push({ kind: 'failover', field: name, ...values }))
  return {
    selection: field('selection'),
    failThreshold: field('failThreshold'),
    retrySeconds: field('retrySeconds'),
    connectTimeoutSeconds: field('connectTimeoutSeconds'),
    directWhenAllDown: field('directWhenAllDown'),
  }
}

function mergeRules({ base, mine, theirs }: Three<readonly Rule[]>, found: MergeConflict[]): Rule[] {
  const { merged, conflicts } = mergeLists(ruleMerge(base, mine, theirs))
  for (const { unit, after, ...sides } of conflicts) {
    const ruleId = (sides.theirs ?? sides.mine)?.id ?? ''
    found.push({ kind: 'rule', ruleId, field: unit, after: after?.id ?? null, ...sides })
  }
  return merged
}

function mergeParents(three: Three<readonly ParentProxy[]>, found: MergeConflict[]): readonly ParentProxy[] {
  const { base, mine, theirs } = three
  if (isSame(mine, theirs) || isSame(base, mine)) return theirs
  if (isSame(base, theirs)) return mine
  const { merged, conflicts } = mergeLists(parentMerge(base, mine, theirs))
  for (const { unit, after, ...sides } of conflicts) {
    const named = sides.mine ?? sides.theirs
    const address = named === null ? '' : parentAddress(named)
    const anchor = after === null ? null : parentAddress(after)
    found.push({ kind: 'parent', address, field: unit, after: anchor, ...sides })
  }
  return ascending(merged)
}

function mergeSet({ base, mine, theirs }: Three<readonly string[]>): string[] {
  const before = new Set(base)
  const ours = new Set(mine)
  const kept = theirs.filter((id) => ours.has(id) || !before.has(id))
  const known = new Set(theirs)
  return [...kept, ...mine.filter((id) => !before.has(id) && !known.has(id))]
}

/** Priorities as they are if they still say the order, else from 1. */
function ascending(parents: readonly ParentProxy[]): readonly ParentProxy[] {
  const isAscending = parents.every(({ priority }, index) => priority > (parents[index - 1]?.priority ?? 0))
  return isAscending ? parents : parents.map((parent, index) => ({ ...parent, priority: index + 1 }))
}

/** The list with theirs instead of mine in each of the conflicts, which name its items by `key`. */
function takeTheirs<Item, Unit>(
  items: readonly Item[],
  conflicts: readonly (ThreeInList<Item, Unit> & { readonly key: string })[],
  keyOf: (item: Item) => string,
  take: (unit: Unit, item: Item, source: Item) => Item,
): Item[] {
  const about = new Map<string, ThreeInList<Item, Unit>[]>()
  const returning = new Map<string | null, Item[]>()
  for (const conflict of conflicts) {
    if (conflict.mine !== null) append(about, conflict.key, conflict)
    else if (conflict.theirs !== null) append(returning, conflict.after, conflict.theirs)
  }
  const resolve = (item: Item): Item[] => {
    let resolved = item
    for (const { field, theirs } of about.get(keyOf(item)) ?? []) {
      if (theirs === null) return []
      if (field !== null) resolved = take(field, resolved, theirs)
    }
    return [resolved]
  }
  return [
    ...(returning.get(null) ?? []),
    ...items.flatMap((item) => [...resolve(item), ...(returning.get(keyOf(item)) ?? [])]),
  ]
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** Canonical values have their keys in one order. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
