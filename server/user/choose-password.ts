/** Uses a one-time link: the person it was made for chooses their password. */
import { and, eq, gt } from 'drizzle-orm'
import { Refusal, refuseInput } from '../core/refusal.ts'
import { users } from '../database/tables.ts'
import type { Operation, UserActor } from '../operation.ts'
import { hashSecret } from '../secrets.ts'
import { endSessionsOf } from './end-sessions.ts'
import { hashPassword, passwordProblems } from './password.ts'
import { noLink } from './password-link.ts'
import type { UserRow } from './user.read.ts'

export interface ChoosePasswordInput {
  readonly token: string
  readonly password: string
}

const dead = () =>
  new Refusal('UNAUTHENTICATED', 'The link is unknown, used or expired; ask an administrator for a new one.')

/** Ends whatever sessions there were. @throws Refusal UNAUTHENTICATED for a dead link, BAD_USER_INPUT for a weak password */
export async function choosePassword(op: Operation, input: ChoosePasswordInput): Promise<UserRow> {
  const isGood = and(
    eq(users.passwordLinkHash, hashSecret(input.token)),
    gt(users.passwordLinkExpiresAt, op.now),
    eq(users.isActive, true),
  )
  const [user] = await op.read.select().from(users).where(isGood)
  if (!user) throw dead()
  const [problem, ...more] = passwordProblems(input.password, user.email, 'password')
  if (problem) throw refuseInput([problem, ...more])
  const passwordHash = await hashPassword(input.password)
  const actor: UserActor = {
    kind: 'user',
    id: user.id,
    name: user.email,
    role: user.role,
    sessionId: null,
    confirmedAt: null,
    scopes: null,
    configIds: null,
  }
  return op.as(actor).change(async (tx) => {
    const [chosen] = await tx
      .update(users)
      .set({ passwordHash, ...noLink })
      .where(isGood)
      .returning()
    if (!chosen) throw dead()
    const ended = await endSessionsOf(tx, user, op.now)
    return {
      result: chosen,
      audit: [
        {
          action: 'user.choose_password',
          entity: { kind: 'user', id: user.id, name: user.email },
          new: { password: 'changed' },
        },
        ...ended,
      ],
    }
  })
}
