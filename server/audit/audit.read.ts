/** Queries the audit trail by entity, actor, action and time; newest first. */
import { and, count, desc, eq, gte, lt, lte, sql } from 'drizzle-orm'
import { auditLogs } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { countOf, isId, type Page, type PageRequest, pageOf } from '../paging.ts'

export type AuditRow = typeof auditLogs.$inferSelect

export interface AuditFilter {
  readonly entityId?: string | null | undefined
  readonly actorId?: string | null | undefined
  readonly action?: string | null | undefined
  readonly since?: Date | null | undefined
  readonly until?: Date | null | undefined
}

export async function readAuditEntries(
  op: Operation,
  filter: AuditFilter,
  page: PageRequest,
): Promise<Page<AuditRow>> {
  const isOf = (column: typeof auditLogs.entityId | typeof auditLogs.actorId, id: string) =>
    isId(id) ? eq(column, id) : sql`false`
  const matches = and(
    filter.entityId ? isOf(auditLogs.entityId, filter.entityId) : undefined,
    filter.actorId ? isOf(auditLogs.actorId, filter.actorId) : undefined,
    filter.action ? eq(auditLogs.action, filter.action) : undefined,
    filter.since ? gte(auditLogs.at, filter.since) : undefined,
    filter.until ? lte(auditLogs.at, filter.until) : undefined,
  )
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
