/** What a change of a person's account does to their sessions. */
import { and, eq, isNull, ne } from 'drizzle-orm'
import type { AuditDraft } from '../database/change.ts'
import type { WriteTransaction } from '../database/connect.ts'
import { sessions } from '../database/tables.ts'
import type { UserRow } from './user.read.ts'

/** Ends all of them, but for `except`. @returns what the audit trail says about it */
export async function endSessionsOf(
  tx: WriteTransaction,
  user: Pick<UserRow, 'id' | 'email'>,
  now: Date,
  except: string | null = null,
): Promise<readonly AuditDraft[]> {
  const isOpen = and(eq(sessions.userId, user.id), isNull(sessions.endedAt))
  const ended = await tx
    .update(sessions)
    .set({ endedAt: now, endReason: 'ended' })
    .where(except === null ? isOpen : and(isOpen, ne(sessions.id, except)))
    .returning({ id: sessions.id })
  return ended.map(({ id }) => ({
    action: 'session.end',
    entity: { kind: 'session', id, name: user.email },
    old: { endedAt: null },
    new: { endedAt: now },
  }))
}
