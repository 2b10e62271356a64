/** Ends a session whose cookie is in two hands: an old state of it was sent, which its browser no longer has. */
import { and, eq, isNull } from 'drizzle-orm'
import { sessions, users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'

/** Thrown to leave without a trace: it was ended a moment ago. */
class AlreadyOver extends Error {}

/** Every tab, socket and copy of it, whoever has the right one: nobody can tell. */
export async function endCopied(op: Operation, sessionId: string): Promise<void> {
  const [owner] = await op.read
    .select({ email: users.email })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
  const { address } = op.origin
  const ending = op.change(async (tx) => {
    const ended = await tx
      .update(sessions)
      .set({ endedAt: op.now, endReason: 'copied', copiedFrom: address })
      .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)))
      .returning({ id: sessions.id })
    if (ended.length === 0) throw new AlreadyOver()
    return {
      result: null,
      audit: [
        {
          action: 'session.end_copied',
          entity: { kind: 'session', id: sessionId, name: owner?.email ?? '' },
          new: { endedAt: op.now, copiedFrom: address },
        },
      ],
    }
  })
  await ending.catch((error: unknown) => {
    if (!(error instanceof AlreadyOver)) throw error
  })
}
