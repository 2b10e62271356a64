/** Switches the second factor on: a code proves that the app has the secret. The other sessions end. */
import { and, eq, isNull } from 'drizzle-orm'
import { Refusal, refuseInput } from '../core/refusal.ts'
import { secondFactors } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireConfirmed, requireSession } from '../permit.ts'
import type { SecretBox } from '../secrets.ts'
import { endSessionsOf } from './end-sessions.ts'
import { readCaller } from './me.read.ts'
import { makeRecoveryCodes } from './recovery-codes.ts'
import { readSecondFactor } from './second-factor.read.ts'
import { totpStep } from './totp.ts'

/**
 * @returns ten recovery codes, shown now and never again
 * @throws Refusal BAD_USER_INPUT (CODE_WRONG), CONFLICT when none was begun or one is on, FORBIDDEN
 */
export async function enableSecondFactor(
  op: Operation,
  box: SecretBox,
  input: { readonly code: string },
): Promise<readonly string[]> {
  const caller = requireSession(op)
  requireConfirmed(op, caller)
  const user = await readCaller(op)
  const factor = await readSecondFactor(op, user.id)
  if (!factor?.sealedSecret || factor.enabledAt) {
    throw new Refusal('CONFLICT', 'Nothing is being set up: begin with startSecondFactor.')
  }
  const { sealedSecret } = factor
  const step = totpStep(box.open(sealedSecret, user.id), input.code.replaceAll(' ', ''), op.now)
  if (step === null) {
    const message = 'The code is wrong; is the clock of the device right?'
    throw refuseInput([{ path: 'code', code: 'CODE_WRONG', message }])
  }
  const { codes, hashes } = makeRecoveryCodes()
  return op.change(async (tx) => {
    const enabled = await tx
      .update(secondFactors)
      .set({ enabledAt: op.now, lastStep: step, recoveryHashes: hashes })
      .where(
        and(
          eq(secondFactors.userId, user.id),
          eq(secondFactors.sealedSecret, sealedSecret),
          isNull(secondFactors.enabledAt),
        ),
      )
      .returning({ userId: secondFactors.userId })
    if (enabled.length === 0) throw new Refusal('CONFLICT', 'Another secret was made meanwhile; begin again.')
    const ended = await endSessionsOf(tx, user, op.now, caller.sessionId)
    return {
      result: codes,
      audit: [
        {
          action: 'user.enable_second_factor',
          entity: { kind: 'user', id: user.id, name: user.email },
          new: { hasSecondFactor: true },
        },
        ...ended,
      ],
    }
  })
}
