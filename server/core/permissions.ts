/** Who may do what: one table of role × action, shared by the server and the web app. */
import type { ApiScope, Role } from './vocabulary.ts'

/** Which scope an API token needs for each action; the keys are all actions that people can do. */
const scopeOfAction = {
  'config.create': 'write',
  'config.update': 'write',
  'config.submit': 'write',
  'config.approve': 'approve',
  'config.reject': 'approve',
  'config.restore': 'write',
  'config.retire': 'write',
  'proxy.retire': 'write',
  'proxy.retry': 'write',
  'parent.withdraw': 'write',
  'parent.return': 'write',
  'log_capture.start': 'write',
  'log_capture.stop': 'write',
  'log_lines.export': 'read',
  'log_lines.delete': 'write',
  'enrolment_token.create': 'write',
  'enrolment_token.revoke': 'write',
  'api_token.create': 'write',
  'api_token.revoke': 'write',
  'settings.update': 'approve',
  'fleet.read': 'read',
  'audit.read': 'read',
} as const satisfies Record<string, ApiScope>

export type Action = keyof typeof scopeOfAction
export const actions = Object.keys(scopeOfAction) as readonly Action[]

const readOnly: readonly Action[] = ['fleet.read', 'audit.read', 'log_lines.export']
const administration: readonly Action[] = actions.filter((action) => action !== 'settings.update')

/** The table. `root` > `admin` > `regular`, which is read only. */
export const permissions: Readonly<Record<Role, readonly Action[]>> = {
  root: actions,
  admin: administration,
  regular: readOnly,
}

export interface Grant {
  readonly role: Role
  /** Null for a session: everything that the role allows. */
  readonly scopes: readonly ApiScope[] | null
}

export function isPermitted(grant: Grant, action: Action): boolean {
  const inScope = grant.scopes === null || grant.scopes.includes(scopeOfAction[action])
  return inScope && permissions[grant.role].includes(action)
}
