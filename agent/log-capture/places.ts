/**
 * What is remembered of the followed streams over restarts: how far the server has each, how many lines of it each
 * capture wanted up to there, and which epoch each file is.
 *
 * An epoch is on disk before a line of it is told: whatever is read again after a crash has the same numbers, and the
 * server knows it.
 */
import { join } from 'node:path'
import { readOrNull, writeAtomically } from '../files.ts'
import type { Place } from './follow.ts'

/** How a stream is left. */
export interface Left {
  readonly place: Place
  /** By capture: the lines before the place that it wanted. */
  readonly counts: Readonly<Record<string, number>>
}

export interface Places {
  /** Where to go on; null: that stream was not followed. */
  of(stream: string): Left | null
  /** Lines of all streams that a capture wanted, up to their places. */
  countOf(captureId: string): number
  /** The server has everything before these. On disk when it resolves. */
  keep(news: Readonly<Record<string, Left>>): Promise<void>
  /** The epoch of a file that is begun: that which it had before, if it is above `above`, or a new one above all. */
  epochOf(file: string, above: number): Promise<number>
  /** Nothing is followed any more: whatever follows next begins anew. */
  forget(): Promise<void>
}

interface Kept {
  readonly places: Readonly<Record<string, Place>>
  readonly counts: Readonly<Record<string, Left['counts']>>
  readonly epochs: Readonly<Record<string, number>>
}

/** Of files whose lines may be read again. */
const keptEpochs = 32

export async function openPlaces(home: string, now: () => number): Promise<Places> {
  const path = join(home, 'capture-places.json')
  let kept = await read(path)
  async function write(next: Kept): Promise<void> {
    if (JSON.stringify(next) === JSON.stringify(kept)) return
    await writeAtomically(path, JSON.stringify(next), 0o600)
    kept = next
  }
  return {
    of(stream) {
      const place = kept.places[stream]
      return place === undefined ? null : { place, counts: kept.counts[stream] ?? {} }
    },
    countOf: (captureId) =>
      Object.values(kept.counts).reduce((sum, counts) => sum + (counts[captureId] ?? 0), 0),
    async keep(news) {
      const left = Object.entries(news)
      const places = Object.fromEntries(left.map(([stream, { place }]) => [stream, place]))
      const counts = Object.fromEntries(left.map(([stream, each]) => [stream, each.counts]))
      await write({
        ...kept,
        places: { ...kept.places, ...places },
        counts: { ...kept.counts, ...counts },
      })
    },
    async epochOf(file, above) {
      const known = kept.epochs[file] ?? 0
      if (known > above) return known
      const highest = Math.max(0, ...Object.values(kept.epochs))
      const epoch = Math.max(now(), highest + 1)
      const newest = Object.entries({ ...kept.epochs, [file]: epoch })
        .sort(([, a], [, b]) => b - a)
        .slice(0, keptEpochs)
      await write({ ...kept, epochs: Object.fromEntries(newest) })
      return epoch
    },
    forget: () => write({ ...kept, places: {}, counts: {} }),
  }
}

async function read(path: string): Promise<Kept> {
  const none = { places: {}, counts: {}, epochs: {} }
  const text = await readOrNull(path)
  try {
    return text === null ? none : { ...none, ...(JSON.parse(text.toString()) as Partial<Kept>) }
  } catch {
    return none // the lines are followed from the end then
  }
}
