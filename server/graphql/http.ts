/** GraphQL over HTTP: a thin adapter between node:http and Apollo Server. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApolloServer, HeaderMap } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import type { Admission } from '../admission.ts'
import { Refusal } from '../core/refusal.ts'
import type { OperationParts } from '../operation.ts'
import type { TrustedProxies } from '../trusted-proxies.ts'
import type { ApiParts } from './context.ts'
import { cookieJar } from './cookies.ts'
import { type Documents, documentLimits } from './documents.ts'
import { presentError } from './errors.ts'
import type { Caller, Gate } from './gate.ts'
import { createBodyReader } from './http-body.ts'
import { checkDocument, type HttpContext, noteErrors, requireToken, statusOfErrors } from './http-plugins.ts'
import { addressOf, headerOf, operationFor } from './operation-request.ts'
import { sendAnswer } from './send-answer.ts'
import { sendAway } from './send-away.ts'
import { waitOf } from './unavailable.ts'

export interface HttpParts extends ApiParts {
  readonly schema: GraphQLSchema
  readonly documents: Documents
  readonly operation: OperationParts
  readonly gate: Gate
  /** Of requests that are worked on. */
  readonly admission: Admission
  readonly log: Logger
  readonly proxies: TrustedProxies
}

export interface GraphqlOverHttp {
  handle(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void>
  close(): Promise<void>
}

export async function createGraphqlOverHttp(parts: HttpParts): Promise<GraphqlOverHttp> {
  const errors = noteErrors(parts.log, parts.gate)
  const bodies = createBodyReader()
  const apollo = new ApolloServer<HttpContext>({
    schema: parts.schema,
    // For those who write scripts; strangers are asked for a token first.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    // Apollo would send SIGTERM to the process a second time; main.ts drains in its own order.
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: documentLimits.tokens },
    // `checkDocument` does it, in its turn.
    dangerouslyDisableValidation: true,
    // Nobody sends hashes instead of documents, and what could be kept for strangers need not be bounded.
    persistedQueries: false,
    formatError: (_formatted, error) => presentError(error, errors.logOf(error)).toJSON(),
    plugins: [
      requireToken,
      checkDocument(parts.documents, parts.log),
      errors.plugin,
      statusOfErrors,
      // It would look at each of the 80,000 fields of 10,000 rules; `handle` says `no-store` for all of them.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
    logger: parts.log,
  })
  await apollo.start()

  /** Null: there is no room. Not while a body is on its way: who sends it slowly takes nobody's place. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T | null> {
    const leave = parts.admission.enter()
    return leave === null ? null : work().finally(leave)
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
    context: HttpContext,
  ): Promise<true> {
    const {
      status,
      headers,
      body: answered,
    } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? 'GET',
        headers: headersOf(request),
        search: new URL(request.url ?? '/', 'http://localhost').search,
        body,
      },
      context: async () => context,
    })
    for (const [name, value] of headers) response.setHeader(name, value)
    response.statusCode = status ?? 200
    if (answered.kind === 'complete') await sendAnswer(request, response, answered.string)
    else {
      for await (const chunk of answered.asyncIterator) response.write(chunk)
      response.end()
    }
    return true
  }

  return {
    async handle(request, response, requestId) {
      response.setHeader('cache-control', 'no-store')
      const address = addressOf(request, parts.proxies)
      const admit = () => parts.gate.admit(headerOf(request, 'authorization'), address)
      const caller = await inTurn(() => admit().catch((error: Error) => error))
      if (caller === null) return sendAway(request, response)
      if (caller instanceof Error) return refuse(request, response, 429, caller, parts.log)
      let value: unknown
      if (request.method === 'POST') {
        const body = await bodies.read(request, caller.actor.kind === 'anonymous')
        if (body.kind === 'gone') return
        if (body.kind === 'busy') return sendAway(request, response)
        if (body.kind === 'refused') {
          // With a dead token the size is not what is wrong: a browser renews its own and sends it again.
          if (caller.failure !== null) return refuse(request, response, 401, caller.failure, parts.log)
          const { status, code, message } = body
          const error = new Refusal('BAD_USER_INPUT', message, [{ path: 'body', code, message }])
          return refuse(request, response, status, error, parts.log)
        }
        value = body.value
      }
      const context = contextOf(parts, caller, request, response, requestId)
      const isDone = await inTurn(() => answer(request, response, value, context))
      if (isDone === null) sendAway(request, response)
    },
    close: () => apollo.stop(),
  }
}

function contextOf(
  parts: HttpParts,
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): HttpContext {
  return {
    op: operationFor(parts.operation, caller.actor, { address: caller.address, requestId }),
    parts,
    cookies: cookieJar(request, response, parts.instanceId, parts.proxies),
    userAgent: headerOf(request, 'user-agent') ?? '',
    caller,
  }
}

/** Before Apollo has seen it. What is left of the body is not waited for. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: 400 | 401 | 413 | 429,
  error: unknown,
  log: Logger,
): void {
  const errors = [presentError(error, log)]
  const wait = waitOf(errors)
  if (wait) response.setHeader('retry-after', wait.seconds)
  if (!request.complete) {
    response.setHeader('connection', 'close')
    request.resume()
  }
  response.writeHead(wait?.status ?? status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify({ errors }))
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}
