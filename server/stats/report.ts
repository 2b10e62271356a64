/** Takes an agent's samples: makes of them what happened between them, and leaves the writing to the queue. */
import { type Problem, refuseInput } from '../core/refusal.ts'
import { hitRatioOf, shareOf } from '../core/shares.ts'
import {
  type CountedSample,
  countsOf,
  futureSeconds,
  gaugesOf,
  increaseBetween,
  lateSeconds,
  mostSamples,
  rateOf,
  type StatsCounter,
  type StatsGauge,
  type StatsSample,
  statsCounters,
  statsGauges,
} from '../core/stats.ts'
import type { StoredSample } from '../database/observe-stats.ts'
import type { Operation } from '../operation.ts'
import { requireOwnProxy } from '../sync/own-proxy.ts'
import type { StatsQueue } from './queue.ts'
import { newestStats } from './stats.read.ts'

/** What is left out is not known. */
export interface StatsSampleInput extends Partial<Record<StatsCounter | StatsGauge, number | null>> {
  readonly at: Date
  readonly atsStartedAt?: Date | null | undefined
  readonly countersContinue?: boolean | null | undefined
}

export interface ReportStatsInput {
  readonly previous?: StatsSampleInput | null | undefined
  readonly samples: readonly StatsSampleInput[]
}

export interface ReportStatsParts {
  readonly memory: Parameters<typeof requireOwnProxy>[1]
  readonly queue: StatsQueue
}

/** A load of this many tasks for each processor is none. */
const mostLoad = 100_000

/**
 * Costs no SQL but for an agent that has just started and names no sample before: what it counts goes on from the
 * newest one that is stored. Samples that are late or of the future are left out without a word.
 * @throws Refusal UNAUTHENTICATED (retired), BAD_USER_INPUT
 */
export async function reportStats(
  op: Operation,
  { memory, queue }: ReportStatsParts,
  input: ReportStatsInput,
): Promise<{ readonly isFull: boolean }> {
  const { proxyId } = await requireOwnProxy(op, memory)
  const [problem, ...problems] = problemsOf(input)
  if (problem) throw refuseInput([problem, ...problems])
  if (input.samples.length === 0) return { isFull: false }
  const before = input.previous ? sampleOf(input.previous) : await op.load(newestStats, proxyId)
  const timely = storedOf(proxyId, before ?? null, input.samples.map(sampleOf)).filter(({ added: { at } }) =>
    isTimely(at, op.now),
  )
  queue.counts.untimely += input.samples.length - timely.length
  return { isFull: !queue.add(timely) }
}

/** Each with what it adds to the last one before it of which ATS told its counts. */
function storedOf(
  proxyId: string,
  first: CountedSample | null,
  samples: readonly StatsSample[],
): readonly StoredSample[] {
  let before = first
  return samples.map((sample) => {
    const { at, atsStartedAt, countersContinue } = sample
    const { seconds, restarts, ...added } = increaseBetween(before, sample)
    if (atsStartedAt !== null) before = sample
    const gauges = gaugesOf((gauge) => sample[gauge])
    const requestsPerSecond = rateOf(added.requests, seconds)
    const errorRate = shareOf(added.responses5xx, added.requests)
    const ramCacheHitRatio = hitRatioOf(added.ramCacheHits, added.ramCacheMisses)
    const life = { atsStartedAt, countersContinue, requestsPerSecond, errorRate, ramCacheHitRatio }
    return {
      added: { proxyId, at, seconds, restarts, ...gauges, ...added },
      newest: { proxyId, at, ...life, ...gauges, ...countsOf((counter) => sample[counter]) },
    }
  })
}

function isTimely(at: Date, now: Date): boolean {
  const age = (now.getTime() - at.getTime()) / 1_000
  return age <= lateSeconds && age >= -futureSeconds
}

function sampleOf(input: StatsSampleInput): StatsSample {
  return {
    at: input.at,
    atsStartedAt: input.atsStartedAt ?? null,
    countersContinue: input.countersContinue ?? false,
    ...countsOf((counter) => input[counter] ?? null),
    ...gaugesOf((gauge) => input[gauge] ?? null),
  }
}

function problemsOf({ previous, samples }: ReportStatsInput): readonly Problem[] {
  if (samples.length > mostSamples) {
    return [{ path: 'samples', code: 'TOO_MANY', message: `At most ${mostSamples} samples.` }]
  }
  const all = previous ? [{ path: 'previous', sample: previous }] : []
  const told = [...all, ...samples.map((sample, index) => ({ path: `samples.${index}`, sample }))]
  return told.flatMap(({ path, sample }, index): readonly Problem[] => {
    const before = told[index - 1]?.sample
    const isInOrder = before === undefined || before.at < sample.at
    const order: Problem = {
      path: `${path}.at`,
      code: 'OUT_OF_ORDER',
      message: 'Must be later than the one before.',
    }
    return [...(isInOrder ? [] : [order]), ...numberProblems(path, sample)]
  })
}

function numberProblems(path: string, sample: StatsSampleInput): readonly Problem[] {
  return [...statsCounters, ...statsGauges].flatMap((name): Problem[] => {
    const value = sample[name]
    const isLoad = name === 'hostLoad'
    if (value == null || (value >= 0 && (isLoad ? value <= mostLoad : Number.isSafeInteger(value)))) return []
    const message = isLoad ? `Must be from 0 to ${mostLoad}.` : 'Must be a whole number from 0.'
    return [{ path: `${path}.${name}`, code: 'OUT_OF_RANGE', message }]
  })
}
