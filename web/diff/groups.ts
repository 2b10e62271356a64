/** The changes of a document in the groups in which a reader takes them in: what weighs most first. */
import type { DocumentChange } from '#core/diff'

export const groups = [
  'default',
  'parents',
  'failover',
  'clients',
  'tests',
  'removed',
  'added',
  'changed',
  'moved',
] as const
export type Group = (typeof groups)[number]

/** What the reader can narrow the list down to. */
export const filters = ['all', 'settings', 'removed', 'added', 'changed', 'moved'] as const
export type Filter = (typeof filters)[number]

const ruleGroups = ['removed', 'added', 'changed', 'moved'] as const satisfies readonly Group[]
/** How many changes of rules there are, in the order in which the server lists them. */
export type RuleCounts = Readonly<Record<(typeof ruleGroups)[number], number>>

/** What is listed: settings as they are; of rules how many, since they come page by page. */
export interface Differences {
  readonly settings: readonly DocumentChange[]
  readonly counts: RuleCounts
}

/** `stop` counts the changes that are listed, from 0. */
export type GroupRow =
  | { readonly kind: 'heading'; readonly group: Group; readonly count: number }
  | { readonly kind: 'setting'; readonly change: DocumentChange; readonly stop: number }
  /** `place` is that among all changes of rules, from 0. */
  | { readonly kind: 'rule'; readonly place: number; readonly stop: number }

/** Headings and changes of the groups that `filter` lets through; empty groups have no heading. */
export function groupRows({ settings, counts }: Differences, filter: Filter): readonly GroupRow[] {
  const rows: GroupRow[] = []
  let stop = 0
  let place = 0
  for (const group of groups) {
    const found = settings.filter((change) => groupOf(change) === group)
    const count = isOfRules(group) ? counts[group] : found.length
    if (count > 0 && isIn(filter, group)) {
      rows.push({ kind: 'heading', group, count })
      for (const change of found) rows.push({ kind: 'setting', change, stop: stop++ })
      for (let at = 0; isOfRules(group) && at < count; at += 1) {
        rows.push({ kind: 'rule', place: place + at, stop: stop++ })
      }
    }
    if (isOfRules(group)) place += count
  }
  return rows
}

/** How many changes a filter would list. */
export function countIn({ settings, counts }: Differences, filter: Filter): number {
  const ofRules = ruleGroups.filter((group) => isIn(filter, group)).map((group) => counts[group])
  return settings.filter((change) => isIn(filter, groupOf(change))).length + sum(ofRules)
}

/** The same for the same row, whatever else is listed. */
export function rowKey(row: GroupRow): string {
  if (row.kind === 'heading') return row.group
  return row.kind === 'rule' ? `rule ${row.place}` : settingKey(row.change)
}

function settingKey(change: DocumentChange): string {
  switch (change.kind) {
    case 'parent-added':
    case 'parent-removed':
      return `${change.kind} ${change.parent.host}:${change.parent.port}`
    case 'parent-changed':
      return `${change.kind} ${change.after.host}:${change.after.port}`
    default:
      return change.kind
  }
}

function isOfRules(group: Group): group is keyof RuleCounts {
  return ruleGroups.some((each) => each === group)
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

function isIn(filter: Filter, group: Group): boolean {
  if (filter === 'all' || filter === group) return true
  return filter === 'settings' && ['default', 'parents', 'failover', 'clients', 'tests'].includes(group)
}

function groupOf({ kind }: DocumentChange): Group {
  switch (kind) {
    case 'default-changed':
      return 'default'
    case 'parent-added':
    case 'parent-removed':
    case 'parent-changed':
      return 'parents'
    case 'failover-changed':
      return 'failover'
    case 'client-rules-changed':
      return 'clients'
    case 'route-tests-changed':
      return 'tests'
    case 'rule-removed':
      return 'removed'
    case 'rule-added':
      return 'added'
    case 'rule-changed':
      return 'changed'
    case 'rule-moved':
      return 'moved'
  }
}
