/** HTTP as bytes: for requests that no client would send. */
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export interface RawConnection {
  readonly socket: Socket
  /** Resolves with all that came, when the server has closed. */
  readonly closed: Promise<string>
}

export function openRaw(url: string): RawConnection {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)))
  return { socket, closed }
}

/** Sends these bytes and reads until the server closes; `connection: close` makes it do so after a good request. */
export async function sendRaw(url: string, text: string | Buffer): Promise<RawAnswer> {
  const { socket, closed } = openRaw(url)
  socket.write(text)
  return parseAnswer(await closed)
}

/** The first answer in what a connection brought. */
export function parseAnswer(received: string): RawAnswer {
  const [head = '', ...rest] = received.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const body = rest.join('\r\n\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(first)?.[1] ?? 0),
    headers,
    body: headers.get('transfer-encoding') === 'chunked' ? withoutChunks(body) : body,
  }
}

function withoutChunks(body: string): string {
  const size = Number.parseInt(body, 16)
  if (!(size > 0)) return ''
  const start = body.indexOf('\r\n') + 2
  return body.slice(start, start + size) + withoutChunks(body.slice(start + size + 2))
}
