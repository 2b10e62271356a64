/** The observe door for what is old: whole parts of the tables are dropped, nothing is deleted row by row. */
import { getTableName, sql, type Table } from 'drizzle-orm'
import type { Database } from './connect.ts'
import { proxyStats, proxyStatsDay, proxyStatsHour, proxyStatsMinute } from './tables.ts'

/** Before which time each kind goes; what overlaps it stays. */
export interface StatsEnds {
  readonly samples: Date
  readonly minute: Date
  readonly hour: Date
  readonly day: Date
}

/** One transaction for each table: whoever reads one of them holds up only that. */
export async function observeStatsEnd(db: Database, { samples, ...sums }: StatsEnds): Promise<void> {
  const drop = (table: Table, before: Date) =>
    db.execute(sql`select apm_drop_stats_parts(${getTableName(table)}, ${before.toISOString()}::timestamptz)`)
  await drop(proxyStats, samples)
  await drop(proxyStatsMinute, sums.minute)
  await drop(proxyStatsHour, sums.hour)
  await drop(proxyStatsDay, sums.day)
  for (const [step, before] of Object.entries(sums)) {
    await db.execute(sql`select apm_drop_fleet_stats(${step}, ${before.toISOString()}::timestamptz)`)
  }
}
