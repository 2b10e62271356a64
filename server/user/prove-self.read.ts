/** Takes the caller's password and, where they have one, their code: for what changes how they prove who they are. */
import { refuseInput } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import type { SecretBox } from '../secrets.ts'
import { isPasswordRight } from './password.read.ts'
import { type Proof, proveSecondFactor } from './second-factor.read.ts'
import type { UserRow } from './user.read.ts'

export interface ProveSelfInput {
  readonly password: string
  readonly code?: string | null | undefined
}

/**
 * @returns the code to spend, or null where none is needed
 * @throws Refusal BAD_USER_INPUT (PASSWORD_WRONG, CODE_REQUIRED, CODE_WRONG), RATE_LIMITED
 */
export async function proveSelf(
  op: Operation,
  box: SecretBox,
  user: UserRow,
  { password, code }: ProveSelfInput,
): Promise<Proof | null> {
  if (!(await isOwnPassword(op, user, password))) {
    throw refuseInput([{ path: 'password', code: 'PASSWORD_WRONG', message: 'The password is wrong.' }])
  }
  const proving = await proveSecondFactor(op, box, user.id, code)
  if (proving.kind === 'refused') throw refuseInput([proving.problem])
  return proving.kind === 'proved' ? proving.proof : null
}

/** For somebody with a session: wherever they are, they are at home. @throws Refusal RATE_LIMITED */
export function isOwnPassword(op: Operation, user: UserRow, password: string): Promise<boolean> {
  const { email, passwordHash } = user
  const { address } = op.origin
  return isPasswordRight({ email, address, passwordHash, password, isAtHome: async () => true })
}
