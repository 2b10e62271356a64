/** A known load for a real ATS, counted byte by byte where it is sent. */
import { connect, type Socket } from 'node:net'
import type { TestAts } from './ats.ts'

/** What went through a proxy, as its client saw it. */
export interface Traffic {
  totalClientConnections: number
  requests: number
  connectRequests: number
  clientRequestBytes: number
  clientResponseBytes: number
  connectFailures: number
}

const nothingYet = (): Traffic => ({
  totalClientConnections: 0,
  requests: 0,
  connectRequests: 0,
  clientRequestBytes: 0,
  clientResponseBytes: 0,
  connectFailures: 0,
})

/** Sends one request on a connection of its own, and counts what goes over it. `tunnelled` follows an opened CONNECT. */
function send(ats: TestAts, traffic: Traffic, head: string, tunnelled?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(ats.port, '127.0.0.1', () => socket.write(head))
    socket.once('data', (answer) => {
      if (tunnelled === undefined) return
      // ATS 9.2 counts the header of its answer to a CONNECT twice.
      traffic.clientResponseBytes += answer.indexOf('\r\n\r\n') + 4
      socket.write(tunnelled)
    })
    socket.on('data', () => {})
    socket.on('error', reject)
    socket.on('close', () => {
      count(traffic, socket)
      resolve()
    })
  })
}

function count(traffic: Traffic, socket: Socket): void {
  traffic.totalClientConnections += 1
  traffic.requests += 1
  traffic.clientRequestBytes += socket.bytesWritten
  traffic.clientResponseBytes += socket.bytesRead
}

const originOf = (ats: TestAts) => `corp.example:${ats.origin.port}`
const getOf = (ats: TestAts, path: string, connection: 'close' | 'keep-alive' = 'close') =>
  `GET http://${originOf(ats)}${path} HTTP/1.1\r\nHost: ${originOf(ats)}\r\nConnection: ${connection}\r\n\r\n`

/** Some of everything; answers what it was. */
export async function useProxy(ats: TestAts, gets: number, tunnels: number): Promise<Traffic> {
  const traffic = nothingYet()
  const origin = originOf(ats)
  for (let turn = 0; turn < gets; turn += 1) await send(ats, traffic, getOf(ats, `/${turn}`))
  for (let turn = 0; turn < tunnels; turn += 1) {
    const inside = `GET /${turn} HTTP/1.1\r\nHost: ${origin}\r\nConnection: close\r\n\r\n`
    await send(ats, traffic, `CONNECT ${origin} HTTP/1.1\r\nHost: ${origin}\r\n\r\n`, inside)
    traffic.connectRequests += 1
  }
  await send(
    ats,
    traffic,
    `GET http://corp.example:1/ HTTP/1.1\r\nHost: corp.example:1\r\nConnection: close\r\n\r\n`,
  )
  traffic.connectFailures += 1
  return traffic
}

/** Each object so many times, which caches may keep. @returns with it how many the origin did not have to answer */
export async function useCache(
  ats: TestAts,
  objects: number,
  times: number,
): Promise<Traffic & { readonly cacheHits: number }> {
  const traffic = nothingYet()
  const before = ats.origin.answered()
  for (let turn = 0; turn < objects * times; turn += 1)
    await send(ats, traffic, getOf(ats, `/keep/${turn % objects}`))
  return { ...traffic, cacheHits: objects * times - (ats.origin.answered() - before) }
}

/** One request on each of so many connections, which stay open until `close`. */
export async function holdConnections(ats: TestAts, connections: number) {
  const traffic = nothingYet()
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(ats.port, '127.0.0.1')
      socket.write(getOf(ats, '/held', 'keep-alive'))
      for await (const answer of socket.iterator({ destroyOnReturn: false }))
        if (String(answer).endsWith('0\r\n\r\n')) break
      count(traffic, socket)
      return socket
    }),
  )
  return {
    traffic,
    close: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

export const together = (...all: readonly Traffic[]): Traffic => {
  const names = Object.keys(nothingYet()) as (keyof Traffic)[]
  const sumOf = (name: keyof Traffic) => all.reduce((sum, each) => sum + each[name], 0)
  return Object.fromEntries(names.map((name) => [name, sumOf(name)])) as unknown as Traffic
}
