/** What changed between two documents in one line of words: `3 rules added, 1 rule removed, default unchanged, …`. */
import type { DocumentChange } from '#core/diff'
import { plural, t } from '../locales/i18n.ts'

export function summaryWords(changes: readonly DocumentChange[]): string {
  const count = (kind: DocumentChange['kind']) => changes.filter((change) => change.kind === kind).length
  const isAny = (...kinds: readonly DocumentChange['kind'][]) =>
    changes.some(({ kind }) => kinds.includes(kind))
  const rules = (
    [
      ['rule-added', 'summary.added'],
      ['rule-removed', 'summary.removed'],
      ['rule-changed', 'summary.changed'],
      ['rule-moved', 'summary.moved'],
    ] as const
  ).flatMap(([kind, stem]) => (count(kind) > 0 ? [plural(stem, count(kind))] : []))
  return [
    ...(rules.length > 0 ? rules : [t('summary.rulesSame')]),
    t(isAny('default-changed') ? 'summary.defaultChanged' : 'summary.defaultSame'),
    t(
      isAny('parent-added', 'parent-removed', 'parent-changed')
        ? 'summary.parentsChanged'
        : 'summary.parentsSame',
    ),
    ...(isAny('failover-changed') ? [t('summary.failoverChanged')] : []),
    ...(isAny('route-tests-changed') ? [t('summary.testsChanged')] : []),
    ...(isAny('client-rules-changed') ? [t('summary.clientsChanged')] : []),
  ].join(', ')
}
