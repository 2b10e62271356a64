/** The real server with the web app that was built last, on a PostgreSQL of its own filled with a seeded fleet. */
import 'reflect-metadata'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createApp } from '../../server/app.ts'
import { connectDatabase, connectOwner, type DatabaseTarget } from '../../server/database/connect.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../../server/database/migrate.ts'
import { listen } from './listen.ts'
import { type SeededFleet, type SeedSize, seedFleet, seedUsers } from './seed.ts'
import { type ToldLines, tellLogLines } from './seed-logs.ts'
import { keepSeen } from './seed-proxies.ts'
import { seedFleetPast, seedStats, type ToldNumbers, tellStats } from './seed-stats.ts'
import { copyWebApp } from './web-build.ts'

export interface SeededServer {
  readonly url: string
  readonly fleet: SeededFleet
  /** Ids of a config's versions, the newest first. */
  versionsOf(configId: string): Promise<readonly string[]>
  /** Other numbers of these proxies, as if their agents had told them right now. */
  tellStats(proxyIds: readonly string[], told: ToldNumbers): Promise<void>
  /** Captured lines, as if this proxy's agent had told them right now. */
  tellLogLines(proxyId: string, told: ToldLines): Promise<void>
  close(): Promise<void>
}

/** Proxies whose agents have told statistics. */
const withStats = 40

/** @param size null: nothing but users  @param port 0: a free one */
export async function startSeededServer(size: Partial<SeedSize> | null, port = 0): Promise<SeededServer> {
  const home = mkdtempSync(join(tmpdir(), 'apm-seeded-'))
  // What has been started, to be ended in the opposite order: also when the rest fails.
  const ends: (() => Promise<unknown> | unknown)[] = [() => rmSync(home, { recursive: true, force: true })]
  const close = async () => {
    for (let end = ends.pop(); end; end = ends.pop()) await end()
  }
  try {
    const postgres = await startEmbeddedPostgres({
      directory: join(home, 'postgres'),
      settings: { fsync: 'off', synchronous_commit: 'off' },
    })
    ends.push(() => postgres.stop())
    const { socketDirectory: directory, port: socketPort, ownerUser, applicationUser } = postgres
    const socket = { kind: 'socket', directory, port: socketPort, database: 'apm' } as const
    const owner = { ...socket, user: ownerUser }
    const target = { ...socket, user: applicationUser }
    await ensureDatabase(owner)
    await migrateDatabase(owner, target)
    const database = connectDatabase(target)
    ends.push(() => database.close())
    const fleet = size === null ? await seedUsers(database.db) : await seedFleet(database.db, size)
    const telling = fleet.proxies.filter(({ status }) => status !== 'retired').slice(0, withStats)
    if (telling.length > 0) {
      const ids = telling.map(({ id }) => id)
      await seedFleetPast(database.db, ids)
      await seedStats(database, ids, { minutes: 119, gap: [44, 37], restartAt: 26, markDownAt: 14 })
    }
    await analyse(owner)
    const app = await createApp({
      database,
      log: pino({ level: 'warn' }),
      clock: () => new Date(),
      webDirectory: await copyWebApp(home),
    })
    ends.push(() => app.close())
    const address = await listen(app.server, '127.0.0.1', port)
    const heartbeat = keepSeen(database.db, fleet.proxies)
    ends.push(() => heartbeat.stop())
    return {
      url: `http://127.0.0.1:${address.port}`,
      fleet,
      async versionsOf(configId) {
        const { sql } = database
        const rows =
          await sql`select id from config_versions where config_id = ${configId} order by number desc`
        return rows.map(({ id }) => String(id))
      },
      tellStats: (proxyIds, told) => tellStats(database.sql, proxyIds, told),
      tellLogLines: (proxyId, told) => tellLogLines(database.db, proxyId, told),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A fleet that grew over months has statistics; only the owner may ask for them. */
async function analyse(owner: DatabaseTarget): Promise<void> {
  const sql = connectOwner(owner)
  await sql`analyze`
  await sql.end()
}
