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

export type GroupRow =
  | { readonly kind: 'heading'; readonly group: Group; readonly count: number }
  /** `stop` counts the changes that are listed, from 0. */
  | { readonly kind: 'change'; readonly change: DocumentChange; readonly stop: number }

/** Headings and changes of the groups that `filter` lets through; empty groups have no heading. */
export function groupRows(changes: readonly DocumentChange[], filter: Filter): readonly GroupRow[] {
  const byGroup = new Map<Group, DocumentChange[]>(groups.map((group) => [group, []]))
  for (const change of changes) byGroup.get(groupOf(change))?.push(change)
  let stop = 0
  return groups.flatMap((group): GroupRow[] => {
    const found = byGroup.get(group) ?? []
    if (found.length === 0 || !isIn(filter, group)) return []
    const rows = found.map((change) => ({ kind: 'change', change, stop: stop++ }) as const)
    return [{ kind: 'heading', group, count: found.length }, ...rows]
  })
}

/** How many changes a filter would list. */
export function countIn(changes: readonly DocumentChange[], filter: Filter): number {
  return changes.filter((change) => isIn(filter, groupOf(change))).length
}

/** Tells the changes of one comparison apart. */
export function changeKey(change: DocumentChange): string {
  switch (change.kind) {
    case 'rule-added':
    case 'rule-removed':
    case 'rule-changed':
      return `${change.kind} ${change.row}`
    case 'rule-moved':
      return `${change.kind} ${change.toRow}`
    case 'parent-added':
    case 'parent-removed':
      return `${change.kind} ${change.parent.host}:${change.parent.port}`
    case 'parent-changed':
      return `${change.kind} ${change.after.host}:${change.after.port}`
    default:
      return change.kind
  }
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
