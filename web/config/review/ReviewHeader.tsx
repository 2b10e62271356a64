/** What is reviewed: its name, its status, who brought it this far and when, and the hash of exactly this content. */
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { t } from '../../locales/i18n.ts'
import { paths } from '../../paths.ts'
import { HashText, Instant, PageHeader } from '../../words.tsx'
import { ConfigStatusBadge } from '../ConfigStatusBadge.tsx'
import type { ReviewConfig } from './queries.ts'

interface ReviewHeaderProps {
  readonly config: ReviewConfig
  /** What it is compared with. */
  readonly base: { readonly id: string; readonly number: number } | undefined
}

export function ReviewHeader(props: ReviewHeaderProps) {
  const hasComparePage = () => props.base && props.config.activeVersion && props.config.status === 'ACTIVE'
  return (
    <PageHeader
      title={
        <>
          <A href={paths.config(props.config.id)} class="link font-semibold underline">
            {props.config.name}
          </A>{' '}
          <span class="text-muted">/ {t('review.heading')}</span>
        </>
      }
      subtitle={
        <span class="flex flex-wrap items-center gap-x-3 gap-y-1">
          <ConfigStatusBadge status={props.config.status} />
          <span>{t('config.revisionNumber', { number: props.config.revision })}</span>
          <Show when={props.config.submittedAt}>
            {(at) => (
              <span>
                {t('review.submittedBy', { name: props.config.submittedBy?.name ?? t('review.nobody') })} ·{' '}
                <Instant at={at()} />
              </span>
            )}
          </Show>
          <Show when={props.config.approvedAt}>
            {(at) => (
              <span>
                {t('review.approvedBy', { name: props.config.approvedBy?.name ?? t('review.nobody') })} ·{' '}
                <Instant at={at()} />
              </span>
            )}
          </Show>
          <Show when={props.config.configHash}>
            {(hash) => (
              <span class="inline-flex items-center gap-1">
                {t('review.hash')} <HashText value={hash()} />
              </span>
            )}
          </Show>
          <Show when={hasComparePage() && props.base}>
            {(base) => (
              <A
                href={paths.compare(props.config.id, base().id, props.config.activeVersion?.id ?? '')}
                class="link"
              >
                {t('review.compareWith', { number: base().number })}
              </A>
            )}
          </Show>
        </span>
      }
    />
  )
}
