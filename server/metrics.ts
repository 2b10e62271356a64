/** `GET /metrics`: the fleet for Prometheus, for whoever may read it; an API token with the scope READ is enough. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { contentType, expositionOf } from './core/prometheus.ts'
import { Refusal } from './core/refusal.ts'
import { addressOf, headerOf, operationFor } from './graphql/operation-request.ts'
import type { OperationParts } from './operation.ts'
import { permit } from './permit.ts'
import type { Authenticator } from './session/authenticate.ts'
import { readMetrics } from './stats/metrics.read.ts'
import type { StatsQueue } from './stats/queue.ts'

export interface MetricsParts {
  readonly operation: OperationParts
  readonly authenticator: Authenticator
  readonly stats: StatsQueue
  readonly isBehindProxy: boolean
}

/** 401 without a good token, 403 for one that may not read the fleet. */
export async function answerMetrics(
  parts: MetricsParts,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const { operation, authenticator, stats, isBehindProxy } = parts
  const say = (status: number, type: string, text: string) => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
  }
  try {
    const address = addressOf(request, isBehindProxy)
    const from = { at: operation.clock(), address }
    const actor = await authenticator.authenticate(headerOf(request, 'authorization'), from)
    const op = operationFor(operation, actor, { address, requestId })
    permit(op, 'fleet.read')
    say(200, contentType, expositionOf(await readMetrics(op, stats)))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    response.setHeader('www-authenticate', 'Bearer')
    say(error.code === 'UNAUTHENTICATED' ? 401 : 403, 'text/plain; charset=utf-8', `${error.message}\n`)
  }
}
