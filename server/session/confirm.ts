/** Takes a person's password once more: some things are not left to whoever finds an open browser. */
import { eq } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { confirmedSeconds } from '../core/vocabulary.ts'
import { sessions } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireSession } from '../permit.ts'
import { readCaller } from '../user/me.read.ts'
import { isPasswordRight } from '../user/password.read.ts'

/** @returns until when it counts @throws Refusal BAD_USER_INPUT for a wrong password, RATE_LIMITED, FORBIDDEN for tokens */
export async function confirmIdentity(op: Operation, input: { readonly password: string }): Promise<Date> {
  const { sessionId, confirmedAt } = requireSession(op)
  const { email, passwordHash } = await readCaller(op)
  const { address } = op.origin
  if (!(await isPasswordRight({ email, address, passwordHash, password: input.password }))) {
    const message = 'The password is wrong.'
    throw new Refusal('BAD_USER_INPUT', message, [{ path: 'password', code: 'PASSWORD_WRONG', message }])
  }
  return op.change(async (tx) => {
    await tx.update(sessions).set({ confirmedAt: op.now }).where(eq(sessions.id, sessionId))
    return {
      result: new Date(op.now.getTime() + confirmedSeconds * 1_000),
      audit: [
        {
          action: 'session.confirm',
          entity: { kind: 'session', id: sessionId, name: email },
          old: { confirmedAt },
          new: { confirmedAt: op.now },
        },
      ],
    }
  })
}
