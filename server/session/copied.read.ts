/** What a person has to know: sessions of theirs that ended because somebody had a copy of the cookie. */
import { and, desc, eq, gt } from 'drizzle-orm'
import { sessions } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireSession } from '../permit.ts'
import type { SessionRow } from './session.read.ts'

/** So long people are told, and of so many, newest first. */
const toldDays = 30
const listed = 20

/** The caller's own. @throws Refusal FORBIDDEN for API tokens */
export async function readCopiedSessions(op: Operation): Promise<readonly SessionRow[]> {
  const { id } = requireSession(op)
  const since = new Date(op.now.getTime() - toldDays * 86_400_000)
  return op.read
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, id), eq(sessions.endReason, 'copied'), gt(sessions.endedAt, since)))
    .orderBy(desc(sessions.endedAt))
    .limit(listed)
}
