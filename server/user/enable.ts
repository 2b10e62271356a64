/** Lets a disabled user in again, with the password and the API tokens they had. */
import { and, eq } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { readChangeable, type UserRow } from './user.read.ts'

/** @throws Refusal FORBIDDEN (oneself, those above), NOT_FOUND, CONFLICT when they are not disabled */
export async function enableUser(op: Operation, input: { readonly id: string }): Promise<UserRow> {
  const caller = permit(op, 'user.change')
  const user = await readChangeable(op, caller, input.id)
  return op.change(async (tx) => {
    const [enabled] = await tx
      .update(users)
      .set({ isActive: true })
      .where(and(eq(users.id, user.id), eq(users.isActive, false)))
      .returning()
    if (!enabled) throw new Refusal('CONFLICT', `id: ${user.email} is not disabled.`)
    return {
      result: enabled,
      audit: [
        {
          action: 'user.enable',
          entity: { kind: 'user', id: user.id, name: user.email },
          old: { isActive: false },
          new: { isActive: true },
        },
      ],
    }
  })
}
