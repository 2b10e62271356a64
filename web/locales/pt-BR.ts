/** Every text of the web app in Brazilian Portuguese; the app itself loads it area by area. */
import { audit } from './pt-BR/audit.ts'
import { configs } from './pt-BR/configs.ts'
import { document } from './pt-BR/document.ts'
import { editor } from './pt-BR/editor.ts'
import { fleet } from './pt-BR/fleet.ts'
import { importing } from './pt-BR/import.ts'
import { logs } from './pt-BR/logs.ts'
import { parents } from './pt-BR/parents.ts'
import { proxy } from './pt-BR/proxy.ts'
import { review } from './pt-BR/review.ts'
import { route } from './pt-BR/route.ts'
import { settings } from './pt-BR/settings.ts'
import { shell } from './pt-BR/shell.ts'
import { stats } from './pt-BR/stats.ts'
import { users } from './pt-BR/users.ts'

export const ptBr = {
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
}
