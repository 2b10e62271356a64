/** Live numbers of the proxies in sight, asked for together and then followed; what was once in sight stays known with its age. */
import { batch, createEffect, on, onCleanup } from 'solid-js'
import { createStore } from 'solid-js/store'
import { client } from '../client.ts'
import { serverNow } from '../clock.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { followStats, type StatsNews } from '../stats/news.ts'

const liveDocument = graphql(`
  query FleetLive($ids: [ID!]!, $since: DateTime!, $step: Int!) {
    proxies(ids: $ids, first: 100) { edges { node {
      id
      stats { at requestsPerSecond currentClientConnections errorRate ramCacheHitRatio }
      statsHistory(since: $since, step: $step) { requestsPerSecond }
    } } }
  }
`)
type Newest = NonNullable<ResultOf<typeof liveDocument>['proxies']['edges'][number]['node']['stats']>

export interface LiveNumbers extends Newest {
  /** Requests a second over the last hour. */
  readonly trend: readonly (number | null)[]
}

/** A scroll has to rest this long before the rows that it passes are asked for. */
const restMs = 150
const hourMs = 3_600_000
const stepSeconds = 120
/** The API's longest page. */
const pageSize = 100
/** As many as the server tells of. */
const mostFollowed = 200

export function createFleetLive(inSight: () => readonly string[]): (id: string) => LiveNumbers | undefined {
  const [known, setKnown] = createStore<Record<string, LiveNumbers>>({})
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop = () => {}
  /** The step of the trends that is under way. */
  let step = 0

  const wanted = () => inSight().slice(0, mostFollowed)
  const ask = async () => {
    const [ids, since] = [wanted(), new Date(serverNow() - hourMs).toISOString()]
    for (let from = 0; from < ids.length; from += pageSize) {
      const variables = { ids: ids.slice(from, from + pageSize), since, step: stepSeconds }
      const { data } = await client.query(liveDocument, variables).toPromise()
      // A question that failed leaves what is known, whose age grows in sight.
      batch(() => {
        for (const { node } of data?.proxies.edges ?? []) {
          const trend = node.statsHistory.map((point) => point.requestsPerSecond)
          if (node.stats) setKnown(node.id, { ...node.stats, trend })
        }
      })
    }
  }
  const hear = ({ rolledUpTo, proxies }: StatsNews) => {
    batch(() => {
      for (const { proxyId, stats } of proxies)
        setKnown(proxyId, { ...stats, trend: known[proxyId]?.trend ?? [] })
    })
    const reached = Math.floor(Date.parse(rolledUpTo) / 1_000 / stepSeconds)
    if (step > 0 && reached !== step && document.visibilityState === 'visible') void ask()
    step = reached
  }
  createEffect(
    on(
      () => inSight().join(),
      () => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          stop()
          step = 0
          if (wanted().length === 0) return
          void ask()
          stop = followStats(wanted(), hear)
        }, restMs)
      },
    ),
  )
  onCleanup(() => {
    clearTimeout(timer)
    stop()
  })
  return (id) => known[id]
}
