/** Which session, API token or proxy a presented secret stands for. */
import { and, eq, gt, isNull } from 'drizzle-orm'
import { sessionSilenceSeconds } from '../core/vocabulary.ts'
import type { ReadDatabase } from '../database/connect.ts'
import { apiTokens, sessions, users } from '../database/tables.ts'
import type { UserActor } from '../operation.ts'
import type { UserRow } from '../user/user.read.ts'

const person = { id: users.id, name: users.email, role: users.role }

/** A session counts as alive for two minutes after its last beacon. */
export function silenceLimit(at: Date): Date {
  return new Date(at.getTime() - sessionSilenceSeconds * 1000)
}

function isAlive(at: Date) {
  return and(isNull(sessions.endedAt), gt(sessions.lastBeacon, silenceLimit(at)), eq(users.isActive, true))
}

export async function readActorOfSession(
  read: ReadDatabase,
  sessionId: string,
  at: Date,
): Promise<UserActor | null> {
  const [row] = await read
    .select(person)
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sessionId), isAlive(at)))
  return row ? { kind: 'user', ...row, sessionId, scopes: null } : null
}

/** The living session that a browser's cookie belongs to. */
export async function readSessionOfSecret(
  read: ReadDatabase,
  secretHash: string,
  at: Date,
): Promise<string | null> {
  const [row] = await read
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.secretHash, secretHash), isAlive(at)))
  return row?.id ?? null
}

export async function readUserOfSession(read: ReadDatabase, sessionId: string): Promise<UserRow> {
  const [row] = await read
    .select({ user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
  if (!row) throw new Error(`session ${sessionId} is nobody's`)
  return row.user
}

export async function readActorOfApiToken(
  read: ReadDatabase,
  tokenHash: string,
  at: Date,
): Promise<UserActor | null> {
  const [row] = await read
    .select({ ...person, scopes: apiTokens.scopes })
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
  return row ? { kind: 'user', ...row, sessionId: null } : null
}
