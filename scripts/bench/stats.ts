/**
 * What statistics cost: writing 3,333 samples a second our way next to an insert for each, a simulated week of a fleet
 * on top of three months, room on the disk, and what people wait for charts then. On a PostgreSQL of its own, which
 * takes 25 GB by default. `BENCH_PROXIES` (10,000), `BENCH_SECONDS` (30) of writing, `BENCH_HOUR_DAYS` (90) and
 * `BENCH_MINUTE_HOURS` (24) that are there before, `BENCH_DAYS` (7) that pass, `BENCH_LIVED` (1) of the six stretches
 * of each hour that are lived through from samples on (6: every moment, for hours), and `BENCH_REQUESTS` (100) of each
 * kind.
 */
import 'reflect-metadata'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { connectDatabase, connectOwner } from '../../server/database/connect.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../../server/database/migrate.ts'
import { observeStats } from '../../server/database/observe-stats.ts'
import { observeStatsSums } from '../../server/database/roll-up-stats.ts'
import { proxyStats, proxyStatsNewest } from '../../server/database/tables.ts'
import { seedFleet } from '../fleet/seed.ts'
import { processorSecondsWithChildren } from './processor-time.ts'
import { dayMs, hourMs, makePast } from './stats/past.ts'
import { report, rowsPerDay, say } from './stats/report.ts'
import { measureWaits } from './stats/waits.ts'
import { liveThrough } from './stats/week.ts'
import { measureWriting, percentOf, sampleOf, samplesPerSecond } from './stats/writing.ts'

const proxyCount = Number(process.env.BENCH_PROXIES ?? 10_000)
const seconds = Number(process.env.BENCH_SECONDS ?? 30)
const hourDays = Number(process.env.BENCH_HOUR_DAYS ?? 90)
const minuteHours = Number(process.env.BENCH_MINUTE_HOURS ?? 24)
const days = Number(process.env.BENCH_DAYS ?? 7)
const livedStretches = Number(process.env.BENCH_LIVED ?? 1)
const requests = Number(process.env.BENCH_REQUESTS ?? 100)
/** Of 30 s each, at the end. */
const rollUps = 20

const home = mkdtempSync(join(tmpdir(), 'apm-stats-'))
/** What has been started, ended in the opposite order. */
const ends: (() => Promise<unknown> | unknown)[] = [() => rmSync(home, { recursive: true, force: true })]
try {
  await measure()
} finally {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
}

async function measure(): Promise<void> {
  const loadBefore = loadavg()[0] ?? 0
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') })
  ends.push(() => postgres.stop())
  const { pid, socketDirectory: directory, port, ownerUser, applicationUser } = postgres
  const socket = { kind: 'socket', directory, port, database: 'apm' } as const
  const owner = { ...socket, user: ownerUser }
  await ensureDatabase(owner)
  await migrateDatabase(owner, { ...socket, user: applicationUser })
  const connect = () => connectDatabase({ ...socket, user: applicationUser })
  const database = connect()
  ends.push(() => database.close())
  const sql = connectOwner(owner)
  ends.push(() => sql.end())

  say(`${seconds} s of ${samplesPerSecond} samples a second, our way…`)
  const ours = await measureWriting(pid, seconds, (samples) => observeStats(database.sql, samples))
  say('the same, an insert for each…')
  const plain = await measureWriting(pid, seconds, async (samples) => {
    await Promise.all(
      samples.map(async ({ added, newest }) => {
        await database.db
          .insert(proxyStats)
          .values({ ...added, storedAt: added.at })
          .onConflictDoNothing()
        await database.db
          .insert(proxyStatsNewest)
          .values(newest)
          .onConflictDoUpdate({ target: proxyStatsNewest.proxyId, set: newest })
      }),
    )
  })
  await sql`truncate proxy_stats, proxy_stats_newest`

  say(`seeding ${proxyCount} proxies…`)
  const fleet = await seedFleet(database.db, { proxies: proxyCount })
  // The week ends now, so that what comes after it needs no other clock.
  const weekBegan = new Date(Math.floor((Date.now() - days * dayMs) / hourMs) * hourMs)
  say(`${hourDays} days of hours and ${minuteHours} hours of minutes…`)
  const past = await makePast(database.sql, { hourDays, minuteHours }, weekBegan)
  await sql`vacuum (analyze)`
  say(`${days} days…`)
  const week = await liveThrough({ owner: sql, postgresPid: pid, connect, say }, weekBegan, {
    days,
    livedStretches,
    minuteHours,
  })
  say(`${rollUps} roll-ups of 30 s…`)
  const sums = await measureRollUps(sql, pid)
  const sizes = await measureSizes(sql)
  say('waits…')
  const waits = await measureWaits(database, fleet.users.root, fleet.proxies[0]?.id ?? '', requests)
  report({ loadBefore, ours, plain, past, week, sums, sizes, waits })

  async function measureRollUps(on: Sql, postgresPid: number) {
    const ids = (await on`select id from proxies where retired_at is null`).map(({ id }) => String(id))
    const tookMs: number[] = []
    // Since the week ended.
    while (await observeStatsSums(database.db));
    const before = processorSecondsWithChildren(postgresPid)
    for (let turn = 0; turn < rollUps; turn += 1) {
      const at = Date.now() - (rollUps - turn) * 30_000
      await observeStats(
        database.sql,
        ids.map((id, index) => sampleOf(id, new Date(at + (index % 30) * 1_000))),
      )
      const startedAt = performance.now()
      while (await observeStatsSums(database.db));
      tookMs.push(performance.now() - startedAt)
    }
    const cpu = processorSecondsWithChildren(postgresPid) - before
    return { tookMs, proxies: ids.length, cpuPercent: percentOf(cpu, rollUps * 30) }
  }
}

/** Bytes of a row with its indexes, by table. */
async function measureSizes(sql: Sql): Promise<Readonly<Record<string, number>>> {
  const bytesPerRow: Record<string, number> = {}
  await sql`analyze`
  for (const table of Object.keys(rowsPerDay)) {
    const [found] =
      await sql`select sum(pg_total_relation_size(c.oid))::float8 as bytes, sum(greatest(c.reltuples, 0))::float8 as rows
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = ${table}::regclass`
    bytesPerRow[table] = found?.bytes / found?.rows
  }
  return bytesPerRow
}
