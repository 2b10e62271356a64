/** A known load for a real ATS, counted byte by byte where it is sent. */
import { connect } from 'node:net'
import type { TestAts } from './ats.ts'

/** What went through a proxy, as its client saw it. */
export interface Traffic {
  requests: number
  connectRequests: number
  clientRequestBytes: number
  clientResponseBytes: number
  connectFailures: number
}

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
      traffic.requests += 1
      traffic.clientRequestBytes += socket.bytesWritten
      traffic.clientResponseBytes += socket.bytesRead
      resolve()
    })
  })
}

/** Some of everything; answers what it was. */
export async function useProxy(ats: TestAts, gets: number, tunnels: number): Promise<Traffic> {
  const traffic = {
    requests: 0,
    connectRequests: 0,
    clientRequestBytes: 0,
    clientResponseBytes: 0,
    connectFailures: 0,
  }
  const origin = `corp.example:${ats.origin.port}`
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${origin}\r\nConnection: close\r\n\r\n`
  for (let turn = 0; turn < gets; turn += 1) await send(ats, traffic, get(`http://${origin}/${turn}`))
  for (let turn = 0; turn < tunnels; turn += 1) {
    await send(ats, traffic, `CONNECT ${origin} HTTP/1.1\r\nHost: ${origin}\r\n\r\n`, get(`/${turn}`))
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
