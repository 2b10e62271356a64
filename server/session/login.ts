/** Opens a session for a person who knows the password. */
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { and, eq, sql } from 'drizzle-orm'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../core/refusal.ts'
import { sessions, users } from '../database/tables.ts'
import type { Operation, UserActor } from '../operation.ts'
import { hashSecret, makeSecret } from '../secrets.ts'

export interface LoginInput {
  readonly email: string
  readonly password: string
}
export interface OpenedSession {
  readonly sessionId: string
  /** For the browser's HttpOnly cookie; kept only as a hash. */
  readonly secret: string
  readonly user: typeof users.$inferSelect
}

/** Failures of one address on one account: ten in five minutes, then wait. */
const allowedFailures = 10
const failures = new RateLimiterMemory({ points: allowedFailures, duration: 300 })
/** Verified when there is no such user, so that the answer takes as long either way. */
const decoy = hash(randomBytes(16))

/** @throws Refusal UNAUTHENTICATED (never saying which of the two was wrong), RATE_LIMITED */
export async function login(op: Operation, input: LoginInput, userAgent: string): Promise<OpenedSession> {
  const email = input.email.trim().toLowerCase()
  const attempt = `${email} ${op.origin.address}`
  await refuseTooMany(attempt)
  const [user] = await op.read
    .select()
    .from(users)
    .where(and(eq(sql`lower(${users.email})`, email), eq(users.isActive, true)))
  const isRight = await verify(user?.passwordHash ?? (await decoy), input.password.slice(0, 1_000))
  // Of many guesses at once only ten are told how they ended.
  await refuseTooMany(attempt)
  if (!user || !isRight) {
    const state = await failures.penalty(attempt)
    if (state.consumedPoints > allowedFailures) throw tooMany(state)
    throw new Refusal('UNAUTHENTICATED', 'E-mail address or password is wrong.')
  }
  await failures.delete(attempt)
  const secret = makeSecret('apm_session')
  const actor: UserActor = {
    kind: 'user',
    id: user.id,
    name: user.email,
    role: user.role,
    sessionId: null,
    scopes: null,
  }
  return op.as(actor).change(async (tx) => {
    const [session] = await tx
      .insert(sessions)
      .values({
        userId: user.id,
        secretHash: hashSecret(secret),
        lastBeacon: op.now,
        address: op.origin.address,
        userAgent: userAgent.slice(0, 300),
      })
      .returning({ id: sessions.id })
    if (!session) throw new Error('insert returned no session')
    return {
      result: { sessionId: session.id, secret, user },
      audit: [
        { action: 'session.login', entity: { kind: 'session', id: session.id, name: user.email }, new: {} },
      ],
    }
  })
}

async function refuseTooMany(attempt: string): Promise<void> {
  const state: RateLimiterRes | null = await failures.get(attempt)
  if (!state || state.remainingPoints > 0) return
  throw tooMany(state)
}

function tooMany(state: RateLimiterRes): Refusal {
  const seconds = Math.ceil(state.msBeforeNext / 1000)
  return new Refusal('RATE_LIMITED', `Too many failed logins; try again in ${seconds} seconds.`)
}
