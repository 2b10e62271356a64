/** Whether a person has to know about their session now. */
import { sessionSilenceSeconds } from '#core/vocabulary'
import { serverNow } from '../clock.ts'
import { endsAt, session, silentSince } from '../session.ts'

/** SOON: it has lasted nearly as long as any may. SILENT: no beacon was answered lately. LOST: for too long, it is over. */
export type SessionWarningKind = 'soon' | 'silent' | 'lost'

/** From when on people are told that it ends: enough to save, and to log in again. */
const soonMs = 5 * 60_000

/** Undefined: nothing to tell. Reactive, by the second. */
export function sessionWarning(): SessionWarningKind | undefined {
  if (session().kind !== 'active') return undefined
  const now = serverNow()
  const since = silentSince()
  if (since !== null) return Date.now() - since < sessionSilenceSeconds * 1_000 ? 'silent' : 'lost'
  const end = endsAt()
  return end !== undefined && end - now <= soonMs ? 'soon' : undefined
}
