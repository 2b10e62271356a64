/** Answers where requests go: one with its reasons, many, and what other rules change for them. */
import { limits } from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { diffRoutes, type RouteDifference } from '../core/route/differences.ts'
import {
  compileRoutes,
  parseRouteRequest,
  type RouteExplanation,
  type RouteRequest,
  type RouteTable,
} from '../core/route.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { readSettings } from '../settings/settings.read.ts'
import { type RouteSource, readSource, type SourceFields } from './source.ts'

export interface RouteRequestFields {
  readonly url: string
  readonly method: string
  readonly clientAddress?: string | null | undefined
  readonly resolvedAddress?: string | null | undefined
}

export interface ExplainRouteInput extends RouteRequestFields, SourceFields {}

export interface ExplainRoutesInput extends SourceFields {
  readonly requests: readonly RouteRequestFields[]
}

export interface CompareRoutesInput {
  readonly configId: string
  readonly from: RouteSource
  readonly to: RouteSource
  readonly proxyId?: string | null | undefined
  readonly requests: readonly RouteRequestFields[]
}

export interface RouteComparison {
  readonly comparedCount: number
  readonly differences: readonly RouteDifference[]
}

const requestsLimit = 1_000

/** @throws Refusal BAD_USER_INPUT for a request that can't be parsed, and as `readSource` */
export async function explainRoute(op: Operation, input: ExplainRouteInput): Promise<RouteExplanation> {
  permit(op, 'fleet.read')
  const request = requestFrom(input)
  requireParsed([request], () => '')
  return (await readTable(op, input)).explain(request)
}

/** In the order of the requests. @throws Refusal BAD_USER_INPUT for too many requests, and as `explainRoute` */
export async function explainRoutes(op: Operation, input: ExplainRoutesInput): Promise<RouteExplanation[]> {
  permit(op, 'fleet.read')
  const requests = requestsFrom(input.requests)
  const table = await readTable(op, input)
  return requests.map((request) => table.explain(request))
}

/** @throws Refusal as `explainRoutes` */
export async function compareRoutes(op: Operation, input: CompareRoutesInput): Promise<RouteComparison> {
  permit(op, 'fleet.read')
  const requests = requestsFrom(input.requests)
  const [before, after] = await Promise.all([
    readTable(op, { ...input, source: input.from }),
    readTable(op, { ...input, source: input.to }),
  ])
  return { comparedCount: requests.length, differences: [...diffRoutes(before, after, requests)] }
}

async function readTable(op: Operation, source: SourceFields): Promise<RouteTable> {
  const document = await readSource(op, source)
  const { outboundExceptions } = await readSettings(op.read)
  return compileRoutes(document, { outboundExceptions })
}

function requestsFrom(given: readonly RouteRequestFields[]): RouteRequest[] {
  if (given.length > requestsLimit) {
    const message = `At most ${requestsLimit} requests in one call; you sent ${given.length}.`
    throw refuseInput([{ path: 'requests', code: 'TOO_MANY', message }])
  }
  const requests = given.map(requestFrom)
  requireParsed(requests, (index) => `requests.${index}.`)
  return requests
}

function requestFrom(fields: RouteRequestFields): RouteRequest {
  const { url, method, clientAddress, resolvedAddress } = fields
  return {
    url,
    method,
    clientAddress: clientAddress ?? null,
    resolvedAddress: resolvedAddress ?? null,
  }
}

function requireParsed(requests: readonly RouteRequest[], prefix: (index: number) => string): void {
  const problems = requests.flatMap((request, index): Problem[] => {
    const parsed = parseRouteRequest(request)
    return parsed.ok ? [] : [{ ...parsed.problem, path: `${prefix(index)}${parsed.problem.path}` }]
  })
  const [first, ...rest] = problems.slice(0, limits.problems)
  if (first) throw refuseInput([first, ...rest])
}
