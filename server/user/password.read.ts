/** Whether a password is right: slow on purpose, as slow for an account that is not there, and not to be guessed. */
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { type Refusal, rateLimited } from '../core/refusal.ts'

/** Failures of one address on one account: ten in five minutes, then wait. Nobody elsewhere is locked out by it. */
const allowedFailures = 10
/** Failures of one address on all accounts: one password tried on everybody is guessing as well. */
const allowedOfAddress = 100
const onAccount = new RateLimiterMemory({ points: allowedFailures, duration: 300 })
const ofAddress = new RateLimiterMemory({ points: allowedOfAddress, duration: 300 })
/** Verified when there is no password, so that the answer takes as long either way. */
const decoy = hash(randomBytes(16))

export interface PasswordAttempt {
  readonly email: string
  /** Whoever tries. */
  readonly address: string
  /** Null: nobody has this e-mail address, or they have no password yet. */
  readonly passwordHash: string | null
  readonly password: string
}

/** @throws Refusal RATE_LIMITED after too many failures, also for the right password */
export async function isPasswordRight(attempt: PasswordAttempt): Promise<boolean> {
  const { address, passwordHash, password } = attempt
  const key = `${attempt.email} ${address}`
  await refuseTooMany(key, address)
  const isVerified = await verify(passwordHash ?? (await decoy), password)
  // Of many guesses at once only ten are told how they ended.
  await refuseTooMany(key, address)
  if (passwordHash !== null && isVerified) {
    await onAccount.delete(key)
    return true
  }
  const states = await Promise.all([onAccount.penalty(key), ofAddress.penalty(address)])
  if (states[0].consumedPoints > allowedFailures) throw tooMany(states[0])
  if (states[1].consumedPoints > allowedOfAddress) throw tooMany(states[1])
  return false
}

async function refuseTooMany(key: string, address: string): Promise<void> {
  for (const state of await Promise.all([onAccount.get(key), ofAddress.get(address)])) {
    if (state && state.remainingPoints <= 0) throw tooMany(state)
  }
}

function tooMany(state: RateLimiterRes): Refusal {
  return rateLimited('Too many failed logins', Math.ceil(state.msBeforeNext / 1000))
}
