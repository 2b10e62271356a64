/** What part of the past is asked for, and in which steps. */
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { StatsStep } from '../database/tables.ts'

export interface RangeInput {
  readonly since: Date
  readonly until?: Date | null | undefined
  /** Seconds. */
  readonly step?: number | null | undefined
}

/** From the beginning of one step to the end of another; steps begin at whole multiples since 1970, in UTC. */
export interface StatsRange {
  readonly since: Date
  readonly until: Date
  readonly stepSeconds: number
  /** Whose sums the points are made of. */
  readonly source: StatsStep
}

export const mostPoints = 1_500
const [minute, hour, day] = [60, 3_600, 86_400]
const mostStep = 31 * day
/** The finest of these with at most this many points is picked for those who name no step. */
const usualSteps = [minute, 5 * minute, 15 * minute, hour, 6 * hour, day] as const
const usualPoints = 400

/** `minuteHours`: how long minutes are kept. @throws Refusal BAD_USER_INPUT */
export function rangeOf({ since, until, step }: RangeInput, now: Date, minuteHours: number): StatsRange {
  const end = until ?? now
  const stepSeconds = step ?? usualStep(since, end, now, minuteHours)
  const problems: Problem[] = []
  if (stepSeconds < minute || stepSeconds > mostStep || stepSeconds % minute !== 0) {
    const message = `Must be whole minutes, in seconds: a multiple of ${minute} up to ${mostStep}.`
    throw refuseInput([{ path: 'step', code: 'OUT_OF_RANGE', message }])
  }
  if (since >= end) {
    problems.push({ path: 'since', code: 'OUT_OF_ORDER', message: 'Must be earlier than until.' })
  }
  const stepMs = stepSeconds * 1_000
  const first = Math.floor(since.getTime() / stepMs) * stepMs
  const last = Math.ceil(end.getTime() / stepMs) * stepMs
  const points = (last - first) / stepMs
  if (points > mostPoints) {
    const message = `${points} points are asked for, at most ${mostPoints} are answered: take longer steps, or a shorter time.`
    problems.push({ path: 'step', code: 'TOO_MANY', message })
  }
  const [problem, ...more] = problems
  if (problem) throw refuseInput([problem, ...more])
  return { since: new Date(first), until: new Date(last), stepSeconds, source: sourceOf(stepSeconds) }
}

/** Every point of a range with what is known of it. */
export function pointsOf<Row, Point>(
  { since, until, stepSeconds }: StatsRange,
  rows: ReadonlyMap<number, Row>,
  pointOf: (at: Date, row: Row | undefined) => Point,
): readonly Point[] {
  const stepMs = stepSeconds * 1_000
  const count = (until.getTime() - since.getTime()) / stepMs
  return Array.from({ length: count }, (_, index) => {
    const at = since.getTime() + index * stepMs
    return pointOf(new Date(at), rows.get(at))
  })
}

function sourceOf(stepSeconds: number): StatsStep {
  if (stepSeconds % day === 0) return 'day'
  return stepSeconds % hour === 0 ? 'hour' : 'minute'
}

function usualStep(since: Date, until: Date, now: Date, minuteHours: number): number {
  const seconds = (until.getTime() - since.getTime()) / 1_000
  const hasMinutes = now.getTime() - since.getTime() <= minuteHours * hour * 1_000
  const fits = (step: number) => seconds / step <= usualPoints && (hasMinutes || step >= hour)
  return usualSteps.find(fits) ?? Math.ceil(seconds / usualPoints / day) * day
}
