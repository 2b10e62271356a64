/** Ends the sessions that have been silent for two minutes. */
import { and, eq, inArray, isNull, lte } from 'drizzle-orm'
import { sessions, users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { silenceLimit } from './session.read.ts'

/** Sessions ended at the most in one run; the next run takes the rest. */
const batch = 500

/** @returns how many were ended */
export async function expireSessions(op: Operation): Promise<number> {
  const isSilent = and(isNull(sessions.endedAt), lte(sessions.lastBeacon, silenceLimit(op.now)))
  const silent = await op.read
    .select({ id: sessions.id, email: users.email })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(isSilent)
    .limit(batch)
  const [first, ...rest] = silent
  if (!first) return 0
  return op.change(async (tx) => {
    const ids = silent.map((session) => session.id)
    const ended = await tx
      .update(sessions)
      .set({ endedAt: op.now })
      .where(and(inArray(sessions.id, ids), isSilent))
      .returning({ id: sessions.id })
    const draft = (session: { id: string; email: string }) =>
      ({
        action: 'session.expire',
        entity: { kind: 'session', id: session.id, name: session.email },
        new: { endedAt: op.now },
      }) as const
    return { result: ended.length, audit: [draft(first), ...rest.map(draft)] }
  })
}
