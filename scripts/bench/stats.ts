/**
 * What statistics cost: writing 3,333 samples a second our way next to an insert for each, room on the disk, sums and
 * retention with the tables of a fleet after a week, and what people wait for charts. On a PostgreSQL of its own.
 * `BENCH_PROXIES` (10,000), `BENCH_SECONDS` (30) of writing, `BENCH_MINUTE_HOURS` (24) and `BENCH_DAYS` (7) that are
 * filled with rows before, and `BENCH_REQUESTS` (100) of each kind.
 */
import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import type { Sql } from 'postgres'
import { createApp } from '../../server/app.ts'
import { countsOf, gaugesOf, statsCounters } from '../../server/core/stats.ts'
import { connectDatabase, connectOwner } from '../../server/database/connect.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../../server/database/migrate.ts'
import { observeStats, type StoredSample } from '../../server/database/observe-stats.ts'
import { observeStatsSums } from '../../server/database/roll-up-stats.ts'
import { proxyStats, proxyStatsNewest } from '../../server/database/tables.ts'
import { startScript } from '../demo/api.ts'
import { listen } from '../fleet/listen.ts'
import { seedFleet } from '../fleet/seed.ts'
import { percentile } from './figures.ts'
import { processorSecondsWithChildren } from './processor-time.ts'

const proxyCount = Number(process.env.BENCH_PROXIES ?? 10_000)
const seconds = Number(process.env.BENCH_SECONDS ?? 30)
const minuteHours = Number(process.env.BENCH_MINUTE_HOURS ?? 24)
const days = Number(process.env.BENCH_DAYS ?? 7)
const requests = Number(process.env.BENCH_REQUESTS ?? 100)
const samplesPerSecond = 3_333
/** Of 30 s each. */
const rollUps = 20

/** Of one proxy. */
const rowsPerDay: Readonly<Record<string, number>> = {
  proxy_stats: 2_880,
  proxy_stats_minute: 1_440,
  proxy_stats_hour: 24,
  proxy_stats_day: 1,
}

const say = (line = '') => process.stdout.write(`${line}\n`)
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
  const database = connectDatabase({ ...socket, user: applicationUser })
  ends.push(() => database.close())
  const sql = connectOwner(owner)
  ends.push(() => sql.end())

  say(`${seconds} s of ${samplesPerSecond} samples a second, our way…`)
  const ours = await measureWriting(pid, (samples) => observeStats(database.sql, samples))
  say('the same, an insert for each…')
  const plain = await measureWriting(pid, async (samples) => {
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
  say(`${days} days of hours and ${minuteHours} hours of minutes…`)
  const filled = await fill(sql)
  say(`${rollUps} roll-ups of 30 s…`)
  const sums = await measureRollUps(sql, pid)
  const sizes = await measureSizes(sql)
  say('waits…')
  const waits = await measureWaits(fleet.users.root, fleet.proxies[0]?.id ?? '')
  say('retention…')
  const dropMs = await measureRetention()
  report()

  async function measureRollUps(on: Sql, postgresPid: number) {
    const ids = (await on`select id from proxies where retired_at is null`).map(({ id }) => String(id))
    const tookMs: number[] = []
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

  async function measureWaits(root: { email: string; password: string }, proxyId: string) {
    const app = await createApp({
      database,
      log: pino({ level: 'warn' }),
      clock: () => new Date(),
      isBehindProxy: false,
      webDirectory: null,
    })
    ends.push(() => app.close())
    await listen(app.server, '127.0.0.1', 0)
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/graphql`
    const api = await startScript(url, root.email, root.password)
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
    const fields = 'at requestsPerSecond responses5xxPerSecond clientResponseBytesPerSecond'
    const asked = {
      overview: `{ proxyCounts { status count } fleetStats(since: "${ago(24)}") { ${fields} currentClientConnections proxies } }`,
      list: '{ proxies(first: 100) { totalCount edges { node { id hostname status stats { at currentClientConnections totalClientConnections ramCacheHits ramCacheMisses requestsPerSecond } } } } }',
      fleetChart: `{ fleetStats(since: "${ago(24 * 7)}", step: 3600) { ${fields} } }`,
      proxyChart: `{ proxy(id: "${proxyId}") { statsHistory(since: "${ago(24 * 7)}", step: 3600) { ${fields} currentClientConnections } } }`,
    }
    const found: Record<string, { p50: number; p95: number }> = {}
    for (const [name, query] of Object.entries(asked)) {
      const tookMs: number[] = []
      for (let turn = 0; turn < requests; turn += 1) {
        const startedAt = performance.now()
        await api.send(query, {})
        tookMs.push(performance.now() - startedAt)
      }
      found[name] = { p50: percentile(tookMs, 50), p95: percentile(tookMs, 95) }
    }
    return found
  }

  /** The oldest part of each table that has one to spare. */
  async function measureRetention(): Promise<number> {
    const startedAt = performance.now()
    const before = new Date(Date.now() - (minuteHours / 2) * 3_600_000).toISOString()
    await database.sql`select apm_drop_stats_parts('proxy_stats_minute', ${before})`
    return performance.now() - startedAt
  }

  function report(): void {
    const row = (what: string, ...values: readonly string[]) =>
      say(what.padEnd(46) + values.map((value) => value.padStart(16)).join(''))
    say(`\n${cpus().length} processors, load ${loadBefore.toFixed(1)} before\n`)
    row('', 'ours', 'plain inserts')
    row('samples written a second', ours.perSecond.toFixed(0), plain.perSecond.toFixed(0))
    row(
      'server, % of a processor at that rate',
      ours.serverPercent.toFixed(1),
      plain.serverPercent.toFixed(1),
    )
    row(
      'PostgreSQL, % of a processor at that rate',
      ours.postgresPercent.toFixed(1),
      plain.postgresPercent.toFixed(1),
    )
    row(
      'CPU of both for 1,000 samples, ms',
      ours.cpuMsPerThousand.toFixed(1),
      plain.cpuMsPerThousand.toFixed(1),
    )
    say()
    row('', 'bytes a row', 'bytes/proxy/day')
    for (const [name, bytes] of Object.entries(sizes.bytesPerRow)) {
      row(name, bytes.toFixed(0), (bytes * (rowsPerDay[name] ?? 0)).toFixed(0))
    }
    say()
    row(`roll-up of 30 s of ${sums.proxies} proxies, median ms`, percentile(sums.tookMs, 50).toFixed(0))
    row('  worst ms (30,000 is keeping up)', Math.max(...sums.tookMs).toFixed(0))
    row('  PostgreSQL, % of a processor with writing', sums.cpuPercent.toFixed(1))
    row(`rows beneath it: minutes, hours`, String(filled.minutes), String(filled.hours))
    row('dropping half of the minutes, ms', dropMs.toFixed(0))
    say()
    row('', 'median ms', 'p95 ms (aim: 150)')
    for (const [name, { p50, p95 }] of Object.entries(waits)) row(name, p50.toFixed(1), p95.toFixed(1))
    say()
    const round = (value: number) => Math.round(value * 10) / 10
    say(
      JSON.stringify({
        loadBefore: round(loadBefore),
        writtenPerSecond: round(ours.perSecond),
        serverCpuPercent: round(ours.serverPercent),
        postgresCpuPercent: round(ours.postgresPercent),
        cpuMsPerThousandSamples: round(ours.cpuMsPerThousand),
        plainWrittenPerSecond: round(plain.perSecond),
        plainCpuMsPerThousandSamples: round(plain.cpuMsPerThousand),
        bytesPerSample: round(sizes.bytesPerRow.proxy_stats ?? 0),
        bytesPerMinute: round(sizes.bytesPerRow.proxy_stats_minute ?? 0),
        bytesPerHour: round(sizes.bytesPerRow.proxy_stats_hour ?? 0),
        proxies: sums.proxies,
        minuteRows: filled.minutes,
        hourRows: filled.hours,
        rollUpP50Ms: round(percentile(sums.tookMs, 50)),
        rollUpMaxMs: round(Math.max(...sums.tookMs)),
        writeAndRollUpCpuPercent: round(sums.cpuPercent),
        retentionMs: round(dropMs),
        overviewP50Ms: round(waits.overview?.p50 ?? 0),
        overviewP95Ms: round(waits.overview?.p95 ?? 0),
        listP50Ms: round(waits.list?.p50 ?? 0),
        listP95Ms: round(waits.list?.p95 ?? 0),
        fleetChartP50Ms: round(waits.fleetChart?.p50 ?? 0),
        fleetChartP95Ms: round(waits.fleetChart?.p95 ?? 0),
        proxyChartP50Ms: round(waits.proxyChart?.p50 ?? 0),
        proxyChartP95Ms: round(waits.proxyChart?.p95 ?? 0),
      }),
    )
  }
}

function sampleOf(proxyId: string, at: Date): StoredSample {
  const amount = Math.floor(Math.random() * 1e6)
  const life = { atsStartedAt: new Date(0), countersContinue: false, requestsPerSecond: 1.5 }
  return {
    added: { proxyId, at, seconds: 30, restarts: 0, ...gaugesOf(() => amount), ...countsOf(() => amount) },
    newest: { proxyId, at, ...life, ...gaugesOf(() => amount), ...countsOf(() => amount * 1_000) },
  }
}

interface Writing {
  readonly perSecond: number
  readonly serverPercent: number
  readonly postgresPercent: number
  readonly cpuMsPerThousand: number
}

/** A batch a second, the next at once when that can't be kept. Every proxy comes again after 30 of them. */
async function measureWriting(
  postgresPid: number,
  write: (samples: readonly StoredSample[]) => Promise<void>,
): Promise<Writing> {
  const ids = Array.from({ length: samplesPerSecond * 30 }, () => randomUUID())
  const startedAt = performance.now()
  const serverBefore = process.cpuUsage()
  const postgresBefore = processorSecondsWithChildren(postgresPid)
  let written = 0
  for (let turn = 0; performance.now() - startedAt < seconds * 1_000; turn += 1) {
    const from = (turn % 30) * samplesPerSecond
    const at = new Date()
    const batch = ids.slice(from, from + samplesPerSecond).map((id) => sampleOf(id, at))
    await write(batch)
    written += batch.length
    await wait(Math.max(0, startedAt + (turn + 1) * 1_000 - performance.now()))
  }
  const elapsed = (performance.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(serverBefore)
  const serverCpu = (user + system) / 1e6
  const postgresCpu = processorSecondsWithChildren(postgresPid) - postgresBefore
  return {
    perSecond: written / elapsed,
    serverPercent: percentOf(serverCpu, elapsed),
    postgresPercent: percentOf(postgresCpu, elapsed),
    cpuMsPerThousand: ((serverCpu + postgresCpu) / written) * 1e6,
  }
}

/** What is there after some days, made inside PostgreSQL. */
async function fill(sql: Sql): Promise<{ minutes: number; hours: number }> {
  const names = statsCounters.map((counter) =>
    counter.replace(/[A-Z]|(?<=s)(?=\dxx)/g, (c) => `_${c.toLowerCase()}`),
  )
  const columns = sql`${names.map((name, index) => sql`${index ? sql`,` : sql``}${sql(name)}`)}`
  const amounts = sql`${statsCounters.map((_, index) => sql`${index ? sql`,` : sql``}(random() * 1e6)::bigint`)}`
  const rates = sql`${statsCounters.map((_, index) => sql`${index ? sql`,` : sql``}random() * 1e4`)}`
  const gauges = sql`current_client_connections_peak, current_client_connections, current_parent_connections, host_load,
    host_memory_total_bytes, host_memory_available_bytes`
  const now = sql`date_trunc('hour', now(), 'UTC')`
  const of = async (table: string, step: string, samples: number, since: string, until: string) => {
    const made =
      await sql`insert into ${sql(table)} (proxy_id, at, samples, seconds, restarts, ${gauges}, ${columns})
      select p.id, t.at, ${samples}, ${samples * 30}, 0, 9, 8, 7, 0.5, 1e10, 5e9, ${amounts}
      from generate_series(${now} - ${since}::interval, ${now} - ${until}::interval, ${step}::interval) as t (at),
        (select id from proxies where retired_at is null order by id) p`
    return made.count
  }
  let hours = 0
  for (let day = days; day >= 1; day -= 1) {
    await sql`select apm_make_stats_parts(now() - ${`${day} days`}::interval, now() - ${`${day - 1} days`}::interval)`
    hours += await of('proxy_stats_hour', '1 hour', 120, `${day * 24} hours`, `${day * 24 - 23} hours`)
    await of('proxy_stats_day', '1 day', 2_880, `${day} days`, `${day} days`)
  }
  let minutes = 0
  for (let hour = minuteHours; hour >= 1; hour -= 1) {
    minutes += await of('proxy_stats_minute', '1 minute', 2, `${hour} hours`, `${hour * 60 - 59} minutes`)
  }
  for (const [step, back] of [
    ['minute', '24 hours'],
    ['hour', `${days} days`],
  ] as const) {
    await sql`insert into fleet_stats (step, at, config_id, proxies, restarts, current_client_connections,
        current_client_connections_peak, current_parent_connections, ${columns})
      select ${step}, t.at, c.id, 100, 0, 9, 9, 9, ${rates}
      from generate_series(${now} - ${back}::interval, ${now} - interval '1 hour', ${`1 ${step}`}::interval) as t (at),
        (select id from configs union all select null) c`
  }
  await sql`vacuum analyze`
  return { minutes, hours }
}

async function measureSizes(sql: Sql): Promise<{ bytesPerRow: Readonly<Record<string, number>> }> {
  const bytesPerRow: Record<string, number> = {}
  await sql`analyze`
  for (const table of Object.keys(rowsPerDay)) {
    const [found] =
      await sql`select sum(pg_total_relation_size(c.oid))::float8 as bytes, sum(greatest(c.reltuples, 0))::float8 as rows
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = ${table}::regclass`
    bytesPerRow[table] = found?.bytes / found?.rows
  }
  return { bytesPerRow }
}

function percentOf(cpuSeconds: number, elapsed: number): number {
  return (cpuSeconds / elapsed) * 100
}
