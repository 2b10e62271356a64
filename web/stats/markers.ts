/** What happened on the time axis: approvals, starts of ATS, and parents that were marked down. */

import type { Point } from './charts.ts'
import { stepOf } from './history.ts'

export type MarkerKind = 'approval' | 'restart' | 'markDown'

export interface Marker {
  readonly id: string
  readonly kind: MarkerKind
  /** Milliseconds since the epoch; of what is known by its step only, where that begins. */
  readonly at: number
  /** How many, in all the steps in a row that had any. */
  readonly count: number
  readonly approval?: Approval
}

export interface Approval {
  readonly configId: string
  readonly name: string
  readonly by: string
}

/** Approvals and what the points tell, the oldest first. */
export function markersOf(
  points: readonly Point[],
  approvals: readonly (Approval & { readonly id: string; readonly at: string })[],
): readonly Marker[] {
  const seconds = stepOf(points) / 1_000
  const approved = approvals.map(({ id, at, ...approval }): Marker => {
    return { id, kind: 'approval', at: Date.parse(at), count: 1, approval }
  })
  return [
    ...approved,
    ...runsOf('restart', points, ({ restarts }) => restarts ?? 0),
    ...runsOf('markDown', points, ({ parentMarkDownsPerSecond: rate }) => (rate ?? 0) * seconds),
  ].sort((a, b) => a.at - b.at)
}

/** One marker for steps in a row: a parent that stays away is marked down again and again. */
function runsOf(
  kind: MarkerKind,
  points: readonly Point[],
  countOf: (point: Point) => number,
): readonly Marker[] {
  const runs: { id: string; kind: MarkerKind; at: number; count: number }[] = []
  let isRunning = false
  for (const point of points) {
    const count = countOf(point)
    const last = runs.at(-1)
    if (count > 0 && isRunning && last) last.count += count
    else if (count > 0) runs.push({ id: `${kind} ${point.at}`, kind, at: Date.parse(point.at), count })
    isRunning = count > 0
  }
  return runs.map((run) => ({ ...run, count: Math.max(1, Math.round(run.count)) }))
}
