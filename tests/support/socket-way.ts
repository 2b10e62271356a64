/** A way to PostgreSQL's socket that can be cut, as when the database has gone. */
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SocketWay {
  /** Where the socket lies, under the name that PostgreSQL gives it. */
  readonly directory: string
  /** Ends all connections and takes no others. */
  cut(): Promise<void>
  /** Nothing to do where it isn't cut. */
  mend(): Promise<void>
  close(): Promise<void>
}

export async function createSocketWay(to: { directory: string; port: number }): Promise<SocketWay> {
  const directory = await mkdtemp(join(tmpdir(), 'apm-way-'))
  const name = `.s.PGSQL.${to.port}`
  const sockets = new Set<Socket>()
  let server: Server | null = null

  async function mend(): Promise<void> {
    if (server !== null) return
    const opened = createServer((near) => {
      const far = connect(join(to.directory, name))
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          sockets.delete(socket)
          other.destroy()
        })
        socket.pipe(other)
      }
    })
    await new Promise<void>((resolve) => opened.listen(join(directory, name), resolve))
    server = opened
  }
  async function cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
    server = null
  }

  await mend()
  return {
    directory,
    cut,
    mend,
    async close() {
      await cut()
      await rm(directory, { recursive: true })
    },
  }
}
