/** Reads the caller. */
import { Refusal } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { requireUser } from '../permit.ts'
import { type UserRow, usersById } from './user.read.ts'

/** @throws Refusal UNAUTHENTICATED, FORBIDDEN for agents */
export async function readCaller(op: Operation): Promise<UserRow> {
  const user = await op.load(usersById, requireUser(op).id)
  if (!user) throw new Refusal('UNAUTHENTICATED', 'This user is gone.')
  return user
}
