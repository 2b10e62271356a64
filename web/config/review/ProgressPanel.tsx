/** How far an approved version has come: per proxy, live, until each is in sync or says in ATS's words why not. */
import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { formatSpan } from '../../format.ts'
import { graphql, type ResultOf } from '../../graphql.ts'
import { locale, plural, t } from '../../locales/i18n.ts'
import { paths } from '../../paths.ts'
import { OutcomeBadge } from '../../proxy/OutcomeBadge.tsx'
import { Freshness, ProxyStatusBadge } from '../../proxy/ProxyStatusBadge.tsx'
import { createQuery } from '../../query.ts'
import { QueryPanel } from '../../words.tsx'

const progressDocument = graphql(`
  query Progress($configId: ID!) {
    inSync: proxies(first: 1, configId: $configId, status: IN_SYNC) { totalCount }
    failed: proxies(first: 1, configId: $configId, status: FAILED) { totalCount }
    proxies(first: 100, configId: $configId) {
      totalCount
      edges { node {
        id hostname status statusReason lastSeenAt desiredHash
        attempted { hash outcome message at reloadRequestedAt loadedAt }
      } }
    }
  }
`)
type RolloutProxy = ResultOf<typeof progressDocument>['proxies']['edges'][number]['node']

interface ProgressPanelProps {
  readonly configId: string
  readonly approvedAt: string | null
}

export function ProgressPanel(props: ProgressPanelProps) {
  const progress = createQuery(progressDocument, {
    variables: () => ({ configId: props.configId }),
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 15,
  })
  return (
    <section class="card mb-4" aria-label={t('progress.title')} data-testid="progress">
      <h2 class="px-4 pt-4">{t('progress.title')}</h2>
      <QueryPanel query={progress} rows={3}>
        {(data) => (
          <Rollout
            proxies={data().proxies.edges.map((edge) => edge.node)}
            total={data().proxies.totalCount}
            inSync={data().inSync.totalCount}
            failed={data().failed.totalCount}
            approvedAt={props.approvedAt}
          />
        )}
      </QueryPanel>
    </section>
  )
}

interface RolloutProps {
  /** The first of them; the numbers are of all. */
  readonly proxies: readonly RolloutProxy[]
  readonly total: number
  readonly inSync: number
  readonly failed: number
  readonly approvedAt: string | null
}

function Rollout(props: RolloutProps) {
  return (
    <Show
      when={props.proxies.length > 0}
      fallback={<p class="px-4 pt-1 pb-4 text-muted">{t('progress.noProxies')}</p>}
    >
      <div class="px-4 pt-1 pb-3">
        <p role="status" class="text-muted">
          {plural('progress.inSync', props.total, { inSync: props.inSync })}
          <Show when={props.failed > 0}>
            <span class="text-bad"> · {plural('progress.failed', props.failed)}</span>
          </Show>
        </p>
        <progress
          class="bar mt-2 h-1.5 w-full overflow-hidden rounded-full"
          aria-label={t('progress.title')}
          max={props.total}
          value={props.inSync}
        />
      </div>
      <ul class="max-h-96 divide-y divide-line overflow-y-auto border-t border-line">
        <For each={props.proxies}>
          {(proxy) => (
            <li class="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-2.5">
              <A href={paths.proxy(proxy.id)} class="link min-w-40 flex-1 break-all">
                {proxy.hostname}
              </A>
              <span class="w-36">
                <ProxyStatusBadge status={proxy.status} />
              </span>
              <span class="w-full text-xs text-muted sm:w-72">
                <Attempted proxy={proxy} approvedAt={props.approvedAt} />
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.total > props.proxies.length}>
        <p class="border-t border-line px-4 py-2 text-xs text-muted">
          {t('picker.more', { shown: props.proxies.length, total: props.total })}
        </p>
      </Show>
    </Show>
  )
}

/** What this proxy made of the version: its own words if it failed, its times if it worked, else how it is waited for. */
function Attempted(props: { readonly proxy: RolloutProxy; readonly approvedAt: string | null }) {
  const current = () => {
    const { attempted, desiredHash } = props.proxy
    return attempted?.hash === desiredHash ? attempted : null
  }
  const span = (at: string | null) =>
    at !== null && props.approvedAt !== null && Date.parse(at) >= Date.parse(props.approvedAt)
      ? formatSpan(locale(), Date.parse(at) - Date.parse(props.approvedAt))
      : undefined
  const times = () => {
    const asked = span(current()?.reloadRequestedAt ?? null)
    const loaded = span(current()?.loadedAt ?? null)
    return asked !== undefined && loaded !== undefined ? t('progress.times', { asked, loaded }) : undefined
  }
  return (
    <Show
      when={current()}
      fallback={
        <span class="inline-flex flex-wrap items-center gap-1">
          {t('progress.waiting')} <Freshness lastSeenAt={props.proxy.lastSeenAt} />
        </span>
      }
    >
      {(attempt) => (
        <Show
          when={attempt().outcome !== 'APPLIED' && attempt().outcome !== 'UNCHANGED'}
          fallback={times() ?? t(`outcome.${attempt().outcome}`)}
        >
          <OutcomeBadge outcome={attempt().outcome} />
          <pre
            class="mt-1 max-h-32 overflow-auto font-mono wrap-anywhere whitespace-pre-wrap text-bad"
            lang="en"
          >
            {attempt().message || props.proxy.statusReason}
          </pre>
        </Show>
      )}
    </Show>
  )
}
