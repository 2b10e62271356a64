/** Begins to set up a second factor: makes the secret that the app is given. Nothing changes until a code confirms it. */
import { isNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { secondFactors } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireConfirmed, requireSession } from '../permit.ts'
import type { SecretBox } from '../secrets.ts'
import { readCaller } from './me.read.ts'
import { makeTotpSecret, totpUri } from './totp.ts'

export interface StartedSecondFactor {
  /** Base32: for whoever can't scan. */
  readonly secret: string
  /** `otpauth://…`, for a QR code. */
  readonly uri: string
}

/** A secret that was begun before is forgotten. @throws Refusal FORBIDDEN (tokens, CONFIRM_IDENTITY), CONFLICT when one is on */
export async function startSecondFactor(op: Operation, box: SecretBox): Promise<StartedSecondFactor> {
  requireConfirmed(op, requireSession(op))
  const user = await readCaller(op)
  const secret = makeTotpSecret()
  const sealedSecret = box.seal(secret, user.id)
  return op.change(async (tx) => {
    const started = await tx
      .insert(secondFactors)
      .values({ userId: user.id, sealedSecret })
      .onConflictDoUpdate({
        target: secondFactors.userId,
        set: { sealedSecret, lastStep: 0, recoveryHashes: [] },
        setWhere: isNull(secondFactors.enabledAt),
      })
      .returning({ userId: secondFactors.userId })
    if (started.length === 0)
      throw new Refusal('CONFLICT', 'There is a second factor already; switch it off first.')
    return {
      result: { secret, uri: totpUri(secret, user.email) },
      audit: [
        { action: 'user.start_second_factor', entity: { kind: 'user', id: user.id, name: user.email } },
      ],
    }
  })
}
