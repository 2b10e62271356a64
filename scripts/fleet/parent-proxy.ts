/** A parent proxy on loopback that really forwards, signs its answers with `X-Parent`, and can be told to fail. */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type BlackHole, startBlackHole } from './black-hole.ts'
import { type Address, listen } from './listen.ts'

/**
 * forward: work. refuse: the port is closed. ignore: attempts to connect get no answer. hang: accept and never
 * answer. A number: answer with that status.
 */
export type Behaviour = 'forward' | 'refuse' | 'ignore' | 'hang' | number

export interface ParentProxy {
  readonly name: string
  readonly host: string
  readonly port: number
  /** Requests and tunnels taken so far. */
  readonly taken: () => number
  behave(behaviour: Behaviour): Promise<void>
  stop(): Promise<void>
}

export interface ParentOptions {
  readonly name: string
  readonly host?: string
  readonly port?: number
  /**
   * The names this parent knows (lower case, without port) and where each one really is; `*` stands for any
   * other. It asks no resolver: an unknown name is answered 502.
   */
  readonly resolve: ReadonlyMap<string, Address>
}

/** Starts listening; rejects when the port is taken. */
export async function startParentProxy(options: ParentOptions): Promise<ParentProxy> {
  const signature = { 'x-parent': options.name }
  const sockets = new Set<Socket>()
  let behaviour: Behaviour = 'forward'
  let taken = 0
  let hole: BlackHole | null = null

  const server = createServer((request, response) => {
    taken += 1
    if (behaviour === 'hang') return
    if (typeof behaviour === 'number') return void response.writeHead(behaviour, signature).end()
    forward(request, response, options.resolve, signature)
  })
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    taken += 1
    client.on('error', () => client.destroy())
    if (behaviour === 'hang') return
    const target = authority(request.url ?? '')
    const address = target && find(options.resolve, target.host)
    if (typeof behaviour === 'number' || !address) {
      const status = typeof behaviour === 'number' ? behaviour : 502
      return void client.end(
        `HTTP/1.1 ${status} No\r\nX-Parent: ${options.name}\r\nContent-Length: 0\r\n\r\n`,
      )
    }
    tunnel(address, client, head, options.name)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })

  const close = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    return closed
  }
  const address = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0)
  return {
    name: options.name,
    ...address,
    taken: () => taken,
    async behave(next) {
      behaviour = next
      const listens = next !== 'refuse' && next !== 'ignore'
      await hole?.stop()
      hole = null
      if (!listens && server.listening) await close()
      if (next === 'ignore') hole = await startBlackHole(address)
      if (listens && !server.listening) await listen(server, address.host, address.port)
    },
    async stop() {
      await hole?.stop()
      if (server.listening) await close()
    },
  }
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  names: ReadonlyMap<string, Address>,
  signature: Record<string, string>,
): void {
  const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null
  const address = url && find(names, url.hostname)
  if (!url || !address) return void response.writeHead(502, signature).end(`unknown name in ${request.url}\n`)
  const onward = httpRequest(
    { ...address, method: request.method, path: url.pathname + url.search, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...signature })
      answer.pipe(response)
    },
  )
  onward.on('error', (error) => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502, signature).end(`${error.message}\n`)
  })
  request.pipe(onward)
}

function tunnel(address: Address, client: Duplex, head: Buffer, name: string): void {
  const onward = connect(address, () => {
    client.write(`HTTP/1.1 200 OK\r\nX-Parent: ${name}\r\n\r\n`)
    onward.write(head)
    onward.pipe(client)
    client.pipe(onward)
  })
  onward.on('error', () =>
    client.end(`HTTP/1.1 502 Bad Gateway\r\nX-Parent: ${name}\r\nContent-Length: 0\r\n\r\n`),
  )
  client.on('close', () => onward.destroy())
}

function find(names: ReadonlyMap<string, Address>, name: string): Address | undefined {
  return names.get(name.toLowerCase()) ?? names.get('*')
}

function authority(target: string): Address | null {
  // User names are let through, as ATS lets them through.
  const match = /^(?:[^@]*@)?(\[[0-9a-fA-F:.]+\]|[^:@]+):(\d+)$/.exec(target)
  return match?.[1] && match[2] ? { host: match[1], port: Number(match[2]) } : null
}
