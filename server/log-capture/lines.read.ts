/** Reads captured lines, in the order in which they were stored. */
import { and, asc, count, eq, gt, gte, ilike, isNotNull, lte, min, type SQL, sql } from 'drizzle-orm'
import type { ReadDatabase } from '../database/connect.ts'
import { proxyLogEnds, proxyLogs } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { countOf, likePattern, type Page, type PageRequest, pageOf } from '../paging.ts'

export type LogLineRow = typeof proxyLogs.$inferSelect

export const lineKey = (line: { readonly position: number }) => [String(line.position)]

/** Oldest first; `search`: anywhere in the line, in any case. */
export async function readLogLines(
  op: Operation,
  proxyId: string,
  request: PageRequest,
  search: string | null | undefined,
): Promise<Page<LogLineRow>> {
  const listed = and(eq(proxyLogs.proxyId, proxyId), matching(search))
  const after = Number(request.after?.[0] ?? 0)
  const rows = await op.read
    .select()
    .from(proxyLogs)
    .where(and(listed, gt(proxyLogs.position, after)))
    .orderBy(asc(proxyLogs.position))
    .limit(request.first + 1)
  return pageOf(rows, request, lineKey, () =>
    countOf(op.read.select({ n: count() }).from(proxyLogs).where(listed)),
  )
}

function matching(search: string | null | undefined): SQL | undefined {
  return search ? ilike(proxyLogs.text, likePattern(search)) : undefined
}

/** Positions above `after`, up to and with `until`; at most `limit` of them. */
export function readLinesBetween(
  read: ReadDatabase,
  proxyId: string,
  { after, until, limit }: { readonly after: number; readonly until: number; readonly limit: number },
): Promise<LogLineRow[]> {
  return read
    .select()
    .from(proxyLogs)
    .where(and(eq(proxyLogs.proxyId, proxyId), gt(proxyLogs.position, after), lte(proxyLogs.position, until)))
    .orderBy(asc(proxyLogs.position))
    .limit(limit)
}

/** Lines that gaps declare missing, beside one for each gap; the same bounds as `readLinesBetween`. */
export async function countLostBetween(
  read: ReadDatabase,
  proxyId: string,
  { after, until }: { readonly after: number; readonly until: number },
): Promise<number> {
  const more = sql<string>`coalesce(sum(greatest(${proxyLogs.lost}, 1) - 1), 0)`
  const between = and(gt(proxyLogs.position, after), lte(proxyLogs.position, until))
  const [row] = await read
    .select({ lost: more.mapWith(Number) })
    .from(proxyLogs)
    .where(and(eq(proxyLogs.proxyId, proxyId), between, isNotNull(proxyLogs.gap)))
  return row?.lost ?? 0
}

/** Whether any is kept at a position or before it. */
export async function hasLineUpTo(op: Operation, proxyId: string, position: number): Promise<boolean> {
  const rows = await op.read
    .select({ position: proxyLogs.position })
    .from(proxyLogs)
    .where(and(eq(proxyLogs.proxyId, proxyId), lte(proxyLogs.position, position)))
    .limit(1)
  return rows.length > 0
}

/**
 * Lines and gaps of a proxy that were stored since a time and not deleted, by their positions, which have no holes: the
 * number of a million costs as much as that of one.
 */
export async function countLinesSince(op: Operation, proxyId: string, since: Date): Promise<number> {
  const first = op.read
    .select({ position: min(proxyLogs.position) })
    .from(proxyLogs)
    .where(and(eq(proxyLogs.proxyId, proxyId), gte(proxyLogs.storedAt, since)))
  const [row] = await op.read
    .select({ end: proxyLogEnds.position, first: sql<number | null>`${first}::float8` })
    .from(proxyLogEnds)
    .where(eq(proxyLogEnds.proxyId, proxyId))
  return row && row.first !== null ? row.end - row.first + 1 : 0
}

export type LogStreamRow = Omit<typeof proxyLogEnds.$inferSelect, 'proxyId' | 'ends'>

/** Null: it was never captured. */
export async function readLogStream(op: Operation, proxyId: string): Promise<LogStreamRow | null> {
  const [row] = await op.read.select().from(proxyLogEnds).where(eq(proxyLogEnds.proxyId, proxyId))
  return row ?? null
}
