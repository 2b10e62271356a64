/** Tells viewers of this process when there is more of a proxy's log: several of one proxy cost one. */
import { sql } from 'drizzle-orm'
import type { Database } from '../database/connect.ts'
import { proxyLogEnds } from '../database/tables.ts'
import { type LogLineRow, readLinesBetween } from './lines.read.ts'

export interface Watched {
  /** The position of the newest line that is known. */
  end(): number
  /** Up to `limit` lines after a position, up to the end; viewers that ask for the same share one reading. */
  lines(after: number, limit: number): Promise<readonly LogLineRow[]>
  /** Resolves when `end` lies beyond a position, or the watching has stopped. */
  beyond(position: number): Promise<void>
  stop(): void
}

export interface LiveLines {
  /** Resolves when the end is known. */
  watch(proxyId: string): Promise<Watched>
  /** Lines of a proxy have come in here. */
  poke(proxyId: string): void
  close(): void
}

/** Lines that came in at another replica are seen so late at most. */
const lookEveryMs = 500
/** Readings of one proxy that are kept for the next viewer that asks for the same. */
const keptReadings = 4

interface Log {
  end: number
  viewers: number
  readonly waiting: Set<() => void>
  readonly readings: Map<string, Promise<readonly LogLineRow[]>>
}

export function createLiveLines(db: Database, onFault: (error: unknown) => void): LiveLines {
  const logs = new Map<string, Log>()
  let looking: Promise<void> | null = null
  let isAskedAgain = false

  /** One statement for all that are watched, whoever asks. */
  async function look(): Promise<void> {
    const ids = `{${[...logs.keys()].join(',')}}`
    const rows = await db
      .select({ proxyId: proxyLogEnds.proxyId, position: proxyLogEnds.position })
      .from(proxyLogEnds)
      .where(sql`${proxyLogEnds.proxyId} = any(${ids}::uuid[])`)
    for (const { proxyId, position } of rows) {
      const log = logs.get(proxyId)
      if (log === undefined || position <= log.end) continue
      log.end = position
      for (const wake of [...log.waiting]) wake()
    }
  }

  function lookNow(): Promise<void> {
    if (looking !== null) {
      isAskedAgain = true // what runs may have read a moment before
      return looking
    }
    looking = look()
      .catch(onFault)
      .finally(() => {
        looking = null
        if (isAskedAgain && logs.size > 0) void lookNow()
        isAskedAgain = false
      })
    return looking
  }
  const timer = setInterval(() => {
    if (logs.size > 0) void lookNow()
  }, lookEveryMs)

  return {
    async watch(proxyId) {
      const log = logs.get(proxyId) ?? { end: 0, viewers: 0, waiting: new Set(), readings: new Map() }
      logs.set(proxyId, log)
      log.viewers += 1
      let isStopped = false
      const mine = new Set<() => void>()
      await look().catch(onFault)
      return {
        end: () => log.end,
        lines(after, limit) {
          const key = `${after} ${limit} ${log.end}`
          const known = log.readings.get(key)
          if (known) return known
          const reading = readLinesBetween(db, proxyId, { after, until: log.end, limit })
          reading.catch(() => log.readings.delete(key))
          if (log.readings.size >= keptReadings) log.readings.delete(log.readings.keys().next().value ?? '')
          log.readings.set(key, reading)
          return reading
        },
        beyond(position) {
          if (isStopped || log.end > position) return Promise.resolve()
          return new Promise((resolve) => {
            const wake = () => {
              log.waiting.delete(wake)
              mine.delete(wake)
              resolve()
            }
            log.waiting.add(wake)
            mine.add(wake)
          })
        },
        stop() {
          if (isStopped) return
          isStopped = true
          for (const wake of [...mine]) wake()
          log.viewers -= 1
          if (log.viewers === 0) logs.delete(proxyId)
        },
      }
    },
    poke(proxyId) {
      if (logs.has(proxyId)) void lookNow()
    },
    close: () => clearInterval(timer),
  }
}
