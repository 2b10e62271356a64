/** The real server with a database that can be taken from it, and given back. */
import { connectDatabase } from '../../server/database/connect.ts'
import { cloneDatabase } from './database.ts'
import { startServer, type TestServer } from './server.ts'
import { createSocketWay, type SocketWay } from './socket-way.ts'

export interface CuttableServer extends TestServer {
  /** From the server to its database. */
  readonly way: Pick<SocketWay, 'cut' | 'mend'>
}

export async function startCuttableServer(): Promise<CuttableServer> {
  const database = await cloneDatabase()
  if (database.target.kind !== 'socket') throw new Error('the test cluster is reached by a socket')
  const way = await createSocketWay(database.target)
  const connection = connectDatabase({ ...database.target, directory: way.directory }, {})
  const server = await startServer({ database: { ...database, ...connection } })
  return {
    ...server,
    way,
    async close() {
      await server.close()
      await connection.close()
      await way.close()
      await database.close()
    },
  }
}
