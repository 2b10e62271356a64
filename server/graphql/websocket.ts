/** GraphQL over WebSocket (graphql-ws): subscriptions, and the agents' whole conversation. */
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type DocumentNode, execute, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import { CloseCode, type Context as SocketContext } from 'graphql-ws'
import { type Extra, useServer } from 'graphql-ws/use/ws'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Admission } from '../admission.ts'
import { limits } from '../core/config-document.ts'
import { Refusal } from '../core/refusal.ts'
import type { Role } from '../core/vocabulary.ts'
import type { Concern } from '../database/announcements.ts'
import type { Actor, OperationParts } from '../operation.ts'
import type { Authenticator } from '../session/authenticate.ts'
import { readActorOfSession } from '../session/session.read.ts'
import type { ApiParts, Context } from './context.ts'
import { presentError } from './errors.ts'
import { startHeartbeat } from './heartbeat.ts'
import { documentTokensLimit, noteAll } from './http.ts'
import { createLongTexts } from './long-texts.ts'
import { addressOf, headerOf, isOwnSite, operationFor } from './operation-request.ts'
import { withOwnSend } from './own-send.ts'
import { createPlans } from './plan.ts'
import { refuseSocket, sendSocketAway } from './send-away.ts'

export interface SocketParts extends ApiParts {
  readonly schema: GraphQLSchema
  readonly operation: OperationParts
  readonly authenticator: Authenticator
  readonly log: Logger
  readonly isBehindProxy: boolean
  /** Of sockets that are being opened. */
  readonly handshakes: Admission
}

/** Subscriptions and running operations of one socket: a page needs one or two, an agent three. */
const operationsPerSocket = 32
/** Documents kept parsed and validated; clients choose the key, so the number is bounded. */
const documentsKept = 500

interface SocketExtra extends Record<PropertyKey, unknown> {
  actor?: Actor
  authorization?: string | undefined
  connectionId?: string
  /** Of its peer, as what it does is attributed. */
  address?: string
  userAgent?: string
  /** To the announcements that this socket lives and dies with. */
  stopListening?: () => void
}
type Socket = SocketContext<Record<string, unknown>, Extra & Partial<SocketExtra>>

export interface GraphqlOverWebsocket {
  /** Says goodbye to every socket (1001) and stops taking new ones. */
  close(): Promise<void>
}

export function createGraphqlOverWebsocket(
  server: Server,
  path: string,
  parts: SocketParts,
): GraphqlOverWebsocket {
  const documents = createDocumentCache(parts.schema)
  const planFor = createPlans(parts.schema)
  const longTexts = createLongTexts()
  const wss = new WebSocketServer({
    noServer: true,
    path,
    maxPayload: limits.bodyBytes,
    perMessageDeflate: false,
  })
  const stopHeartbeat = startHeartbeat(wss)
  const leaveOf = new WeakMap<WebSocket, () => void>()
  // By hand: given the server, ws takes its errors (a port that is taken) for its own, and graphql-ws prints them.
  server.on('upgrade', (request, socket, head) => {
    if (!isOwnSite(request, parts.isBehindProxy)) return refuseSocket(socket)
    const leave = parts.handshakes.enter()
    if (leave === null) return sendSocketAway(socket)
    socket.once('close', leave)
    wss.handleUpgrade(request, socket, head, (opened) => {
      leaveOf.set(opened, leave)
      wss.emit('connection', withOwnSend(opened, socket, longTexts), request)
    })
  })

  const { dispose } = useServer<Record<string, unknown>, Partial<SocketExtra>>(
    {
      execute: (args) => planFor(args.document)?.(args) ?? execute(args),
      async onConnect(socket) {
        const given = socket.connectionParams?.authorization
        const authorization = typeof given === 'string' ? given : undefined
        const actor = await authenticated(parts, socket.extra, authorization)
        leaveOf.get(socket.extra.socket)?.()
        if (!actor) {
          socket.extra.socket.close(CloseCode.Unauthorized, 'Unauthorized')
          return false
        }
        socket.extra.actor = actor
        socket.extra.authorization = authorization
        socket.extra.connectionId = randomUUID()
        socket.extra.address = addressOf(socket.extra.request, parts.isBehindProxy)
        socket.extra.userAgent = headerOf(socket.extra.request, 'user-agent') ?? ''
        if (socket.extra.socket.readyState !== socket.extra.socket.OPEN) return false // it has gone meanwhile
        const stops = subjectsOf(actor).map((subject) =>
          parts.announcements.listen(subject, () => {
            closeIfEnded(parts, socket, roleOf(actor)).catch((error) =>
              parts.log.error({ err: error }, 'fault'),
            )
          }),
        )
        socket.extra.stopListening = () => {
          for (const stop of stops) stop()
        }
        return true
      },
      async onSubscribe(socket, id, payload) {
        const isGood = await isStillGood(parts, socket.extra).catch(refused)
        if (isGood instanceof GraphQLError) return [isGood]
        if (!isGood) {
          socket.extra.socket.close(CloseCode.Unauthorized, 'Unauthorized')
          return [refused(new Refusal('UNAUTHENTICATED', 'The session or token is over; log in again.'))]
        }
        if (Object.keys(socket.subscriptions).length > operationsPerSocket) {
          const message = `At most ${operationsPerSocket} operations at a time on one socket.`
          return [refused(new Refusal('RATE_LIMITED', message))]
        }
        const document = documents.get(payload.query)
        if (!('kind' in document)) return document.map((error) => presentError(error, parts.log))
        return {
          schema: parts.schema,
          document,
          operationName: payload.operationName,
          variableValues: payload.variables,
          contextValue: contextOf(parts, socket, id),
        }
      },
      onNext({ extra }, _id, _payload, { contextValue }, result) {
        if (!result.errors) {
          if (extra.actor?.kind !== 'agent') return undefined
          // In the same breath as `send`, which takes out the marks again.
          const answer = { data: result.data ?? null, toJSON: () => longTexts.mark({ data: result.data }) }
          return answer
        }
        void noteAll((contextValue as Context).op, result.errors, parts.log)
        const errors = result.errors.map((error) => presentError(error, parts.log).toJSON())
        return { data: result.data ?? null, errors }
      },
      onError: (_socket, _id, _payload, errors) =>
        errors.map((error) => presentError(error, parts.log).toJSON()),
      onClose: (socket) => socket.extra.stopListening?.(),
    },
    wss,
    0, // our heartbeat asks only those that say nothing
  )

  return {
    async close() {
      stopHeartbeat()
      await dispose()
    },
  }
}

async function authenticated(
  parts: SocketParts,
  { request }: Socket['extra'],
  authorization: string | undefined,
): Promise<Actor | null> {
  const from = { at: parts.operation.clock(), address: addressOf(request, parts.isBehindProxy) }
  try {
    const actor = await parts.authenticator.authenticate(authorization, from)
    return actor.kind === 'anonymous' ? null : actor
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

function contextOf(parts: SocketParts, socket: Socket, operationId: string): Context {
  const { actor, connectionId, address, userAgent } = socket.extra
  if (!actor || address === undefined || userAgent === undefined) throw new Error('the socket has no actor')
  const requestId = `${connectionId}.${operationId}`.slice(0, 100)
  return {
    op: operationFor(parts.operation, actor, { address, requestId }),
    parts,
    cookies: noCookies,
    userAgent,
  }
}

/** Nothing can be set over a socket. */
const noCookies: Context['cookies'] = { secret: null, set() {} }

/** Says "come again" (RFC 6455: service restart): what is open began with rights that are no longer theirs. */
const comeAgain = 1012

/** A socket is bound to its session, its API token or its proxy, and to its person's role: it goes with them. */
async function closeIfEnded(parts: SocketParts, { extra }: Socket, role: Role | null): Promise<void> {
  if (!(await isStillGood(parts, extra))) extra.socket.close(CloseCode.Unauthorized, 'Unauthorized')
  else if (roleOf(extra.actor) !== role) extra.socket.close(comeAgain, 'Your role has changed')
}

function roleOf(actor: Actor | undefined): Role | null {
  return actor?.kind === 'user' ? actor.role : null
}

/** What a socket lives and dies with; `id` null: any of that kind may be meant. */
function subjectsOf(actor: Actor): readonly Concern[] {
  if (actor.kind === 'agent') return [{ kind: 'proxy', id: actor.id, withoutReports: true }]
  if (actor.kind !== 'user') return []
  const { id, sessionId } = actor
  const own: Concern =
    sessionId === null ? { kind: 'api_token', id: null } : { kind: 'session', id: sessionId }
  return [own, { kind: 'user', id }]
}

/** An agent costs no SQL here; people send few operations over a socket, each with the rights of that moment. */
async function isStillGood(parts: SocketParts, extra: Socket['extra']): Promise<boolean> {
  const { actor, authorization } = extra
  if (!actor) return false
  if (actor.kind === 'agent') return (await parts.sync.memory.state(actor.id))?.isRetired === false
  const sessionId = actor.kind === 'user' ? actor.sessionId : null
  const { db, clock } = parts.operation
  const current =
    sessionId === null
      ? await authenticated(parts, extra, authorization)
      : await readActorOfSession(db, sessionId, clock())
  if (!current) return false
  extra.actor = current
  return true
}

/** Presented on its way out, as all errors are. */
function refused(error: Error): GraphQLError {
  return new GraphQLError(error.message, { originalError: error })
}

/** graphql-ws would parse and validate every operation anew: several times the cost of a sync (docs/decisions/0002). */
export function createDocumentCache(schema: GraphQLSchema): {
  get(query: string): DocumentNode | readonly GraphQLError[]
} {
  const documents = new Map<string, DocumentNode>()
  return {
    get(query) {
      const known = documents.get(query)
      if (known) return known
      const parsed = tryParse(query)
      if (!('kind' in parsed)) return parsed
      const errors = validate(schema, parsed)
      if (errors.length > 0) return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'))
      if (documents.size >= documentsKept) documents.delete(documents.keys().next().value ?? '')
      documents.set(query, parsed)
      return parsed
    },
  }
}

function tryParse(query: string): DocumentNode | readonly GraphQLError[] {
  try {
    return parse(query, { maxTokens: documentTokensLimit })
  } catch (error) {
    if (error instanceof GraphQLError) return [withCode(error, 'GRAPHQL_PARSE_FAILED')]
    throw error
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions: { code } })
}
