/** The observe door for sums: every stored sample is added once to its minute, its hour and its day, in PostgreSQL. */
import { getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'
import { type StatsCounter, type StatsGauge, statsCounters, statsGauges } from '../core/stats.ts'
import type { Database, WriteTransaction } from './connect.ts'
import { statsWritersLock } from './observe-stats.ts'
import {
  fleetStats,
  proxyStats,
  proxyStatsDay,
  proxyStatsHour,
  proxyStatsMinute,
  type StatsStep,
  statsTotals,
} from './tables.ts'

/** One roll-up at a time, whichever replica makes it. */
const rollUpLock = 727_100_004
/** Of a roll-up every 30 s, ten minutes in one transaction; what was left undone for longer is caught up with in several. */
const mostStretches = 20
/** A minute of the fleet counts as told when it has been over for so long: by then every agent has spoken. */
export const fleetMinuteDelaySeconds = 45

const summed: readonly (readonly [StatsStep, Table])[] = [
  ['minute', proxyStatsMinute],
  ['hour', proxyStatsHour],
  ['day', proxyStatsDay],
]

/** @returns whether there is more to do at once; false also when another replica is at it */
export async function observeStatsSums(db: Database): Promise<boolean> {
  await endStretch(db)
  return alone(db, async (tx) => {
    // Compiling expressions over two dozen columns would take longer than working them out for a fleet.
    await tx.execute(sql`set local jit = off`)
    const stretches = await stockOf(tx)
    await tx.execute(freshSamples(stretches))
    for (const [step, table] of summed) await tx.execute(addTo(table, step))
    await tx.execute(fleetMinutes(stretches))
    await tx.execute(fleetMeans('hour', 'minute', stretches))
    await tx.execute(fleetMeans('day', 'hour', stretches))
    await tx.execute(addToTotals(stretches))
    return stretches.isMore
  })
}

/** @returns false when another replica is at it */
function alone(db: Database, work: (tx: WriteTransaction) => Promise<boolean>): Promise<boolean> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`set local synchronous_commit = off`)
    const [job] = await tx.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${rollUpLock}) as mine`,
    )
    return job?.mine ? work(tx) : false
  })
}

/**
 * Begins a new stretch. It commits while no writer is under way: then all that has the old number can be seen, and
 * whatever is stored later has the new one. No clock takes part: one that is set back would have samples counted twice.
 */
function endStretch(db: Database): Promise<boolean> {
  return alone(db, async (tx) => {
    await tx.execute(sql`set local lock_timeout = '10s'`)
    await tx.execute(sql`select pg_advisory_xact_lock(${statsWritersLock})`)
    await tx.execute(
      sql`update ${statsTotals} set open_stretch = open_stretch + 1, open_since = clock_timestamp()`,
    )
    return true
  })
}

/** Stretches that are over and not in the sums yet. */
interface Stretches {
  readonly after: string
  readonly last: string
  readonly isMore: boolean
  /** When the last ones were rolled up, and when these ended: by a clock that may have been set back in between. */
  readonly since: string
  readonly until: string
}

async function stockOf(tx: WriteTransaction): Promise<Stretches> {
  const last = sql`least(open_stretch - 1, summed_stretch + ${mostStretches})`
  const [found] = await tx.execute<Record<'since' | 'until' | 'after' | 'last', string> & { more: boolean }>(
    sql`select rolled_up_to::text as since, open_since::text as until, summed_stretch as after, ${last} as last,
        ${last} < open_stretch - 1 as more from ${statsTotals}`,
  )
  if (!found) throw new Error('the row of stats_totals is missing: was the database migrated?')
  return { ...found, isMore: found.more }
}

const fresh = sql`stats_fresh`
/** Of a sample's `at` from the time of its storing, and of one machine's clock from another's. */
const farthest = sql`interval '2 hours'`
const earlier = ({ since, until }: Stretches) => sql`least(${since}::timestamptz, ${until}::timestamptz)`
const later = ({ since, until }: Stretches) => sql`greatest(${since}::timestamptz, ${until}::timestamptz)`

/** Bounds of `at`, for the parts that need not be looked at. */
function freshSamples(stretches: Stretches): SQL {
  return sql`create temp table ${fresh} on commit drop as select * from ${proxyStats}
    where stretch > ${stretches.after} and stretch <= ${stretches.last}
      and at > ${earlier(stretches)} - ${farthest} and at < ${later(stretches)} + ${farthest}`
}

const nameOf = (key: StatsCounter | StatsGauge): SQL => {
  const column = getTableColumns(proxyStatsMinute)[key]
  return sql`${sql.identifier(column.name)}`
}
const gauges = statsGauges.map(nameOf)
const counters = statsCounters.map(nameOf)
const list = (parts: readonly SQL[]) => sql.join([...parts], sql`, `)

/** Sums are added, means are weighted by their samples; what is not known adds nothing, and stays unknown alone. */
function addTo(table: Table, step: StatsStep): SQL {
  const added = (name: SQL) =>
    sql`coalesce(known.${name} + excluded.${name}, known.${name}, excluded.${name})`
  const weighted = (name: SQL) => sql`coalesce(
    (known.${name} * known.samples + excluded.${name} * excluded.samples) / (known.samples + excluded.samples),
    known.${name}, excluded.${name})`
  const peak = sql`current_client_connections_peak`
  const addedNames = [sql`samples`, sql`seconds`, sql`restarts`, ...counters]
  return sql`
    insert into ${table} as known (proxy_id, at, samples, seconds, restarts, ${peak}, ${list(gauges)}, ${list(counters)})
    select proxy_id, date_trunc(${step}, at, 'UTC'), count(*), sum(seconds), sum(restarts), max(current_client_connections),
      ${list(gauges.map((name) => sql`avg(${name})`))}, ${list(counters.map((name) => sql`sum(${name})`))}
    from ${fresh} group by 1, 2 order by 1, 2
    on conflict (proxy_id, at) do update set
      ${list(addedNames.map((name) => sql`${name} = ${added(name)}`))},
      ${list(gauges.map((name) => sql`${name} = ${weighted(name)}`))},
      ${peak} = greatest(known.${peak}, excluded.${peak})`
}

const fleetGauges = [sql`current_client_connections`, sql`current_parent_connections`]
const fleetPeak = sql`current_client_connections_peak`
/** What hosts tell; a fleet has the mean and the worst of them, and memory as a sum of those that told both its numbers. */
const hostMeans = [sql`host_load`, sql`host_memory_total_bytes`, sql`host_memory_available_bytes`]
const hostPeaks = [sql`host_load_peak`, sql`host_memory_used_peak`]
const fleetNames = [...fleetGauges, fleetPeak, ...hostMeans, ...hostPeaks, ...counters]

/** Minutes that had samples before and were too young to be made then: those around the end of the last roll-up. */
const untold = (stretches: Stretches) => ({
  first: sql`${earlier(stretches)} - interval '3 minutes'`,
  last: sql`least(${stretches.until}::timestamptz, ${stretches.since}::timestamptz + ${farthest})`,
})

/** Makes anew each minute that has got samples, or is over since the last time; for the fleet and for each config. */
function fleetMinutes(stretches: Stretches): SQL {
  const { first, last } = untold(stretches)
  const rates = counters.map((name) => sql`sum(m.${name} / nullif(m.seconds, 0))`)
  const [total, available] = [sql`m.host_memory_total_bytes`, sql`m.host_memory_available_bytes`]
  const hosts = [
    sql`avg(m.host_load)`,
    sql`sum(${total}) filter (where ${available} is not null)`,
    sql`sum(${available}) filter (where ${total} is not null)`,
    sql`max(m.host_load)`,
    sql`max(1 - ${available} / nullif(${total}, 0))`,
  ]
  return sql`
    with over as (
      select distinct date_trunc('minute', at) as at from ${fresh}
      union select generate_series(date_trunc('minute', ${first}), ${last}, interval '1 minute')
    ), minute as (
      select at from over
      where at + ${60 + fleetMinuteDelaySeconds} * interval '1 second' <= ${stretches.until}::timestamptz
    )
    insert into ${fleetStats} as known (step, at, config_id, proxies, restarts, ${list(fleetNames)})
    select 'minute', m.at, v.config_id, count(*), sum(m.restarts),
      ${list(fleetGauges.map((name) => sql`sum(m.${name})`))}, sum(m.${fleetPeak}), ${list(hosts)}, ${list(rates)}
    from ${proxyStatsMinute} m join proxies p on p.id = m.proxy_id
      left join config_versions v on v.id = p.version_id
    where m.at = any(array(select at from minute)) and m.at > ${earlier(stretches)} - ${farthest}
    group by grouping sets ((m.at), (m.at, v.config_id))
    having grouping(v.config_id) = 1 or v.config_id is not null
    ${replace()}`
}

/** The means of the steps below; a step in which nothing was told has no part in them. */
function fleetMeans(step: StatsStep, below: StatsStep, stretches: Stretches): SQL {
  const { first, last } = untold(stretches)
  const mean = (name: SQL) => sql`avg(b.${name})`
  const peak = (name: SQL) => sql`max(b.${name})`
  const values = [
    ...fleetGauges.map(mean),
    peak(fleetPeak),
    ...hostMeans.map(mean),
    ...hostPeaks.map(peak),
    ...counters.map(mean),
  ]
  const beginning = (at: SQL) => sql`date_trunc(${step}, ${at}, 'UTC')`
  return sql`
    with made as (
      select distinct ${beginning(sql`at`)} as at from ${fresh}
      union select generate_series(${beginning(first)}, ${last}, ${`1 ${step}`}::interval)
    )
    insert into ${fleetStats} as known (step, at, config_id, proxies, restarts, ${list(fleetNames)})
    select ${step}::text, made.at, b.config_id, max(b.proxies), sum(b.restarts), ${list(values)}
    from made join ${fleetStats} b
      on b.step = ${below} and b.at >= made.at and b.at < made.at + ${`1 ${step}`}::interval
    group by made.at, b.config_id
    ${replace()}`
}

function replace(): SQL {
  const names = [sql`proxies`, sql`restarts`, ...fleetNames]
  return sql`on conflict (step, config_id, at) do update set
    ${list(names.map((name) => sql`${name} = excluded.${name}`))}`
}

function addToTotals({ since, until, last, isMore }: Stretches): SQL {
  const sums = counters.map(
    (name) => sql`${name} = coalesce(${statsTotals}.${name} + f.${name}, ${statsTotals}.${name}, f.${name})`,
  )
  return sql`
    update ${statsTotals} set rolled_up_to = ${isMore ? since : until}::timestamptz, summed_stretch = ${last},
      samples = ${statsTotals}.samples + f.samples, restarts = ${statsTotals}.restarts + f.restarts, ${list(sums)}
    from (select count(*) as samples, coalesce(sum(restarts), 0) as restarts,
      ${list(counters.map((name) => sql`sum(${name}) as ${name}`))} from ${fresh}) f`
}
