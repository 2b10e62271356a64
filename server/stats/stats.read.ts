/** Reads statistics: the newest sample of each proxy, and what was rolled up of the past. */
import {
  type AnyColumn,
  and,
  avg,
  eq,
  getTableColumns,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  max,
  sql,
  sum,
} from 'drizzle-orm'
import { configById } from '../config/config.read.ts'
import { Refusal, refuseInput } from '../core/refusal.ts'
import {
  type Counts,
  type Gauges,
  gaugesOf,
  type Rates,
  rateOf,
  ratesOf,
  statsCounters,
  statsGauges,
} from '../core/stats.ts'
import {
  fleetStats,
  proxiesWithStats,
  proxyStatsDay,
  proxyStatsHour,
  proxyStatsMinute,
  proxyStatsNewest,
  statsTotals,
} from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { isId, requireId } from '../paging.ts'
import { readSettings } from '../settings/settings.read.ts'
import type { LiveNews } from './live.ts'
import { mostPoints, pointsOf, type RangeInput, rangeOf, type StatsRange } from './range.ts'

export type NewestStats = Omit<typeof proxyStatsNewest.$inferSelect, 'proxyId'>

/** One statement for a page of proxies. */
export const newestStats: BatchRead<string, NewestStats> = async (op, proxyIds) => {
  const rows = await op.read
    .select()
    .from(proxiesWithStats)
    .where(and(inArray(proxiesWithStats.proxyId, [...proxyIds]), isNotNull(proxiesWithStats.at)))
  return new Map(rows.map(({ proxyId, hostname: _, ...stats }) => [proxyId, stats]))
}

export async function readNewestStats(op: Operation, proxyId: string): Promise<NewestStats | null> {
  return (await op.load(newestStats, proxyId)) ?? null
}

/** The newest of those proxies of which it is another than this (null: any), in one statement, and how far samples are rolled up. */
export async function readLiveNews(
  op: Operation,
  known: ReadonlyMap<string, Date | null>,
): Promise<LiveNews> {
  const ids = [...known.keys()].filter(isId)
  const times = ids.map((id) => known.get(id)?.toISOString() ?? '-infinity')
  const asked = sql`unnest(${`{${ids.join()}}`}::uuid[], ${`{${times.join()}}`}::timestamptz[]) as asked (id, at)`
  const news = op.read
    .select(getTableColumns(proxyStatsNewest))
    .from(proxyStatsNewest)
    .innerJoin(asked, sql`${proxyStatsNewest.proxyId} = asked.id and ${proxyStatsNewest.at} <> asked.at`)
    .as('news')
  const rows = await op.read.select().from(statsTotals).leftJoin(news, sql`true`)
  const [first] = rows
  if (!first) throw new Error('the row of stats_totals is missing: was the database migrated?')
  const found = rows.flatMap((row) => (row.news ? [row.news] : []))
  const newest = new Map(found.map(({ proxyId, ...stats }) => [proxyId, stats]))
  return { rolledUpTo: first.stats_totals.rolledUpTo, newest }
}

/** One step of a proxy's past; null is not known. */
export interface StatsPointRow extends Rates, Gauges {
  readonly at: Date
  readonly currentClientConnectionsPeak: number | null
  readonly restarts: number | null
}

/** @throws Refusal BAD_USER_INPUT */
export async function readStatsHistory(
  op: Operation,
  proxyId: string,
  input: RangeInput,
): Promise<readonly StatsPointRow[]> {
  const range = await readRange(op, input)
  const key: HistoryKey = [
    proxyId,
    range.since.getTime(),
    range.until.getTime(),
    range.stepSeconds,
    range.source,
  ]
  return (await op.load(historyByKey, JSON.stringify(key))) ?? []
}

type RangeKey = readonly [since: number, until: number, step: number, source: StatsRange['source']]
type HistoryKey = readonly [proxyId: string, ...RangeKey]

/** Of all the histories that one operation asks for. */
const mostPointsTogether = 40 * mostPoints

const tables = { minute: proxyStatsMinute, hour: proxyStatsHour, day: proxyStatsDay } as const

/** One statement for all proxies of which the same range is asked. */
const historyByKey: BatchRead<string, readonly StatsPointRow[]> = async (op, keys) => {
  const idsOf = new Map<string, string[]>()
  let points = 0
  for (const key of keys) {
    const [proxyId, ...range] = JSON.parse(key) as HistoryKey
    const [since, until, step] = range
    points += (until - since) / step / 1_000
    idsOf.set(JSON.stringify(range), [...(idsOf.get(JSON.stringify(range)) ?? []), proxyId])
  }
  if (points > mostPointsTogether) {
    const message = `${points} points of several proxies are asked for, at most ${mostPointsTogether} are answered: take longer steps, a shorter time, or fewer proxies.`
    throw refuseInput([{ path: 'step', code: 'TOO_MANY', message }])
  }
  const found = new Map<string, readonly StatsPointRow[]>()
  for (const [text, proxyIds] of idsOf) {
    const [since, until, stepSeconds, source] = JSON.parse(text) as RangeKey
    const range = { since: new Date(since), until: new Date(until), stepSeconds, source }
    const rows = await readHistories(op, range, proxyIds)
    for (const proxyId of proxyIds) {
      const key: HistoryKey = [proxyId, since, until, stepSeconds, source]
      found.set(JSON.stringify(key), pointsOf(range, rows.get(proxyId) ?? new Map(), proxyPoint))
    }
  }
  return found
}

interface SummedRow extends Counts, Gauges {
  readonly seconds: number | null
  readonly restarts: number | null
  readonly currentClientConnectionsPeak: number | null
}

async function readHistories(
  op: Operation,
  range: StatsRange,
  proxyIds: readonly string[],
): Promise<ReadonlyMap<string, Map<number, SummedRow>>> {
  const table = tables[range.source]
  const step = stepOf(table.at, range)
  const rows = await op.read
    .select({
      proxyId: table.proxyId,
      step,
      seconds: sum(table.seconds).mapWith(numberOrNull),
      restarts: sum(table.restarts).mapWith(numberOrNull),
      currentClientConnectionsPeak: max(table.currentClientConnectionsPeak),
      ...each(statsGauges, (gauge) => avg(table[gauge]).mapWith(numberOrNull)),
      ...each(statsCounters, (counter) => sum(table[counter]).mapWith(numberOrNull)),
    })
    .from(table)
    .where(and(inArray(table.proxyId, [...proxyIds]), gte(table.at, range.since), lt(table.at, range.until)))
    .groupBy(table.proxyId, sql`2`)
  const byProxy = new Map<string, Map<number, SummedRow>>()
  for (const { proxyId, step: at, ...row } of rows) {
    const own = byProxy.get(proxyId) ?? new Map<number, SummedRow>()
    byProxy.set(proxyId, own.set(at, row))
  }
  return byProxy
}

function proxyPoint(at: Date, row: SummedRow | undefined): StatsPointRow {
  return {
    at,
    restarts: row?.restarts ?? null,
    currentClientConnectionsPeak: row?.currentClientConnectionsPeak ?? null,
    ...gaugesOf((gauge) => row?.[gauge] ?? null),
    ...ratesOf((counter) => (row ? rateOf(row[counter], row.seconds) : null)),
  }
}

export interface FleetPointRow extends Rates {
  readonly at: Date
  readonly proxies: number | null
  readonly restarts: number | null
  readonly currentClientConnections: number | null
  readonly currentClientConnectionsPeak: number | null
  readonly currentParentConnections: number | null
  readonly hostLoad: number | null
  readonly hostLoadPeak: number | null
  readonly hostMemoryTotalBytes: number | null
  readonly hostMemoryAvailableBytes: number | null
  readonly hostMemoryUsedPeak: number | null
}

const fleetMeans = [
  'currentClientConnections',
  'currentParentConnections',
  'hostLoad',
  'hostMemoryTotalBytes',
  'hostMemoryAvailableBytes',
] as const
const fleetPeaks = ['currentClientConnectionsPeak', 'hostLoadPeak', 'hostMemoryUsedPeak'] as const

/** The whole fleet, or the proxies of one config. One statement. @throws Refusal BAD_USER_INPUT, NOT_FOUND */
export async function readFleetStats(
  op: Operation,
  input: RangeInput & { readonly configId?: string | null | undefined },
): Promise<readonly FleetPointRow[]> {
  const range = await readRange(op, input)
  const config = input.configId ? await requireConfig(op, input.configId) : null
  const step = stepOf(fleetStats.at, range)
  const rows = await op.read
    .select({
      step,
      proxies: max(fleetStats.proxies),
      restarts: sum(fleetStats.restarts).mapWith(numberOrNull),
      ...each(fleetMeans, (name) => avg(fleetStats[name]).mapWith(numberOrNull)),
      ...each(fleetPeaks, (name) => max(fleetStats[name])),
      ...each(statsCounters, (counter) => avg(fleetStats[counter]).mapWith(numberOrNull)),
    })
    .from(fleetStats)
    .where(
      and(
        eq(fleetStats.step, range.source),
        config === null ? isNull(fleetStats.configId) : eq(fleetStats.configId, config),
        gte(fleetStats.at, range.since),
        lt(fleetStats.at, range.until),
      ),
    )
    .groupBy(sql`1`)
  const byStep = new Map(rows.map(({ step: at, ...row }) => [at, row]))
  return pointsOf(range, byStep, (at, row) => ({
    at,
    proxies: row?.proxies ?? null,
    restarts: row?.restarts ?? null,
    ...each([...fleetMeans, ...fleetPeaks], (name) => row?.[name] ?? null),
    ...ratesOf((counter) => row?.[counter] ?? null),
  }))
}

async function requireConfig(op: Operation, id: string): Promise<string> {
  if (await op.load(configById, requireId(id, 'config'))) return id
  throw new Refusal('NOT_FOUND', `There is no config with the id "${id}".`)
}

const minuteHoursOf: BatchRead<'kept', number> = async (op) =>
  new Map([['kept', (await readSettings(op.read)).statsMinuteHours]])

async function readRange(op: Operation, input: RangeInput): Promise<StatsRange> {
  return rangeOf(input, op.now, (await op.load(minuteHoursOf, 'kept')) ?? 0)
}

/** The beginning of the step that a row belongs to, in ms since 1970. */
function stepOf(at: AnyColumn, { stepSeconds }: StatsRange) {
  return sql<number>`(floor(extract(epoch from ${at}) / ${sql.param(stepSeconds)}::int) * ${sql.param(stepSeconds)}::int * 1000)::float8`
}

function each<Key extends string, Value>(
  keys: readonly Key[],
  value: (key: Key) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<Key, Value>
}

/** PostgreSQL's sums of bigint are texts. */
function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value)
}
