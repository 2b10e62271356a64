/** Small parts in the reader's language that every page uses: ages, instants, hashes, and a query's three faces. */
import type { CombinedError } from '@urql/core'
import { createEffect, createSignal, ErrorBoundary, type JSX, onMount, Show } from 'solid-js'
import { serverNow } from './clock.ts'
import { formatAgo, formatDateTime, formatInstant } from './format.ts'
import { locale, t } from './locales/i18n.ts'
import { codeOf, detailOf, referenceOf, retryAfterOf, sentenceOf } from './messages.ts'
import type { LiveQuery } from './query.ts'
import { noteVisit } from './recents.ts'
import { CodeBlock } from './ui/CodeBlock.tsx'
import { CopyButton } from './ui/CopyButton.tsx'
import { Hash } from './ui/Hash.tsx'
import { Fault, Skeleton, type SkeletonShape } from './ui/states.tsx'

export { TabNav as Tabs } from './ui/Tabs.tsx'

const [pageTitle, setTitle] = createSignal('')

/** What the page calls itself. Reactive. */
export { pageTitle }

/**
 * Names the page in the tab's title and in the recents, and again when the language or the subject changes.
 * @param options.isNoted false: nobody will want to come back here, the recents leave it out
 */
export function setPageTitle(title: () => string | undefined, { isNoted = true } = {}): void {
  createEffect(() => {
    const name = title()
    document.title = [name, t('app.name')].filter(Boolean).join(' · ')
    setTitle(name ?? '')
    if (name && isNoted) noteVisit(location.pathname, name)
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
  /** What the content will look like, so that nothing jumps when it comes. */
  readonly shape?: SkeletonShape
  /** Instead of the fault, when what was asked for does not exist. */
  readonly missing?: JSX.Element
  readonly children: (data: () => Data) => JSX.Element
}

/** Skeleton, content or fault of one query; a fault here, also a bug's, leaves the rest of the page alone. */
export function QueryPanel<Data>(props: QueryPanelProps<Data>) {
  const retry = () => void props.query.refetch()
  return (
    <PanelBoundary onRetry={retry}>
      <Show
        when={props.query.data()}
        fallback={
          <Show
            when={props.query.error()}
            fallback={
              <Skeleton rows={props.rows ?? 5} shape={props.shape ?? 'lines'} label={t('state.loading')} />
            }
          >
            {(error) => (
              <Show
                when={codeOf(error()) === 'NOT_FOUND' && props.missing}
                fallback={<RefusedPanel title={sentenceOf(error())} error={error()} onRetry={retry} />}
              >
                {(missing) => missing()}
              </Show>
            )}
          </Show>
        }
      >
        {(data) => (
          <>
            <Show when={props.query.error()}>
              {(error) => (
                <RefusedPanel
                  title={`${t('error.stale')} ${sentenceOf(error())}`}
                  error={error()}
                  onRetry={retry}
                />
              )}
            </Show>
            {props.children(data)}
          </>
        )}
      </Show>
    </PanelBoundary>
  )
}

/** Keeps a bug in one part of the page from taking the others with it. */
export function PanelBoundary(props: { readonly onRetry?: () => void; readonly children: JSX.Element }) {
  return (
    <ErrorBoundary
      fallback={(fault, reset) => (
        <BrokenPanel
          fault={fault}
          onRetry={() => {
            reset()
            props.onRetry?.()
          }}
        />
      )}
    >
      {props.children}
    </ErrorBoundary>
  )
}

/** A bug in the page itself: its reference is also in the console's line, and nowhere else. */
export function BrokenPanel(props: { readonly fault: unknown; readonly onRetry: () => void }) {
  const reference = newReference()
  onMount(() => console.error(`fault ${reference}`, props.fault))
  return (
    <Fault title={t('error.panel')} retryLabel={t('action.retry')} onRetry={() => props.onRetry()}>
      <Reference value={reference} />
    </Fault>
  )
}

function RefusedPanel(props: {
  readonly title: string
  readonly error: CombinedError
  readonly onRetry: () => void
}) {
  return (
    <Fault
      title={props.title}
      detail={referenceOf(props.error) === undefined ? detailOf(props.error) : undefined}
      retryLabel={t('action.retry')}
      onRetry={() => props.onRetry()}
    >
      <Show when={referenceOf(props.error)}>{(reference) => <Reference value={reference()} />}</Show>
      <Show when={retryAfterOf(props.error)}>
        {(seconds) => <p class="text-sm text-muted">{t('error.tryingAgain', { seconds: seconds() })}</p>}
      </Show>
    </Fault>
  )
}

function Reference(props: { readonly value: string }) {
  return (
    <span class="flex flex-wrap items-center gap-1 text-sm text-muted">
      {t('error.referenceLabel')} <span class="font-mono">{props.value}</span>
      <CopyButton value={props.value} label={t('copy.reference')} copiedLabel={t('copy.done')} />
    </span>
  )
}

/** Short enough to read out; `ui-` tells it from a server's. */
function newReference(): string {
  const random = crypto.getRandomValues(new Uint8Array(5))
  return `ui-${Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

export function PageHeader(props: {
  readonly title: JSX.Element
  readonly subtitle?: JSX.Element
  readonly actions?: JSX.Element
}) {
  return (
    <header class="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3 md:flex-nowrap">
      <div class="min-w-0">
        <h1 class="break-words">{props.title}</h1>
        <Show when={props.subtitle}>
          <div class="mt-1 text-muted">{props.subtitle}</div>
        </Show>
      </div>
      <Show when={props.actions}>
        <div class="flex flex-wrap items-center gap-2 md:shrink-0 md:flex-nowrap">{props.actions}</div>
      </Show>
    </header>
  )
}
