/** Who may approve a submission, by the policy in force, with names. */
import { locale, t } from '../../locales/i18n.ts'
import type { ReviewAnswer } from './queries.ts'

export function policyWords({ config, settings }: ReviewAnswer, readerId: string): string {
  const submitter = config.submittedBy?.name ?? t('review.nobody')
  const isOwn = config.submittedBy?.id === readerId
  if (settings.approvalPolicy === 'SAME_USER') {
    return isOwn ? t('decision.sameUserOwn') : t('decision.sameUserOther', { name: submitter })
  }
  const barred = new Map([
    ...(config.submittedBy ? [[config.submittedBy.id, config.submittedBy.name] as const] : []),
    ...config.authors.map(({ id, name }) => [id, name] as const),
  ])
  const names = new Intl.ListFormat(locale(), { type: 'conjunction' }).format(barred.values())
  return t(barred.has(readerId) ? 'decision.secondPersonBarred' : 'decision.secondPersonOpen', { names })
}
