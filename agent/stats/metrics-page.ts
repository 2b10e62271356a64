/** `--metrics`: what this agent last saw, for a Prometheus on the same host; on loopback only, and for everybody there. */
import { createServer } from 'node:http'
import type { Metric } from '#core/prometheus'
import { contentType, expositionOf } from '#core/prometheus'
import type { StatsSample } from '#core/stats'
import { counterMetrics } from '#core/stats-metrics'

export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

/** Answers how to end it. @throws when the address can't be listened on. */
export async function serveMetrics(
  { host, port }: MetricsAddress,
  newest: () => StatsSample | null,
): Promise<() => void> {
  const server = createServer((request, response) => {
    const isKnown = request.url === '/metrics'
    response
      .writeHead(isKnown ? 200 : 404, { 'content-type': contentType })
      .end(isKnown ? metricsText(newest()) : '')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return () => {
    server.close()
    server.closeAllConnections()
  }
}

export function metricsText(sample: StatsSample | null): string {
  const gauge = (name: string, help: string, value: number | null): Metric => ({
    name,
    type: 'gauge',
    help,
    values: [{ value }],
  })
  const startedAt = sample?.atsStartedAt ?? null
  return expositionOf([
    gauge('ats_up', 'Whether ATS told its statistics when it was last asked.', startedAt === null ? 0 : 1),
    ...(sample === null
      ? []
      : [
          gauge('ats_start_time_seconds', 'When ATS was started.', startedAt && startedAt.getTime() / 1_000),
          gauge(
            'ats_open_client_connections',
            'Connections of clients that are open.',
            sample.currentClientConnections,
          ),
          gauge(
            'ats_open_parent_connections',
            'Connections to parents that are open.',
            sample.currentParentConnections,
          ),
          ...counterMetrics('ats', sample),
        ]),
  ])
}
