/**
 * A week in the life of the tables, by a clock of its own: samples come as agents tell them, and the server's own jobs
 * roll them up and drop what is old. PostgreSQL asks that clock too: ours stands before its own on the search path.
 */
import type { Sql } from 'postgres'
import type { Database } from '../../../server/database/connect.ts'
import { dropOldStats, rollUpStats } from '../../../server/stats/keep.ts'
import { systemOperation } from '../../../server/upkeep.ts'
import { processorSecondsWithChildren } from '../processor-time.ts'
import { dayMs, hourMs, minuteMs } from './past.ts'
import { insertSamples, insertSums } from './rows.ts'

/** As much as one roll-up takes on, and as often as old parts are dropped. */
const stretchMs = 10 * minuteMs
const stretchesPerHour = hourMs / stretchMs

export interface WeekSize {
  readonly days: number
  /** Of each hour's six stretches, the last so many are lived through; of the others there are only sums. */
  readonly livedStretches: number
  /** Of stretches that are not lived through there are minutes only in the last so many hours, which alone are kept. */
  readonly minuteHours: number
}

export interface WeekParts {
  /** With the right to make schemas. */
  readonly owner: Sql
  readonly postgresPid: number
  /** Opens the application's connections anew: the search path counts from then on. */
  readonly connect: () => { readonly sql: Sql; readonly db: Database; close(): Promise<void> }
  readonly say: (line: string) => void
}

export interface Week {
  readonly samples: number
  /** Of each stretch of ten minutes. */
  readonly rollUpMs: readonly number[]
  readonly dropMs: readonly number[]
  /** Of PostgreSQL, for the roll-ups and drops alone. */
  readonly keepCpuSeconds: number
  /** On the disk at the end of each day. */
  readonly gigabytes: readonly number[]
  readonly elapsedSeconds: number
}

export async function liveThrough(
  { owner, postgresPid, connect, say }: WeekParts,
  since: Date,
  { days, livedStretches, minuteHours }: WeekSize,
): Promise<Week> {
  const clock = await startClock(owner, since)
  const database = connect()
  const { sql, db } = database
  const op = () => systemOperation({ db, clock: clock.now }, 'bench')
  const until = since.getTime() + days * dayMs
  const [rollUpMs, dropMs, gigabytes]: [number[], number[], number[]] = [[], [], []]
  const startedAt = performance.now()
  let [samples, keepCpuSeconds] = [0, 0]
  try {
    await sql`update stats_totals set rolled_up_to = ${since.toISOString()}`
    for (let hour = since.getTime(); hour < until; hour += hourMs) {
      await sql`select apm_make_stats_parts(${new Date(hour).toISOString()}, ${new Date(hour + hourMs).toISOString()})`
      await pass(hour)
      for (let lived = livedStretches; lived > 0; lived -= 1) await live(hour + hourMs - lived * stretchMs)
      if ((hour + hourMs - since.getTime()) % dayMs === 0) await endDay()
    }
  } finally {
    await database.close()
    await clock.stop()
  }
  const elapsedSeconds = (performance.now() - startedAt) / 1_000
  return { samples, rollUpMs, dropMs, keepCpuSeconds, gigabytes, elapsedSeconds }

  /** The part of an hour that is not lived through: as if its samples had been rolled up. */
  async function pass(hour: number): Promise<void> {
    const stretches = stretchesPerHour - livedStretches
    if (stretches === 0) return
    const end = hour + stretches * stretchMs
    await insertSums(sql, 'proxy_stats_hour', new Date(hour), stretches * 20)
    if (hour % dayMs === 0) await insertSums(sql, 'proxy_stats_day', new Date(hour), 24 * stretches * 20)
    if (until - hour <= minuteHours * hourMs)
      for (let at = hour; at < end; at += minuteMs)
        await insertSums(sql, 'proxy_stats_minute', new Date(at), 2)
    await clock.set(new Date(end))
    await rollUpStats(op())
  }

  async function live(at: number): Promise<void> {
    samples += await insertSamples(sql, new Date(at))
    await clock.set(new Date(at + stretchMs))
    const cpuBefore = processorSecondsWithChildren(postgresPid)
    rollUpMs.push(await timed(() => rollUpStats(op())))
    dropMs.push(await timed(() => dropOldStats(op())))
    keepCpuSeconds += processorSecondsWithChildren(postgresPid) - cpuBefore
  }

  async function endDay(): Promise<void> {
    await expectAllThere(sql, samples, clock.now())
    const [size] = await sql`select pg_database_size(current_database())::float8 / 1e9 as gigabytes`
    gigabytes.push(size?.gigabytes)
    const worst = Math.max(...rollUpMs).toFixed(0)
    const took = ((performance.now() - startedAt) / 1_000).toFixed(0)
    say(
      `  day ${gigabytes.length}: ${took} s, ${samples} samples, worst roll-up ${worst} ms, ${size?.gigabytes.toFixed(1)} GB`,
    )
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** A roll-up that lost one, or fell behind, has no business in a table of figures. */
async function expectAllThere(sql: Sql, samples: number, now: Date): Promise<void> {
  const [totals] = await sql`select samples::int as samples, rolled_up_to as at from stats_totals`
  const isBehind = now.getTime() - Date.parse(totals?.at) > minuteMs
  if (totals?.samples !== samples || isBehind)
    throw new Error(`rolled up: ${totals?.samples} of ${samples} samples, up to ${totals?.at} of ${now}`)
}

interface Clock {
  readonly now: () => Date
  readonly set: (at: Date) => Promise<void>
  readonly stop: () => Promise<void>
}

/** What a database answers that asks what time it is. */
const functions = ['clock_timestamp', 'statement_timestamp'] as const

async function startClock(owner: Sql, at: Date): Promise<Clock> {
  let now = at
  await owner`create schema bench_clock`
  await owner`create table bench_clock.hand (at timestamptz not null)`
  await owner`insert into bench_clock.hand values (${at.toISOString()})`
  for (const name of functions)
    await owner`create function bench_clock.${owner(name)}() returns timestamptz language sql stable as 'select at from bench_clock.hand'`
  await owner`grant usage on schema bench_clock to public`
  await owner`grant select on bench_clock.hand to public`
  await owner`alter database apm set search_path = bench_clock, pg_catalog, public`
  return {
    now: () => now,
    async set(next) {
      now = next
      await owner`update bench_clock.hand set at = ${next.toISOString()}`
    },
    async stop() {
      await owner`alter database apm reset search_path`
      await owner`drop schema bench_clock cascade`
    },
  }
}
