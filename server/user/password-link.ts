/** The one-time link with which a person chooses a password: an invitation, or the way back in. */
import { hashSecret, makeSecret } from '../secrets.ts'

/** Long enough for somebody in another time zone. */
const linkHours = 72

export interface PasswordLink {
  /** Shown once, kept as a hash. */
  readonly token: string
  readonly expiresAt: Date
}

export function makePasswordLink(now: Date): PasswordLink {
  return { token: makeSecret('apm_link'), expiresAt: new Date(now.getTime() + linkHours * 3_600_000) }
}

/** The columns that keep it. */
export function linkColumns({ token, expiresAt }: PasswordLink) {
  return { passwordLinkHash: hashSecret(token), passwordLinkExpiresAt: expiresAt }
}

/** The columns of somebody who has none, or has used it. */
export const noLink = { passwordLinkHash: null, passwordLinkExpiresAt: null } as const
