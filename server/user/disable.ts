/** Shuts a user out: sessions, sockets and API tokens end at once. */
import { and, eq } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { endSessionsOf } from './end-sessions.ts'
import { requireOtherRoot } from './last-root.ts'
import { noLink } from './password-link.ts'
import { readChangeable, type UserRow } from './user.read.ts'

/** @throws Refusal FORBIDDEN (oneself, those above), NOT_FOUND, CONFLICT (the last root, disabled already) */
export async function disableUser(op: Operation, input: { readonly id: string }): Promise<UserRow> {
  const caller = permit(op, 'user.change')
  const user = await readChangeable(op, caller, input.id)
  return op.change(async (tx) => {
    if (user.role === 'root') await requireOtherRoot(tx, user.id)
    const [disabled] = await tx
      .update(users)
      .set({ isActive: false, ...noLink })
      .where(and(eq(users.id, user.id), eq(users.isActive, true)))
      .returning()
    if (!disabled) throw new Refusal('CONFLICT', `id: ${user.email} is disabled already.`)
    const ended = await endSessionsOf(tx, user, op.now)
    return {
      result: disabled,
      audit: [
        {
          action: 'user.disable',
          entity: { kind: 'user', id: user.id, name: user.email },
          old: { isActive: true },
          new: { isActive: false },
        },
        ...ended,
      ],
    }
  })
}
