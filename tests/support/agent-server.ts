/** A server of four mutations and one subscription, as an agent sees ours: over HTTP and one socket. */
import { createPublicKey, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSchema, GraphQLError, graphql } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { SyncOffer } from '../../agent/link.ts'
import { statsCounters, statsGauges } from '../../server/core/stats.ts'
import { upToDate } from './offers.ts'

export interface AgentServer {
  readonly url: string
  /** What `sync` answers from now on; a function may throw. */
  answer: SyncOffer | (() => SyncOffer)
  /** Over which way each sync came, and its input. */
  readonly syncs: { way: 'http' | 'socket'; input: Record<string, unknown> }[]
  readonly acknowledged: Record<string, unknown>[]
  readonly enrolled: Record<string, unknown>[]
  readonly reported: Record<string, unknown>[]
  readonly problems: (readonly Record<string, unknown>[])[]
  /** Lines of logs. */
  readonly captured: Record<string, unknown>[]
  /** Every sample that was told, in the order of telling. */
  readonly sampled: Record<string, unknown>[]
  /** What becomes of statistics. */
  stats: 'taken' | 'full' | 'refused'
  /** Distinct operation texts seen. */
  readonly documents: Set<string>
  nudge(): void
  /** Agents whose nudges are subscribed. */
  readonly listening: () => number
  /** Cuts every socket, without a word. */
  cut(): void
  /** From now on sockets are refused. */
  refuseSockets: boolean
  /** Seconds: every request and every new socket is sent away until then; null: none is. */
  busyFor: number | null
  stop(): Promise<void>
}

const numbers = [...statsCounters, ...statsGauges].map((name) => `${name}: Float`).join(' ')

const schema = buildSchema(`
  enum ApplyOutcome { APPLIED UNCHANGED REJECTED_BY_ATS ROLLED_BACK REFUSED FAILED }
  enum RecordType { INT FLOAT STRING }
  input EnrolAgentInput { token: String! hostname: String! publicKey: String! }
  input SyncInput { hostname: String! hash: String atsVersion: String agentVersion: String! startId: String }
  input AcknowledgeSyncInput { hash: String! sequence: Int! outcome: ApplyOutcome! message: String! reloadRequestedAt: String loadedAt: String }
  input FoundFileInput { name: String! content: String! }
  input FoundRecordInput { name: String! type: RecordType! value: String! }
  input ReportFilesInput { hash: String! files: [FoundFileInput!]! records: [FoundRecordInput!]! }
  input StatsSampleInput { at: String! atsStartedAt: String countersContinue: Boolean ${numbers} }
  input ReportStatsInput { previous: StatsSampleInput samples: [StatsSampleInput!]! }
  type ReportStatsPayload { serverTime: String! isFull: Boolean! }
  input HostProblemInput { what: String! says: String! remedy: String! }
  input ParentOutInput { host: String! isOut: Boolean says: String }
  input ReportHostInput { atsRun: String problems: [HostProblemInput!]! parentsOut: [ParentOutInput!] }
  type EnrolledProxy { id: ID! hostname: String! }
  type EnrolAgentPayload { proxy: EnrolledProxy! serverKey: String! instanceId: ID! }
  type OfferedFile { name: String! content: String! sha256: String! }
  type OwnedRecord { name: String! type: RecordType! value: String! }
  type SyncOffer { upToDate: Boolean! hash: String configId: ID version: Int sequence: Int files: [OfferedFile!] records: [OwnedRecord!] signature: String pollSeconds: Int! comeBackSeconds: Int! takenOut: [String!]! isCopied: Boolean! captures: [OfferedCapture!] }
  type LogFilter { text: String! isRegex: Boolean! host: String! clientAddress: String! errorsOnly: Boolean! redact: [String!]! }
  type OfferedCapture { id: ID! secondsLeft: Float! mostLines: Int! filter: LogFilter! }
  enum LogSource { DEBUG ACCESS }
  enum LogGap { SKIPPED LIMIT SLOW TRUNCATED }
  input LogLineInput { epoch: Float! offset: Float! source: LogSource! at: String text: String! transaction: String client: String method: String url: String host: String ruleLine: Int parent: String status: Int durationMs: Int gap: LogGap lost: Int }
  input ReportLogLinesInput { lines: [LogLineInput!]! linesPerSecond: Float! bytesPerSecond: Float! atsCpuPercent: Float problem: String }
  type AcknowledgeSyncPayload { serverTime: String! }
  type ReportPayload { serverTime: String! }
  enum ParentEventKind { FAILING DOWN RESTORED RESET }
  input ParentEventInput { host: String port: Int kind: ParentEventKind! at: String! reason: String! }
  input ReportParentsInput { events: [ParentEventInput!]! }
  type KnownLogEnd { epoch: Float! offset: Float! }
  type ReportLogLinesPayload { serverTime: String! known: [KnownLogEnd!]! }
  type Nudge { at: String! }
  type Query { me: String }
  type Mutation {
    enrolAgent(input: EnrolAgentInput!): EnrolAgentPayload!
    sync(input: SyncInput!): SyncOffer!
    reportStats(input: ReportStatsInput!): ReportStatsPayload
    acknowledgeSync(input: AcknowledgeSyncInput!): AcknowledgeSyncPayload!
    reportFiles(input: ReportFilesInput!): ReportPayload!
    reportParents(input: ReportParentsInput!): ReportPayload!
    reportHost(input: ReportHostInput!): ReportPayload!
    reportLogLines(input: ReportLogLinesInput!): ReportLogLinesPayload!
  }
  type Subscription { nudges: Nudge! }
`)

/** Takes agents enrolled here, or the one whose public key is given. */
export async function startAgentServer(
  options: { serverKey?: string; publicKey?: string; port?: number } = {},
): Promise<AgentServer> {
  let publicKey = options.publicKey ?? ''
  const listeners = new Set<() => void>()
  const sockets = new Set<WebSocket>()

  const root = (way: 'http' | 'socket') => ({
    enrolAgent({ input }: { input: Record<string, unknown> }) {
      if (input.token !== 'good-token') throw refused('UNAUTHENTICATED', 'The enrolment token is used up.')
      server.enrolled.push(input)
      publicKey = String(input.publicKey)
      const proxy = { id: 'proxy-1', hostname: input.hostname }
      return { proxy, serverKey: options.serverKey ?? '', instanceId: 'instance-1' }
    },
    sync({ input }: { input: Record<string, unknown> }) {
      server.syncs.push({ way, input })
      return typeof server.answer === 'function' ? server.answer() : server.answer
    },
    reportStats({ input }: { input: { samples: readonly Record<string, unknown>[] } }) {
      if (server.stats === 'refused') throw refused('BAD_USER_INPUT', 'Statistics are broken.')
      server.sampled.push(...input.samples)
      return { serverTime: new Date().toISOString(), isFull: server.stats === 'full' }
    },
    acknowledgeSync({ input }: { input: Record<string, unknown> }) {
      server.acknowledged.push(input)
      return { serverTime: new Date().toISOString() }
    },
    reportFiles({ input }: { input: Record<string, unknown> }) {
      server.reported.push(input)
      return { serverTime: new Date().toISOString() }
    },
    reportParents: () => ({ serverTime: new Date().toISOString() }),
    reportHost({ input }: { input: { problems: readonly Record<string, unknown>[] } }) {
      server.problems.push(input.problems)
      return { serverTime: new Date().toISOString() }
    },
    reportLogLines({ input }: { input: { lines: readonly Record<string, unknown>[] } }) {
      server.captured.push(...input.lines)
      return { serverTime: new Date().toISOString(), known: [] }
    },
    nudges: () => nudgesOf(listeners),
  })

  const http = createServer((request, response) => void overHttp(request, response))
  async function overHttp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return void response.end('{}') // its health
    let body = ''
    for await (const chunk of request) body += chunk
    if (server.busyFor !== null) {
      return void response.writeHead(503, { 'retry-after': String(server.busyFor) }).end('{"errors":[]}')
    }
    const { query, variables } = JSON.parse(body)
    server.documents.add(query)
    const isAllowed = query.includes('enrolAgent') || isToken(request.headers.authorization, publicKey)
    const answer = isAllowed
      ? await graphql({ schema, source: query, variableValues: variables, rootValue: root('http') })
      : { errors: [refused('UNAUTHENTICATED', 'No token.')] }
    response
      .writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer))
  }

  const ws = new WebSocketServer({
    server: http,
    path: '/graphql',
    verifyClient(_, decide) {
      if (server.busyFor === null) decide(true)
      else decide(false, 503, 'busy', { 'retry-after': String(server.busyFor) })
    },
  })
  ws.on('connection', (socket) => {
    if (server.refuseSockets) socket.terminate()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  useServer(
    {
      schema,
      roots: { mutation: root('socket'), subscription: root('socket') },
      onConnect: ({ connectionParams }) => isToken(String(connectionParams?.authorization), publicKey),
      onSubscribe: (_, __, { query }) => void server.documents.add(query),
    },
    ws,
  )
  await new Promise<void>((resolve) => http.listen(options.port ?? 0, '127.0.0.1', resolve))

  const server: AgentServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    answer: upToDate,
    syncs: [],
    acknowledged: [],
    enrolled: [],
    reported: [],
    problems: [],
    captured: [],
    sampled: [],
    stats: 'taken',
    documents: new Set(),
    nudge: () => listeners.forEach((call) => void call()),
    listening: () => listeners.size,
    cut() {
      listeners.clear()
      for (const socket of sockets) socket.terminate()
    },
    refuseSockets: false,
    busyFor: null,
    stop() {
      for (const socket of sockets) socket.terminate()
      http.closeAllConnections()
      return new Promise((resolve) => http.close(() => resolve()))
    },
  }
  return server
}

async function* nudgesOf(listeners: Set<() => void>): AsyncGenerator<{ nudges: { at: string } }> {
  let waiting = 0
  let wake = () => {}
  const listener = () => {
    waiting += 1
    wake()
  }
  listeners.add(listener)
  try {
    while (true) {
      if (waiting === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      waiting -= 1
      yield { nudges: { at: new Date().toISOString() } }
    }
  } finally {
    listeners.delete(listener)
  }
}

/** Checked without the agent's own library, so that both sides can't be wrong alike. */
function isToken(authorization: string | undefined, publicKey: string): boolean {
  const [header, payload, signature] = (authorization ?? '').replace(/^Bearer /, '').split('.')
  if (!header || !payload || !signature || publicKey === '') return false
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  const { iss, sub, aud, iat, exp, jti } = read(payload)
  const { alg, typ, kid } = read(header)
  return (
    verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')) &&
    [alg, typ, kid].join() === 'EdDSA,agent+jwt,proxy-1' &&
    [iss, sub, aud].join() === 'proxy-1,proxy-1,instance-1' &&
    exp - iat === 60 &&
    typeof jti === 'string'
  )
}

function refused(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
