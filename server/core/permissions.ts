/** Who may do what: one table of role × action, shared by the server and the web app. */
import type { ApiScope, Role } from './vocabulary.ts'

/** Which scope an API token needs for each action, or that only a session will do; the keys are all that people can do. */
const scopeOfAction = {
  'config.create': 'author',
  'config.update': 'author',
  'config.submit': 'author',
  'config.approve': 'approve',
  'config.reject': 'approve',
  'config.restore': 'author',
  'config.retire': 'author',
  'proxy.retire': 'operate',
  'proxy.retry': 'operate',
  'parent.withdraw': 'operate',
  'parent.return': 'operate',
  'log_capture.start': 'operate',
  'log_capture.stop': 'operate',
  'log_lines.export': 'read',
  'log_lines.delete': 'operate',
  'enrolment_token.create': 'operate',
  'enrolment_token.revoke': 'operate',
  'api_token.create': 'session',
  'api_token.revoke': 'session',
  'user.read': 'session',
  'user.create': 'session',
  'user.change': 'session',
  'session.end': 'session',
  'settings.update': 'session',
  'fleet.read': 'read',
  'audit.read': 'read',
  'audit.export': 'read',
} as const satisfies Record<string, ApiScope | 'session'>

export type Action = keyof typeof scopeOfAction
export const actions = Object.keys(scopeOfAction) as readonly Action[]

const readOnly: readonly Action[] = ['fleet.read', 'audit.read', 'audit.export', 'log_lines.export']
const administration: readonly Action[] = actions.filter((action) => action !== 'settings.update')

/** The table. `root` > `admin` > `regular`, which is read only. */
export const permissions: Readonly<Record<Role, readonly Action[]>> = {
  root: actions,
  admin: administration,
  regular: readOnly,
}

/** What a session left alone must not be enough for: the password is asked for again. */
export const confirmedActions: ReadonlySet<Action> = new Set([
  'enrolment_token.create',
  'api_token.create',
  'user.create',
  'user.change',
  'settings.update',
])

export interface Grant {
  readonly role: Role
  /** Null for a session: everything that the role allows. */
  readonly scopes: readonly ApiScope[] | null
}

export function isPermitted(grant: Grant, action: Action): boolean {
  const scope = scopeOfAction[action]
  const inScope = grant.scopes === null || (scope !== 'session' && grant.scopes.includes(scope))
  return inScope && permissions[grant.role].includes(action)
}

const ranks: Readonly<Record<Role, number>> = { root: 2, admin: 1, regular: 0 }

/** Nobody makes, changes or ends somebody above themselves. */
export function isAbove(one: Role, other: Role): boolean {
  return ranks[one] > ranks[other]
}
