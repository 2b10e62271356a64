/** Times requests through several proxies in turn, so that whatever else the machine does falls on all alike. */
import { Agent, request } from 'node:http'
import { connect } from 'node:net'

export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface Timed {
  readonly method: 'GET' | 'CONNECT'
  /** With its port: `corp.example:8080`. */
  readonly authority: string
  /** Requests for each proxy. */
  readonly count: number
}

/** How many requests one proxy gets before the next has its turn. */
const turn = 25

/**
 * By proxy port, one request at a time: a GET on a kept connection until its body is there, a CONNECT on a new one
 * until the tunnel is open. Rejects when an answer is not 200.
 */
export async function latenciesInTurn(
  proxyPorts: readonly number[],
  { method, authority, count }: Timed,
): Promise<Map<number, Latency>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (port: number) => (method === 'GET' ? get(agent, port, authority) : openTunnel(port, authority))
  const times = new Map(proxyPorts.map((port) => [port, [] as number[]]))
  try {
    for (const port of proxyPorts) for (let warmUp = 0; warmUp < turn; warmUp += 1) await ask(port)
    for (let round = 0; round * turn < count; round += 1) {
      // Each begins as often as any other: the first of a round has been seen to come off worse.
      for (let place = 0; place < proxyPorts.length; place += 1) {
        const port = proxyPorts[(round + place) % proxyPorts.length] ?? 0
        for (let at = 0; at < turn; at += 1) {
          const startedAt = performance.now()
          await ask(port)
          times.get(port)?.push(performance.now() - startedAt)
        }
      }
    }
  } finally {
    agent.destroy()
  }
  return new Map(
    [...times].map(([port, taken]) => [port, { p50Ms: percentile(taken, 50), p99Ms: percentile(taken, 99) }]),
  )
}

function get(agent: Agent, port: number, authority: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { host: authority }
    const outgoing = request({ host: '127.0.0.1', port, path: `http://${authority}/`, headers, agent })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`${authority}: ${response.statusCode}`))
      response.resume().on('end', resolve).on('error', reject)
    })
    outgoing.end()
  })
}

function openTunnel(port: number, authority: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.once('data', (chunk: Buffer) => {
      socket.destroy()
      if (/^HTTP\/1\.\d 200/.test(chunk.toString())) resolve()
      else reject(new Error(`${authority}: ${chunk.toString().split('\r\n')[0]}`))
    })
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
  })
}

/** Nearest rank; milliseconds with three decimals. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
  return Math.round(value * 1_000) / 1_000
}
