/** Ends the sessions that have been silent for two minutes, or have lasted as long as any may. */
import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { AuditDraft } from '../database/change.ts'
import { sessions, users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { silenceLimit } from './session.read.ts'

/** Sessions ended at the most in one run; the next run takes the rest. */
const batch = 500

/** Thrown to leave without a trace: another replica was faster, or the session spoke up. */
class NobodyLeft extends Error {}

/** @returns how many were ended */
export async function expireSessions(op: Operation): Promise<number> {
  const isSilent = and(
    isNull(sessions.endedAt),
    or(lte(sessions.lastBeacon, silenceLimit(op.now)), lte(sessions.endsAt, op.now)),
  )
  const silent = await op.read
    .select({ id: sessions.id, email: users.email })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(isSilent)
    .limit(batch)
  if (silent.length === 0) return 0
  const emails = new Map(silent.map((session) => [session.id, session.email]))
  const ending = op.change(async (tx) => {
    const ended = await tx
      .update(sessions)
      .set({
        endedAt: op.now,
        endReason: sql`case when ${sessions.endsAt} <= ${op.now.toISOString()}::timestamptz then 'expired' else 'silent' end`,
      })
      .where(and(inArray(sessions.id, [...emails.keys()]), isSilent))
      .returning({ id: sessions.id })
    const [first, ...rest] = ended.map(
      ({ id }): AuditDraft => ({
        action: 'session.expire',
        entity: { kind: 'session', id, name: emails.get(id) ?? '' },
        old: { endedAt: null },
        new: { endedAt: op.now },
      }),
    )
    if (!first) throw new NobodyLeft()
    return { result: ended.length, audit: [first, ...rest] }
  })
  return ending.catch((error: unknown) => {
    if (error instanceof NobodyLeft) return 0
    throw error
  })
}
