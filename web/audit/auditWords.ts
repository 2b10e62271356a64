/** Who, what and which thing of an audit entry: words, and where to read more. */
import { isKey, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import type { Entry } from './feed.ts'

/** The catalogue's words for an action; the stored word for one that is newer than this app. */
export function actionWords(action: string): string {
  const key = `auditAction.${action}`
  return isKey(key) ? t(key) : action
}

export function kindWords(kind: string): string {
  const key = `entityKind.${kind}`
  return isKey(key) ? t(key) : kind
}

export function actorWords(actor: Entry['actor']): string {
  return actor.name || t(`actorKind.${actor.kind}`)
}

/** The page of the thing that was changed, if it has one. */
export function entityHref(entry: Entry): string | undefined {
  if (entry.entityKind === 'API_TOKEN') return paths.settings
  if (entry.entityKind === 'SETTINGS' || entry.entityKind === 'ENROLMENT_TOKEN') return paths.instanceSettings
  if (entry.entityKind === 'USER') return paths.users
  if (entry.entityId === null) return undefined
  if (entry.entityKind === 'CONFIG') return paths.config(entry.entityId)
  if (entry.entityKind === 'PROXY') return paths.proxy(entry.entityId)
  return undefined
}

/** Opens the trail of the same thing, as it was up to this entry, with the entry marked. */
export function permalink(entry: Entry): string {
  const search = new URLSearchParams({
    ...(entry.entityId !== null && { entity: entry.entityId }),
    until: entry.at,
    entry: entry.id,
  })
  return `${paths.audit}?${search}`
}
