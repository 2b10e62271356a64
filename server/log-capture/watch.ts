/** A viewer's stream of a proxy's captured lines: from a cursor on, each line once, and live. */
import { refuseInput } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { type Page, pageOf, pageRequest } from '../paging.ts'
import { permit } from '../permit.ts'
import { readProxy } from '../proxy/proxy.read.ts'
import { hasLineUpTo, type LogLineRow, lineKey } from './lines.read.ts'
import type { LiveLines, Piece } from './live-lines.ts'

export interface LogLineBatchRow extends Pick<Page<LogLineRow>, 'rows'> {
  /** Lines between the batch before and this one that the viewer was too slow for. */
  readonly dropped: number
  /** Lines between the batch before and this one that were deleted before the viewer got them. */
  readonly deleted: number
  /** Of the first batch: older lines are kept that the viewer didn't ask for. */
  readonly hasEarlier: boolean
}

/** A viewer farther behind goes on from here: what is stored can be read as pages. */
export const mostBehind = 50_000

/**
 * Pulled by its reader: a viewer that stalls takes nothing, is kept nothing, and holds up nobody.
 *
 * Not an async generator: one that waits can't be returned from, and every closed socket would leave its watch.
 *
 * @param after a cursor of `logLines`; null: begins with the newest `last` lines
 * @throws Refusal FORBIDDEN, NOT_FOUND, BAD_USER_INPUT
 */
export async function watchLogLines(
  op: Operation,
  live: LiveLines,
  {
    proxyId,
    after,
    last,
  }: { readonly proxyId: string; readonly after?: string | null; readonly last: number },
): Promise<AsyncIterableIterator<LogLineBatchRow>> {
  permit(op, 'fleet.read')
  if (!(last >= 0 && last <= mostBehind)) {
    throw refuseInput([{ path: 'last', code: 'OUT_OF_RANGE', message: `From 0 to ${mostBehind}.` }])
  }
  const request = pageRequest(1, after, 1)
  const { id } = await readProxy(op, proxyId)
  const watched = await live.watch(id)
  let position = request.after ? Number(request.after[0]) : Math.max(0, watched.end() - last)
  /** Nobody misses what was deleted before they began to look. */
  const missedFrom = request.after ? position : watched.end()
  let hasEarlier = !request.after && (await hasLineUpTo(op, id, position))
  let isOver = false
  const end = { value: undefined, done: true } as const
  const lines: AsyncIterableIterator<LogLineBatchRow> = {
    [Symbol.asyncIterator]: () => lines,
    async next() {
      // Told with the next line: a viewer that comes back with the cursor of its last one is told the same.
      const missing = { dropped: 0, deleted: 0 }
      for (;;) {
        await watched.beyond(position)
        if (isOver) return end
        const goesOnFrom = Math.max(position, watched.end() - mostBehind)
        if (goesOnFrom > position) missing.dropped += await watched.missed(position, goesOnFrom)
        position = goesOnFrom
        const from = Math.max(position, missedFrom)
        const piece = await watched.after(position)
        position = piece.until
        const kept = piece.rows.filter((row) => row.position > from).length
        missing.deleted += Math.max(0, piece.until - from) - kept
        if (piece.rows.length === 0) continue
        const batch = batchOf(piece)
        const isShared = missing.dropped === 0 && missing.deleted === 0 && !hasEarlier
        const value = isShared ? batch : { ...batch, ...missing, hasEarlier }
        hasEarlier = false
        return { value, done: false }
      }
    },
    async return() {
      isOver = true
      watched.stop()
      return end
    },
  }
  return lines
}

const batches = new WeakMap<Piece, LogLineBatchRow>()

/** The same for the same piece: viewers that saw everything before share also what is made of it. */
function batchOf(piece: Piece): LogLineBatchRow {
  const known = batches.get(piece)
  if (known) return known
  const { length: first } = piece.rows
  const page = pageOf(piece.rows, { first, after: null }, lineKey, async () => first)
  const batch = { rows: page.rows, dropped: 0, deleted: 0, hasEarlier: false }
  batches.set(piece, batch)
  return batch
}
