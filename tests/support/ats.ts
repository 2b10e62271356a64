/** A real ATS with two parents, an origin and a resolver on loopback, and requests that tell where they went. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AtsInstance,
  type AtsOptions,
  startAts as startInstance,
} from '../../scripts/fleet/ats-instance.ts'
import { freePort } from '../../scripts/fleet/listen.ts'
import { type Origin, startOrigin } from '../../scripts/fleet/origin.ts'
import { type ParentProxy, startParentProxy } from '../../scripts/fleet/parent-proxy.ts'
import { type ResolverStub, startResolverStub } from '../../scripts/fleet/resolver-stub.ts'

export interface TestAts extends AtsInstance {
  /** Named p1 and p2; they know every name and forward it to the origin. */
  readonly parents: readonly [ParentProxy, ParentProxy]
  readonly origin: Origin
  /** Names that ATS itself can resolve: `resolver.names.set('corp.example', '127.0.0.5')`. */
  readonly resolver: ResolverStub
  /** Starts ATS again on the same files, after `stop()` or `kill()`. */
  restart(): Promise<AtsInstance>
  /** Ends everything and removes the directory. */
  close(): Promise<void>
}

/** About 3 s. The origin listens on every loopback address; `corp.example` and `ext.example` are 127.0.0.1. */
export async function startAts(options: Partial<AtsOptions> = {}): Promise<TestAts> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'apm-ats-'))
  const names = new Map([
    ['corp.example', '127.0.0.1'],
    ['ext.example', '127.0.0.1'],
  ])
  const [origin, resolver, port] = await Promise.all([
    startOrigin({ host: '0.0.0.0' }),
    startResolverStub({ names }),
    freePort(),
  ])
  const resolve = new Map([['*', { host: '127.0.0.1', port: origin.port }]])
  const parents = await Promise.all([
    startParentProxy({ name: 'p1', resolve }),
    startParentProxy({ name: 'p2', resolve }),
  ])
  const full: AtsOptions = {
    directory,
    port,
    resolverPort: resolver.port,
    connectPorts: [origin.port],
    ...options,
  }
  let instance = await startInstance(full)
  return {
    ...instance,
    parents,
    origin,
    resolver,
    isRunning: () => instance.isRunning(),
    stop: () => instance.stop(),
    kill: () => instance.kill(),
    async restart() {
      instance = await startInstance(full)
      return instance
    },
    async close() {
      await instance.kill()
      await Promise.all([origin.stop(), resolver.stop(), ...parents.map((parent) => parent.stop())])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export interface Asked {
  readonly method?: 'GET' | 'CONNECT'
  /** As a client writes it, with or without a port (80): `Corp.example:8080`. */
  readonly host: string
  readonly path?: string
  readonly timeoutMs?: number
  /** The client's address, any of 127.0.0.0/8. */
  readonly from?: string
}

export interface Answered {
  /** Of the proxy's answer; for a tunnel that opened, 200. Null: the connection broke, or nothing came in time. */
  readonly status: number | null
  /** Who brought it to the origin; null when it never got there. */
  readonly via: string | null
  readonly body: string
}

/** Sends one request through the proxy; for CONNECT also a plain GET through the tunnel. Never rejects. */
export function request(proxyPort: number, asked: Asked): Promise<Answered> {
  const authority = /:\d+$/.test(asked.host) ? asked.host : `${asked.host}:80`
  return new Promise((resolve) => {
    const broken = (error: Error) => resolve({ status: null, via: null, body: error.message })
    const isTunnel = asked.method === 'CONNECT'
    const path = isTunnel ? authority : `http://${asked.host}${asked.path ?? '/'}`
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: proxyPort,
      method: asked.method ?? 'GET',
      path,
      headers: { host: asked.host },
      agent: false,
      ...(asked.from !== undefined && { localAddress: asked.from }),
    })
    outgoing.setTimeout(asked.timeoutMs ?? 10_000, () => outgoing.destroy(new Error('no answer in time')))
    outgoing.on('error', broken)
    outgoing.on('response', (response) =>
      read(response).then((body) => resolve(outcome(response, body)), broken),
    )
    outgoing.on('connect', (response: IncomingMessage, socket: Socket) => {
      if (response.statusCode !== 200) {
        socket.destroy()
        return resolve(outcome(response, ''))
      }
      throughTunnel(socket, asked, (body) => resolve(outcome(response, body)))
    })
    outgoing.end()
  })
}

function outcome(response: IncomingMessage, body: string): Answered {
  const parent = response.headers['x-parent']
  const reachedOrigin = body.includes('"origin":true')
  const via = typeof parent === 'string' ? parent : 'direct'
  return { status: response.statusCode ?? null, via: reachedOrigin ? via : null, body }
}

function throughTunnel(socket: Socket, asked: Asked, done: (body: string) => void): void {
  let text = ''
  socket.setTimeout(asked.timeoutMs ?? 10_000, () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  socket.on('error', () => {})
  socket.on('close', () => done(text))
  socket.write(`GET ${asked.path ?? '/'} HTTP/1.1\r\nHost: ${asked.host}\r\nConnection: close\r\n\r\n`)
}

async function read(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += chunk
  return text
}
