/** What a page of statistics asks: the points of its range, and those of the period before. */
import { createMemo, createSignal, onCleanup, untrack } from 'solid-js'
import { unwrap } from 'solid-js/store'
import { serverNow } from '../clock.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { createQuery, type LiveQuery } from '../query.ts'
import type { Point } from './charts.ts'
import { followStats } from './news.ts'
import { type Range, type RangeView, renewalSeconds, type Span, spanBefore, spanOf } from './range.ts'

const fleetPoint = graphql(`
  fragment FleetPoint on FleetStatsPoint @_unmask {
    at proxies restarts currentClientConnections currentClientConnectionsPeak currentParentConnections
    hostLoad hostLoadPeak hostMemoryTotalBytes hostMemoryAvailableBytes hostMemoryUsedPeak
    requestsPerSecond connectRequestsPerSecond
    responses2xxPerSecond responses3xxPerSecond responses4xxPerSecond responses5xxPerSecond
    clientRequestBytesPerSecond clientResponseBytesPerSecond connectFailuresPerSecond clientAbortsPerSecond
    parentConnectionsPerSecond parentRetriesPerSecond parentMarkDownsPerSecond
    cacheHitsPerSecond cacheMissesPerSecond ramCacheHitsPerSecond ramCacheMissesPerSecond
  }
`)
const proxyPoint = graphql(`
  fragment ProxyPoint on StatsPoint @_unmask {
    at restarts currentClientConnections currentClientConnectionsPeak currentParentConnections
    requestsPerSecond connectRequestsPerSecond
    responses2xxPerSecond responses3xxPerSecond responses4xxPerSecond responses5xxPerSecond
    clientRequestBytesPerSecond clientResponseBytesPerSecond connectFailuresPerSecond clientAbortsPerSecond
    parentConnectionsPerSecond parentRetriesPerSecond parentMarkDownsPerSecond
    cacheHitsPerSecond cacheMissesPerSecond ramCacheHitsPerSecond ramCacheMissesPerSecond
    hostLoad hostMemoryTotalBytes hostMemoryAvailableBytes
  }
`)
export type FleetPoint = ResultOf<typeof fleetPoint>
export type ProxyPoint = ResultOf<typeof proxyPoint>

const fleetDocument = graphql(
  `
  query FleetHistory(
    $configId: ID, $since: DateTime!, $until: DateTime!, $sinceBefore: DateTime!, $untilBefore: DateTime!
  ) {
    points: fleetStats(configId: $configId, since: $since, until: $until) { ...FleetPoint }
    before: fleetStats(configId: $configId, since: $sinceBefore, until: $untilBefore) { ...FleetPoint }
  }
`,
  [fleetPoint],
)
const proxyDocument = graphql(
  `
  query ProxyHistory(
    $id: ID!, $since: DateTime!, $until: DateTime!, $sinceBefore: DateTime!, $untilBefore: DateTime!
  ) {
    proxy(id: $id) {
      id
      points: statsHistory(since: $since, until: $until) { ...ProxyPoint }
      before: statsHistory(since: $sinceBefore, until: $untilBefore) { ...ProxyPoint }
    }
  }
`,
  [proxyPoint],
)

/** Whose statistics a page shows. */
export type Scope =
  | { readonly kind: 'fleet' }
  | { readonly kind: 'config'; readonly id: string }
  | { readonly kind: 'proxy'; readonly id: string }

export interface History {
  readonly query: Pick<LiveQuery<object>, 'data' | 'error' | 'isFetching' | 'refetch'>
  readonly points: () => readonly Point[]
  /** Of the period before, moved to where the points are. */
  readonly before: () => readonly (Point | undefined)[]
  /** The stretch that was asked for last. */
  readonly span: () => Span
  /** When the numbers on the page came: milliseconds since the epoch, by the server's clock. */
  readonly renewedAt: () => number | undefined
}

export function createHistory(scope: Scope, view: () => RangeView): History {
  const now = createRenewal(() => view().range)
  const span = createMemo(() => spanOf(view().range, now()))
  const variables = () => {
    const [asked, earlier] = [span(), spanBefore(span())]
    return {
      since: new Date(asked.since).toISOString(),
      until: new Date(asked.until).toISOString(),
      sinceBefore: new Date(earlier.since).toISOString(),
      untilBefore: new Date(earlier.until).toISOString(),
    }
  }
  const { query, history } = ask(scope, variables)
  const points = createMemo((): readonly Point[] => unwrap(history()?.points ?? []))
  const before = createMemo(() => movedTo(points(), unwrap(history()?.before ?? [])))
  const renewedAt = createMemo(() => (points().length > 0 ? serverClock() : undefined))
  return { query, points, before, span, renewedAt }
}

/** One of the two queries, as the scope has it. */
function ask(
  scope: Scope,
  variables: () => { since: string; until: string; sinceBefore: string; untilBefore: string },
) {
  const options = { subjects: [], isReplaced: true } as const
  if (scope.kind === 'proxy') {
    const query = createQuery(proxyDocument, {
      variables: () => ({ id: scope.id, ...variables() }),
      ...options,
    })
    return { query, history: () => query.data()?.proxy }
  }
  const configId = scope.kind === 'config' ? scope.id : null
  const query = createQuery(fleetDocument, { variables: () => ({ configId, ...variables() }), ...options })
  return { query, history: () => query.data() }
}

/** The instant that the page shows up to; goes on with the sums while the range ends now and somebody looks. */
function createRenewal(range: () => Range): () => number {
  const [now, setNow] = createSignal(serverClock())
  let rolledUpTo = 0
  const look = () => {
    const shown = range()
    if (shown.kind === 'fixed' || document.visibilityState !== 'visible') return
    const isSetBack = serverClock() < now()
    if (isSetBack || rolledUpTo > now() + renewalSeconds(shown.preset) * 1_000) setNow(serverClock())
  }
  onCleanup(
    followStats([], (news) => {
      rolledUpTo = Date.parse(news.rolledUpTo)
      look()
    }),
  )
  document.addEventListener('visibilitychange', look)
  onCleanup(() => document.removeEventListener('visibilitychange', look))
  return now
}

/** The clock of the page without following it. */
const serverClock = () => untrack(serverNow)

/** The period before may have other steps, as fine ones are kept for a shorter time: each point takes the step it is in. */
function movedTo(points: readonly Point[], before: readonly Point[]): readonly (Point | undefined)[] {
  const [first] = points
  if (!first) return []
  const [start, step] = [Date.parse(first.at), stepOf(before)]
  return points.map(({ at }) => before[Math.floor((Date.parse(at) - start) / step)])
}

/** Milliseconds between two points. */
export function stepOf(points: readonly Pick<Point, 'at'>[]): number {
  const [one, two] = points
  return one && two ? Date.parse(two.at) - Date.parse(one.at) : 60_000
}
