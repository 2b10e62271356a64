/**
 * Statistics of a proxy: what a sample holds, and how two cumulative counts become what happened between them.
 *
 * ATS counts from its start, and an agent tells the counts as they are. Everything that people see as a rate or a sum
 * is made of `increaseBetween`, so that resets, gaps and late or repeated samples are handled in one place.
 */

/** What ATS counts from its start on. */
export const statsCounters = [
  'totalClientConnections',
  'requests',
  'connectRequests',
  'responses2xx',
  'responses3xx',
  'responses4xx',
  'responses5xx',
  'clientRequestBytes',
  'clientResponseBytes',
  'connectFailures',
  'clientAborts',
  'parentConnections',
  'parentRetries',
  'parentMarkDowns',
  'cacheHits',
  'cacheMisses',
  'ramCacheHits',
  'ramCacheMisses',
] as const
export type StatsCounter = (typeof statsCounters)[number]

/** What is as it is at a moment. */
export const statsGauges = [
  'currentClientConnections',
  'currentParentConnections',
  'hostLoad',
  'hostMemoryTotalBytes',
  'hostMemoryAvailableBytes',
] as const
export type StatsGauge = (typeof statsGauges)[number]

/** Null: not known, which is not zero. */
export type Counts = Readonly<Record<StatsCounter, number | null>>
export type Gauges = Readonly<Record<StatsGauge, number | null>>

/** What tells whether two samples count from the same beginning. */
export interface AtsLife {
  /** When ATS says that it started; null while it can't be asked. */
  readonly atsStartedAt: Date | null
  /** Its counts go on from those of the life before, as 9.2 has it after a start of traffic_manager. */
  readonly countersContinue: boolean
}

/** One look at an ATS and its host, by the server's clock. */
export interface StatsSample extends AtsLife, Counts, Gauges {
  readonly at: Date
}

/** The part of a sample that the next one is compared with. */
export type CountedSample = AtsLife & Counts & Pick<StatsSample, 'at'>

/** What happened between two samples. */
export interface Increase extends Counts {
  /** How long that took; null: nothing can be said of the time in between. */
  readonly seconds: number | null
  /** Starts of ATS that were seen; of several between two samples only one is. */
  readonly restarts: number
}

/** Beyond this nobody knows when it happened: the time between is a gap, and no rate is made of it. */
export const longestGapSeconds = 600

/**
 * `before`: the sample taken before, null if there is none. A sample that is not later than it (late, repeated, a
 * clock that was set back) increases nothing. A count that fell without a start of ATS (somebody cleared it) is not
 * known. After a start a count is what has happened since, unless ATS goes on from its old counts; what happened
 * between the last sample and the end of the life before, at most one interval of sampling, is then not seen.
 */
export function increaseBetween(before: CountedSample | null, after: CountedSample): Increase {
  if (before === null || before.atsStartedAt === null || after.atsStartedAt === null) return nothingKnown(0)
  const milliseconds = after.at.getTime() - before.at.getTime()
  if (milliseconds <= 0) return nothingKnown(0)
  const isRestarted = after.atsStartedAt.getTime() !== before.atsStartedAt.getTime()
  const restarts = isRestarted ? 1 : 0
  if (milliseconds > longestGapSeconds * 1_000) return nothingKnown(restarts)
  const startsAtZero = isRestarted && !after.countersContinue
  const counts = countsOf((counter) => {
    const [was, is] = [startsAtZero ? 0 : before[counter], after[counter]]
    return was === null || is === null || is < was ? null : is - was
  })
  return { seconds: milliseconds / 1_000, restarts, ...counts }
}

/** An amount per second; null when amount or time is not known. */
export function rateOf(amount: number | null, seconds: number | null): number | null {
  return amount === null || seconds === null || seconds <= 0 ? null : amount / seconds
}

/** Counts made of one question for each. */
export function countsOf(count: (counter: StatsCounter) => number | null): Counts {
  return Object.fromEntries(statsCounters.map((counter) => [counter, count(counter)])) as Counts
}

/** Gauges made of one question for each. */
export function gaugesOf(gauge: (name: StatsGauge) => number | null): Gauges {
  return Object.fromEntries(statsGauges.map((name) => [name, gauge(name)])) as Gauges
}

function nothingKnown(restarts: number): Increase {
  return { seconds: null, restarts, ...countsOf(() => null) }
}

/** Seconds between two samples of an agent. */
export const sampleIntervalSeconds = 30
/** Samples that an agent keeps while the server is away (an hour), and the most that one report holds. */
export const mostSamples = 120
/** Older samples are not taken any more, later ones than now by this neither (a clock was set back): seconds. */
export const lateSeconds = 3_600
export const futureSeconds = 3_600
/** A newest sample that is so far ahead of the clock was told before that was set back, and gives way to any: seconds. */
export const aheadSeconds = 60

/** A newest sample that is older says nothing of now any more: seconds. */
export const liveSeconds = 180

/** What a counter is called as a rate. */
export type StatsRate = `${Exclude<StatsCounter, 'totalClientConnections'> | 'clientConnections'}PerSecond`
export type Rates = Readonly<Record<StatsRate, number | null>>

export function rateNameOf(counter: StatsCounter): StatsRate {
  return `${counter === 'totalClientConnections' ? 'clientConnections' : counter}PerSecond`
}

/** Rates made of one question for each counter. */
export function ratesOf(rate: (counter: StatsCounter) => number | null): Rates {
  return Object.fromEntries(statsCounters.map((counter) => [rateNameOf(counter), rate(counter)])) as Rates
}
