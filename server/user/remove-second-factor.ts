/** Forgets somebody's second factor. */
import { and, eq, isNotNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import type { WriteTransaction } from '../database/connect.ts'
import { secondFactors } from '../database/tables.ts'
import type { UserRow } from './user.read.ts'

/** The row stays: nothing that is audited is deleted. @throws Refusal CONFLICT when there is none */
export async function removeSecondFactor(
  tx: WriteTransaction,
  user: Pick<UserRow, 'id' | 'email'>,
): Promise<void> {
  const removed = await tx
    .update(secondFactors)
    .set({ sealedSecret: null, enabledAt: null, recoveryHashes: [] })
    .where(and(eq(secondFactors.userId, user.id), isNotNull(secondFactors.enabledAt)))
    .returning({ userId: secondFactors.userId })
  if (removed.length === 0) throw new Refusal('CONFLICT', `id: ${user.email} has no second factor.`)
}
