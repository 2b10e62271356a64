/** Parts of a config document in the reader's language, for whatever compares two of them. */
import type { ClientRule, Failover, ParentProxy, Rule } from '#core/config-document'
import type { RuleField } from '#core/diff'
import type { RouteTest } from '#core/route-test-shape'
import { ClientAction, ParentSelection, Route, RuleKind } from '#core/vocabulary'
import { nameIn } from '../config/document.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'

export function routeWords(route: Route): string {
  return t(`route.${nameIn(Route, route)}`)
}

export function kindWords(kind: RuleKind): string {
  return t(`ruleKind.${nameIn(RuleKind, kind)}`)
}

/** A rule in one line: `Domain corp.example → Direct`. */
export function ruleWords(rule: Rule): string {
  const words = `${kindWords(rule.kind)} ${rule.value} → ${routeWords(rule.action)}`
  return rule.enabled ? words : `${words} (${t('change.disabled')})`
}

/** The value of one field of a rule; an empty one says so. */
export function fieldWords(rule: Rule, field: RuleField): string {
  switch (field) {
    case 'kind':
      return kindWords(rule.kind)
    case 'action':
      return routeWords(rule.action)
    case 'enabled':
      return yesNo(rule.enabled)
    case 'expiresAt':
      return rule.expiresAt === null ? t('change.never') : formatDateTime(locale(), rule.expiresAt)
    default:
      return rule[field] || t('change.none')
  }
}

export function parentWords({ host, port, priority, enabled }: ParentProxy): string {
  const words = t('change.parentWords', { address: `${host}:${port}`, priority })
  return enabled ? words : `${words} (${t('change.disabled')})`
}

export function clientWords({ range, action }: ClientRule): string {
  return `${range} ${t(`clientAction.${nameIn(ClientAction, action)}`)}`
}

/** A route test in one line: `https://shop.example/ through the parents, POST, 10.1.2.3`. */
export function testWords({
  target,
  expect,
  method,
  clientAddress,
  resolvedAddress,
  note,
}: RouteTest): string {
  const more = [method === 'GET' ? '' : method, clientAddress ?? '', resolvedAddress ?? '', note]
  return [`${target} ${t(`routeExpect.${expect}`)}`, ...more.filter((word) => word !== '')].join(', ')
}

export interface ListChange {
  readonly sign: '+' | '-'
  readonly words: string
}

/** What is gone from a list, then what is new in it; nothing where only its order differs. */
export function listChanges(before: readonly string[], after: readonly string[]): readonly ListChange[] {
  return [
    ...before.filter((words) => !after.includes(words)).map((words) => ({ sign: '-', words }) as const),
    ...after.filter((words) => !before.includes(words)).map((words) => ({ sign: '+', words }) as const),
  ]
}

export interface FieldChange {
  readonly field: string
  readonly before: string
  readonly after: string
}

/** One entry for each setting of failover that differs. */
export function failoverChanges(before: Failover, after: Failover): readonly FieldChange[] {
  const fields = [
    'selection',
    'failThreshold',
    'retrySeconds',
    'connectTimeoutSeconds',
    'directWhenAllDown',
  ] as const
  return fields.flatMap((field) =>
    before[field] === after[field]
      ? []
      : [
          {
            field: t(`failoverField.${field}`),
            before: failoverWords(before, field),
            after: failoverWords(after, field),
          },
        ],
  )
}

function failoverWords(failover: Failover, field: keyof Failover): string {
  if (field === 'selection') return t(`selection.${nameIn(ParentSelection, failover.selection)}`)
  if (field === 'directWhenAllDown') return yesNo(failover.directWhenAllDown)
  return formatNumber(locale(), failover[field])
}

function yesNo(value: boolean): string {
  return t(value ? 'change.yes' : 'change.no')
}
