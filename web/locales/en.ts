/** Every text of the web app in English: the catalogue that the others follow. The app itself loads it area by area. */
import { audit } from './en/audit.ts'
import { configs } from './en/configs.ts'
import { document } from './en/document.ts'
import { editor } from './en/editor.ts'
import { fleet } from './en/fleet.ts'
import { importing } from './en/import.ts'
import { logs } from './en/logs.ts'
import { parents } from './en/parents.ts'
import { proxy } from './en/proxy.ts'
import { review } from './en/review.ts'
import { route } from './en/route.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { stats } from './en/stats.ts'
import { users } from './en/users.ts'

export const en = {
  ...shell,
  ...fleet,
  ...proxy,
  ...logs,
  ...parents,
  ...document,
  ...editor,
  ...review,
  ...configs,
  ...audit,
  ...importing,
  ...route,
  ...settings,
  ...stats,
  ...users,
} as const
