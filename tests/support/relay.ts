/** Stands before a server on a port of its own: cut, it is a server that has gone; another server may take its place. */
import { connect, createServer, type Socket } from 'node:net'
import { listen } from '../../scripts/fleet/listen.ts'

export interface Relay {
  readonly port: number
  /** Every connection ends, and no new one is taken. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** Every connection ends; the next ones are taken at once. */
  drop(): void
  /** Connections from now on go to another local port. */
  leadTo(port: number): void
}

/** Passes bytes on to a local port. */
export async function startRelay(target: number): Promise<Relay> {
  let to = target
  const sockets = new Set<Socket>()
  const relay = createServer((incoming) => {
    const outgoing = connect(to, '127.0.0.1')
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const { port } = await listen(relay, '127.0.0.1', 0)
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port,
    drop,
    async cut() {
      const closed = new Promise<void>((resolve) => relay.close(() => resolve()))
      drop()
      await closed
    },
    async mend() {
      await listen(relay, '127.0.0.1', port)
    },
    leadTo(port) {
      to = port
    },
  }
}
