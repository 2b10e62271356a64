/** What listens: HTTP, or HTTPS with certificate files that may be renewed while it runs; deadlines for the slow. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import { answerRaw } from './graphql/send-away.ts'

/** Paths of PEM files: the certificate with its chain, and its key. */
export interface TlsFiles {
  readonly certificate: string
  readonly key: string
}

/** How long others may take, in milliseconds. */
export interface Patience {
  /** For the headers of a request. */
  readonly headersMs: number
  /** For a whole request: the largest body within two minutes is 35 kB a second. */
  readonly requestMs: number
  /** For taking anything at all of what waits for them. */
  readonly stalledMs: number
}
export const defaultPatience: Patience = { headersMs: 10_000, requestMs: 120_000, stalledMs: 30_000 }

export interface Listener {
  readonly server: Server
  readonly scheme: 'http' | 'https'
  /** Reads the certificate again; a bad one is logged, and the one before stays. */
  reload(): void
  close(): void
}

/** Longer than an agent's poll, so that HTTP-only agents keep their connection. */
const keepAliveMs = 75_000
/** From then on the system asks whether the other side is still there. */
const idleMs = 10_000
/** Between two looks at the certificate files. */
const lookMs = 2_000

/** @throws Error naming the file that can't be read, or is no certificate or key, or the two don't belong together */
export function createListener(
  handle: RequestListener,
  {
    tls,
    log,
    patience,
  }: { readonly tls: TlsFiles | null; readonly log: Logger; readonly patience: Patience },
): Listener {
  const options = {
    keepAliveTimeout: keepAliveMs,
    keepAlive: true,
    keepAliveInitialDelay: idleMs,
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: Math.min(1_000, patience.headersMs),
  }
  if (tls === null) {
    const server = createServer(options, handle)
    server.on('clientError', refuseUnread)
    return { server, scheme: 'http', reload: () => {}, close: () => {} }
  }
  const server = createTlsServer({ ...options, ...readCertificate(tls) }, handle)
  server.on('clientError', refuseUnread)
  refusePlainHttp(server, patience.headersMs)
  const reload = () => {
    try {
      server.setSecureContext(readCertificate(tls))
      log.info('took the certificate that is in the files now')
    } catch (error) {
      log.error({ err: error }, 'kept the certificate, since the one in the files can’t be used')
    }
  }
  for (const path of Object.values(tls)) watchFile(path, { interval: lookMs, persistent: false }, reload)
  return {
    server,
    scheme: 'https',
    reload,
    close() {
      for (const path of Object.values(tls)) unwatchFile(path, reload)
    },
  }
}

function readCertificate({ certificate, key }: TlsFiles): { cert: Buffer; key: Buffer } {
  const pair = { cert: readFileSync(certificate), key: readFileSync(key) }
  try {
    createSecureContext(pair)
  } catch (error) {
    throw new Error(`${certificate} and ${key} are no certificate and its key`, { cause: error })
  }
  return pair
}

/** Who speaks plain HTTP to a port of HTTPS is told so: no redirect, behind which tokens would go on being sent open. */
function refusePlainHttp(server: TlsServer, patienceMs: number): void {
  const handshakes = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const destroy = () => socket.destroy()
    socket.on('error', destroy)
    socket.setTimeout(patienceMs, destroy)
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.setTimeout(0)
      socket.removeListener('timeout', destroy)
      if (first[0] !== tlsHandshake) return answerRaw(socket, '400 Bad Request', plainHttpText)
      socket.removeListener('error', destroy)
      socket.unshift(first)
      for (const handshake of handshakes) handshake.call(server, socket)
    })
  })
}

/** First byte of whatever begins with a ClientHello (RFC 8446 §5.1). */
const tlsHandshake = 22
const plainHttpText = 'This port speaks HTTPS. Whatever was sent here went unencrypted.\n'

/** What Node could not read: with our headers, and without its reasons. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  const answer = unread[error.code ?? ''] ?? (error.code?.startsWith('HPE_') ? malformed : null)
  if (answer === null || !socket.writable) return void socket.destroy()
  answerRaw(socket, ...answer)
}

type Unread = readonly [status: string, text: string]
const malformed: Unread = ['400 Bad Request', 'This is no HTTP request.\n']
const unread: Readonly<Record<string, Unread>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'All headers together may have 16384 bytes.\n',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long.\n'],
}
