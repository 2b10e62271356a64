/** The questions that every verb asks first: who is it, and may they. */
import { type Action, isPermitted } from './core/permissions.ts'
import { Refusal } from './core/refusal.ts'
import type { AgentActor, Operation, UserActor } from './operation.ts'

/** The person (or their API token) behind the operation, if the role table lets them do `action`. */
export function permit(op: Operation, action: Action): UserActor {
  const user = requireUser(op)
  if (!isPermitted(user, action)) {
    throw new Refusal('FORBIDDEN', `Your role or token does not allow "${action}".`)
  }
  return user
}

export function requireUser(op: Operation): UserActor {
  if (op.actor.kind === 'user') return op.actor
  if (op.actor.kind === 'agent') throw new Refusal('FORBIDDEN', 'Agents may not do this.')
  throw new Refusal('UNAUTHENTICATED', 'Log in, or send a valid token.')
}

export function requireAgent(op: Operation): AgentActor {
  if (op.actor.kind === 'agent') return op.actor
  if (op.actor.kind === 'user') throw new Refusal('FORBIDDEN', 'Only an agent may do this.')
  throw new Refusal('UNAUTHENTICATED', 'Send a valid agent token.')
}
