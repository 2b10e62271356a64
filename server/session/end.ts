/** Ends a session from elsewhere: one's own on another device, or, for administrators, anybody's not above them. */
import { and, eq, isNull } from 'drizzle-orm'
import { isAbove } from '../core/permissions.ts'
import { Refusal } from '../core/refusal.ts'
import { sessions } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireId } from '../paging.ts'
import { permit, requireSession } from '../permit.ts'
import { readSession, type SessionRow } from './session.read.ts'

const noSuch = (id: string) =>
  new Refusal('NOT_FOUND', `There is no living session with the id "${id.slice(0, 80)}".`)

/** @throws Refusal NOT_FOUND (also when it is over already), FORBIDDEN for somebody else's without the right */
export async function endSession(op: Operation, input: { readonly id: string }): Promise<SessionRow> {
  const caller = requireSession(op)
  const found = await readSession(op, requireId(input.id, 'session'))
  if (!found) throw noSuch(input.id)
  if (found.user.id !== caller.id) {
    permit(op, 'session.end')
    if (isAbove(found.user.role, caller.role)) {
      throw new Refusal('FORBIDDEN', 'Nobody ends a session of somebody above themselves.')
    }
  }
  return op.change(async (tx) => {
    const [ended] = await tx
      .update(sessions)
      .set({ endedAt: op.now, endReason: 'ended' })
      .where(and(eq(sessions.id, found.session.id), isNull(sessions.endedAt)))
      .returning()
    if (!ended) throw noSuch(input.id)
    return {
      result: ended,
      audit: [
        {
          action: 'session.end',
          entity: { kind: 'session', id: ended.id, name: found.user.email },
          old: { endedAt: null },
          new: { endedAt: op.now },
        },
      ],
    }
  })
}
