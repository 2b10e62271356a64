/** Sends a caller away before anything was read, to come back later. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { unavailable, waitOf } from './unavailable.ts'

/** The connection goes as well: while draining nothing else may hold it open, and under overload it is one less. */
export function sendAway(request: IncomingMessage, response: ServerResponse): void {
  const { headers, body } = busyAnswer()
  request.resume()
  response.writeHead(503, headers)
  response.end(body)
}

/** The same for a socket, which has no response yet. */
export function sendSocketAway(socket: Duplex): void {
  const { headers, body } = busyAnswer()
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 503 Service Unavailable\r\n${lines.join('')}\r\n${body}`)
}

/** For a page of another site that had a browser open it. */
export function refuseSocket(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
}

function busyAnswer() {
  const errors = [unavailable('The server is busy, or about to restart.')]
  const body = JSON.stringify({ errors })
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'retry-after': String(waitOf(errors)),
    connection: 'close',
  }
  return { headers, body }
}
