/** How far an approved version has come, live: counts by status, and who lags or failed by name. */
import { For, Show } from 'solid-js'
import { formatNumber } from '../../format.ts'
import { graphql, type ResultOf } from '../../graphql.ts'
import { locale, plural, t } from '../../locales/i18n.ts'
import type { StatusName } from '../../proxy/ProxyStatusBadge.tsx'
import { createQuery, type LiveQuery } from '../../query.ts'
import { CircleCheckIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { QueryPanel } from '../../words.tsx'
import { RolloutRow } from './RolloutRow.tsx'

const progressDocument = graphql(`
  query Progress($configId: ID!) {
    proxyCounts(runsConfigId: $configId) { status count }
    proxies(runsConfigId: $configId, sort: STATUS, first: 20) {
      totalCount
      edges { node {
        id hostname status statusReason lastSeenAt desiredHash
        attempted { hash outcome message at reloadRequestedAt loadedAt }
      } }
    }
    config(id: $configId) { id activeVersion { id number } }
  }
`)
export type ProgressAnswer = ResultOf<typeof progressDocument>

/** @param configId null while no version is being rolled out */
export function createProgress(configId: () => string | null): LiveQuery<ProgressAnswer> {
  return createQuery(progressDocument, {
    variables: () => {
      const id = configId()
      return id === null ? null : { configId: id }
    },
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 15,
  })
}

interface ProgressPanelProps {
  readonly query: LiveQuery<ProgressAnswer>
  readonly approvedAt: string | null
}

export function ProgressPanel(props: ProgressPanelProps) {
  const title = () => {
    const number = props.query.data()?.config.activeVersion?.number
    return number === undefined ? t('progress.title') : t('progress.titleOf', { number })
  }
  return (
    <Panel title={title()} isFlush class="mb-4">
      <div data-testid="progress">
        <QueryPanel query={props.query} rows={3}>
          {(answer) => (
            <Show
              when={answer().proxies.totalCount > 0}
              fallback={<p class="px-4 py-3 text-muted">{t('progress.noProxies')}</p>}
            >
              <Rollout answer={answer()} approvedAt={props.approvedAt} />
            </Show>
          )}
        </QueryPanel>
      </div>
    </Panel>
  )
}

/** In the order of the bar: what is done first, what needs somebody last. */
const parts: readonly { readonly status: StatusName; readonly look: string }[] = [
  { status: 'IN_SYNC', look: 'bg-ok' },
  { status: 'PENDING', look: 'bg-info' },
  { status: 'UNKNOWN', look: 'bg-line-strong' },
  { status: 'DRIFTED', look: 'bg-warn' },
  { status: 'FAILED', look: 'bg-bad' },
]
/** When everything is done, a few are shown with their times. */
const shownDone = 5

function Rollout(props: { readonly answer: ProgressAnswer; readonly approvedAt: string | null }) {
  const countOf = (status: StatusName) =>
    props.answer.proxyCounts.find((each) => each.status === status)?.count ?? 0
  const total = () => props.answer.proxies.totalCount
  const isDone = () => countOf('IN_SYNC') === total()
  const proxies = () => props.answer.proxies.edges.map(({ node }) => node)
  const laggards = () => proxies().filter(({ status }) => status !== 'IN_SYNC')
  const shown = () => (isDone() ? proxies().slice(0, shownDone) : laggards())
  const hidden = () => total() - countOf('IN_SYNC') - laggards().length
  const shownParts = () => parts.filter(({ status }) => countOf(status) > 0)
  const number = (value: number) => formatNumber(locale(), value)
  return (
    <>
      <div class="px-4 py-3">
        <p role="status" class="flex items-center gap-1.5 font-medium">
          <Show when={isDone()}>
            <CircleCheckIcon size={16} class="text-ok" aria-hidden="true" />
          </Show>
          <span>
            {plural('progress.inSync', total(), { inSync: number(countOf('IN_SYNC')) })}
            <Show when={countOf('FAILED') > 0}>
              <span class="text-bad"> · {plural('progress.failed', countOf('FAILED'))}</span>
            </Show>
          </span>
        </p>
        <div class="mt-2 flex h-2 gap-0.5 overflow-hidden rounded-full bg-line" aria-hidden="true">
          <For each={shownParts()}>
            {({ status, look }) => (
              <div
                class={`min-w-1 basis-0 transition-[flex-grow] ${look}`}
                style={{ 'flex-grow': countOf(status) }}
              />
            )}
          </For>
        </div>
        <ul class="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
          <For each={shownParts()}>
            {({ status, look }) => (
              <li class="inline-flex items-center gap-1.5">
                <span class={`size-2 rounded-full ${look}`} aria-hidden="true" />
                {t(`proxyStatus.${status}`)} <span class="tabular-nums">{number(countOf(status))}</span>
              </li>
            )}
          </For>
        </ul>
      </div>
      <Show when={shown().length > 0}>
        <ul
          tabindex="0"
          aria-label={t('progress.list')}
          class="max-h-112 divide-y divide-line overflow-y-auto border-t border-line"
        >
          <For each={shown()}>{(proxy) => <RolloutRow proxy={proxy} approvedAt={props.approvedAt} />}</For>
        </ul>
      </Show>
      <Show when={hidden() > 0}>
        <p class="border-t border-line px-4 py-2 text-sm text-muted">{plural('progress.more', hidden())}</p>
      </Show>
    </>
  )
}
