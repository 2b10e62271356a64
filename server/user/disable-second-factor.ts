/** Switches one's own second factor off: by password and code. The other sessions end. */
import { Refusal } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { requireSession } from '../permit.ts'
import type { SecretBox } from '../secrets.ts'
import { endSessionsOf } from './end-sessions.ts'
import { readCaller } from './me.read.ts'
import { type ProveSelfInput, proveSelf } from './prove-self.read.ts'
import { removeSecondFactor } from './remove-second-factor.ts'
import type { UserRow } from './user.read.ts'

/** @throws Refusal FORBIDDEN for tokens, BAD_USER_INPUT (password, code), RATE_LIMITED, CONFLICT when there is none */
export async function disableSecondFactor(
  op: Operation,
  box: SecretBox,
  input: ProveSelfInput,
): Promise<UserRow> {
  const { sessionId } = requireSession(op)
  const user = await readCaller(op)
  const proof = await proveSelf(op, box, user, input)
  if (!proof) throw new Refusal('CONFLICT', 'There is no second factor to switch off.')
  return op.change(async (tx) => {
    await proof.spend(tx)
    await removeSecondFactor(tx, user)
    const ended = await endSessionsOf(tx, user, op.now, sessionId)
    return {
      result: user,
      audit: [
        {
          action: 'user.disable_second_factor',
          entity: { kind: 'user', id: user.id, name: user.email },
          old: { hasSecondFactor: true },
          new: { hasSecondFactor: false },
        },
        ...ended,
      ],
    }
  })
}
