/** `GET /metrics`: the fleet for Prometheus, for whoever may read it; an API token with the scope READ is enough. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { contentType, expositionOf } from './core/prometheus.ts'
import { Refusal, type RefusalCode } from './core/refusal.ts'
import type { Gate } from './graphql/gate.ts'
import { addressOf, headerOf, operationFor } from './graphql/operation-request.ts'
import type { OperationParts } from './operation.ts'
import { permit } from './permit.ts'
import { readMetrics } from './stats/metrics.read.ts'
import type { StatsQueue } from './stats/queue.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

export interface MetricsParts {
  readonly operation: OperationParts
  readonly gate: Gate
  readonly stats: StatsQueue
  readonly proxies: TrustedProxies
}

/** 401 without a good token, 403 for one that may not read the fleet, 429 for who asks too often. */
export async function answerMetrics(
  parts: MetricsParts,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const { operation, gate, stats, proxies } = parts
  const say = (status: number, type: string, text: string) => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
  }
  try {
    const authorization = headerOf(request, 'authorization')
    const { actor, address, failure } = await gate.admit(authorization, addressOf(request, proxies))
    if (failure !== null) throw failure
    const op = operationFor(operation, actor, { address, requestId })
    permit(op, 'fleet.read')
    say(200, contentType, expositionOf(await readMetrics(op, stats)))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer')
    if (error.retryAfterSeconds !== null) response.setHeader('retry-after', error.retryAfterSeconds)
    say(statuses[error.code] ?? 403, 'text/plain; charset=utf-8', `${error.message}\n`)
  }
}

const statuses: Readonly<Partial<Record<RefusalCode, number>>> = { UNAUTHENTICATED: 401, RATE_LIMITED: 429 }
