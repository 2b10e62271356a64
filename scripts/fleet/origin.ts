/** A web server on loopback that echoes what reached it, and where: method, url and headers as JSON. */
import { createServer, type IncomingMessage } from 'node:http'
import { listen } from './listen.ts'

export interface Origin {
  readonly host: string
  readonly port: number
  /** Requests answered so far. */
  readonly answered: () => number
  stop(): Promise<void>
}

/** The JSON body of every answer. */
export interface Echo {
  readonly origin: true
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The address at which the connection arrived; of use when the origin listens on several. */
  readonly at: string
}

/**
 * Plain HTTP on `host` (127.0.0.1) and `port` (a free one); `CONNECT` tunnels end here as plain HTTP too. What lies
 * below `/keep/` may be kept by caches, nothing else.
 */
export async function startOrigin(options: { host?: string; port?: number } = {}): Promise<Origin> {
  let answered = 0
  const server = createServer((request, response) => {
    answered += 1
    request.resume()
    response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': request.url?.startsWith('/keep/') ? 'max-age=3600' : 'no-store',
      'x-origin': '1',
    })
    response.end(`${JSON.stringify(echo(request))}\n`)
  })
  // ATS 9.2 passes `http://host?query` on as `GET ?query`: no HTTP, but it has come here.
  server.on('clientError', (_, socket) => {
    const at = 'localAddress' in socket ? String(socket.localAddress) : ''
    const body = `${JSON.stringify({ origin: true, at })}\n`
    socket.end(`HTTP/1.1 400 Bad Request\r\nX-Origin: 1\r\nConnection: close\r\n\r\n${body}`)
  })
  const address = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0)
  return {
    ...address,
    answered: () => answered,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function echo(request: IncomingMessage): Echo {
  return {
    origin: true,
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    at: request.socket.localAddress ?? '',
  }
}
