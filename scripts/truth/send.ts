/** Sends requests through a proxy byte by byte as given, and tells from the answer where each really went. */
import { connect, type Socket } from 'node:net'

export interface Sent {
  readonly method: 'GET' | 'CONNECT'
  /** Goes on the request line as it is, in UTF-8: `http://host:port/` or `host:port`. */
  readonly url: string
  /** The Host header, which ATS checks more strictly than the request line: as a well-behaved client writes it. */
  readonly hostHeader: string
  /** A loopback address of this machine: where the client comes from. */
  readonly clientAddress: string
}

/**
 * `cut`: closed without an answer, as ATS does with a client that may not use it. `forbidden` is 403, `malformed` 400,
 * both of ATS itself. `failed` is every other answer that does not come from the origin, and `silent` none in time:
 * neither of them tells a route.
 */
export type Outcome = 'direct' | 'parent' | 'cut' | 'forbidden' | 'malformed' | 'failed' | 'silent'

export interface Reached {
  readonly went: Outcome
  /** Of the proxy's answer; null when the connection was cut before any. */
  readonly status: number | null
  /** The parent that brought it to the origin. */
  readonly parent: string | null
  /** The address at which the origin was met; null if it wasn't. */
  readonly originAddress: string | null
  /** The first line of the answer, or what broke. */
  readonly said: string
}

/** Never rejects. For CONNECT a plain GET follows through the tunnel. */
export async function send(proxyPort: number, sent: Sent, timeoutMs = 10_000): Promise<Reached> {
  const head = `${sent.method} ${sent.url} HTTP/1.1\r\nHost: ${sent.hostHeader}\r\nConnection: close\r\n\r\n`
  const answer = joined(await exchange(proxyPort, sent, head, timeoutMs))
  const status = /^HTTP\/1\.\d (\d{3})/.exec(answer.text)?.[1]
  const parent = /^x-parent: (\S+)/im.exec(answer.text)?.[1] ?? null
  const originAddress = /"origin":true.*"at":"([^"]+)"/.exec(answer.text)?.[1] ?? null
  const said = answer.broken ?? answer.text.split('\r\n', 1)[0] ?? ''
  return {
    went: outcomeOf(answer, status, parent, originAddress),
    status: status === undefined ? null : Number(status),
    parent,
    originAddress: originAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? null,
    said,
  }
}

interface Answer {
  readonly text: string
  readonly broken: string | null
}

/** A body that came in chunks as one text: the origin's words hold no line that is a number alone. */
function joined({ text, broken }: Answer): Answer {
  const isChunked = /^transfer-encoding: chunked/im.test(text)
  return { text: isChunked ? text.replace(/\r\n[0-9a-f]+\r\n/gi, '') : text, broken }
}

function outcomeOf(
  { text, broken }: Answer,
  status: string | undefined,
  parent: string | null,
  originAddress: string | null,
): Outcome {
  if (originAddress !== null) return parent === null ? 'direct' : 'parent'
  if (broken !== null) return 'silent'
  if (text === '') return 'cut'
  if (parent !== null) return 'failed'
  return status === '403' ? 'forbidden' : status === '400' ? 'malformed' : 'failed'
}

function exchange(proxyPort: number, sent: Sent, head: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    let text = ''
    let broken: string | null = null
    let isTunnelOpen = sent.method !== 'CONNECT'
    const isIpv6 = sent.clientAddress.includes(':')
    const socket: Socket = connect({
      host: isIpv6 ? '::1' : '127.0.0.1',
      port: proxyPort,
      localAddress: sent.clientAddress,
    })
    const timer = setTimeout(() => {
      broken = 'no answer in time'
      socket.destroy()
    }, timeoutMs)
    socket.on('connect', () => socket.write(head))
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (isTunnelOpen || !text.includes('\r\n\r\n')) return
      isTunnelOpen = true
      if (/^HTTP\/1\.\d 200/.test(text))
        socket.write('GET / HTTP/1.1\r\nHost: inside\r\nConnection: close\r\n\r\n')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A reset is how a denied client's connection may end; a refused one means that nothing listens.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') broken ??= error.message
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ text, broken })
    })
  })
}
