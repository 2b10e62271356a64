/** Changes the caller's own password; their other sessions end. */
import { and, eq } from 'drizzle-orm'
import { type Problem, Refusal, refuseInput } from '../core/refusal.ts'
import { users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireSession } from '../permit.ts'
import { endSessionsOf } from './end-sessions.ts'
import { readCaller } from './me.read.ts'
import { hashPassword, passwordProblems } from './password.ts'
import { noLink } from './password-link.ts'
import { isOwnPassword } from './prove-self.read.ts'
import type { UserRow } from './user.read.ts'

export interface ChangePasswordInput {
  readonly currentPassword: string
  readonly newPassword: string
}

/** @throws Refusal FORBIDDEN for API tokens, BAD_USER_INPUT (wrong, weak or the same), RATE_LIMITED, CONFLICT */
export async function changePassword(op: Operation, input: ChangePasswordInput): Promise<UserRow> {
  const { sessionId } = requireSession(op)
  const user = await readCaller(op)
  const { email, passwordHash } = user
  if (!(await isOwnPassword(op, user, input.currentPassword))) {
    throw refuseInput([
      { path: 'currentPassword', code: 'PASSWORD_WRONG', message: 'The password is wrong.' },
    ])
  }
  const [problem, ...more] = newPasswordProblems(input, email)
  if (problem) throw refuseInput([problem, ...more])
  const newHash = await hashPassword(input.newPassword)
  return op.change(async (tx) => {
    const [changed] = await tx
      .update(users)
      .set({ passwordHash: newHash, ...noLink })
      .where(and(eq(users.id, user.id), eq(users.passwordHash, passwordHash ?? '')))
      .returning()
    if (!changed) throw new Refusal('CONFLICT', 'The password was changed meanwhile.')
    const ended = await endSessionsOf(tx, user, op.now, sessionId)
    return {
      result: changed,
      audit: [
        {
          action: 'user.change_password',
          entity: { kind: 'user', id: user.id, name: email },
          new: { password: 'changed' },
        },
        ...ended,
      ],
    }
  })
}

function newPasswordProblems(input: ChangePasswordInput, email: string): readonly Problem[] {
  if (input.newPassword === input.currentPassword) {
    return [{ path: 'newPassword', code: 'PASSWORD_SAME', message: 'This is the one you have.' }]
  }
  return passwordProblems(input.newPassword, email, 'newPassword')
}
