/** Reads users. */
import { inArray } from 'drizzle-orm'
import { users } from '../database/tables.ts'
import type { BatchRead } from '../operation.ts'

export type UserRow = typeof users.$inferSelect

export const usersById: BatchRead<string, UserRow> = async (op, ids) => {
  const rows = await op.read
    .select()
    .from(users)
    .where(inArray(users.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}
