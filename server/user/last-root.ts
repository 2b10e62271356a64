/** An instance always has somebody who can do everything. */
import { and, eq, isNotNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import type { WriteTransaction } from '../database/connect.ts'
import { users } from '../database/tables.ts'

/**
 * Holds the rows of all active roots, so that two can't take each other away at once.
 * @throws Refusal CONFLICT when nobody but `userId` is one who can log in
 */
export async function requireOtherRoot(tx: WriteTransaction, userId: string): Promise<void> {
  const roots = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'root'), eq(users.isActive, true), isNotNull(users.passwordHash)))
    .orderBy(users.id)
    .for('update')
  if (roots.some(({ id }) => id !== userId)) return
  throw new Refusal('CONFLICT', 'id: this is the last root who can log in; make another one first.')
}
