/**
 * The secret in a browser's cookie: `apm_session_<family>.<turn>.<proof>`.
 *
 * The family is random, stays the same, and is kept only as a hash; each renewal moves the turn on. What comes next
 * follows from what came before, by a key of the instance: whoever asks twice is told the same, and nothing has to be
 * stored before the answer leaves (docs/decisions/0034).
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { hashSecret, makeSecret } from '../secrets.ts'

/** What a genuine secret says: which session's it is, and how often it was renewed. */
export interface CookieClaim {
  readonly familyHash: string
  readonly turn: number
  /** The same family's secret of the next turn. */
  next(): string
}

export interface CookieSecrets {
  /** That of a new session, at turn 0. */
  first(): { readonly secret: string; readonly familyHash: string }
  /** Null: this instance never gave that out. */
  read(secret: string): CookieClaim | null
}

const shape = /^(apm_session_[\w-]{43})\.(\d{1,9})\.([\w-]{43})$/

/** @param jwk the instance's key for cookies (`kty: oct`) */
export function createCookieSecrets(jwk: Readonly<Record<string, unknown>>): CookieSecrets {
  const key = Buffer.from(String(jwk.k), 'base64url')
  const proofOf = (family: string, turn: number) =>
    createHmac('sha256', key).update(`${family}.${turn}`).digest('base64url')
  const secretAt = (family: string, turn: number) => `${family}.${turn}.${proofOf(family, turn)}`
  return {
    first() {
      const family = makeSecret('apm_session')
      return { secret: secretAt(family, 0), familyHash: hashSecret(family) }
    },
    read(secret) {
      const [, family = '', digits = '', proof = ''] = shape.exec(secret) ?? []
      const turn = Number(digits)
      if (family === '' || !timingSafeEqual(Buffer.from(proof), Buffer.from(proofOf(family, turn))))
        return null
      return { familyHash: hashSecret(family), turn, next: () => secretAt(family, turn + 1) }
    },
  }
}
