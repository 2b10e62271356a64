/** Gives a user another role; what they have open goes on with it at once. */
import { and, eq } from 'drizzle-orm'
import { isAbove } from '../core/permissions.ts'
import { Refusal } from '../core/refusal.ts'
import type { Role } from '../core/vocabulary.ts'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { requireOtherRoot } from './last-root.ts'
import { readChangeable, type UserRow } from './user.read.ts'

export interface ChangeUserRoleInput {
  readonly id: string
  readonly role: Role
}

/** @throws Refusal FORBIDDEN (oneself, those above, a role above one's own), NOT_FOUND, CONFLICT (the last root, changed meanwhile) */
export async function changeUserRole(op: Operation, input: ChangeUserRoleInput): Promise<UserRow> {
  const caller = permit(op, 'user.change')
  const user = await readChangeable(op, caller, input.id)
  if (isAbove(input.role, caller.role)) {
    throw new Refusal('FORBIDDEN', 'role: nobody gives a role above their own.')
  }
  if (user.role === input.role) return user
  return op.change(async (tx) => {
    if (user.role === 'root') await requireOtherRoot(tx, user.id)
    const [changed] = await tx
      .update(users)
      .set({ role: input.role })
      .where(and(eq(users.id, user.id), eq(users.role, user.role)))
      .returning()
    if (!changed) throw new Refusal('CONFLICT', 'role: somebody else changed it meanwhile; look again.')
    return {
      result: changed,
      audit: [
        {
          action: 'user.change_role',
          entity: { kind: 'user', id: user.id, name: user.email },
          old: { role: user.role },
          new: { role: input.role },
        },
      ],
    }
  })
}
