/** Reads captures: those that are open, those that are over, and on which proxies each was started. */
import { aliasedTable, and, asc, desc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm'
import { logCaptures, users } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'

export type LogCaptureRow = Pick<
  typeof logCaptures.$inferSelect,
  'id' | 'startedAt' | 'until' | 'stoppedAt' | 'filter' | 'mostLines'
> & { readonly startedBy: string }

/** Those that are open, the oldest first. */
export async function readOpenCaptures(op: Operation, proxyId: string): Promise<readonly LogCaptureRow[]> {
  const { id, startedAt, until, stoppedAt } = logCaptures
  return selectCaptures(op)
    .where(and(eq(logCaptures.proxyId, proxyId), isNull(stoppedAt), gt(until, op.now)))
    .orderBy(asc(startedAt), asc(id))
}

const mostEnded = 10

/** The newest of those that are over and of which lines may be kept still, the newest first. */
export async function readEndedCaptures(op: Operation, proxyId: string): Promise<readonly LogCaptureRow[]> {
  const { logHours } = await readSettings(op.read)
  const { id, startedAt, until, stoppedAt } = logCaptures
  const end = sql`least(${until}, ${stoppedAt})`
  const now = sql`${op.now.toISOString()}::timestamptz`
  return selectCaptures(op)
    .where(
      and(
        eq(logCaptures.proxyId, proxyId),
        lte(end, now),
        gt(end, sql`${now} - ${logHours} * interval '1 hour'`),
      ),
    )
    .orderBy(desc(startedAt), asc(id))
    .limit(mostEnded)
}

function selectCaptures(op: Operation) {
  const { id, startedAt, until, stoppedAt, filter, mostLines } = logCaptures
  return op.read
    .select({ id, startedAt, until, stoppedAt, filter, mostLines, startedBy: users.name })
    .from(logCaptures)
    .innerJoin(users, eq(users.id, logCaptures.startedBy))
}

/** By capture: the proxies on which it was started, its own among them. What one person starts at one instant is one start. */
export const proxyIdsOfCapture: BatchRead<string, readonly string[]> = async (op, ids) => {
  const other = aliasedTable(logCaptures, 'other')
  const { id, startedBy, startedAt, until } = logCaptures
  const rows = await op.read
    .select({ id, proxyId: other.proxyId })
    .from(logCaptures)
    .innerJoin(
      other,
      and(eq(other.startedBy, startedBy), eq(other.startedAt, startedAt), eq(other.until, until)),
    )
    .where(inArray(id, [...ids]))
    .orderBy(asc(other.proxyId))
  return new Map(
    ids.map((each) => [each, rows.filter((row) => row.id === each).map(({ proxyId }) => proxyId)]),
  )
}
