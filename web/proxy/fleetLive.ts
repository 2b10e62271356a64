/** Live numbers of the proxies in sight, asked for together; what was once in sight stays known with its age. */
import { createEffect, on, onCleanup } from 'solid-js'
import { createStore } from 'solid-js/store'
import { client } from '../client.ts'
import { serverNow } from '../clock.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { shareOf } from '../stats/shares.ts'

const liveDocument = graphql(`
  query FleetLive($ids: [ID!]!, $since: DateTime!, $step: Int!) {
    proxies(ids: $ids, first: 100) { edges { node {
      id
      stats { at requestsPerSecond currentClientConnections }
      statsHistory(since: $since, step: $step) {
        requestsPerSecond responses5xxPerSecond ramCacheHitsPerSecond ramCacheMissesPerSecond
      }
    } } }
  }
`)
type LiveProxy = ResultOf<typeof liveDocument>['proxies']['edges'][number]['node']

export interface LiveNumbers {
  /** When the agent looked. */
  readonly at: string
  readonly requestsPerSecond: number | null
  readonly connections: number | null
  /** Shares, over the last quarter of an hour. */
  readonly ramHits: number | null
  readonly errors: number | null
  /** Requests a second over the last hour. */
  readonly trend: readonly (number | null)[]
}

/** A scroll has to rest this long before the rows that it passes are asked for. */
const restMs = 150
const pollMs = 15_000
const hourMs = 3_600_000
const stepSeconds = 120
/** Steps of a quarter of an hour. */
const recentSteps = 8
/** The API's longest page. */
const mostTogether = 100

export function createFleetLive(inSight: () => readonly string[]): (id: string) => LiveNumbers | undefined {
  const [known, setKnown] = createStore<Record<string, LiveNumbers>>({})
  let timer: ReturnType<typeof setTimeout> | undefined

  const ask = async () => {
    const ids = inSight().slice(0, mostTogether)
    if (ids.length === 0) return
    const since = new Date(serverNow() - hourMs).toISOString()
    const { data } = await client.query(liveDocument, { ids, since, step: stepSeconds }).toPromise()
    // A question that failed leaves what is known, whose age grows in sight.
    for (const { node } of data?.proxies.edges ?? []) {
      const numbers = liveOf(node)
      if (numbers) setKnown(node.id, numbers)
    }
  }
  createEffect(
    on(
      () => inSight().join(),
      () => {
        clearTimeout(timer)
        timer = setTimeout(() => void ask(), restMs)
      },
    ),
  )
  const poll = setInterval(() => {
    if (document.visibilityState === 'visible') void ask()
  }, pollMs)
  onCleanup(() => {
    clearTimeout(timer)
    clearInterval(poll)
  })
  return (id) => known[id]
}

function liveOf({ stats, statsHistory }: LiveProxy): LiveNumbers | undefined {
  if (!stats) return undefined
  const recent = statsHistory.slice(-recentSteps)
  const sum = (valueOf: (point: (typeof recent)[number]) => number | null) =>
    recent.reduce((total, point) => total + (valueOf(point) ?? 0), 0)
  const hits = sum((point) => point.ramCacheHitsPerSecond)
  return {
    at: stats.at,
    requestsPerSecond: stats.requestsPerSecond,
    connections: stats.currentClientConnections,
    ramHits: shareOf(hits, hits + sum((point) => point.ramCacheMissesPerSecond)),
    errors: shareOf(
      sum((point) => point.responses5xxPerSecond),
      sum((point) => point.requestsPerSecond),
    ),
    trend: statsHistory.map((point) => point.requestsPerSecond),
  }
}
