/** Puts a user into the table. */
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import type { UserRow } from './user.read.ts'

export type NewUser = Pick<
  typeof users.$inferInsert,
  'email' | 'name' | 'role' | 'passwordHash' | 'passwordLinkHash' | 'passwordLinkExpiresAt'
>

/** The caller has asked for the right to do this, and whether the address is free. */
export async function addUser(op: Operation, user: NewUser): Promise<UserRow> {
  return op.change(async (tx) => {
    const [added] = await tx
      .insert(users)
      .values({ ...user, createdAt: op.now })
      .returning()
    if (!added) throw new Error('insert returned no user')
    const { email, name, role } = added
    return {
      result: added,
      audit: [
        {
          action: 'user.create',
          entity: { kind: 'user', id: added.id, name: email },
          new: { email, name, role, isInvited: added.passwordHash === null },
        },
      ],
    }
  })
}
