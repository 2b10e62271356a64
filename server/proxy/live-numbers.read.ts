/** The live numbers that a list of proxies is ordered and narrowed by, as the newest sample of each has them. */
import { and, type SQL, sql } from 'drizzle-orm'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { liveSeconds } from '../core/stats.ts'
import { proxyStatsNewest } from '../database/tables.ts'

const columns = {
  requestsPerSecond: proxyStatsNewest.requestsPerSecond,
  connections: proxyStatsNewest.currentClientConnections,
  errorRate: proxyStatsNewest.errorRate,
  ramCacheHitRatio: proxyStatsNewest.ramCacheHitRatio,
} as const
export type LiveNumber = keyof typeof columns
const liveNumbers = Object.keys(columns) as readonly LiveNumber[]

/** Both inclusive; what is left out is no bound. */
export interface Bounds {
  readonly min?: number | null | undefined
  readonly max?: number | null | undefined
}
export type LiveFilter = Readonly<Partial<Record<LiveNumber, Bounds | null | undefined>>>

/** What an agent told a while ago is no live number: null, as for those that never told one. */
export function liveValue(number: LiveNumber, now: Date): SQL {
  const since = new Date(now.getTime() - liveSeconds * 1_000).toISOString()
  return sql`(case when ${proxyStatsNewest.at} >= ${since}::timestamptz then ${columns[number]} end)`
}

/** A proxy without a live number is within no bounds. @throws Refusal BAD_USER_INPUT */
export function isWithinBounds(filter: LiveFilter, now: Date): SQL | undefined {
  const [problem, ...problems] = liveNumbers.flatMap((number) => problemsOf(number, filter[number]))
  if (problem) throw refuseInput([problem, ...problems])
  return and(
    ...liveNumbers.flatMap((number) => {
      const { min, max } = filter[number] ?? {}
      const value = liveValue(number, now)
      return [
        min == null ? undefined : sql`${value} >= ${min}::float8`,
        max == null ? undefined : sql`${value} <= ${max}::float8`,
      ]
    }),
  )
}

function problemsOf(number: LiveNumber, bounds: Bounds | null | undefined): readonly Problem[] {
  const { min, max } = bounds ?? {}
  const path = `live.${number}`
  const negative = Object.entries({ min, max }).filter(([, bound]) => bound != null && bound < 0)
  if (negative.length > 0)
    return negative.map(([name]) => ({
      path: `${path}.${name}`,
      code: 'OUT_OF_RANGE',
      message: 'Must not be negative.',
    }))
  if (min == null || max == null || min <= max) return []
  return [{ path: `${path}.max`, code: 'OUT_OF_ORDER', message: 'Must not be less than min.' }]
}
