/** Reads enrolment tokens; their secret can't be read, only its hash is kept. */
import { desc, inArray } from 'drizzle-orm'
import { enrolmentTokens } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'

export type EnrolmentTokenRow = typeof enrolmentTokens.$inferSelect

/** Tokens listed at the most, newest first. */
const listed = 200

export async function readEnrolmentTokens(op: Operation): Promise<readonly EnrolmentTokenRow[]> {
  return op.read.select().from(enrolmentTokens).orderBy(desc(enrolmentTokens.createdAt)).limit(listed)
}

export const enrolmentTokenById: BatchRead<string, EnrolmentTokenRow> = async (op, ids) => {
  const rows = await op.read
    .select()
    .from(enrolmentTokens)
    .where(inArray(enrolmentTokens.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}
