/** Takes away the second factor of somebody who has lost it: their sessions end, and their password is enough again. */
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { endSessionsOf } from './end-sessions.ts'
import { removeSecondFactor } from './remove-second-factor.ts'
import { readChangeable, type UserRow } from './user.read.ts'

/** @throws Refusal FORBIDDEN (oneself, those above), NOT_FOUND, CONFLICT when they have none */
export async function resetSecondFactor(op: Operation, input: { readonly id: string }): Promise<UserRow> {
  const caller = permit(op, 'user.change')
  const user = await readChangeable(op, caller, input.id)
  return takeSecondFactor(op, user)
}

/** The caller has asked for the right to do this. */
export async function takeSecondFactor(op: Operation, user: UserRow): Promise<UserRow> {
  return op.change(async (tx) => {
    await removeSecondFactor(tx, user)
    const ended = await endSessionsOf(tx, user, op.now)
    return {
      result: user,
      audit: [
        {
          action: 'user.reset_second_factor',
          entity: { kind: 'user', id: user.id, name: user.email },
          old: { hasSecondFactor: true },
          new: { hasSecondFactor: false },
        },
        ...ended,
      ],
    }
  })
}
