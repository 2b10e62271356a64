/** Which session, API token or proxy a presented secret stands for. */
import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import { type SessionEnd, sessionSilenceSeconds } from '../core/vocabulary.ts'
import type { ReadDatabase } from '../database/connect.ts'
import { apiTokens, sessions, users } from '../database/tables.ts'
import type { Operation, UserActor } from '../operation.ts'
import type { UserRow } from '../user/user.read.ts'

export type SessionRow = typeof sessions.$inferSelect

const person = { id: users.id, name: users.email, role: users.role }
/** Living sessions listed at the most, the one that was heard last first. */
const listed = 100

/** A session counts as alive for two minutes after its last beacon, and never longer than to its set end. */
export function silenceLimit(at: Date): Date {
  return new Date(at.getTime() - sessionSilenceSeconds * 1000)
}

function isAlive(at: Date) {
  return and(
    isNull(sessions.endedAt),
    gt(sessions.lastBeacon, silenceLimit(at)),
    gt(sessions.endsAt, at),
    eq(users.isActive, true),
  )
}

/** The living sessions of one person. */
export async function readSessions(op: Operation, userId: string): Promise<readonly SessionRow[]> {
  const rows = await op.read
    .select({ session: sessions })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.userId, userId), isAlive(op.now)))
    .orderBy(desc(sessions.lastBeacon))
    .limit(listed)
  return rows.map(({ session }) => session)
}

/** A living session with its owner. */
export async function readSession(
  op: Operation,
  id: string,
): Promise<{ session: SessionRow; user: UserRow } | undefined> {
  const [row] = await op.read
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, id), isAlive(op.now)))
  return row
}

export async function readActorOfSession(
  read: ReadDatabase,
  sessionId: string,
  at: Date,
): Promise<UserActor | null> {
  const [row] = await read
    .select({ ...person, confirmedAt: sessions.confirmedAt })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sessionId), isAlive(at)))
  return row ? { kind: 'user', ...row, sessionId, scopes: null, configIds: null } : null
}

/** Whose cookie it is; also of a session that is over. */
export async function readSessionOfFamily(
  read: ReadDatabase,
  familyHash: string,
): Promise<{ readonly id: string } | null> {
  const [row] = await read
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.secretHash, familyHash))
  return row ?? null
}

/** Why a session is over; null: it was never there. */
export async function readSessionEnd(
  read: ReadDatabase,
  sessionId: string,
  at: Date,
): Promise<SessionEnd | null> {
  const [row] = await read.select().from(sessions).where(eq(sessions.id, sessionId))
  if (!row) return null
  if (row.endReason) return row.endReason
  if (row.endsAt <= at) return 'expired'
  return row.lastBeacon <= silenceLimit(at) ? 'silent' : 'ended'
}

/** Whose session it is, and the latest it can last. */
export async function readOwnedSession(
  read: ReadDatabase,
  sessionId: string,
): Promise<{ user: UserRow; endsAt: Date }> {
  const [row] = await read
    .select({ user: users, endsAt: sessions.endsAt })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
  if (!row) throw new Error(`session ${sessionId} is nobody's`)
  return row
}

/** A living API token. */
export interface FoundToken {
  readonly id: string
  readonly lastUsedAt: Date | null
  readonly actor: UserActor
}

export async function readActorOfApiToken(
  read: ReadDatabase,
  tokenHash: string,
  at: Date,
): Promise<FoundToken | null> {
  const [row] = await read
    .select({ person, token: apiTokens })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(
      and(
        eq(apiTokens.tokenHash, tokenHash),
        isNull(apiTokens.revokedAt),
        gt(apiTokens.expiresAt, at),
        eq(users.isActive, true),
      ),
    )
  if (!row) return null
  const { id, name, scopes, configIds, lastUsedAt } = row.token
  const actor: UserActor = {
    kind: 'user',
    ...row.person,
    // The trail tells which of a person's scripts it was.
    name: `${row.person.name} (${name})`,
    sessionId: null,
    confirmedAt: null,
    scopes,
    configIds,
  }
  return { id, lastUsedAt, actor }
}
