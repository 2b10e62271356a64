/** Whether a password is right: slow on purpose, as slow for an account that is not there, and not to be guessed. */
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { type Refusal, rateLimited } from '../core/refusal.ts'

/** Failures of one address on one account: ten in five minutes, then wait. Nobody elsewhere is locked out by it. */
const allowedFailures = 10
/** Failures of one address on all accounts: one password tried on everybody is guessing as well. */
const allowedOfAddress = 100
/** Failures of everybody on one account: beyond them only addresses from which it was logged in to may try. */
const allowedOfEverybody = 100
const onAccount = new RateLimiterMemory({ points: allowedFailures, duration: 300 })
const ofAddress = new RateLimiterMemory({ points: allowedOfAddress, duration: 300 })
const ofEverybody = new RateLimiterMemory({ points: allowedOfEverybody, duration: 900 })
/** Verified when there is no password, so that the answer takes as long either way. */
const decoy = hash(randomBytes(16))

export interface PasswordAttempt {
  readonly email: string
  /** Whoever tries. */
  readonly address: string
  /** Null: nobody has this e-mail address, or they have no password yet. */
  readonly passwordHash: string | null
  readonly password: string
  /** Whether the account was logged in to from this address before; asked for only while many guess it. */
  isAtHome(): Promise<boolean>
}

/** @throws Refusal RATE_LIMITED after too many failures, also for the right password */
export async function isPasswordRight(attempt: PasswordAttempt): Promise<boolean> {
  const { email, address, passwordHash, password } = attempt
  await refuseTooMany(attempt)
  const isVerified = await verify(passwordHash ?? (await decoy), password)
  // Of many guesses at once only as many as are allowed are told how they ended.
  await refuseTooMany(attempt)
  if (passwordHash !== null && isVerified) {
    await onAccount.delete(keyOf(attempt))
    return true
  }
  const [mine, ofMine] = await Promise.all([
    onAccount.penalty(keyOf(attempt)),
    ofAddress.penalty(address),
    ofEverybody.penalty(email),
  ])
  if (mine.consumedPoints > allowedFailures) throw tooMany(mine)
  if (ofMine.consumedPoints > allowedOfAddress) throw tooMany(ofMine)
  return false
}

async function refuseTooMany(attempt: PasswordAttempt): Promise<void> {
  const [mine, ofMine, everybody] = await Promise.all([
    onAccount.get(keyOf(attempt)),
    ofAddress.get(attempt.address),
    ofEverybody.get(attempt.email),
  ])
  for (const state of [mine, ofMine]) if (isSpent(state)) throw tooMany(state)
  if (isSpent(everybody) && !(await attempt.isAtHome())) throw tooMany(everybody)
}

function keyOf({ email, address }: PasswordAttempt): string {
  return `${email} ${address}`
}

function isSpent(state: RateLimiterRes | null): state is RateLimiterRes {
  return state !== null && state.remainingPoints <= 0
}

function tooMany(state: RateLimiterRes): Refusal {
  return rateLimited('Too many failed logins', Math.ceil(state.msBeforeNext / 1000))
}
