/** What each counter is called in Prometheus: the same on the server, of the fleet, and on an agent, of its ATS. */
import type { Metric } from './prometheus.ts'
import { type Counts, type StatsCounter, statsCounters } from './stats.ts'

const named: Readonly<
  Record<StatsCounter, readonly [name: string, help: string, labels?: Record<string, string>]>
> = {
  totalClientConnections: ['client_connections_total', 'Connections that clients opened.'],
  requests: ['requests_total', 'Requests of clients, CONNECT included.'],
  connectRequests: ['connect_requests_total', 'CONNECT requests of clients.'],
  responses2xx: ['responses_total', 'Answers to clients by the class of their status.', { code: '2xx' }],
  responses3xx: ['responses_total', 'Answers to clients by the class of their status.', { code: '3xx' }],
  responses4xx: ['responses_total', 'Answers to clients by the class of their status.', { code: '4xx' }],
  responses5xx: ['responses_total', 'Answers to clients by the class of their status.', { code: '5xx' }],
  clientRequestBytes: ['client_request_bytes_total', 'Bytes from clients.'],
  clientResponseBytes: ['client_response_bytes_total', 'Bytes to clients.'],
  connectFailures: ['connect_failures_total', 'Requests for which no connection could be made.'],
  clientAborts: ['client_aborts_total', 'Requests that clients broke off.'],
  parentConnections: ['parent_connections_total', 'Connections to parents.'],
  parentRetries: ['parent_retries_total', 'Requests that were tried again after a parent had failed.'],
  parentMarkDowns: ['parent_mark_downs_total', 'Times that a parent was marked down.'],
  cacheHits: ['cache_hits_total', 'Requests that were answered from the cache.'],
  cacheMisses: ['cache_misses_total', 'Requests that could have been in the cache and were not.'],
  ramCacheHits: ['ram_cache_hits_total', 'Reads of the cache that were answered from memory.'],
  ramCacheMisses: ['ram_cache_misses_total', 'Reads of the cache that were not.'],
}

/** One metric for each name, with the values that share it. */
export function counterMetrics(prefix: string, counts: Counts): readonly Metric[] {
  const metrics = new Map<string, Metric>()
  for (const counter of statsCounters) {
    const [name, help, labels = {}] = named[counter]
    const values = [...(metrics.get(name)?.values ?? []), { labels, value: counts[counter] }]
    metrics.set(name, { name: `${prefix}_${name}`, type: 'counter', help, values })
  }
  return [...metrics.values()]
}
