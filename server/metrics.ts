/** `GET /metrics`: the fleet for Prometheus, for whoever may read it; an API token with the scope READ is enough. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { noteRefusedScrape } from './audit/note-refusal.ts'
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
  readonly log: Logger
  readonly proxies: TrustedProxies
}

/** 401 without a good token, 403 for one that may not read the fleet, 429 for who asks too often. */
export async function answerMetrics(
  parts: MetricsParts,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const { operation, gate, stats, log, proxies } = parts
  const say = (status: number, type: string, text: string) => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
  }
  try {
    const authorization = headerOf(request, 'authorization')
    const { actor, address, failure } = await gate.admit(authorization, addressOf(request, proxies))
    const op = operationFor(operation, actor, { address, requestId })
    try {
      if (failure !== null) throw failure
      permit(op, 'fleet.read')
    } catch (error) {
      // The answer is the same when the trail can't be written: nothing was done.
      await noteRefusedScrape(op, error, 'metrics').catch((fault) => log.error({ err: fault }, 'fault'))
      throw error
    }
    say(200, contentType, expositionOf(await readMetrics(op, stats)))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'UNAUTHENTICATED') response.setHeader('www-authenticate', 'Bearer')
    if (error.retryAfterSeconds !== null) response.setHeader('retry-after', error.retryAfterSeconds)
    say(statuses[error.code] ?? 403, 'text/plain; charset=utf-8', `${error.message}\n`)
  }
}

const statuses: Readonly<Partial<Record<RefusalCode, number>>> = { UNAUTHENTICATED: 401, RATE_LIMITED: 429 }
