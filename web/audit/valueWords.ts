/** Values as the audit trail stores them, in the reader's words; what is newer than this app stays as stored. */
import {
  ApplyOutcome,
  ApprovalPolicy,
  ClientAction,
  ConfigStatus,
  DriftPolicy,
  ParentSelection,
} from '#core/vocabulary'
import { formatDateTime, formatNumber } from '../format.ts'
import { isKey, locale, t } from '../locales/i18n.ts'

/** Undefined for what is no value: null, an empty text, an empty list. */
export function valueWords(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'boolean') return t(value ? 'audit.yes' : 'audit.no')
  if (typeof value === 'number') return formatNumber(locale(), value)
  if (typeof value === 'string') return textWords(name, value)
  if (Array.isArray(value)) return value.map((item) => valueWords(name, item)).join(', ') || undefined
  return Object.entries(value)
    .map(([key, part]) => `${key}: ${valueWords(key, part) ?? t('audit.none')}`)
    .join(', ')
}

const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

function textWords(name: string, value: string): string {
  if (isoInstant.test(value)) return formatDateTime(locale(), value)
  switch (name) {
    case 'status':
      return named('configStatus', ConfigStatus, value)
    case 'defaultAction':
      return routeWords(value)
    case 'outcome':
      return named('outcome', ApplyOutcome, value)
    case 'approvalPolicy':
      return named('policy', ApprovalPolicy, value)
    case 'driftPolicy':
      return named('driftPolicy', DriftPolicy, value)
    case 'selection':
      return named('selection', ParentSelection, value)
    default:
      return value
  }
}

/** `domain a.example → direct (note: x)` as the server writes it; its subject is kind and value. */
export function ruleWords(stored: string): { readonly subject: string; readonly text: string } {
  const found = /^(domain|host|ip_range) (\S+) → (direct|parent)(?: \((.*)\))?$/s.exec(stored)
  if (!found) return { subject: stored, text: stored }
  const [, kind = '', value = '', route = '', extras] = found
  const kindKey = `ruleKind.${kind.toUpperCase()}`
  const words = `${isKey(kindKey) ? t(kindKey) : kind} ${value} → ${routeWords(route)}`
  return { subject: `${kind} ${value}`, text: extras ? `${words} (${extraWords(extras)})` : words }
}

/** The server writes the extras of a rule in this order, each only if there is one. */
const extrasPattern =
  /^(disabled)?(?:(?:^|; )note: (.*?))?(?:(?:^|; )owner: (.*?))?(?:(?:^|; )expires: (\S+))?$/s

function extraWords(extras: string): string {
  const found = extrasPattern.exec(extras)
  if (!found) return extras
  const [, disabled, note, owner, expires] = found
  return [
    disabled && t('audit.ruleDisabled'),
    note && t('audit.ruleNote', { note }),
    owner && t('audit.ruleOwner', { owner }),
    expires && t('audit.ruleExpires', { at: formatDateTime(locale(), expires) }),
  ]
    .filter(Boolean)
    .join('; ')
}

export function parentWords(stored: unknown): { readonly subject: string; readonly text: string } {
  const { host, port, priority, enabled } = fieldsOf(stored)
  const subject = `${host}:${port}`
  const words = t('audit.parent', { address: subject, priority: String(priority) })
  return { subject, text: enabled === false ? `${words} (${t('audit.ruleDisabled')})` : words }
}

export function clientRuleWords(stored: unknown): { readonly subject: string; readonly text: string } {
  const { range, action } = fieldsOf(stored)
  return { subject: String(range), text: `${range} → ${named('clientAction', ClientAction, String(action))}` }
}

function fieldsOf(stored: unknown): Readonly<Record<string, unknown>> {
  return typeof stored === 'object' && stored !== null ? { ...stored } : {}
}

function routeWords(stored: string): string {
  const key = `route.${stored.toUpperCase()}`
  return isKey(key) ? t(key) : stored
}

/** The catalogue's words under `stem` for a stored word of a closed set. */
function named(stem: string, names: Readonly<Record<string, string>>, stored: string): string {
  const name = Object.keys(names).find((each) => names[each] === stored)
  const key = `${stem}.${name}`
  return isKey(key) ? t(key) : stored
}
