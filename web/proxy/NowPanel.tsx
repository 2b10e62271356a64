/** What goes through a proxy now, as its agent last told, and how that went in the last hour. */
import { A } from '@solidjs/router'
import { createEffect, For, onCleanup, Show, untrack } from 'solid-js'
import { unwrap } from 'solid-js/store'
import { hitRatioOf, shareOf } from '#core/shares'
import { liveSeconds } from '#core/stats'
import { serverNow } from '../clock.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { type Key, locale, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { followStats } from '../stats/news.ts'
import { shareUsed } from '../stats/shares.ts'
import { formatAmount, type Unit } from '../stats/units.ts'
import { Panel } from '../ui/Panel.tsx'
import { Sparkline } from '../ui/Sparkline.tsx'
import { Ago, QueryPanel } from '../words.tsx'

const nowDocument = graphql(`
  query ProxyNow($id: ID!, $since: DateTime!) {
    proxy(id: $id) {
      id
      stats {
        at requestsPerSecond currentClientConnections hostLoad hostMemoryTotalBytes hostMemoryAvailableBytes
      }
      statsHistory(since: $since, step: 120) {
        requestsPerSecond currentClientConnections responses5xxPerSecond ramCacheHitsPerSecond
        ramCacheMissesPerSecond hostLoad hostMemoryTotalBytes hostMemoryAvailableBytes
      }
    }
  }
`)
type Proxy = ResultOf<typeof nowDocument>['proxy']
type Past = Proxy['statsHistory'][number]

interface Fact {
  readonly label: Key
  readonly unit: Unit
  readonly past: (point: Past) => number | null
  /** As the agent last saw it; what it tells only as counts is that of the newest step. */
  readonly now?: (stats: NonNullable<Proxy['stats']>) => number | null
}

const facts: readonly Fact[] = [
  {
    label: 'stats.requests',
    unit: 'perSecond',
    past: (point) => point.requestsPerSecond,
    now: (stats) => stats.requestsPerSecond,
  },
  {
    label: 'stats.meanConnections',
    unit: 'count',
    past: (point) => point.currentClientConnections,
    now: (stats) => stats.currentClientConnections,
  },
  {
    label: 'stats.errorRate',
    unit: 'ratio',
    past: (point) => shareOf(point.responses5xxPerSecond, point.requestsPerSecond),
  },
  {
    label: 'stats.ramHits',
    unit: 'ratio',
    past: (point) => hitRatioOf(point.ramCacheHitsPerSecond, point.ramCacheMissesPerSecond),
  },
  {
    label: 'stats.chartLoad',
    unit: 'load',
    past: (point) => point.hostLoad,
    now: (stats) => stats.hostLoad,
  },
  { label: 'stats.chartMemory', unit: 'ratio', past: shareUsed, now: shareUsed },
]

const hourMs = 3_600_000
const minuteMs = 60_000

export function NowPanel(props: { readonly proxyId: string }) {
  const query = createQuery(nowDocument, {
    // By the minute: the clock's every tick would be another question.
    variables: () => ({
      id: props.proxyId,
      since: new Date(Math.floor((serverNow() - hourMs) / minuteMs) * minuteMs).toISOString(),
    }),
    subjects: [],
    isReplaced: true,
  })
  createEffect(() => {
    const stop = followStats([props.proxyId], ({ proxies }) => {
      const known = untrack(() => query.data()?.proxy.stats?.at)
      if (proxies.some(({ stats }) => stats.at !== known)) void query.refetch()
    })
    onCleanup(stop)
  })
  const past = () => unwrap(query.data()?.proxy.statsHistory ?? [])
  return (
    <Panel
      title={t('stats.now')}
      note={
        <Show when={query.data()?.proxy.stats} fallback={t('stats.nowNothing')}>
          {(stats) => {
            const isOld = () => serverNow() - Date.parse(stats().at) > liveSeconds * 1_000
            return (
              <span class={isOld() ? 'text-warn' : ''}>
                {t('stats.nowTold')} <Ago at={stats().at} />
              </span>
            )
          }}
        </Show>
      }
      actions={
        <A href={paths.proxyStats(props.proxyId)} class="link inline-flex min-h-6 items-center">
          {t('stats.all')}
        </A>
      }
    >
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <Show when={data().proxy.stats}>
            {(stats) => (
              <dl class="grid grid-cols-2 gap-x-6 gap-y-4 md:grid-cols-3 xl:grid-cols-6">
                <For each={facts}>
                  {(fact) => {
                    const trend = () => past().map(fact.past)
                    const value = () =>
                      fact.now ? fact.now(stats()) : trend().findLast((each) => each !== null)
                    return (
                      <div class="min-w-0">
                        <dt class="truncate text-xs text-muted" title={t(fact.label)}>
                          {t(fact.label)}
                        </dt>
                        <dd>
                          <span class="text-lg font-semibold">
                            {value() == null
                              ? t('stats.unknown')
                              : formatAmount(locale(), fact.unit, value() ?? 0)}
                          </span>
                          <Sparkline values={trend()} label={t(fact.label)} class="mt-0.5 h-6 w-full" />
                        </dd>
                      </div>
                    )
                  }}
                </For>
              </dl>
            )}
          </Show>
        )}
      </QueryPanel>
    </Panel>
  )
}
