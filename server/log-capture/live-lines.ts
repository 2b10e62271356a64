/** Tells viewers of this process what is new in a proxy's log: several of one proxy cost one. */
import { sql } from 'drizzle-orm'
import type { Announcements } from '../database/announcements.ts'
import type { Database } from '../database/connect.ts'
import { proxyLogEnds } from '../database/tables.ts'
import { countLostBetween, type LogLineRow, readLinesBetween } from './lines.read.ts'

/** Lines that follow one another. */
export interface Piece {
  readonly rows: readonly LogLineRow[]
  /** Everything up to and with this position is in it, unless it was deleted. */
  readonly until: number
}

export interface Watched {
  /** The position of the newest line that is known. */
  end(): number
  /**
   * What follows a position. Viewers that have seen everything get the same object, so that whatever is made of it can
   * be shared as well.
   */
  after(position: number): Promise<Piece>
  /** Lines that a viewer misses who goes on after `until` instead of `position`; a gap is as many as it stands for. */
  missed(position: number, until: number): Promise<number>
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
const linesPerPiece = 500
/** The newest pieces of a log, for viewers that are a moment behind the others. */
const keptPieces = 8

interface Log {
  end: number
  viewers: number
  readonly waiting: Set<() => void>
  /** By the position before them; read when the first viewer wants them. */
  readonly pieces: Map<number, { readonly until: number; piece: Promise<Piece> | null }>
}

export function createLiveLines(
  db: Database,
  announcements: Pick<Announcements, 'listen'>,
  onFault: (error: unknown) => void,
): LiveLines {
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
      grow(log, position)
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

  // Lines may have been deleted: what was read of them before must not be told any more.
  const stopListening = announcements.listen({ kind: 'proxy', id: null }, (subjects) => {
    for (const { id } of subjects) {
      for (const [proxyId, { pieces }] of logs) if (id === null || id === proxyId) pieces.clear()
    }
  })

  async function read(proxyId: string, after: number, until: number): Promise<Piece> {
    return { rows: await readLinesBetween(db, proxyId, { after, until, limit: until - after }), until }
  }

  return {
    async watch(proxyId) {
      const log = logs.get(proxyId) ?? { end: 0, viewers: 0, waiting: new Set(), pieces: new Map() }
      logs.set(proxyId, log)
      log.viewers += 1
      let isStopped = false
      const mine = new Set<() => void>()
      await look().catch(onFault)
      return {
        end: () => log.end,
        after(position) {
          const known = log.pieces.get(position)
          if (known === undefined) return read(proxyId, position, untilShared(log, position))
          known.piece ??= read(proxyId, position, known.until)
          // One that failed is tried again by whoever asks next.
          known.piece.catch(() => {
            known.piece = null
          })
          return known.piece
        },
        missed: async (position, until) =>
          until - position + (await countLostBetween(db, proxyId, { after: position, until })),
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
    close() {
      clearInterval(timer)
      stopListening()
    },
  }
}

function grow(log: Log, end: number): void {
  // Of what was there before the first viewer came everybody reads their own part.
  const from = log.end === 0 ? end : Math.max(log.end, end - keptPieces * linesPerPiece)
  for (let at = from; at < end; at += linesPerPiece) {
    log.pieces.set(at, { until: Math.min(end, at + linesPerPiece), piece: null })
  }
  for (const at of [...log.pieces.keys()].slice(0, -keptPieces)) log.pieces.delete(at)
  log.end = end
}

/** As far as a viewer reads for itself: to where a shared piece begins, if one does soon. */
function untilShared({ end, pieces }: Log, position: number): number {
  const next = [...pieces.keys()].find((at) => at > position) ?? end
  return Math.min(end, next, position + linesPerPiece)
}
