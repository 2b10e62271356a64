/** How long people wait for dashboards: over HTTP, from a server of the same database. */
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { createApp } from '../../../server/app.ts'
import type { Connection } from '../../../server/database/connect.ts'
import { startScript } from '../../demo/api.ts'
import { listen } from '../../fleet/listen.ts'
import { percentile } from '../figures.ts'
import { dayMs } from './past.ts'

export interface Waits {
  readonly [name: string]: { readonly p50: number; readonly p95: number }
}

export async function measureWaits(
  database: Connection,
  root: { readonly email: string; readonly password: string },
  proxyId: string,
  requests: number,
): Promise<Waits> {
  const app = await createApp({
    database,
    log: pino({ level: 'warn' }),
    clock: () => new Date(),
    webDirectory: null,
  })
  try {
    await listen(app.server, '127.0.0.1', 0)
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/graphql`
    const api = await startScript(url, root.email, root.password)
    const found: Record<string, { p50: number; p95: number }> = {}
    for (const [name, query] of Object.entries(questions(proxyId))) {
      const tookMs: number[] = []
      for (let turn = 0; turn < requests; turn += 1) {
        const startedAt = performance.now()
        await api.send(query, {})
        tookMs.push(performance.now() - startedAt)
      }
      found[name] = { p50: percentile(tookMs, 50), p95: percentile(tookMs, 95) }
    }
    return found
  } finally {
    await app.close()
  }
}

function questions(proxyId: string): Readonly<Record<string, string>> {
  const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString()
  const fields = 'at requestsPerSecond responses5xxPerSecond clientResponseBytesPerSecond'
  const row =
    'id hostname status stats { at currentClientConnections totalClientConnections ramCacheHits ramCacheMisses requestsPerSecond errorRate ramCacheHitRatio }'
  return {
    overview: `{ proxyCounts { status count } fleetStats(since: "${ago(1)}") { ${fields} currentClientConnections proxies } }`,
    list: `{ proxies(first: 100) { totalCount edges { node { ${row} } } } }`,
    listByErrorRate: `{ proxies(first: 100, sort: ERROR_RATE, descending: true, live: { connections: { min: 1 } }) { totalCount edges { node { ${row} } } } }`,
    rowsInSight: `{ proxies(first: 20) { edges { node { ${row} statsHistory(since: "${ago(1 / 24)}", step: 120) { requestsPerSecond } } } } }`,
    fleetChart: `{ fleetStats(since: "${ago(7)}", step: 3600) { ${fields} } }`,
    proxyChart: `{ proxy(id: "${proxyId}") { statsHistory(since: "${ago(7)}", step: 3600) { ${fields} currentClientConnections } } }`,
    fleetQuarter: `{ fleetStats(since: "${ago(90)}") { ${fields} } }`,
    proxyQuarter: `{ proxy(id: "${proxyId}") { statsHistory(since: "${ago(90)}") { ${fields} currentClientConnections } } }`,
  }
}
