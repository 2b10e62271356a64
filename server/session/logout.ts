/** Ends the caller's session at once, on every tab and socket. */
import { and, eq, isNull } from 'drizzle-orm'
import { sessions, users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { sessionBehind } from './beacon.ts'
import type { CookieSecrets } from './cookie-secret.ts'

/** Thrown to leave without a trace: the session was ended a moment ago. */
class AlreadyOver extends Error {}

/** @returns false when there was no session to end */
export async function logout(
  op: Operation,
  secrets: CookieSecrets,
  cookieSecret: string | null,
): Promise<boolean> {
  const sessionId = await sessionBehind(op, secrets, cookieSecret)
  if (!sessionId) return false
  const [found] = await op.read
    .select({ id: users.id, email: users.email, role: users.role })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)))
  if (!found) return false
  const actor = {
    kind: 'user',
    id: found.id,
    name: found.email,
    role: found.role,
    sessionId,
    confirmedAt: null,
    scopes: null,
    configIds: null,
  } as const
  const ending = op.as(actor).change(async (tx) => {
    const ended = await tx
      .update(sessions)
      .set({ endedAt: op.now, endReason: 'logged_out' })
      .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)))
      .returning({ id: sessions.id })
    if (ended.length === 0) throw new AlreadyOver()
    return {
      result: true,
      audit: [
        {
          action: 'session.logout',
          entity: { kind: 'session', id: sessionId, name: found.email },
          old: { endedAt: null },
          new: { endedAt: op.now },
        },
      ],
    }
  })
  return ending.catch((error: unknown) => {
    if (error instanceof AlreadyOver) return false
    throw error
  })
}
