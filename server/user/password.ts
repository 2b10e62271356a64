/** What a password has to be, and how it is kept. */
import { hash } from '@node-rs/argon2'
import type { Problem } from '../core/refusal.ts'
import { commonPasswords } from './common-passwords.ts'

export const passwordLength = { min: 12, max: 200 } as const
/** "aaaaaaaaaaaa", "121212121212": long, and no better for it. */
const fewestDifferent = 5

/** What is wrong with `password` for the person with this address; no composition rules, as NIST and ASVS have it. */
export function passwordProblems(password: string, email: string, path: string): readonly Problem[] {
  const problem = (code: string, message: string): Problem[] => [{ path, code, message }]
  const { length } = [...password]
  if (length < passwordLength.min) {
    return problem('PASSWORD_TOO_SHORT', `At least ${passwordLength.min} characters; a sentence does well.`)
  }
  if (length > passwordLength.max) {
    return problem('PASSWORD_TOO_LONG', `At most ${passwordLength.max} characters.`)
  }
  const folded = password.toLowerCase()
  const person = email.split('@', 1)[0]?.toLowerCase() ?? ''
  if (commonPasswords(passwordLength.min).has(folded) || new Set(folded).size < fewestDifferent) {
    return problem('PASSWORD_COMMON', 'This is one of the passwords that are guessed first; take another.')
  }
  if (person.length > 3 && folded.includes(person)) {
    return problem('PASSWORD_IS_NAME', 'It must not hold your e-mail address.')
  }
  return []
}

/** Argon2id with the library's defaults (19 MiB, 2 passes). */
export function hashPassword(password: string): Promise<string> {
  return hash(password)
}
