/** What a person has to know: that a session of theirs ended because somebody had a copy of its cookie. */
import { and, desc, eq, gt } from 'drizzle-orm'
import { sessions } from '../database/tables.ts'
import type { Operation } from '../operation.ts'

/** So long people are told. */
const toldDays = 30

export interface CopiedSession {
  readonly id: string
  readonly endedAt: Date
  /** Network address from which the copy was used. */
  readonly copiedFrom: string
}

/** The newest of that user's; null: there is none. */
export async function readCopiedSession(op: Operation, userId: string): Promise<CopiedSession | null> {
  const since = new Date(op.now.getTime() - toldDays * 86_400_000)
  const [row] = await op.read
    .select({ id: sessions.id, endedAt: sessions.endedAt, copiedFrom: sessions.copiedFrom })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), eq(sessions.endReason, 'copied'), gt(sessions.endedAt, since)))
    .orderBy(desc(sessions.endedAt))
    .limit(1)
  return row?.endedAt ? { id: row.id, endedAt: row.endedAt, copiedFrom: row.copiedFrom ?? '' } : null
}
