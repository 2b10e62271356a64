/** Makes ten new recovery codes; those there were are dead. */
import { and, eq, isNotNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { secondFactors } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireSession } from '../permit.ts'
import type { SecretBox } from '../secrets.ts'
import { readCaller } from './me.read.ts'
import { type ProveSelfInput, proveSelf } from './prove-self.read.ts'
import { makeRecoveryCodes } from './recovery-codes.ts'

/**
 * @returns ten codes, shown now and never again
 * @throws Refusal FORBIDDEN for tokens, BAD_USER_INPUT (password, code), RATE_LIMITED, CONFLICT when there is no second factor
 */
export async function renewRecoveryCodes(
  op: Operation,
  box: SecretBox,
  input: ProveSelfInput,
): Promise<readonly string[]> {
  requireSession(op)
  const user = await readCaller(op)
  const proof = await proveSelf(op, box, user, input)
  if (!proof) throw new Refusal('CONFLICT', 'There is no second factor that they would be for.')
  const { codes, hashes } = makeRecoveryCodes()
  return op.change(async (tx) => {
    await proof.spend(tx)
    await tx
      .update(secondFactors)
      .set({ recoveryHashes: hashes })
      .where(and(eq(secondFactors.userId, user.id), isNotNull(secondFactors.enabledAt)))
    return {
      result: codes,
      audit: [
        {
          action: 'user.renew_recovery_codes',
          entity: { kind: 'user', id: user.id, name: user.email },
          new: { recoveryCodes: codes.length },
        },
      ],
    }
  })
}
