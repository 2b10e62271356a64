/** Why a session is over, in the words of the refusal. */
import { Refusal } from '../core/refusal.ts'
import type { SessionEnd } from '../core/vocabulary.ts'

const sentences: Readonly<Record<SessionEnd, string>> = {
  logged_out: 'You logged out; log in again.',
  ended: 'The session was ended from elsewhere, or your account was changed; log in again.',
  silent: 'The session is over after two minutes without a beacon; log in again.',
  expired: 'The session has lasted as long as any may; log in again.',
  copied:
    'The session was ended because an old copy of its cookie was used: somebody else may have it. Log in again; if you don’t know why, change your password.',
}

/** UNAUTHENTICATED with the problem `SESSION_<reason>`; without a reason: nobody knows of such a session. */
export function sessionOver(end: SessionEnd | null): Refusal {
  if (end === null) return new Refusal('UNAUTHENTICATED', 'The session is over; log in again.')
  const message = sentences[end]
  return new Refusal('UNAUTHENTICATED', message, [
    { path: 'session', code: `SESSION_${end.toUpperCase()}`, message },
  ])
}
