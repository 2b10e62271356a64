/** What changed between two documents, each change as one sentence. */
import type { DocumentChange } from '#core/diff'
import {
  clientWords,
  failoverChanges,
  fieldWords,
  listChanges,
  parentWords,
  routeWords,
  ruleWords,
  testWords,
} from '../../diff/words.ts'
import { t } from '../../locales/i18n.ts'

export interface ChangeWords {
  readonly sign: '+' | '-' | '~'
  readonly text: string
}

/** One line for most changes; one line per field for those that have several. */
export function changeWords(change: DocumentChange): readonly ChangeWords[] {
  switch (change.kind) {
    case 'default-changed':
      return [changed('change.default', routeWords(change.before), routeWords(change.after))]
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
    case 'client-rules-changed':
      return listed('client', change.before.map(clientWords), change.after.map(clientWords))
    case 'route-tests-changed':
      return listed('test', change.before.map(testWords), change.after.map(testWords))
    case 'failover-changed':
      return failoverChanges(change.before, change.after).map((field) => ({
        sign: '~',
        text: t('change.field', { ...field }),
      }))
  }
}

function changed(key: 'change.default' | 'change.parent', before: string, after: string): ChangeWords {
  return { sign: '~', text: t(key, { before, after }) }
}

/** One line for each that came or went. */
function listed(
  what: 'client' | 'test',
  before: readonly string[],
  after: readonly string[],
): readonly ChangeWords[] {
  const changes = listChanges(before, after)
  if (changes.length === 0) return [{ sign: '~', text: t(`change.${what}sOrder`) }]
  return changes.map(({ sign, words }) => ({
    sign,
    text: t(`change.${what}${sign === '+' ? 'Added' : 'Removed'}`, { [what]: words }),
  }))
}
