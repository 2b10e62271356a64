/** GraphQL over HTTP: a thin adapter between node:http and Apollo Server. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApolloServer, type ApolloServerPlugin, type BaseContext, HeaderMap } from '@apollo/server'
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled'
import { type GraphQLError, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql'
import type { Logger } from 'pino'
import { noteRefusal } from '../audit/note-refusal.ts'
import { limits } from '../core/config-document.ts'
import { Refusal } from '../core/refusal.ts'
import { type Actor, anonymous, type Operation, type OperationParts } from '../operation.ts'
import type { Authenticator } from '../session/authenticate.ts'
import type { ApiParts, Context } from './context.ts'
import { cookieJar } from './cookies.ts'
import { presentError } from './errors.ts'
import { addressOf, headerOf, operationFor } from './operation-request.ts'
import { sendAnswer } from './send-answer.ts'
import { waitOf } from './unavailable.ts'

export interface HttpParts extends ApiParts {
  readonly schema: GraphQLSchema
  readonly operation: OperationParts
  readonly authenticator: Authenticator
  readonly log: Logger
  readonly isBehindProxy: boolean
}

/** The context, and why its actor is nobody when a token was sent: a refusal, or what went wrong. */
interface HttpContext extends Context, BaseContext {
  readonly failure: unknown
}

export interface GraphqlOverHttp {
  handle(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void>
  close(): Promise<void>
}

/** A client chooses the document: this many tokens are plenty for the largest page. */
export const documentTokensLimit = 5_000

export async function createGraphqlOverHttp(parts: HttpParts): Promise<GraphqlOverHttp> {
  // Apollo formats errors without a context; a fault's log line has to name its request all the same. Not with an
  // AsyncLocalStorage: its first use makes every promise of the process dearer, those of the agents' sockets as well.
  const logs = new WeakMap<object, Logger>()
  const nameRequest: ApolloServerPlugin<HttpContext> = {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue }) {
          const log = parts.log.child({ requestId: contextValue.op.origin.requestId })
          for (const error of errors) logs.set(error, log)
        },
      }
    },
  }
  const apollo = new ApolloServer<HttpContext>({
    schema: parts.schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    // Apollo would send SIGTERM to the process a second time; main.ts drains in its own order.
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: documentTokensLimit },
    formatError: (_formatted, error) => presentError(error, logs.get(Object(error)) ?? parts.log).toJSON(),
    // It would look at each of the 80,000 fields of 10,000 rules; `handle` says `no-store` for all of them.
    plugins: [
      nameRequest,
      requireToken,
      statusOfErrors,
      noteRefusals(parts.log),
      ApolloServerPluginCacheControlDisabled(),
    ],
    logger: parts.log,
  })
  await apollo.start()

  return {
    async handle(request, response, requestId) {
      const body =
        request.method === 'POST' ? await readBody(request) : { ok: true as const, value: undefined }
      if (!body.ok) return refuseBody(response, body)
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method ?? 'GET',
          headers: headersOf(request),
          search: new URL(request.url ?? '/', 'http://localhost').search,
          body: body.value,
        },
        context: () => contextOf(parts, request, response, requestId),
      })
      response.setHeader('cache-control', 'no-store')
      for (const [name, value] of answer.headers) response.setHeader(name, value)
      response.statusCode = answer.status ?? 200
      if (answer.body.kind === 'complete') return sendAnswer(request, response, answer.body.string)
      for await (const chunk of answer.body.asyncIterator) response.write(chunk)
      response.end()
    },
    close: () => apollo.stop(),
  }
}

async function contextOf(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<HttpContext> {
  let actor: Actor = anonymous
  let failure: unknown = null
  const address = addressOf(request, parts.isBehindProxy)
  const from = { at: parts.operation.clock(), address }
  try {
    actor = await parts.authenticator.authenticate(headerOf(request, 'authorization'), from)
  } catch (error) {
    failure = error
  }
  return {
    op: operationFor(parts.operation, actor, { address, requestId }),
    parts,
    cookies: cookieJar(request, response, parts.instanceId, parts.isBehindProxy),
    userAgent: headerOf(request, 'user-agent') ?? '',
    failure,
  }
}

/** What may be called without a token: beacon and logout know the browser by its cookie, choosePassword by its link. */
const publicMutations: ReadonlySet<string> = new Set([
  'login',
  'enrolAgent',
  'beacon',
  'logout',
  'choosePassword',
])

const requireToken: ApolloServerPlugin<HttpContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, contextValue }) {
        if (contextValue.op.actor.kind !== 'anonymous' || isPublic(operation)) return
        throw contextValue.failure ?? new Refusal('UNAUTHENTICATED', 'Log in, or send a valid token.')
      },
    }
  },
}

function isPublic(operation: OperationDefinitionNode | undefined): boolean {
  if (operation?.operation !== 'mutation') return false
  const fields = operation.selectionSet.selections
  return fields.every(
    (field) =>
      field.kind === Kind.FIELD &&
      (publicMutations.has(field.name.value) || field.name.value === '__typename'),
  )
}

function noteRefusals(log: Logger): ApolloServerPlugin<HttpContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue }) {
          await noteAll(contextValue.op, errors, log)
        },
      }
    },
  }
}

/** The answer is the same when the trail can't be written: nothing was done. */
export async function noteAll(op: Operation, errors: readonly GraphQLError[], log: Logger): Promise<void> {
  for (const { originalError, path } of errors) {
    await noteRefusal(op, originalError, String(path?.[0] ?? '')).catch((error: unknown) =>
      log.error({ err: error }, 'fault'),
    )
  }
}

/** A token that is missing or dead is 401, whatever else went well; a database that does not answer is 503. */
const statusOfErrors: ApolloServerPlugin<HttpContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response }) {
        const { body, http } = response
        const errors = body.kind === 'single' ? body.singleResult.errors : undefined
        if (errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED')) http.status = 401
        const seconds = waitOf(errors)
        if (seconds === null) return
        http.status = 503
        http.headers.set('retry-after', String(seconds))
      },
    }
  },
}

type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: 400 | 413; readonly code: string; readonly message: string }

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= limits.bodyBytes) chunks.push(chunk)
    // Read on to the end, keeping nothing: a client that is cut off in mid-sending never sees the answer.
    else if (size > 4 * limits.bodyBytes) break
  }
  if (size > limits.bodyBytes) {
    const message = `The body is larger than ${limits.bodyBytes} bytes; send long lists in parts with editRules.`
    return { ok: false, status: 413, code: 'BODY_TOO_LARGE', message }
  }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) }
  } catch {
    const message = 'The body must be JSON: {"query": …, "variables": …}.'
    return { ok: false, status: 400, code: 'BODY_MALFORMED', message }
  }
}

function refuseBody(response: ServerResponse, { status, code, message }: Exclude<Body, { ok: true }>): void {
  const extensions = { code: 'BAD_USER_INPUT', problems: [{ path: 'body', code, message }] }
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
  response.end(JSON.stringify({ errors: [{ message, extensions }] }))
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}
