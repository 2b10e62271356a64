/** Answers before anything was read: "later", or "not here". */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { securityHeaders } from '../web-app.ts'
import { unavailable, waitOf } from './unavailable.ts'

/** The connection goes as well: while draining nothing else may hold it open, and under overload it is one less. */
export function sendAway(request: IncomingMessage, response: ServerResponse): void {
  const { headers, body } = busyAnswer()
  request.resume()
  response.writeHead(503, { ...headers, connection: 'close' })
  response.end(body)
}

/** The same for a socket, which has no response yet. */
export function sendSocketAway(socket: Duplex): void {
  const { headers, body } = busyAnswer()
  answerRaw(socket, '503 Service Unavailable', body, headers)
}

/** For a page of another site that had a browser open it. */
export function refuseSocket(socket: Duplex): void {
  answerRaw(socket, '403 Forbidden', 'Sockets are for this server’s own pages.\n')
}

/** HTTP by hand, for a connection that has no response: an upgrade, or a request that could not be read. */
export function answerRaw(
  socket: Duplex,
  status: string,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'text/plain; charset=utf-8' },
): void {
  const all = {
    ...securityHeaders,
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`)
}

function busyAnswer() {
  const errors = [unavailable('The server is busy, or about to restart.')]
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': String(waitOf(errors)?.seconds),
  }
  return { headers, body: JSON.stringify({ errors }) }
}
