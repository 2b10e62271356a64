/** The questions that every verb asks first: who is it, and may they. */
import { type Action, confirmedActions, isPermitted } from './core/permissions.ts'
import { Refusal } from './core/refusal.ts'
import { confirmedSeconds } from './core/vocabulary.ts'
import type { AgentActor, Operation, UserActor } from './operation.ts'

/** The person (or their API token) behind the operation, if the role table lets them do `action`. */
export function permit(op: Operation, action: Action): UserActor {
  const user = requireUser(op)
  if (!isPermitted(user, action)) {
    throw new Refusal('FORBIDDEN', `Your role or token does not allow "${action}".`)
  }
  if (confirmedActions.has(action)) requireConfirmed(op, user)
  return user
}

/**
 * The same for something that is done to one config, or (null) to one that is not there yet.
 * @throws Refusal FORBIDDEN also for an API token that is for other configs
 */
export function permitFor(op: Operation, action: Action, configId: string | null): UserActor {
  const user = permit(op, action)
  if (user.configIds === null || (configId !== null && user.configIds.includes(configId))) return user
  throw new Refusal('FORBIDDEN', 'This API token is for other configs.')
}

/**
 * Whoever finds an open browser has no password. Scripts gave theirs when their token was made.
 * @throws Refusal FORBIDDEN with the problem CONFIRM_IDENTITY
 */
export function requireConfirmed(op: Operation, user: UserActor): void {
  if (user.confirmedAt === null) return
  if (op.now.getTime() - user.confirmedAt.getTime() < confirmedSeconds * 1_000) return
  const message = 'Give your password again (confirmIdentity), then repeat this.'
  throw new Refusal('FORBIDDEN', message, [{ path: 'session', code: 'CONFIRM_IDENTITY', message }])
}

export function requireUser(op: Operation): UserActor {
  if (op.actor.kind === 'user') return op.actor
  if (op.actor.kind === 'agent') throw new Refusal('FORBIDDEN', 'Agents may not do this.')
  throw new Refusal('UNAUTHENTICATED', 'Log in, or send a valid token.')
}

/** A person at a browser or a script that logged in: what is about sessions is nothing for API tokens. */
export function requireSession(op: Operation): UserActor & { readonly sessionId: string } {
  const user = requireUser(op)
  if (user.sessionId !== null) return { ...user, sessionId: user.sessionId }
  throw new Refusal('FORBIDDEN', 'An API token may not do this; log in.')
}

export function requireAgent(op: Operation): AgentActor {
  if (op.actor.kind === 'agent') return op.actor
  if (op.actor.kind === 'user') throw new Refusal('FORBIDDEN', 'Only an agent may do this.')
  throw new Refusal('UNAUTHENTICATED', 'Send a valid agent token.')
}
