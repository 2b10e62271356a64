/** Tells a caller to come back later, each at a time of its own. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { retryAfterSeconds } from '../admission.ts'

/** The connection goes as well: while draining nothing else may hold it open, and under overload it is one less. */
export function sendAway(request: IncomingMessage, response: ServerResponse): void {
  const { headers, body } = answerFor(retryAfterSeconds(Math.random()))
  request.resume()
  response.writeHead(503, headers)
  response.end(body)
}

/** The same for a socket, which has no response yet. */
export function sendSocketAway(socket: Duplex): void {
  const { headers, body } = answerFor(retryAfterSeconds(Math.random()))
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 503 Service Unavailable\r\n${lines.join('')}\r\n${body}`)
}

function answerFor(seconds: number) {
  const message = `The server is busy, or about to restart. Come back in ${seconds} s.`
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'UNAVAILABLE' } }] })
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'retry-after': String(seconds),
    connection: 'close',
  }
  return { headers, body }
}
