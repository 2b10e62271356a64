/** How long a socket lives: as its session, its API token or its proxy, and no longer than its person's role. */
import { CloseCode } from 'graphql-ws'
import { Refusal } from '../core/refusal.ts'
import type { Role } from '../core/vocabulary.ts'
import type { Concern } from '../database/announcements.ts'
import type { Actor, OperationParts } from '../operation.ts'
import type { Authenticator } from '../session/authenticate.ts'
import { readActorOfSession } from '../session/session.read.ts'
import type { ApiParts } from './context.ts'
import type { Caller } from './gate.ts'
import type { Connected } from './socket-transport.ts'

export interface LifeParts extends ApiParts {
  readonly operation: OperationParts
  readonly authenticator: Authenticator
}

/** Who speaks on a socket, as far as that is known yet. */
export interface Speaker extends Connected {
  caller?: Caller
  authorization?: string | undefined
}

/** Says "come again" (RFC 6455: service restart): what is open began with rights that are no longer theirs. */
const comeAgain = 1012

export async function closeIfEnded(parts: LifeParts, speaker: Speaker, role: Role | null): Promise<void> {
  if (!(await isStillGood(parts, speaker))) speaker.socket.close(CloseCode.Unauthorized, 'Unauthorized')
  else if (roleOf(speaker.caller?.actor) !== role) speaker.socket.close(comeAgain, 'Your role has changed')
}

export function roleOf(actor: Actor | undefined): Role | null {
  return actor?.kind === 'user' ? actor.role : null
}

/** What a socket lives and dies with; `id` null: any of that kind may be meant. */
export function subjectsOf(actor: Actor): readonly Concern[] {
  if (actor.kind === 'agent') return [{ kind: 'proxy', id: actor.id, withoutReports: true }]
  if (actor.kind !== 'user') return []
  const { id, sessionId } = actor
  const own: Concern =
    sessionId === null ? { kind: 'api_token', id: null } : { kind: 'session', id: sessionId }
  return [own, { kind: 'user', id }]
}

/** An agent costs no SQL here; people send few operations over a socket, each with the rights of that moment. */
export async function isStillGood(parts: LifeParts, speaker: Speaker): Promise<boolean> {
  const { caller } = speaker
  if (!caller) return false
  const { actor } = caller
  if (actor.kind === 'agent') return (await parts.sync.memory.state(actor.id))?.isRetired === false
  const current =
    actor.kind === 'user' && actor.sessionId !== null
      ? await readActorOfSession(parts.operation.db, actor.sessionId, parts.operation.clock())
      : await actorOfToken(parts, speaker, caller.address)
  if (!current) return false
  speaker.caller = { ...caller, actor: current }
  return true
}

async function actorOfToken(parts: LifeParts, speaker: Speaker, address: string): Promise<Actor | null> {
  try {
    const from = { at: parts.operation.clock(), address }
    return await parts.authenticator.authenticate(speaker.authorization, from)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}
