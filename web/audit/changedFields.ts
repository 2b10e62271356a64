/** The stored old and new value of an audit entry as fields in the reader's words: values, or lines that come and go. */
import { diffWordsWithSpace } from 'diff'
import { isKey, t } from '../locales/i18n.ts'
import { clientRuleWords, parentWords, ruleWords, valueWords } from './valueWords.ts'

/** A piece of a line: what stayed, what went, what came. */
export interface Part {
  readonly text: string
  readonly change: 'none' | 'removed' | 'added'
}

export interface ChangedLine {
  readonly sign: '+' | '-' | '~'
  readonly parts: readonly Part[]
}

export type ChangedField =
  | {
      readonly kind: 'value'
      readonly label: string
      /** Undefined: there was none. */
      readonly before: string | undefined
      readonly after: string | undefined
    }
  | { readonly kind: 'lines'; readonly label: string; readonly lines: readonly ChangedLine[] }

/** Only fields that differ: single values first, then lists. */
export function changedFields(oldValue: unknown, newValue: unknown): readonly ChangedField[] {
  const before = flatFields(oldValue)
  const after = flatFields(newValue)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const fields = names.flatMap((name): readonly ChangedField[] => {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) return []
    if (Array.isArray(before[name]) || Array.isArray(after[name])) {
      const lines = changedLines(name, listOf(before[name]), listOf(after[name]))
      return lines.length > 0 ? [{ kind: 'lines', label: fieldLabel(name), lines }] : []
    }
    const was = valueWords(name, before[name])
    const is = valueWords(name, after[name])
    return was === is ? [] : [{ kind: 'value', label: fieldLabel(name), before: was, after: is }]
  })
  return fields.sort((a, b) => Number(a.kind === 'lines') - Number(b.kind === 'lines'))
}

/** The catalogue's word for a stored field; its own name for one that is newer than this app. */
function fieldLabel(name: string): string {
  const key = `auditField.${name}`
  return isKey(key) ? t(key) : name
}

/** Failover's numbers stand beside the other fields: each changes on its own. */
function flatFields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const { failover, ...fields } = value as Readonly<Record<string, unknown>>
  return typeof failover === 'object' && failover !== null ? { ...fields, ...failover } : fields
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function changedLines(
  name: string,
  before: readonly unknown[],
  after: readonly unknown[],
): readonly ChangedLine[] {
  const was = before.map((item) => itemOf(name, item))
  const is = after.map((item) => itemOf(name, item))
  const known = new Set(was.map(({ text }) => text))
  const kept = new Set(is.map(({ text }) => text))
  const gone = was.filter(({ text }) => !kept.has(text))
  const come = is.filter(({ text }) => !known.has(text))
  const isOrderOnly = gone.length === 0 && come.length === 0
  if (isOrderOnly) return is.map(({ text }, index) => (was[index]?.text === text ? same(text) : moved(text)))
  const goneBySubject = new Map(gone.map((item) => [item.subject, item]))
  const paired = new Set(come.flatMap(({ subject }) => (goneBySubject.has(subject) ? [subject] : [])))
  return [
    ...gone.filter(({ subject }) => !paired.has(subject)).map(({ text }) => line('-', text, 'removed')),
    ...come.flatMap(({ subject, text }) => {
      const old = goneBySubject.get(subject)
      return old === undefined ? [line('+', text, 'added')] : rewritten(old.text, text)
    }),
  ]
}

/** `subject` is what an item is about: the same subject with another text is a change, not a loss and a gain. */
function itemOf(name: string, item: unknown): { readonly subject: string; readonly text: string } {
  if (name === 'rules' || name === 'ruleOrder') return ruleWords(String(item))
  if (name === 'parentProxies') return parentWords(item)
  if (name === 'clientRules') return clientRuleWords(item)
  const text = valueWords(name, item) ?? ''
  return { subject: text, text }
}

const line = (sign: '+' | '-', text: string, change: Part['change']): ChangedLine => ({
  sign,
  parts: [{ text, change }],
})
const same = (text: string): ChangedLine => ({ sign: '~', parts: [{ text, change: 'none' }] })
const moved = (text: string): ChangedLine => ({ sign: '~', parts: [{ text, change: 'added' }] })

/** More pieces than this are no longer read as one line. */
const mostParts = 9

function rewritten(before: string, after: string): readonly ChangedLine[] {
  const parts = diffWordsWithSpace(before, after).map(
    ({ value, added, removed }): Part => ({
      text: value,
      change: added ? 'added' : removed ? 'removed' : 'none',
    }),
  )
  if (parts.length > mostParts) return [line('-', before, 'removed'), line('+', after, 'added')]
  return [{ sign: '~', parts }]
}
