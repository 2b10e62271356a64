/** One-time codes for whoever has lost their app: shown once, kept as hashes. */
import { randomBytes } from 'node:crypto'
import { hashSecret } from '../secrets.ts'

const count = 10
/** No letters that look alike (i l o u): people copy them from paper. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const groups = 4
const groupLength = 4

export interface RecoveryCodes {
  /** `k3f9-…`, four groups of four: 80 random bits each. */
  readonly codes: readonly string[]
  readonly hashes: string[]
}

export function makeRecoveryCodes(): RecoveryCodes {
  const codes = Array.from({ length: count }, makeCode)
  return { codes, hashes: codes.map(recoveryHash) }
}

/** However it was typed: case, blanks and dashes don't matter. */
export function recoveryHash(code: string): string {
  return hashSecret(code.toLowerCase().replaceAll(/[^0-9a-z]/g, ''))
}

function makeCode(): string {
  const letters = [...randomBytes(groups * groupLength)].map((byte) => alphabet[byte % alphabet.length])
  return Array.from({ length: groups }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-')
}
