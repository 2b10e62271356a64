/** Opaque secrets: made at random, shown once, kept only as a hash. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** 256 random bits with a prefix that says what it is, e.g. `apm_api_…`; secret scanners can look for it. */
export function makeSecret(prefix: 'apm_api' | 'apm_enrol' | 'apm_session' | 'apm_link'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** SHA-256, hex. Fast on purpose: the secrets have 256 bits, guessing is hopeless without a slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Keeps secrets that have to be read again, encrypted. */
export interface SecretBox {
  /** @param owner what it belongs to: it can be opened for that alone */
  seal(text: string, owner: string): string
  /** @throws Error for what was sealed by another key, for another owner, or changed since */
  open(sealed: string, owner: string): string
}

const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM by a key of the instance (`kty: oct`, 32 bytes). */
export function createSecretBox(jwk: Readonly<Record<string, unknown>>): SecretBox {
  const key = Buffer.from(String(jwk.k), 'base64url')
  return {
    seal(text, owner) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(sealed, owner) {
      const bytes = Buffer.from(sealed, 'base64url')
      const nonce = bytes.subarray(0, nonceBytes)
      const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(owner)).setAuthTag(tag)
      return (
        decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
      )
    },
  }
}
