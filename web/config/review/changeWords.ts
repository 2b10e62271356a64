/** What changed between two documents, each change as one sentence. */
import type { ParentProxy, Rule } from '#core/config-document'
import type { DocumentChange } from '#core/diff'
import { ClientAction, ParentSelection, Route, RuleKind } from '#core/vocabulary'
import { formatDateTime } from '../../format.ts'
import { locale, t } from '../../locales/i18n.ts'
import { nameIn } from '../document.ts'

export interface ChangeWords {
  readonly sign: '+' | '-' | '~'
  readonly text: string
}

/** One line for most changes; one line per field for those that have several. */
export function changeWords(change: DocumentChange): readonly ChangeWords[] {
  switch (change.kind) {
    case 'default-changed':
      return [changed('change.default', route(change.before), route(change.after))]
    case 'rule-added':
      return [{ sign: '+', text: t('change.ruleAdded', { row: change.row, rule: ruleWords(change.rule) }) }]
    case 'rule-removed':
      return [{ sign: '-', text: t('change.ruleRemoved', { row: change.row, rule: ruleWords(change.rule) }) }]
    case 'rule-changed':
      return change.fields.map((field) => ({
        sign: '~',
        text: t('change.ruleChanged', {
          row: change.row,
          field: t(`ruleField.${field}`),
          value: change.after.value,
          before: fieldWords(change.before, field),
          after: fieldWords(change.after, field),
        }),
      }))
    case 'rule-moved': {
      const { fromRow, toRow } = change
      return [{ sign: '~', text: t('change.ruleMoved', { fromRow, toRow, rule: ruleWords(change.rule) }) }]
    }
    case 'parent-added':
      return [{ sign: '+', text: t('change.parentAdded', { parent: parentWords(change.parent) }) }]
    case 'parent-removed':
      return [{ sign: '-', text: t('change.parentRemoved', { parent: parentWords(change.parent) }) }]
    case 'parent-changed':
      return [changed('change.parent', parentWords(change.before), parentWords(change.after))]
    case 'client-rules-changed': {
      const words = (rules: typeof change.before) =>
        rules
          .map(({ range, action }) => `${range} ${t(`clientAction.${nameIn(ClientAction, action)}`)}`)
          .join(', ') || t('change.none')
      return [changed('change.clients', words(change.before), words(change.after))]
    }
    case 'failover-changed': {
      const { before, after } = change
      const numbers = (['failThreshold', 'retrySeconds', 'connectTimeoutSeconds'] as const).flatMap(
        (field) =>
          before[field] === after[field]
            ? []
            : [changedField(t(`failover.${field}`), String(before[field]), String(after[field]))],
      )
      const selection = (word: ParentSelection) => t(`selection.${nameIn(ParentSelection, word)}`)
      return [
        ...(before.selection === after.selection
          ? []
          : [changedField(t('failover.selection'), selection(before.selection), selection(after.selection))]),
        ...numbers,
        ...(before.directWhenAllDown === after.directWhenAllDown
          ? []
          : [
              changedField(
                t('failover.directWhenAllDown'),
                yesNo(before.directWhenAllDown),
                yesNo(after.directWhenAllDown),
              ),
            ]),
      ]
    }
  }
}

function changed(
  key: 'change.default' | 'change.parent' | 'change.clients',
  before: string,
  after: string,
): ChangeWords {
  return { sign: '~', text: t(key, { before, after }) }
}

function changedField(field: string, before: string, after: string): ChangeWords {
  return { sign: '~', text: t('change.field', { field, before, after }) }
}

function ruleWords(rule: Rule): string {
  const words = `${t(`ruleKind.${nameIn(RuleKind, rule.kind)}`)} ${rule.value} → ${route(rule.action)}`
  return rule.enabled ? words : `${words} (${t('change.disabled')})`
}

function parentWords({ host, port, priority, enabled }: ParentProxy): string {
  const words = t('change.parentWords', { address: `${host}:${port}`, priority })
  return enabled ? words : `${words} (${t('change.disabled')})`
}

function fieldWords(rule: Rule, field: Exclude<keyof Rule, 'id'>): string {
  if (field === 'kind') return t(`ruleKind.${nameIn(RuleKind, rule.kind)}`)
  if (field === 'action') return route(rule.action)
  if (field === 'enabled') return yesNo(rule.enabled)
  if (field === 'expiresAt')
    return rule.expiresAt === null ? t('change.never') : formatDateTime(locale(), rule.expiresAt)
  return rule[field] || t('change.none')
}

function route(word: Route): string {
  return t(`route.${nameIn(Route, word)}`)
}

function yesNo(value: boolean): string {
  return t(value ? 'change.yes' : 'change.no')
}
