/** What lies in the tables before a simulated week begins: hours of three months, minutes of a day. */
import type { Sql } from 'postgres'
import { insertFleetSums, insertSums, type SummedTable } from './rows.ts'

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

export interface Past {
  readonly hourDays: number
  readonly minuteHours: number
}

export interface PastRows {
  readonly minutes: number
  readonly hours: number
  readonly days: number
}

/** Statements at a time. */
const atOnce = 2

/** For a database whose rows can be made again; the figures are those of one that runs as usual. */
export const hastySettings = {
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
}

/** Up to `until`, a whole hour. Each statement makes one row of every proxy, so that rows lie as they would have come. */
export async function makePast(sql: Sql, { hourDays, minuteHours }: Past, until: Date): Promise<PastRows> {
  const days = await fill('proxy_stats_day', dayMs, hourDays, 2_880)
  const hours = await fill('proxy_stats_hour', hourMs, hourDays * 24, 120)
  const minutes = await fill('proxy_stats_minute', minuteMs, minuteHours * 60, 2)
  await insertFleetSums(sql, 'day', before(until, hourDays * dayMs), until)
  await insertFleetSums(sql, 'hour', before(until, hourDays * dayMs), until)
  await insertFleetSums(sql, 'minute', before(until, minuteHours * hourMs), until)
  return { minutes, hours, days }

  async function fill(table: SummedTable, stepMs: number, steps: number, samples: number): Promise<number> {
    const times = Array.from({ length: steps }, (_, index) => before(until, (steps - index) * stepMs))
    await makeParts(sql, table, times)
    return insertAtOnce(sql, table, times, samples)
  }
}

/** @returns how many rows */
export async function insertAtOnce(
  sql: Sql,
  table: SummedTable,
  times: readonly Date[],
  samples: number,
): Promise<number> {
  let rows = 0
  const next = times.values()
  const work = async () => {
    for (const at of next) {
      const made = await insertSums(sql, table, at, samples) // by itself: the other adds to `rows` meanwhile
      rows += made
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return rows
}

/** Shorter than a part, so that none is passed over. */
const partsEveryMs: Readonly<Record<SummedTable, number>> = {
  proxy_stats_minute: hourMs,
  proxy_stats_hour: dayMs,
  proxy_stats_day: dayMs,
}

/** Each call makes a part of every table; those that nothing will be put into go again. */
async function makeParts(sql: Sql, table: SummedTable, times: readonly Date[]): Promise<void> {
  const every = partsEveryMs[table]
  for (const [index, at] of times.entries()) {
    const isNext = at.getTime() % every === 0 || index === 0
    if (!isNext) continue
    const dayAfter = new Date(at.getTime() + dayMs).toISOString()
    await sql`select apm_make_stats_parts(${at.toISOString()}, ${at.toISOString()})`
    await sql`select apm_drop_stats_parts('proxy_stats', ${dayAfter})`
    if (table !== 'proxy_stats_minute')
      await sql`select apm_drop_stats_parts('proxy_stats_minute', ${dayAfter})`
  }
}

function before(at: Date, ms: number): Date {
  return new Date(at.getTime() - ms)
}
