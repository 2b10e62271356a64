/**
 * A week in the life of the tables, by a clock of its own: samples come as agents tell them, and the server's own jobs
 * roll them up and drop what is old. PostgreSQL asks that clock too.
 */
import type { Sql } from 'postgres'
import type { Database } from '../../../server/database/connect.ts'
import { dropOldStats, rollUpStats } from '../../../server/stats/keep.ts'
import { systemOperation } from '../../../server/upkeep.ts'
import { processorSecondsWithChildren } from '../processor-time.ts'
import { startDatabaseClock } from './clock.ts'
import { dayMs, hourMs, insertAtOnce, minuteMs } from './past.ts'
import { insertSamples, insertSums } from './rows.ts'

/** As much as one roll-up takes on, and as often as old parts are dropped. */
const stretchMs = 10 * minuteMs
const stretchesPerHour = hourMs / stretchMs

export interface WeekSize {
  readonly days: number
  /** Of every so manieth hour's six stretches … */
  readonly livedEvery: number
  /** … the last so many are lived through; of the others there are only sums. */
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
  { days, livedEvery, livedStretches, minuteHours }: WeekSize,
): Promise<Week> {
  const clock = await startDatabaseClock(owner, since)
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
      const isLived = ((hour - since.getTime()) / hourMs + 1) % livedEvery === 0
      const stretches = isLived ? livedStretches : 0
      await pass(hour, stretchesPerHour - stretches)
      for (let lived = stretches; lived > 0; lived -= 1) await live(hour + hourMs - lived * stretchMs)
      if ((hour + hourMs - since.getTime()) % dayMs === 0) await endDay()
    }
  } finally {
    await database.close()
    await clock.stop()
  }
  const elapsedSeconds = (performance.now() - startedAt) / 1_000
  return { samples, rollUpMs, dropMs, keepCpuSeconds, gigabytes, elapsedSeconds }

  /** The part of an hour that is not lived through: as if its samples had been rolled up. */
  async function pass(hour: number, stretches: number): Promise<void> {
    if (stretches === 0) return
    const end = hour + stretches * stretchMs
    await insertSums(sql, 'proxy_stats_hour', new Date(hour), stretches * 20)
    if (hour % dayMs === 0) await insertSums(sql, 'proxy_stats_day', new Date(hour), 24 * stretches * 20)
    if (until - hour <= minuteHours * hourMs) {
      const minutes = Array.from({ length: stretches * 10 }, (_, index) => new Date(hour + index * minuteMs))
      await insertAtOnce(sql, 'proxy_stats_minute', minutes, 2)
    }
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
