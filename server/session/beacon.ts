/** Keeps a session alive and hands out the next access token. */
import { Refusal } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { hashSecret } from '../secrets.ts'
import { readSessionOfSecret } from './session.read.ts'

/**
 * The session of the access token or, after a page reload, of the browser's cookie.
 * @returns the session's id @throws Refusal UNAUTHENTICATED when it is over
 */
export async function beacon(op: Operation, cookieSecret: string | null): Promise<string> {
  const sessionId = await sessionBehind(op, cookieSecret)
  if (!sessionId) throw new Refusal('UNAUTHENTICATED', 'The session is over; log in again.')
  await op.observe.beacon(sessionId)
  return sessionId
}

/** Null also for API tokens and agents: they have no session. */
export async function sessionBehind(op: Operation, cookieSecret: string | null): Promise<string | null> {
  if (op.actor.kind === 'user') return op.actor.sessionId
  if (op.actor.kind !== 'anonymous' || cookieSecret === null) return null
  return readSessionOfSecret(op.read, hashSecret(cookieSecret), op.now)
}
