/** Small parts in the reader's language that every page uses: ages, instants, hashes, and a query's three faces. */
import { createEffect, ErrorBoundary, type JSX, Show } from 'solid-js'
import { serverNow } from './clock.ts'
import { formatAgo, formatDateTime, formatInstant } from './format.ts'
import { locale, t } from './locales/i18n.ts'
import { detailOf, sentenceOf } from './messages.ts'
import type { LiveQuery } from './query.ts'
import { CodeBlock } from './ui/CodeBlock.tsx'
import { Hash } from './ui/Hash.tsx'
import { Fault, Skeleton } from './ui/states.tsx'

/** Names the page in the tab's title, and again when the language or the subject changes. */
export function setPageTitle(title: () => string | undefined): void {
  createEffect(() => {
    document.title = [title(), t('app.name')].filter(Boolean).join(' · ')
  })
}

/** `12s ago`, ticking; the instant itself, local and UTC, on hover. */
export function Ago(props: { readonly at: string }) {
  return (
    <time datetime={props.at} title={formatInstant(locale(), props.at)} class="whitespace-nowrap">
      {formatAgo(locale(), serverNow() - Date.parse(props.at))}
    </time>
  )
}

export function Instant(props: { readonly at: string }) {
  return (
    <time datetime={props.at} title={formatInstant(locale(), props.at)}>
      {formatDateTime(locale(), props.at)}
    </time>
  )
}

export function HashText(props: { readonly value: string }) {
  return <Hash value={props.value} copyLabel={t('copy.hash')} copiedLabel={t('copy.done')} />
}

export function Code(props: { readonly text: string; readonly label: string; readonly isWrapped?: boolean }) {
  return (
    <CodeBlock
      text={props.text}
      label={props.label}
      copyLabel={t('copy.text')}
      copiedLabel={t('copy.done')}
      isWrapped={props.isWrapped ?? false}
    />
  )
}

interface QueryPanelProps<Data> {
  readonly query: LiveQuery<Data>
  readonly rows?: number
  readonly children: (data: () => Data) => JSX.Element
}

/** Skeleton, content or fault of one query; a fault here, also a bug's, leaves the rest of the page alone. */
export function QueryPanel<Data>(props: QueryPanelProps<Data>) {
  return (
    <ErrorBoundary
      fallback={(_fault, reset) => (
        <Fault title={t('error.panel')} retryLabel={t('action.retry')} onRetry={reset} />
      )}
    >
      <Show
        when={props.query.data()}
        fallback={
          <Show
            when={props.query.error()}
            fallback={<Skeleton rows={props.rows ?? 5} label={t('state.loading')} />}
          >
            {(error) => (
              <Fault
                title={sentenceOf(error())}
                detail={detailOf(error())}
                retryLabel={t('action.retry')}
                onRetry={() => void props.query.refetch()}
              />
            )}
          </Show>
        }
      >
        {(data) => (
          <>
            <Show when={props.query.error()}>
              {(error) => (
                <Fault
                  title={t('error.stale')}
                  detail={[sentenceOf(error()), detailOf(error())].filter(Boolean).join(' ')}
                  retryLabel={t('action.retry')}
                  onRetry={() => void props.query.refetch()}
                />
              )}
            </Show>
            {props.children(data)}
          </>
        )}
      </Show>
    </ErrorBoundary>
  )
}

export function PageHeader(props: {
  readonly title: JSX.Element
  readonly subtitle?: JSX.Element
  readonly actions?: JSX.Element
}) {
  return (
    <header class="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div class="min-w-0">
        <h1 class="break-words">{props.title}</h1>
        <Show when={props.subtitle}>
          <div class="mt-1 text-muted">{props.subtitle}</div>
        </Show>
      </div>
      <Show when={props.actions}>
        <div class="flex flex-wrap items-center gap-2">{props.actions}</div>
      </Show>
    </header>
  )
}
