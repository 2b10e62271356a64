/** Gives proxies a past: samples of a working day's traffic, by the server's own doors, rolled up as it does. */
import type { Sql } from 'postgres'
import { hitRatioOf, shareOf } from '../../server/core/shares.ts'
import { countsOf, gaugesOf, type StatsCounter, type StatsGauge } from '../../server/core/stats.ts'
import type { Database } from '../../server/database/connect.ts'
import { observeStats, type StoredSample } from '../../server/database/observe-stats.ts'
import { fleetStats } from '../../server/database/tables.ts'
import { rollUpStats } from '../../server/stats/keep.ts'
import { systemOperation } from '../../server/upkeep.ts'

export interface SeededStats {
  /** Up to now. */
  readonly minutes: number
  /** Minutes ago, first and last, in which no agent told anything. */
  readonly gap?: readonly [number, number]
  /** Minutes ago at which the first proxy's ATS started anew. */
  readonly restartAt?: number
  /** Minutes ago at which the first proxy marked a parent down. */
  readonly markDownAt?: number
}

const minuteMs = 60_000
const stepSeconds = 60

export async function seedStats(
  { sql, db }: { readonly sql: Sql; readonly db: Database },
  proxyIds: readonly string[],
  past: SeededStats,
): Promise<void> {
  const now = Math.floor(Date.now() / minuteMs) * minuteMs
  for (let ago = past.minutes; ago > 0; ago -= 60) {
    const minutes = Array.from({ length: Math.min(60, ago) }, (_, index) => ago - index)
    await observeStats(
      sql,
      minutes
        .filter((minute) => !past.gap || minute > past.gap[0] || minute < past.gap[1])
        .flatMap((minute) =>
          proxyIds.map((id, index) => sampleAt(id, index, now - minute * minuteMs, minute, past)),
        ),
    )
  }
  await rollUpStats(systemOperation({ db, clock: () => new Date() }, 'seed'))
}

function sampleAt(
  proxyId: string,
  index: number,
  at: number,
  minute: number,
  past: SeededStats,
): StoredSample {
  const perSecond = trafficOf(index, at)
  const isHit = (when: number | undefined) => index === 0 && when === minute
  const trouble = isHit(past.markDownAt) ? 3 : 0
  const shares: Readonly<Record<StatsCounter, number>> = {
    totalClientConnections: 0.4,
    requests: 1,
    connectRequests: 0.62,
    responses2xx: 0.3,
    responses3xx: 0.05,
    responses4xx: 0.02,
    responses5xx: 0.004 + 0.004 * noise(index, at / minuteMs) + (trouble > 0 ? 0.03 : 0),
    clientRequestBytes: 1_900,
    clientResponseBytes: 24_000,
    connectFailures: 0.003 * noise(index + 7, at / minuteMs) + (trouble > 0 ? 0.02 : 0),
    clientAborts: 0.006,
    parentConnections: 0.24,
    parentRetries: 0.001,
    parentMarkDowns: 0,
    cacheHits: 0.09,
    cacheMisses: 0.21,
    ramCacheHits: 0.07,
    ramCacheMisses: 0.02 + 0.02 * noise(index + 3, at / minuteMs / 20),
  }
  const added = countsOf((counter) => Math.round(perSecond * stepSeconds * shares[counter]))
  const gauges: Readonly<Record<StatsGauge, number>> = {
    currentClientConnections: Math.round(perSecond * 2.4),
    currentParentConnections: Math.round(perSecond * 1.1),
    hostLoad: 0.15 + perSecond / 220,
    hostMemoryTotalBytes: 16 * 2 ** 30,
    hostMemoryAvailableBytes: Math.round((9 - perSecond / 40) * 2 ** 30),
  }
  return {
    added: {
      proxyId,
      at: new Date(at),
      seconds: stepSeconds,
      restarts: isHit(past.restartAt) ? 1 : 0,
      ...added,
      parentMarkDowns: trouble,
      ...gaugesOf((gauge) => gauges[gauge]),
    },
    newest: {
      proxyId,
      at: new Date(at),
      atsStartedAt: new Date(at - 86_400_000),
      countersContinue: false,
      requestsPerSecond: perSecond,
      errorRate: shareOf(added.responses5xx, added.requests),
      ramCacheHitRatio: hitRatioOf(added.ramCacheHits, added.ramCacheMisses),
      ...countsOf((counter) => (added[counter] ?? 0) * 1_440),
      ...gaugesOf((gauge) => gauges[gauge]),
    },
  }
}

export interface ToldNumbers {
  readonly connections: number
  readonly errorRate: number
}

/** As if the agents of these proxies had just told, to whichever replica. */
export async function tellStats(sql: Sql, proxyIds: readonly string[], told: ToldNumbers): Promise<void> {
  const at = new Date()
  const gauges = { ...gaugesOf(() => null), currentClientConnections: told.connections }
  const counts = countsOf(() => 1)
  const now = { requestsPerSecond: 7, errorRate: told.errorRate, ramCacheHitRatio: 0.5 }
  await observeStats(
    sql,
    proxyIds.map((proxyId) => ({
      added: { proxyId, at, seconds: 30, restarts: 0, ...gauges, ...counts },
      newest: { proxyId, at, countersContinue: false, ...now, ...gauges, ...counts },
    })),
  )
}

/**
 * What the fleet's sums of a month would be. Samples that old are not taken, so the sums are written as such: a day of
 * minutes, and hours before.
 */
export async function seedFleetPast(db: Database, proxyIds: readonly string[]): Promise<void> {
  const now = Date.now()
  const hourMs = 60 * minuteMs
  const steps = [
    { step: 'minute', everyMs: minuteMs, first: 1_440, last: 120 },
    { step: 'hour', everyMs: hourMs, first: 720, last: 2 },
  ] as const
  for (const { step, everyMs, first, last } of steps) {
    const start = Math.floor(now / everyMs) * everyMs
    const rows = Array.from({ length: first - last }, (_, index) => {
      const at = start - (first - index) * everyMs
      const samples = proxyIds.map((id, place) => sampleAt(id, place, at, -1, { minutes: 0 }).added)
      const sum = (of: (sample: StoredSample['added']) => number | null | undefined) =>
        samples.reduce((total, sample) => total + (of(sample) ?? 0), 0)
      return {
        step,
        at: new Date(at),
        proxies: samples.length,
        restarts: 0,
        currentClientConnections: sum((sample) => sample.currentClientConnections),
        currentClientConnectionsPeak: sum((sample) => sample.currentClientConnections) * 1.2,
        currentParentConnections: sum((sample) => sample.currentParentConnections),
        hostLoad: sum((sample) => sample.hostLoad) / samples.length,
        hostLoadPeak: Math.max(...samples.map((sample) => sample.hostLoad ?? 0)),
        hostMemoryTotalBytes: sum((sample) => sample.hostMemoryTotalBytes),
        hostMemoryAvailableBytes: sum((sample) => sample.hostMemoryAvailableBytes),
        hostMemoryUsedPeak: Math.max(...samples.map(memoryUsed)),
        ...countsOf((counter) => sum((sample) => sample[counter]) / stepSeconds),
      }
    })
    // Far below PostgreSQL's 65,535 parameters in one statement.
    for (let from = 0; from < rows.length; from += 500)
      await db
        .insert(fleetStats)
        .values(rows.slice(from, from + 500))
        .onConflictDoNothing()
  }
}

function memoryUsed({ hostMemoryAvailableBytes, hostMemoryTotalBytes }: StoredSample['added']): number {
  return 1 - (shareOf(hostMemoryAvailableBytes ?? null, hostMemoryTotalBytes ?? null) ?? 1)
}

/** Requests a second: a day's wave, each proxy with its own share of it, never quite smooth. */
function trafficOf(index: number, at: number): number {
  const day = (at % 86_400_000) / 86_400_000
  const wave = 1 + 0.55 * Math.sin(2 * Math.PI * (day - 0.35))
  return (18 + (index % 7) * 9) * wave * (0.86 + 0.28 * noise(index, at / minuteMs))
}

/** Between 0 and 1, the same for the same place: pictures must not differ by chance. */
function noise(seed: number, at: number): number {
  const value = Math.sin(seed * 127.1 + Math.floor(at) * 311.7) * 43_758.5453
  return value - Math.floor(value)
}
