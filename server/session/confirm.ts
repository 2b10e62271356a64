/** Takes a person's password, and their code, once more: some things are not left to whoever finds an open browser. */
import { eq } from 'drizzle-orm'
import { confirmedSeconds } from '../core/vocabulary.ts'
import { sessions } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireSession } from '../permit.ts'
import type { SecretBox } from '../secrets.ts'
import { readCaller } from '../user/me.read.ts'
import { type ProveSelfInput, proveSelf } from '../user/prove-self.read.ts'

/** @returns until when it counts @throws Refusal BAD_USER_INPUT (password, code), RATE_LIMITED, FORBIDDEN for tokens */
export async function confirmIdentity(op: Operation, box: SecretBox, input: ProveSelfInput): Promise<Date> {
  const { sessionId, confirmedAt } = requireSession(op)
  const user = await readCaller(op)
  const proof = await proveSelf(op, box, user, input)
  return op.change(async (tx) => {
    await proof?.spend(tx)
    await tx.update(sessions).set({ confirmedAt: op.now }).where(eq(sessions.id, sessionId))
    return {
      result: new Date(op.now.getTime() + confirmedSeconds * 1_000),
      audit: [
        {
          action: 'session.confirm',
          entity: { kind: 'session', id: sessionId, name: user.email },
          old: { confirmedAt },
          new: { confirmedAt: op.now, ...(proof && { secondFactor: proof.kind }) },
        },
      ],
    }
  })
}
