/** Which metrics of ATS each number of a sample is made of; the names are the same on 9.2 and 10.x. */
import { type Counts, countsOf, type StatsCounter, type StatsGauge } from '#core/stats'

type AtsGauge = Extract<StatsGauge, 'currentClientConnections' | 'currentParentConnections'>

/** What ATS tells of itself. */
export type AtsNumbers = Counts & Readonly<Record<AtsGauge, number | null>>

const http = (...names: readonly string[]) => names.map((name) => `proxy.process.http.${name}`)

/**
 * Sums are made here of their parts: 9.2 leaves its own totals of bytes at zero, and 10.x brings them up to date only
 * after seconds. Requests that can't be served from a cache at all (CONNECT, POST, …) are neither hits nor misses.
 */
const partsOf: Readonly<Record<StatsCounter | AtsGauge, readonly string[]>> = {
  currentClientConnections: http('current_client_connections'),
  currentParentConnections: http('current_parent_proxy_connections'),
  totalClientConnections: http('total_client_connections'),
  requests: http('incoming_requests'),
  connectRequests: http('connect_requests'),
  responses2xx: http('2xx_responses'),
  responses3xx: http('3xx_responses'),
  responses4xx: http('4xx_responses'),
  responses5xx: http('5xx_responses'),
  clientRequestBytes: http('user_agent_request_header_total_size', 'user_agent_request_document_total_size'),
  clientResponseBytes: http(
    'user_agent_response_header_total_size',
    'user_agent_response_document_total_size',
  ),
  connectFailures: http('err_connect_fail_count_stat'),
  clientAborts: http('err_client_abort_count_stat'),
  parentConnections: http('total_parent_proxy_connections'),
  parentRetries: http('total_parent_retries'),
  parentMarkDowns: http('total_parent_marked_down_count'),
  cacheHits: http('cache_hit_fresh', 'cache_hit_revalidated', 'cache_hit_ims', 'cache_hit_stale_served'),
  cacheMisses: http('cache_miss_cold', 'cache_miss_changed', 'cache_miss_client_no_cache', 'cache_miss_ims'),
  ramCacheHits: ['proxy.process.cache.ram_cache.hits'],
  ramCacheMisses: ['proxy.process.cache.ram_cache.misses'],
}

export const metricNames: readonly string[] = Object.values(partsOf).flat()

/** A number of which a part is missing is missing. */
export function numbersFrom(values: ReadonlyMap<string, string>): AtsNumbers {
  const sumOf = (name: StatsCounter | AtsGauge): number | null => {
    const parts = partsOf[name].map((metric) => amountOf(values.get(metric)))
    return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0)
  }
  return {
    ...countsOf(sumOf),
    currentClientConnections: sumOf('currentClientConnections'),
    currentParentConnections: sumOf('currentParentConnections'),
  }
}

function amountOf(text: string | undefined): number | null {
  const amount = text === undefined ? Number.NaN : Number(text)
  return Number.isSafeInteger(amount) && amount >= 0 ? amount : null
}

/** ATS tells times in seconds since 1970; 0 and what is no number are no time. */
export function startFrom(text: string | undefined): Date | null {
  const seconds = amountOf(text)
  return seconds === null || seconds === 0 ? null : new Date(seconds * 1_000)
}
