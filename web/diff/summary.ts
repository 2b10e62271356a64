/** What changed between two documents, or what one holds, in one line of words. */
import type { ConfigDocument } from '#core/config-document'
import type { DocumentChange } from '#core/diff'
import { plural, t } from '../locales/i18n.ts'
import type { Differences } from './groups.ts'
import { routeWords } from './words.ts'

/** `40 rules, default Parent, 2 parents, no client ranges` */
export function contentWords(
  ruleCount: number,
  { defaultAction, parentProxies, clientRules }: ConfigDocument,
): string {
  const counted = (stem: 'summary.parents' | 'summary.clients', count: number) =>
    count === 0 ? t(`${stem}.none`) : plural(stem, count)
  return [
    plural('summary.rules', ruleCount),
    t('summary.default', { route: routeWords(defaultAction) }),
    counted('summary.parents', parentProxies.length),
    counted('summary.clients', clientRules.length),
  ].join(', ')
}

/** `3 rules added, 1 rule removed, default unchanged, parents unchanged` */
export function summaryWords({ settings, counts }: Differences): string {
  const isAny = (...kinds: readonly DocumentChange['kind'][]) =>
    settings.some(({ kind }) => kinds.includes(kind))
  const rules = (['added', 'removed', 'changed', 'moved'] as const).flatMap((group) =>
    counts[group] > 0 ? [plural(`summary.${group}`, counts[group])] : [],
  )
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
