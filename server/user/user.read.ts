/** Reads users. */
import { and, asc, count, eq, ilike, inArray, max, or, sql } from 'drizzle-orm'
import { isAbove } from '../core/permissions.ts'
import { Refusal } from '../core/refusal.ts'
import { sessions, users } from '../database/tables.ts'
import type { BatchRead, Operation, UserActor } from '../operation.ts'
import { countOf, likePattern, type Page, type PageRequest, pageOf, requireId } from '../paging.ts'

export type UserRow = typeof users.$inferSelect

export const usersById: BatchRead<string, UserRow> = async (op, ids) => {
  const rows = await op.read
    .select()
    .from(users)
    .where(inArray(users.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}

/** When each was last heard, in any of their sessions. */
export const lastSeenByUserId: BatchRead<string, Date> = async (op, ids) => {
  const rows = await op.read
    .select({ id: sessions.userId, at: max(sessions.lastBeacon) })
    .from(sessions)
    .where(inArray(sessions.userId, [...ids]))
    .groupBy(sessions.userId)
  return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, at]])))
}

/** By e-mail address; also those who were disabled. */
export async function readUsers(
  op: Operation,
  search: string | null | undefined,
  page: PageRequest,
): Promise<Page<UserRow>> {
  const pattern = search?.trim() ? likePattern(search.trim()) : null
  const matches = pattern ? or(ilike(users.email, pattern), ilike(users.name, pattern)) : undefined
  const order = sql<string>`lower(${users.email})`
  const [email, id] = page.after ?? []
  const rows = await op.read
    .select()
    .from(users)
    .where(and(matches, id ? sql`(${order}, ${users.id}) > (${email}, ${id}::uuid)` : undefined))
    .orderBy(asc(order), asc(users.id))
    .limit(page.first + 1)
  return pageOf(
    rows,
    page,
    (row) => [row.email.toLowerCase(), row.id],
    () => countOf(op.read.select({ n: count() }).from(users).where(matches)),
  )
}

/**
 * Somebody whom `caller` wants to change.
 * @throws Refusal NOT_FOUND, FORBIDDEN for oneself (nobody shuts themselves out by mistake) and those above
 */
export async function readChangeable(op: Operation, caller: UserActor, id: string): Promise<UserRow> {
  const [user] = await op.read
    .select()
    .from(users)
    .where(eq(users.id, requireId(id, 'user')))
  if (!user) throw new Refusal('NOT_FOUND', `There is no user with the id "${id}".`)
  if (user.id === caller.id) throw new Refusal('FORBIDDEN', 'id: nobody changes their own role or account.')
  if (isAbove(user.role, caller.role)) {
    throw new Refusal('FORBIDDEN', 'id: nobody changes somebody above themselves.')
  }
  return user
}
