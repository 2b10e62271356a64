/** Opens a session for a person who knows the password and, where they have one, holds the second factor. */
import { and, eq, gt, sql } from 'drizzle-orm'
import { type Problem, Refusal } from '../core/refusal.ts'
import { sessions, users } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import type { SecretBox } from '../secrets.ts'
import { isPasswordRight } from '../user/password.read.ts'
import { type Proof, proveSecondFactor } from '../user/second-factor.read.ts'
import type { UserRow } from '../user/user.read.ts'
import type { CookieSecrets } from './cookie-secret.ts'
import { type OpenedSession, openSession } from './open.ts'

export interface LoginInput {
  readonly email: string
  readonly password: string
  /** Of the authenticator app, or a recovery code; asked for only when the password is right. */
  readonly code?: string | null | undefined
}
/** For how long an address from which somebody logged in is one of theirs. */
const rememberedDays = 30

export interface LoginParts {
  readonly cookieSecrets: CookieSecrets
  readonly secondFactorBox: SecretBox
}

/**
 * @throws Refusal UNAUTHENTICATED (never saying which of address and password was wrong; CODE_REQUIRED and CODE_WRONG when
 *   both are right), RATE_LIMITED
 */
export async function login(
  op: Operation,
  parts: LoginParts,
  input: LoginInput,
  userAgent: string,
): Promise<OpenedSession> {
  const email = input.email.trim().toLowerCase()
  const [user] = await op.read
    .select()
    .from(users)
    .where(eq(sql`lower(${users.email})`, email))
  const { address } = op.origin
  const passwordHash = user?.isActive ? user.passwordHash : null
  const isAtHome = () => hasBeenHere(op, email)
  const isRight = await isPasswordRight({ email, address, passwordHash, password: input.password, isAtHome })
  if (!user || !isRight) {
    await noteRefusal(op, user)
    throw new Refusal('UNAUTHENTICATED', 'E-mail address or password is wrong.')
  }
  return openSession(op, parts.cookieSecrets, user, await proofOf(op, parts, user, input.code), userAgent)
}

/** Asked of unknown accounts as well: an answer must not take longer for those that are there. */
async function hasBeenHere({ read, origin, now }: Operation, email: string): Promise<boolean> {
  const since = new Date(now.getTime() - rememberedDays * 86_400_000)
  const [found] = await read
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sql`lower(${users.email})`, email),
        eq(sessions.address, origin.address),
        gt(sessions.lastBeacon, since),
      ),
    )
    .limit(1)
  return found !== undefined
}

async function proofOf(
  op: Operation,
  { secondFactorBox }: LoginParts,
  user: UserRow,
  code: string | null | undefined,
): Promise<Proof | null> {
  const proving = await proveSecondFactor(op, secondFactorBox, user.id, code)
  if (proving.kind === 'not needed') return null
  if (proving.kind === 'proved') return proving.proof
  const { problem } = proving
  if (problem.code === 'CODE_WRONG') await noteRefusal(op, user, problem)
  throw new Refusal('UNAUTHENTICATED', problem.message, [problem])
}

/** Names only accounts that are there: people type passwords into the wrong field. */
async function noteRefusal(op: Operation, user: UserRow | undefined, problem?: Problem): Promise<void> {
  const name = user?.email ?? 'unknown'
  await op.change(async () => ({
    result: null,
    audit: [
      {
        action: 'session.refuse',
        entity: { kind: 'user', id: user?.id ?? null, name },
        ...(problem && { new: { problem: problem.code } }),
      },
    ],
  }))
}
