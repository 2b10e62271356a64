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
/** Of stored samples that one transaction rolls up; a server that was away for long catches up in several. */
const longestStretchMinutes = 10
/** A minute of the fleet counts as told when it has been over for so long: by then every agent has spoken. */
export const fleetMinuteDelaySeconds = 45

const summed: readonly (readonly [StatsStep, Table])[] = [
  ['minute', proxyStatsMinute],
  ['hour', proxyStatsHour],
  ['day', proxyStatsDay],
]

/** @returns whether there is more to do at once; false also when another replica is at it */
export async function observeStatsSums(db: Database): Promise<boolean> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`set local synchronous_commit = off`)
    // Compiling expressions over two dozen columns would take longer than working them out for a fleet.
    await tx.execute(sql`set local jit = off`)
    const [job] = await tx.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${rollUpLock}) as mine`,
    )
    if (!job?.mine) return false
    const stretch = await stockOf(tx)
    await tx.execute(freshSamples(stretch))
    for (const [step, table] of summed) await tx.execute(addTo(table, step))
    await tx.execute(fleetMinutes(stretch))
    await tx.execute(fleetMeans('hour', 'minute', stretch))
    await tx.execute(fleetMeans('day', 'hour', stretch))
    await tx.execute(addToTotals(stretch))
    return stretch.isMore
  })
}

interface Stretch {
  readonly since: string
  readonly until: string
  readonly isMore: boolean
}

/** Once no writer is under way, all that was stored before now can be seen, and whatever is stored later is later. */
async function stockOf(tx: WriteTransaction): Promise<Stretch> {
  await tx.execute(sql`set local lock_timeout = '10s'`)
  await tx.execute(sql`select pg_advisory_lock(${statsWritersLock})`)
  try {
    const stretch = sql`least(clock_timestamp(), rolled_up_to + ${longestStretchMinutes} * interval '1 minute')`
    const [found] = await tx.execute<Record<'since' | 'until', string> & { more: boolean }>(
      sql`select rolled_up_to::text as since, ${stretch}::text as until, ${stretch} < clock_timestamp() - interval '1 minute' as more
          from ${statsTotals}`,
    )
    if (!found) throw new Error('the row of stats_totals is missing: was the database migrated?')
    return { since: found.since, until: found.until, isMore: found.more }
  } finally {
    await tx.execute(sql`select pg_advisory_unlock(${statsWritersLock})`)
  }
}

const fresh = sql`stats_fresh`

/** `at` may lie an hour before it was stored, and a minute after: what is not looked at has no index to be found by. */
function freshSamples({ since, until }: Stretch): SQL {
  return sql`create temp table ${fresh} on commit drop as select * from ${proxyStats}
    where stored_at > ${since}::timestamptz and stored_at <= ${until}::timestamptz
      and at > ${since}::timestamptz - interval '2 hours' and at < ${until}::timestamptz + interval '2 hours'`
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

/** Makes anew each minute that has got samples, or is over since the last time; for the fleet and for each config. */
function fleetMinutes({ since, until }: Stretch): SQL {
  const first = sql`date_trunc('minute', ${since}::timestamptz) - interval '2 minutes'`
  const rates = counters.map((name) => sql`sum(m.${name} / nullif(m.seconds, 0))`)
  return sql`
    with over as (
      select distinct date_trunc('minute', at) as at from ${fresh}
      union select generate_series(${first}, ${until}::timestamptz, interval '1 minute')
    ), minute as (
      select at from over where at + ${60 + fleetMinuteDelaySeconds} * interval '1 second' <= ${until}::timestamptz
    )
    insert into ${fleetStats} as known
      (step, at, config_id, proxies, restarts, ${list(fleetGauges)}, ${fleetPeak}, ${list(counters)})
    select 'minute', m.at, v.config_id, count(*), sum(m.restarts),
      ${list(fleetGauges.map((name) => sql`sum(m.${name})`))}, sum(m.current_client_connections), ${list(rates)}
    from ${proxyStatsMinute} m join proxies p on p.id = m.proxy_id
      left join config_versions v on v.id = p.version_id
    where m.at = any(array(select at from minute)) and m.at > ${since}::timestamptz - interval '2 hours'
    group by grouping sets ((m.at), (m.at, v.config_id))
    having grouping(v.config_id) = 1 or v.config_id is not null
    ${replace()}`
}

/** The means of the steps below; a step in which nothing was told has no part in them. */
function fleetMeans(step: StatsStep, below: StatsStep, { since }: Stretch): SQL {
  const means = [...fleetGauges, ...counters].map((name) => sql`avg(b.${name})`)
  const beginning = (at: SQL) => sql`date_trunc(${step}, ${at}, 'UTC')`
  return sql`
    with made as (
      select distinct ${beginning(sql`at`)} as at from ${fresh}
      union select ${beginning(sql`${since}::timestamptz - interval '3 minutes'`)}
    )
    insert into ${fleetStats} as known
      (step, at, config_id, proxies, restarts, ${list(fleetGauges)}, ${list(counters)}, ${fleetPeak})
    select ${step}::text, made.at, b.config_id, max(b.proxies), sum(b.restarts), ${list(means)}, max(b.${fleetPeak})
    from made join ${fleetStats} b
      on b.step = ${below} and b.at >= made.at and b.at < made.at + ${`1 ${step}`}::interval
    group by made.at, b.config_id
    ${replace()}`
}

function replace(): SQL {
  const names = [sql`proxies`, sql`restarts`, ...fleetGauges, fleetPeak, ...counters]
  return sql`on conflict (step, config_id, at) do update set
    ${list(names.map((name) => sql`${name} = excluded.${name}`))}`
}

function addToTotals({ until }: Stretch): SQL {
  const sums = counters.map(
    (name) => sql`${name} = coalesce(${statsTotals}.${name} + f.${name}, ${statsTotals}.${name}, f.${name})`,
  )
  return sql`
    update ${statsTotals} set rolled_up_to = ${until}::timestamptz, samples = ${statsTotals}.samples + f.samples,
      restarts = ${statsTotals}.restarts + f.restarts, ${list(sums)}
    from (select count(*) as samples, coalesce(sum(restarts), 0) as restarts,
      ${list(counters.map((name) => sql`sum(${name}) as ${name}`))} from ${fresh}) f`
}
