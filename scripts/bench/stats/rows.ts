/** Rows of statistics that PostgreSQL makes itself: for as many as a fleet has, nobody wants to send them. */
import { getTableColumns } from 'drizzle-orm'
import type { Sql } from 'postgres'
import { statsCounters } from '../../../server/core/stats.ts'
import { proxyStatsHour } from '../../../server/database/tables.ts'

const counterNames = statsCounters.map((counter) => getTableColumns(proxyStatsHour)[counter].name)
const gaugeNames = [
  'current_client_connections',
  'current_parent_connections',
  'host_load',
  'host_memory_total_bytes',
  'host_memory_available_bytes',
]
const peakName = 'current_client_connections_peak'
const hostNames = [
  'host_load',
  'host_load_peak',
  'host_memory_total_bytes',
  'host_memory_available_bytes',
  'host_memory_used_peak',
]

export type SummedTable = 'proxy_stats_minute' | 'proxy_stats_hour' | 'proxy_stats_day'

/** A row of every proxy, as `samples` of them would have made it. @returns how many */
export async function insertSums(sql: Sql, table: SummedTable, at: Date, samples: number): Promise<number> {
  const made = await sql`
    insert into ${sql(table)} (${sql(['proxy_id', 'at', 'samples', 'seconds', 'restarts', peakName, ...gaugeNames, ...counterNames])})
    select id, ${at.toISOString()}::timestamptz, ${samples}, ${samples * 30}, 0, 9, 8, 7, 0.5, 1e10, 5e9, ${amounts(sql)}
    from proxies where retired_at is null order by id`
  return made.count
}

/** What every agent tells in ten minutes, each at its own second of its 30. @returns how many */
export async function insertSamples(sql: Sql, since: Date): Promise<number> {
  const made = await sql`
    insert into proxy_stats (${sql(['proxy_id', 'at', 'stretch', 'seconds', 'restarts', ...gaugeNames, ...counterNames])})
    select p.id, t.at, open_stretch, 30, 0, 8, 7, 0.5, 1e10, 5e9, ${amounts(sql)}
    from stats_totals cross join generate_series(0, 19) as round (number)
      cross join (select id, row_number() over (order by id) % 29 as second from proxies where retired_at is null) p
      cross join lateral (
        select ${since.toISOString()}::timestamptz + (round.number * 30 + p.second) * interval '1 second' as at) t`
  return made.count
}

/** The fleet's own rows, and those of each config. */
export async function insertFleetSums(
  sql: Sql,
  step: 'minute' | 'hour' | 'day',
  since: Date,
  until: Date,
): Promise<void> {
  const rates = sql`${statsCounters.map((_, index) => sql`${index ? sql`,` : sql``}random() * 1e4`)}`
  await sql`
    insert into fleet_stats (${sql(['step', 'at', 'config_id', 'proxies', 'restarts', 'current_client_connections', peakName, 'current_parent_connections', ...hostNames, ...counterNames])})
    select ${step}, t.at, c.id, 100, 0, 9, 9, 9, 0.5, 0.9, 1e14, 5e13, 0.7, ${rates}
    from generate_series(${since.toISOString()}::timestamptz, ${until.toISOString()}::timestamptz - interval '1 second', ${`1 ${step}`}::interval) as t (at),
      (select id from configs union all select null) c`
}

function amounts(sql: Sql) {
  return sql`${statsCounters.map((_, index) => sql`${index ? sql`,` : sql``}(random() * 1e6)::bigint`)}`
}
