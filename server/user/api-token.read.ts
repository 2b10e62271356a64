/** Reads a person's own API tokens; their secret can't be read, only its hash is kept. */
import { and, desc, eq } from 'drizzle-orm'
import { apiTokens } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireUser } from '../permit.ts'

export type ApiTokenRow = typeof apiTokens.$inferSelect

/** Tokens listed at the most, newest first. */
const listed = 200

export async function readApiTokens(op: Operation): Promise<readonly ApiTokenRow[]> {
  const user = requireUser(op)
  return op.read
    .select()
    .from(apiTokens)
    .where(eq(apiTokens.userId, user.id))
    .orderBy(desc(apiTokens.createdAt))
    .limit(listed)
}

export async function readOwnApiToken(op: Operation, id: string): Promise<ApiTokenRow | null> {
  const user = requireUser(op)
  const [row] = await op.read
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.id, id), eq(apiTokens.userId, user.id)))
  return row ?? null
}
