/** A conflict of two edits in words: what it is about, and what each side wants. */
import type { ClientRule, Failover, ParentProxy, Rule } from '#core/config-document'
import type { ContentConflict } from '#core/merge'
import { writeRouteTestLine } from '#core/route-test-line'
import { ClientAction, ParentSelection, Route, RuleKind } from '#core/vocabulary'
import { formatDateTime } from '../../format.ts'
import { locale, t } from '../../locales/i18n.ts'
import { nameIn } from '../document.ts'

type Side = 'base' | 'mine' | 'theirs'

export function conflictSubject(conflict: ContentConflict): string {
  switch (conflict.kind) {
    case 'name':
      return t('config.name')
    case 'description':
      return t('config.description')
    case 'default':
      return t('editor.default')
    case 'clients':
      return t('clients.title')
    case 'routeTests':
      return t('warnings.inTests')
    case 'failover':
      return t(`failover.${conflict.field}`)
    case 'parent':
      return t('merge.parent', { address: conflict.address })
    case 'rule': {
      const rule = conflict.base ?? conflict.theirs ?? conflict.mine
      return t('merge.rule', { value: rule?.value ?? '' })
    }
  }
}

export function sideWords(conflict: ContentConflict, side: Side): string {
  switch (conflict.kind) {
    case 'name':
    case 'description':
      return conflict[side] || t('merge.empty')
    case 'default':
      return t(`route.${nameIn(Route, conflict[side])}`)
    case 'clients':
      return clientWords(conflict[side])
    case 'routeTests':
      return conflict[side].map(writeRouteTestLine).join(', ') || t('merge.empty')
    case 'failover':
      return failoverWords(conflict.field, conflict[side])
    case 'parent':
      return conflict[side] === null ? t('merge.absent') : parentWords(conflict[side])
    case 'rule': {
      const rule = conflict[side]
      if (rule === null) return t('merge.absent')
      return conflict.field === null ? ruleWords(rule) : ruleFieldWords(rule, conflict.field)
    }
  }
}

function ruleWords(rule: Rule): string {
  return `${t(`ruleKind.${nameIn(RuleKind, rule.kind)}`)} ${rule.value} → ${t(`route.${nameIn(Route, rule.action)}`)}`
}

function ruleFieldWords(rule: Rule, field: Exclude<keyof Rule, 'id' | 'kind'>): string {
  switch (field) {
    case 'value':
      return `${t(`ruleKind.${nameIn(RuleKind, rule.kind)}`)} ${rule.value}`
    case 'action':
      return `${t('ruleField.action')}: ${t(`route.${nameIn(Route, rule.action)}`)}`
    case 'enabled':
      return t(rule.enabled ? 'merge.enabled' : 'merge.disabled')
    case 'expiresAt':
      return rule.expiresAt === null
        ? t('merge.noEnd')
        : t('merge.ends', { at: formatDateTime(locale(), rule.expiresAt) })
    case 'note':
    case 'owner':
      return `${t(`ruleField.${field}`)}: ${rule[field] || t('merge.empty')}`
  }
}

function parentWords({ host, port, priority, enabled }: ParentProxy): string {
  const words = t('merge.parentWords', { address: `${host}:${port}`, priority })
  return enabled ? words : `${words} (${t('merge.disabled')})`
}

function clientWords(rules: readonly ClientRule[]): string {
  const words = rules.map(
    ({ range, action }) => `${range} ${t(`clientAction.${nameIn(ClientAction, action)}`)}`,
  )
  return words.join(', ') || t('merge.empty')
}

function failoverWords(field: keyof Failover, value: Failover[keyof Failover]): string {
  if (field === 'selection') {
    const selection = Object.values(ParentSelection).find((word) => word === value)
    return selection === undefined ? String(value) : t(`selection.${nameIn(ParentSelection, selection)}`)
  }
  if (typeof value === 'boolean') return t(value ? 'merge.yes' : 'merge.no')
  return String(value)
}
