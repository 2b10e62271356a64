/** Samples on their way into the database: written together once a second, so that no agent waits for it. */
import type { StoredSample } from '../database/observe-stats.ts'

export interface StatsQueue {
  /** All of them, or none when there is no room. */
  add(samples: readonly StoredSample[]): boolean
  /** Samples that wait. */
  readonly waiting: number
  readonly counts: StatsCounts
  /** Writes what waits, once. */
  close(): Promise<void>
}

/** Since this process started. */
export interface StatsCounts {
  /** Samples that were written; of those that came twice, each time. */
  stored: number
  /** Samples that were sent back to their agents for want of room. */
  full: number
  /** Too late or of the future. */
  untimely: number
}

export interface StatsQueueParts {
  readonly write: (samples: readonly StoredSample[]) => Promise<void>
  readonly onFault: (error: unknown) => void
}

const flushEveryMs = 1_000
/** In one transaction. */
const mostTogether = 10_000
/** Some 60 MB; half a minute of 100,000 proxies, five minutes of 10,000. */
export const mostWaiting = 100_000

export function createStatsQueue({ write, onFault }: StatsQueueParts): StatsQueue {
  const counts = { stored: 0, full: 0, untimely: 0 }
  let waiting: StoredSample[] = []
  let running: Promise<void> | null = null

  /** What can't be written stays, and is tried again at the next turn: samples are checked, it is the database's fault. */
  async function flush(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, mostTogether)
        await write(batch)
        waiting = waiting.slice(batch.length)
        counts.stored += batch.length
      }
    } catch (error) {
      onFault(error)
    }
  }

  const timer = setInterval(() => {
    running ??= flush().finally(() => {
      running = null
    })
  }, flushEveryMs)

  return {
    add(samples) {
      if (waiting.length + samples.length > mostWaiting) {
        counts.full += samples.length
        return false
      }
      waiting.push(...samples)
      return true
    },
    get waiting() {
      return waiting.length
    },
    counts,
    async close() {
      clearInterval(timer)
      await running
      await flush()
    },
  }
}
