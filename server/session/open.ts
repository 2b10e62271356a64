/** Opens a session for somebody who has proved who they are: every way of logging in ends here. */
import { sessions } from '../database/tables.ts'
import type { Operation, UserActor } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'
import type { Proof } from '../user/second-factor.read.ts'
import type { UserRow } from '../user/user.read.ts'
import type { CookieSecrets } from './cookie-secret.ts'

export interface OpenedSession {
  readonly sessionId: string
  /** For the browser's HttpOnly cookie; kept only as a hash. */
  readonly secret: string
  readonly endsAt: Date
  readonly user: UserRow
}

/** @param proof the code beside the password, which is used up with it; null: none was needed */
export async function openSession(
  op: Operation,
  secrets: CookieSecrets,
  user: UserRow,
  proof: Proof | null,
  userAgent: string,
): Promise<OpenedSession> {
  const { sessionHours } = await readSettings(op.read)
  const { secret, familyHash } = secrets.first()
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
  const endsAt = new Date(op.now.getTime() + sessionHours * 3_600_000)
  return op.as(actor).change(async (tx) => {
    await proof?.spend(tx)
    const [session] = await tx
      .insert(sessions)
      .values({
        userId: user.id,
        secretHash: familyHash,
        lastBeacon: op.now,
        confirmedAt: op.now,
        endsAt,
        address: op.origin.address,
        userAgent: userAgent.slice(0, 300),
      })
      .returning({ id: sessions.id })
    if (!session) throw new Error('insert returned no session')
    return {
      result: { sessionId: session.id, secret, endsAt, user },
      audit: [
        {
          action: 'session.login',
          entity: { kind: 'session', id: session.id, name: user.email },
          new: proof ? { secondFactor: proof.kind } : {},
        },
      ],
    }
  })
}
