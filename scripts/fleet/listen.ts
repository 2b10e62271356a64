/** Ports on loopback: listening on a free or a given one, and finding one for a program that opens it itself. */
import { createServer, type Server } from 'node:net'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Resolves when `server` listens on `host`; port 0 takes a free one. Rejects when the port is taken. */
export function listen(server: Server, host: string, port: number): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      if (address === null || typeof address === 'string') return reject(new Error('not a TCP address'))
      resolve({ host, port: address.port })
    })
  })
}

/** A TCP port that was free a moment ago. Another program may take it first: callers start early and report. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer()
  const { port } = await listen(server, host, 0)
  await new Promise((resolve) => server.close(resolve))
  return port
}
