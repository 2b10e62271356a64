/** Opens a session for a person who knows the password. */
import { eq, sql } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { sessions, users } from '../database/tables.ts'
import type { Operation, UserActor } from '../operation.ts'
import { hashSecret, makeSecret } from '../secrets.ts'
import { readSettings } from '../settings/settings.read.ts'
import { isPasswordRight } from '../user/password.read.ts'
import type { UserRow } from '../user/user.read.ts'

export interface LoginInput {
  readonly email: string
  readonly password: string
}
export interface OpenedSession {
  readonly sessionId: string
  /** For the browser's HttpOnly cookie; kept only as a hash. */
  readonly secret: string
  readonly user: UserRow
}

/** @throws Refusal UNAUTHENTICATED (never saying which of the two was wrong), RATE_LIMITED */
export async function login(op: Operation, input: LoginInput, userAgent: string): Promise<OpenedSession> {
  const email = input.email.trim().toLowerCase()
  const [user] = await op.read
    .select()
    .from(users)
    .where(eq(sql`lower(${users.email})`, email))
  const { address } = op.origin
  const passwordHash = user?.isActive ? user.passwordHash : null
  const isRight = await isPasswordRight({ email, address, passwordHash, password: input.password })
  if (!user || !isRight) {
    await noteRefusal(op, user)
    throw new Refusal('UNAUTHENTICATED', 'E-mail address or password is wrong.')
  }
  const { sessionHours } = await readSettings(op.read)
  const secret = makeSecret('apm_session')
  const actor: UserActor = {
    kind: 'user',
    id: user.id,
    name: user.email,
    role: user.role,
    sessionId: null,
    confirmedAt: op.now,
    scopes: null,
    configIds: null,
  }
  return op.as(actor).change(async (tx) => {
    const [session] = await tx
      .insert(sessions)
      .values({
        userId: user.id,
        secretHash: hashSecret(secret),
        lastBeacon: op.now,
        confirmedAt: op.now,
        endsAt: new Date(op.now.getTime() + sessionHours * 3_600_000),
        address,
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

/** Names only accounts that are there: people type passwords into the wrong field. */
async function noteRefusal(op: Operation, user: UserRow | undefined): Promise<void> {
  const name = user?.email ?? 'unknown'
  await op.change(async () => ({
    result: null,
    audit: [{ action: 'session.refuse', entity: { kind: 'user', id: user?.id ?? null, name } }],
  }))
}
