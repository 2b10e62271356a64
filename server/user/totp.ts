/** Codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds, as every app understands them). */
import { Secret, TOTP } from 'otpauth'

const digits = 6
const periodSeconds = 30
/** Steps that a clock may be off, either way. */
const tolerance = 1

/** 160 random bits, base32. */
export const makeTotpSecret = (): string => new Secret({ size: 20 }).base32

/** What the app is told, as a QR code or by hand. */
export function totpUri(secret: string, account: string): string {
  return totpOf(secret, account).toString()
}

/** The time step whose code this is; null: none of about now. */
export function totpStep(secret: string, code: string, at: Date): number | null {
  const timestamp = at.getTime()
  const delta = totpOf(secret).validate({ token: code, timestamp, window: tolerance })
  return delta === null ? null : Math.floor(timestamp / 1_000 / periodSeconds) + delta
}

function totpOf(secret: string, account = ''): TOTP {
  const issuer = 'ATS Proxy Manager'
  return new TOTP({ issuer, label: account, algorithm: 'SHA1', digits, period: periodSeconds, secret })
}
