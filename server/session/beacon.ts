/** Keeps a session alive, moves its cookie on, and hands out the next access token. */
import { graceSeconds } from '../core/vocabulary.ts'
import type { Operation } from '../operation.ts'
import type { CookieClaim, CookieSecrets } from './cookie-secret.ts'
import { endCopied } from './end-copied.ts'
import { sessionOver } from './over.ts'
import { readSession, readSessionEnd, readSessionOfFamily, type SessionRow } from './session.read.ts'

export interface Renewed {
  readonly sessionId: string
  /** For the cookie; null: the session is renewed by its access token alone, as scripts do. */
  readonly secret: string | null
}

/**
 * The session of the browser's cookie or, where there is none, of the access token, as scripts have it. A browser that
 * has shown a renewed cookie once has to show one each time: a stolen access token is good for its five minutes, no more.
 * @throws Refusal UNAUTHENTICATED when it is over, also because an old state of its cookie was sent
 */
export async function beacon(
  op: Operation,
  secrets: CookieSecrets,
  cookieSecret: string | null,
): Promise<Renewed> {
  const claim = cookieSecret === null ? null : secrets.read(cookieSecret)
  return claim ? renewByCookie(op, claim) : renewByToken(op)
}

async function renewByCookie(op: Operation, claim: CookieClaim): Promise<Renewed> {
  const claimed = await readSessionOfFamily(op.read, claim.familyHash)
  if (!claimed) throw sessionOver(null)
  const session = (await readSession(op, claimed.id))?.session
  if (!session) throw sessionOver(await readSessionEnd(op.read, claimed.id, op.now))
  if (isSpent(session, claim.turn, op.now)) {
    await endCopied(op, session.id)
    throw sessionOver('copied')
  }
  await op.observe.beacon(session.id, claim.turn)
  return { sessionId: session.id, secret: claim.next() }
}

async function renewByToken(op: Operation): Promise<Renewed> {
  const ownId = op.actor.kind === 'user' ? op.actor.sessionId : null
  const session = ownId === null ? undefined : (await readSession(op, ownId))?.session
  if (!session || session.turn > 0) throw sessionOver(null)
  await op.observe.beacon(session.id, 0)
  return { sessionId: session.id, secret: null }
}

/**
 * Whether a secret was shown after the one that took its place, and not just after: tabs that ask at the same time, and
 * an answer that was lost, come with the one before. A newer one than is known is good: its proof says that it was given
 * out, and what is known of it was lost with a database.
 */
function isSpent(session: SessionRow, turn: number, at: Date): boolean {
  if (turn >= session.turn) return false
  return turn < session.turn - 1 || at.getTime() - session.turnedAt.getTime() > graceSeconds * 1_000
}

/** Null also for API tokens and agents: they have no session. */
export async function sessionBehind(
  op: Operation,
  secrets: CookieSecrets,
  cookieSecret: string | null,
): Promise<string | null> {
  if (op.actor.kind === 'user') return op.actor.sessionId
  const claim = op.actor.kind !== 'anonymous' || cookieSecret === null ? null : secrets.read(cookieSecret)
  const claimed = claim && (await readSessionOfFamily(op.read, claim.familyHash))
  return (claimed && (await readSession(op, claimed.id))?.session.id) ?? null
}
