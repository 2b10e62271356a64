/**
 * What statistics cost: writing 3,333 samples a second our way next to an insert for each, a simulated week of a fleet
 * on top of three months, room on the disk, and what people wait for charts then. On a PostgreSQL of its own, which
 * takes 25 GB by default. `BENCH_PROXIES` (10,000), `BENCH_SECONDS` (30) of writing, `BENCH_HOUR_DAYS` (90) and
 * `BENCH_MINUTE_HOURS` (24) that are there before, `BENCH_DAYS` (7) that pass, `BENCH_LIVED` (1) of the six stretches
 * of every `BENCH_LIVED_EVERY` (3) hours that are lived through from samples on (6 and 1: every moment, for hours), and
 * `BENCH_REQUESTS` (100) of each kind.
 */
import 'reflect-metadata'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { type Connection, connectDatabase, connectOwner } from '../../server/database/connect.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../../server/database/migrate.ts'
import { observeStats } from '../../server/database/observe-stats.ts'
import { observeStatsSums } from '../../server/database/roll-up-stats.ts'
import { proxyStats, proxyStatsNewest } from '../../server/database/tables.ts'
import { seedFleet } from '../fleet/seed.ts'
import { processorSecondsWithChildren } from './processor-time.ts'
import { dayMs, hastySettings, hourMs, makePast } from './stats/past.ts'
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
const livedEvery = Number(process.env.BENCH_LIVED_EVERY ?? 3)
const requests = Number(process.env.BENCH_REQUESTS ?? 100)
/** Of 30 s each, at the end. */
const rollUps = 20

const home = mkdtempSync(join(tmpdir(), 'apm-stats-'))
try {
  const loadBefore = loadavg()[0] ?? 0
  const [ours, plain] = await within({}, measureWritings)
  const { fleet, past, weekBegan } = await within(hastySettings, seed)
  const found = await within({}, async (on) => {
    await on.sql`vacuum (analyze)`
    say(`${days} days…`)
    const size = { days, livedEvery, livedStretches, minuteHours }
    const parts = { owner: on.sql, postgresPid: on.pid, connect: on.connect, say }
    const week = await liveThrough(parts, weekBegan, size)
    say(`${rollUps} roll-ups of 30 s…`)
    const sums = await measureRollUps(on)
    const sizes = await measureSizes(on.sql)
    say('waits…')
    const waits = await measureWaits(on.database, fleet.users.root, fleet.proxies[0]?.id ?? '', requests)
    return { week, sums, sizes, waits }
  })
  report({ loadBefore, ours, plain, past, ...found })
} finally {
  rmSync(home, { recursive: true, force: true })
}

interface Opened {
  readonly pid: number
  readonly connect: () => Connection
  readonly database: Connection
  /** The owner's. */
  readonly sql: Sql
}

/** The one database of this bench, running with these settings. */
async function within<Found>(
  settings: Readonly<Record<string, string>>,
  work: (on: Opened) => Promise<Found>,
): Promise<Found> {
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres'), settings })
  try {
    const { pid, socketDirectory: directory, port, ownerUser, applicationUser } = postgres
    const socket = { kind: 'socket', directory, port, database: 'apm' } as const
    const owner = { ...socket, user: ownerUser }
    await ensureDatabase(owner)
    await migrateDatabase(owner, { ...socket, user: applicationUser })
    const connect = () => connectDatabase({ ...socket, user: applicationUser })
    const database = connect()
    const sql = connectOwner(owner)
    try {
      return await work({ pid, connect, database, sql })
    } finally {
      await Promise.all([database.close(), sql.end()])
    }
  } finally {
    await postgres.stop()
  }
}

async function measureWritings({ pid, database, sql }: Opened) {
  say(`${seconds} s of ${samplesPerSecond} samples a second, our way…`)
  const ours = await measureWriting(pid, seconds, (samples) => observeStats(database.sql, samples))
  say('the same, an insert for each…')
  const plain = await measureWriting(pid, seconds, async (samples) => {
    await Promise.all(
      samples.map(async ({ added, newest }) => {
        await database.db
          .insert(proxyStats)
          .values({ ...added, stretch: 1 })
          .onConflictDoNothing()
        await database.db
          .insert(proxyStatsNewest)
          .values(newest)
          .onConflictDoUpdate({ target: proxyStatsNewest.proxyId, set: newest })
      }),
    )
  })
  await sql`truncate proxy_stats, proxy_stats_newest`
  return [ours, plain] as const
}

async function seed({ database }: Opened) {
  say(`seeding ${proxyCount} proxies…`)
  const fleet = await seedFleet(database.db, { proxies: proxyCount })
  // The week ends now, so that what comes after it needs no other clock.
  const weekBegan = new Date(Math.floor((Date.now() - days * dayMs) / hourMs) * hourMs)
  say(`${hourDays} days of hours and ${minuteHours} hours of minutes…`)
  const past = await makePast(database.sql, { hourDays, minuteHours }, weekBegan)
  return { fleet, past, weekBegan }
}

async function measureRollUps({ sql, pid, database }: Opened) {
  const ids = (await sql`select id from proxies where retired_at is null`).map(({ id }) => String(id))
  const tookMs: number[] = []
  // Since the week ended.
  while (await observeStatsSums(database.db));
  const before = processorSecondsWithChildren(pid)
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
  const cpu = processorSecondsWithChildren(pid) - before
  return { tookMs, proxies: ids.length, cpuPercent: percentOf(cpu, rollUps * 30) }
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
