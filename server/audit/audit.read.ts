/** Queries the audit trail by entity, actor, action, time and text. */
import { and, asc, count, desc, eq, gt, gte, ilike, lt, lte, max, type SQL, sql } from 'drizzle-orm'
import { auditLogs, isSearched, searchedText } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { countOf, isId, likePattern, type Page, type PageRequest, pageOf } from '../paging.ts'

export type AuditRow = typeof auditLogs.$inferSelect

export interface AuditFilter {
  readonly entityId?: string | null | undefined
  readonly actorId?: string | null | undefined
  readonly action?: string | null | undefined
  readonly since?: Date | null | undefined
  readonly until?: Date | null | undefined
  /** Anywhere in names, reasons and changed values, whatever its case; not in what proxies report when all is well. */
  readonly text?: string | null | undefined
}

export async function readAuditEntries(
  op: Operation,
  filter: AuditFilter,
  page: PageRequest,
): Promise<Page<AuditRow>> {
  const matches = matching(filter)
  const rows = await op.read
    .select()
    .from(auditLogs)
    .where(and(matches, page.after ? lt(auditLogs.id, Number(page.after[0])) : undefined))
    .orderBy(desc(auditLogs.id))
    .limit(page.first + 1)
  return pageOf(
    rows,
    page,
    (row) => [String(row.id)],
    () => countOf(op.read.select({ n: count() }).from(auditLogs).where(matches)),
  )
}

/** 0: there is none. */
export async function readNewestAuditId(op: Operation): Promise<number> {
  const [row] = await op.read.select({ newest: max(auditLogs.id) }).from(auditLogs)
  return row?.newest ?? 0
}

/** Oldest first. */
export async function readAuditAbove(
  op: Operation,
  filter: AuditFilter,
  { after, upTo, limit }: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<readonly AuditRow[]> {
  return op.read
    .select()
    .from(auditLogs)
    .where(and(matching(filter), gt(auditLogs.id, after), lte(auditLogs.id, upTo)))
    .orderBy(asc(auditLogs.id))
    .limit(limit)
}

function matching({ entityId, actorId, action, since, until, text }: AuditFilter): SQL | undefined {
  const isOf = (column: typeof auditLogs.entityId | typeof auditLogs.actorId, id: string) =>
    isId(id) ? eq(column, id) : sql`false`
  return and(
    entityId ? isOf(auditLogs.entityId, entityId) : undefined,
    actorId ? isOf(auditLogs.actorId, actorId) : undefined,
    action ? eq(auditLogs.action, action) : undefined,
    since ? gte(auditLogs.at, since) : undefined,
    until ? lte(auditLogs.at, until) : undefined,
    text ? and(isSearched, ilike(searchedText, likePattern(text))) : undefined,
  )
}
