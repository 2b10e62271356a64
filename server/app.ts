/** The server as one piece: HTTP, WebSocket and what both share. Exactly this is what tests start. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { createAdmission } from './admission.ts'
import { createAuditExport } from './audit-export.ts'
import { type Announcements, listenToAnnouncements } from './database/announcements.ts'
import type { Connection } from './database/connect.ts'
import { observeTokenUse } from './database/observe.ts'
import { observeStats } from './database/observe-stats.ts'
import type { ApiParts } from './graphql/context.ts'
import { createDocuments } from './graphql/documents.ts'
import { createGate, type Rates } from './graphql/gate.ts'
import { createGraphqlOverHttp } from './graphql/http.ts'
import { isSecure, requestIdOf } from './graphql/operation-request.ts'
import { buildApiSchema } from './graphql/schema.ts'
import { createGraphqlOverWebsocket } from './graphql/websocket.ts'
import { readInstance } from './instance.read.ts'
import { createListener, defaultPatience, type Patience, type TlsFiles } from './listener.ts'
import { createLiveLines } from './log-capture/live-lines.ts'
import { answerMetrics } from './metrics.ts'
import { createSecretBox } from './secrets.ts'
import { createAuthenticator } from './session/authenticate.ts'
import { createCookieSecrets } from './session/cookie-secret.ts'
import { createAccessTokens } from './session/tokens.ts'
import { createLiveStats } from './stats/live.ts'
import { createStatsQueue } from './stats/queue.ts'
import { readLiveNews } from './stats/stats.read.ts'
import { createFleetMemory } from './sync/fleet-memory.ts'
import { createOfferSigner } from './sync/signature.ts'
import { noProxies, type TrustedProxies } from './trusted-proxies.ts'
import { startUpkeep, systemOperation } from './upkeep.ts'
import { createWebApp, overHttpsOnly, securityHeaders } from './web-app.ts'

export interface AppParts {
  readonly database: Connection
  readonly log: Logger
  readonly clock: () => Date
  /** Left out: nobody is believed. */
  readonly proxies?: TrustedProxies | undefined
  /** Left out: plain HTTP. */
  readonly tls?: TlsFiles | null | undefined
  /** Left out: everybody may ask as often as they like. */
  readonly rates?: Rates | undefined
  readonly patience?: Patience | undefined
  /** Folder of the built web app; null: none. */
  readonly webDirectory: string | null
  /** GraphQL requests over HTTP that are worked on at a time; 512 by default. */
  readonly requestsAtOnce?: number | undefined
  /** Sockets that are being opened at a time; 512 by default. */
  readonly handshakesAtOnce?: number | undefined
}

export interface App {
  readonly server: Server
  readonly instanceId: string
  readonly scheme: 'http' | 'https'
  /** Reads the certificate files again. */
  reloadCertificate(): void
  /** Stops taking work, lets what runs finish, says goodbye to sockets. The database stays open. */
  close(): Promise<void>
}

const graphqlPath = '/graphql'
/** Requests over HTTP at a time. One waits for a few statements at most; sockets have limits of their own. */
const requestsAtOnce = 512
/** Sockets being opened at a time. Apart: whoever opens many and says nothing holds up no request. */
const handshakesAtOnce = 512

export async function createApp(parts: AppParts): Promise<App> {
  const { database, log, clock } = parts
  const operation = { db: database.db, clock }
  const { instanceId, keys } = await readInstance(database.db)
  const announcements: Announcements = await listenToAnnouncements(database.sql)
  const onFault = (error: unknown) => log.error({ err: error }, 'fault')
  const memory = createFleetMemory(database.db, announcements, onFault)
  const stats = createStatsQueue({ write: (samples) => observeStats(database.sql, samples), onFault })
  const live = createLiveStats(
    (known) => readLiveNews(systemOperation(operation, 'live-stats'), known),
    onFault,
  )
  const liveLines = createLiveLines(database.db, announcements, onFault)
  const api: ApiParts = {
    instanceId,
    accessTokens: await createAccessTokens(keys['access-token'], instanceId),
    cookieSecrets: createCookieSecrets(keys['session-cookie']),
    secondFactorBox: createSecretBox(keys['second-factor']),
    announcements,
    sync: { memory, signer: createOfferSigner(keys['offer-signature']) },
    stats,
    live,
    liveLines,
  }
  const schema = await buildApiSchema()
  const authenticator = createAuthenticator(
    database.db,
    (id, at, address) => observeTokenUse(database.db, id, at, address),
    memory.state,
    api.accessTokens,
    instanceId,
  )
  const proxies = parts.proxies ?? noProxies
  const shared = {
    ...api,
    schema,
    documents: createDocuments(schema),
    operation,
    authenticator,
    gate: createGate(authenticator, clock, parts.rates),
    log,
    proxies,
  }
  const auditExport = createAuditExport(shared)
  const admission = createAdmission(parts.requestsAtOnce ?? requestsAtOnce)
  const graphql = await createGraphqlOverHttp({ ...shared, admission })
  const webApp = createWebApp(parts.webDirectory)
  const upkeep = startUpkeep(operation, log)

  const patience = parts.patience ?? defaultPatience
  const listener = createListener(respond, { tls: parts.tls ?? null, log, patience })
  const { server } = listener
  const handshakes = createAdmission(parts.handshakesAtOnce ?? handshakesAtOnce)
  const { stalledMs } = patience
  const sockets = createGraphqlOverWebsocket(server, graphqlPath, { ...shared, handshakes, stalledMs })

  function respond(request: IncomingMessage, response: ServerResponse): void {
    const requestId = requestIdOf(request)
    response.setHeader('x-request-id', requestId)
    route(request, response, requestId).catch((error) => {
      log.error({ err: error, requestId }, 'fault')
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      response.end(`Something went wrong on our side. Quote ${requestId} when you report it.\n`)
    })
  }

  async function route(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const startedAt = performance.now()
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
    if (isSecure(request, proxies)) response.setHeader(...overHttpsOnly)
    response.once('close', () => {
      const durationMs = Math.round(performance.now() - startedAt)
      log.debug(
        { requestId, method: request.method, path, status: response.statusCode, durationMs },
        'request',
      )
    })
    if (path === graphqlPath) return graphql.handle(request, response, requestId)
    if (path === '/healthz') return sayReady(response, true)
    if (path === '/readyz') return sayReady(response, await answers(database))
    const exported = auditExport.formatOf(path)
    if (exported !== null) return auditExport.handle(exported, request, response, requestId)
    if (path === '/metrics') return answerMetrics(shared, request, response, requestId)
    webApp(request, response)
  }

  return {
    server,
    instanceId,
    scheme: listener.scheme,
    reloadCertificate: listener.reload,
    async close() {
      upkeep.stop()
      listener.close()
      admission.close()
      handshakes.close()
      live.close()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await sockets.close()
      server.closeIdleConnections()
      const last = setTimeout(() => server.closeAllConnections(), 5_000)
      await closed
      clearTimeout(last)
      await graphql.close()
      await memory.close()
      await stats.close()
      liveLines.close()
      await announcements.close()
    },
  }
}

async function answers(database: Connection): Promise<boolean> {
  const patience = new Promise<false>((resolve) => setTimeout(resolve, 2_000, false).unref())
  const asked = database.sql`select 1`.then(
    () => true,
    () => false,
  )
  return Promise.race([asked, patience])
}

function sayReady(response: ServerResponse, isReady: boolean): void {
  response.writeHead(isReady ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ status: isReady ? 'ok' : 'database unavailable' }))
}
