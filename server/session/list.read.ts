/** Who is logged in where. */
import type { Operation } from '../operation.ts'
import { requireId } from '../paging.ts'
import { permit, requireUser } from '../permit.ts'
import { readSessions, type SessionRow } from './session.read.ts'

/** @param userId null: the caller @throws Refusal FORBIDDEN for somebody else's without the right */
export async function listSessions(
  op: Operation,
  userId: string | null | undefined,
): Promise<readonly SessionRow[]> {
  const caller = requireUser(op)
  const id = userId ? requireId(userId, 'user') : caller.id
  if (id !== caller.id || caller.sessionId === null) permit(op, 'user.read')
  return readSessions(op, id)
}
