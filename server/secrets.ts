/** Opaque secrets: made at random, shown once, kept only as a hash. */
import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits with a prefix that says what it is, e.g. `apm_api_…`; secret scanners can look for it. */
export function makeSecret(prefix: 'apm_api' | 'apm_enrol' | 'apm_session' | 'apm_link'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** SHA-256, hex. Fast on purpose: the secrets have 256 bits, guessing is hopeless without a slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
