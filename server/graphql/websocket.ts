/** GraphQL over WebSocket (graphql-ws): subscriptions, and the agents' whole conversation. */
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { execute, GraphQLError, type GraphQLSchema } from 'graphql'
import { CloseCode, type Context, type ServerOptions as Hooks, handleProtocols, makeServer } from 'graphql-ws'
import type { Logger } from 'pino'
import { type ServerOptions, WebSocketServer } from 'ws'
import type { Admission } from '../admission.ts'
import { limits } from '../core/config-document.ts'
import { Refusal } from '../core/refusal.ts'
import type { TrustedProxies } from '../trusted-proxies.ts'
import type { Context as OperationContext } from './context.ts'
import type { Documents } from './documents.ts'
import { presentError } from './errors.ts'
import type { Caller, Gate } from './gate.ts'
import { startHeartbeat } from './heartbeat.ts'
import { strangerBodyBytes } from './http-body.ts'
import { noteAll } from './http-plugins.ts'
import { createLongTexts, type LongTexts } from './long-texts.ts'
import { addressOf, headerOf, isOwnSite, operationFor } from './operation-request.ts'
import { createPlans } from './plan.ts'
import { refuseSocket, sendSocketAway } from './send-away.ts'
import { isForAll, subscribe } from './shared-answers.ts'
import { closeIfEnded, isStillGood, type LifeParts, roleOf, type Speaker, subjectsOf } from './socket-life.ts'
import { connectPeer, limitStranger } from './socket-transport.ts'

export interface SocketParts extends LifeParts {
  readonly schema: GraphQLSchema
  readonly documents: Documents
  readonly gate: Gate
  readonly log: Logger
  readonly proxies: TrustedProxies
  /** Of sockets that are being opened. */
  readonly handshakes: Admission
  /** See `TransportParts`. */
  readonly stalledMs: number
}

/** Subscriptions and running operations of one socket: an agent needs three, a page one for each of 50 proxies whose logs it merges. */
const operationsPerSocket = 64
/** Open at a time: a tab of the console has one, an agent one, and another while the network forgets the last. */
const socketsOf = { person: 100, token: 100, agent: 10, address: 0 } as const
/** For the first word, which brings the token. */
const initMs = 3_000
/** For the answer to our goodbye: then the connection is cut. */
const goodbyeMs = 5_000
/** Says "later" (RFC 6455's registry): clients take it as a reason to come again. */
const tryAgainLater = 1013

interface SocketExtra extends Speaker {
  connectionId?: string
  /** Their handshake is over: it takes no place any more, and a stranger's limits are lifted. */
  readonly enter: () => void
  /** To the announcements that this socket lives and dies with; and it counts no more. */
  leave?: () => void
}
type Params = Record<string, unknown>
type Peer = Context<Params, SocketExtra>

export interface GraphqlOverWebsocket {
  /** Says goodbye to every socket (1001) and stops taking new ones. */
  close(): Promise<void>
}

export function createGraphqlOverWebsocket(
  server: Server,
  path: string,
  parts: SocketParts,
): GraphqlOverWebsocket {
  const options: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    path,
    maxPayload: limits.bodyBytes,
    perMessageDeflate: false,
    handleProtocols,
    closeTimeout: goodbyeMs,
  }
  const wss = new WebSocketServer(options)
  const stopHeartbeat = startHeartbeat(wss)
  const longTexts = createLongTexts()
  const graphql = makeServer(createHooks(parts, longTexts))
  const transport = { longTexts, log: parts.log, stalledMs: parts.stalledMs }
  // By hand: given the server, ws takes its errors (a port that is taken) for its own.
  server.on('upgrade', (request, stream: Socket, head) => {
    // From here on Node listens no more, and what breaks one connection would end the process.
    stream.on('error', () => {})
    if (!isOwnSite(request, parts.proxies)) return refuseSocket(stream)
    const leave = parts.handshakes.enter()
    if (leave === null) return sendSocketAway(stream)
    stream.once('close', leave)
    wss.handleUpgrade(request, stream, head, (socket) => {
      // Not before: whoever listens first would get what came along with the upgrade, instead of `ws`.
      const lift = limitStranger(stream, head, strangerBodyBytes)
      const enter = () => {
        leave()
        lift()
      }
      connectPeer(graphql, socket, stream, { socket, request, enter }, transport)
      wss.emit('connection', socket, request)
    })
  })

  return {
    async close() {
      stopHeartbeat()
      for (const socket of wss.clients) {
        // It would not hear the answer to a goodbye.
        if (socket.isPaused) socket.terminate()
        else socket.close(1001, 'Going away')
      }
      await new Promise<void>((resolve) => wss.close(() => resolve()))
    },
  }
}

function createHooks(parts: SocketParts, longTexts: LongTexts): Hooks<Params, SocketExtra> {
  const count = createSocketCount()
  const planFor = createPlans(parts.schema)

  /** @returns whether they may stay; closes the socket of those who may not */
  async function welcome({ extra }: Peer, authorization: string | undefined): Promise<boolean> {
    const { socket, request } = extra
    const admitted = await parts.gate
      .admit(authorization, addressOf(request, parts.proxies))
      .catch((error: unknown) => refusalOf(error))
    extra.enter()
    if (admitted instanceof Refusal) {
      socket.close(tryAgainLater, admitted.message)
      return false
    }
    const { actor, failure } = admitted
    if (actor.kind === 'anonymous') {
      if (failure !== null && !(failure instanceof Refusal)) throw failure
      socket.close(CloseCode.Unauthorized, 'Unauthorized')
      return false
    }
    if (socket.readyState !== socket.OPEN) return false // it has gone meanwhile
    const uncount = count(admitted)
    if (uncount === null) {
      socket.close(tryAgainLater, 'Too many sockets are open')
      return false
    }
    const stops = subjectsOf(actor).map((subject) =>
      parts.announcements.listen(subject, () => {
        closeIfEnded(parts, extra, roleOf(actor)).catch((error) => parts.log.error({ err: error }, 'fault'))
      }),
    )
    extra.leave = () => {
      for (const stop of [...stops, uncount]) stop()
    }
    extra.caller = admitted
    extra.authorization = authorization
    extra.connectionId = randomUUID()
    return true
  }

  /** @throws Refusal RATE_LIMITED, UNAUTHENTICATED */
  async function permit({ extra, subscriptions }: Peer): Promise<Caller> {
    if (extra.caller) parts.gate.again(extra.caller)
    const isGood = await isStillGood(parts, extra)
    if (!isGood || !extra.caller) {
      extra.socket.close(CloseCode.Unauthorized, 'Unauthorized')
      throw new Refusal('UNAUTHENTICATED', 'The session or token is over; log in again.')
    }
    if (Object.keys(subscriptions).length > operationsPerSocket) {
      const message = `At most ${operationsPerSocket} operations at a time on one socket.`
      throw new Refusal('RATE_LIMITED', message)
    }
    return extra.caller
  }

  return {
    connectionInitWaitTimeout: initMs,
    subscribe,
    execute: (args) => planFor(args.document)?.(args) ?? execute(args),
    onConnect(peer) {
      const given = peer.connectionParams?.authorization
      return welcome(peer, typeof given === 'string' ? given : undefined)
    },
    async onSubscribe(peer, id, payload) {
      const caller = await permit(peer).catch(refused)
      if (caller instanceof GraphQLError) return [caller]
      const document = parts.documents.parse(payload.query)
      if (!('kind' in document)) return document
      const errors = parts.documents.check(
        document,
        payload,
        caller.actor.kind === 'agent' ? 'agent' : 'other',
      )
      if (errors.length > 0) return errors
      return {
        schema: parts.schema,
        document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: contextOf(parts, peer, caller, id),
      }
    },
    onNext({ extra }, _id, _payload, { contextValue }, result) {
      if (!result.errors) {
        const { data } = result
        // In the same breath as `send`, which takes out the marks again.
        if (data && isForAll(data)) return { data, toJSON: () => ({ data: longTexts.markWhole(data) }) }
        if (extra.caller?.actor.kind !== 'agent') return undefined
        const answer = { data: data ?? null, toJSON: () => longTexts.mark({ data }) }
        return answer
      }
      void noteAll((contextValue as OperationContext).op, result.errors, parts.log)
      const errors = result.errors.map((error) => presentError(error, parts.log).toJSON())
      return { data: result.data ?? null, errors }
    },
    onError: (_peer, _id, _payload, errors) => errors.map((error) => presentError(error, parts.log).toJSON()),
    onClose: ({ extra }) => extra.leave?.(),
  }
}

/** @returns counts one more socket of a caller; null when they have as many as they may */
function createSocketCount(): (caller: Caller) => (() => void) | null {
  const open = new Map<string, number>()
  return ({ counted: { by, key } }) => {
    const owner = `${by} ${key}`
    const before = open.get(owner) ?? 0
    if (before >= socketsOf[by]) return null
    open.set(owner, before + 1)
    return () => {
      const now = open.get(owner) ?? 0
      if (now > 1) open.set(owner, now - 1)
      else open.delete(owner)
    }
  }
}

/** Nothing can be set over a socket. */
const noCookies: OperationContext['cookies'] = { secret: null, set() {} }

function contextOf(
  parts: SocketParts,
  { extra }: Peer,
  caller: Caller,
  operationId: string,
): OperationContext {
  return {
    op: operationFor(parts.operation, caller.actor, {
      address: caller.address,
      requestId: `${extra.connectionId}.${operationId}`.slice(0, 100),
    }),
    parts,
    cookies: noCookies,
    userAgent: headerOf(extra.request, 'user-agent') ?? '',
  }
}

/** @throws whatever is no refusal */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  throw error
}

/** Presented on its way out, as all errors are. */
function refused(error: Error): GraphQLError {
  return new GraphQLError(error.message, { originalError: error })
}
