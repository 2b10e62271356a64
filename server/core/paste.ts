/** Rules from pasted text: lists, URLs, address plans, PAC files, parent.config, hosts files, our own text. */
import type { NewRule } from './config-document.ts'
import { meaningOf } from './match-rules.ts'
import { type FoundLine, isPac, readPacLine, readParentConfigLine } from './paste-formats.ts'
import { readItem } from './paste-item.ts'
import { readListLine } from './paste-list.ts'
import { readRuleLine } from './rule-line.ts'
import { splitWords } from './text-words.ts'
import type { Route } from './vocabulary.ts'

/** An item that became no rule; lines count from 1. */
export interface RejectedItem {
  readonly line: number
  /** The item alone, as it was pasted, to be mended and read again. */
  readonly text: string
  readonly code: string
  readonly message: string
  /** Where its line sends it: the `action` to read it again with. */
  readonly action: Route
}

export type IgnoredReason = 'DUPLICATE' | 'COMMENT' | 'NOT_A_RULE'

/** What was left out and needs no mending. */
export interface IgnoredItem {
  readonly line: number
  readonly text: string
  readonly reason: IgnoredReason
}

export interface PastedRules {
  /** Canonical, in the order of the text, each kind and value once. */
  readonly rules: readonly NewRule[]
  readonly rejected: readonly RejectedItem[]
  readonly ignored: readonly IgnoredItem[]
}

/**
 * Reads text in free formats, line by line, into rules without ids. What a line says itself (an action, a kind, a
 * note after `#`) comes before `defaults`; a plain name is a DOMAIN. A bad item never spoils the others of its line.
 * Everything that was pasted is in one of the three lists, blank lines and punctuation apart. To read a mended item
 * again, call this with its text and its action.
 */
export function readPasted(text: string, defaults: { readonly action: Route }): PastedRules {
  const rules: NewRule[] = []
  const rejected: RejectedItem[] = []
  const ignored: IgnoredItem[] = []
  const known = new Set<string>()
  for (const { line, found, note, action: said, more } of readLines(text)) {
    const action = said ?? defaults.action
    for (const item of found) {
      if ('reason' in item) {
        ignored.push({ line, text: item.text, reason: item.reason })
        continue
      }
      const read = 'code' in item ? item : readItem(item.text, item.kind)
      if ('code' in read) {
        rejected.push({ line, text: item.text, code: read.code, message: read.message, action })
        continue
      }
      const { kind, value } = read
      const meaning = meaningOf(read)
      if (known.has(meaning)) ignored.push({ line, text: item.text, reason: 'DUPLICATE' })
      else
        rules.push({
          kind,
          value,
          action,
          enabled: more.enabled,
          note,
          owner: more.owner,
          expiresAt: more.expiresAt,
        })
      known.add(meaning)
    }
  }
  return { rules, rejected, ignored }
}

interface ReadLine extends FoundLine {
  readonly line: number
  readonly note: string
  /** What only a line of our own notation says. */
  readonly more: Pick<NewRule, 'enabled' | 'owner' | 'expiresAt'>
}

const noMore = { enabled: true, owner: '', expiresAt: null } as const

function readLines(text: string): ReadLine[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  const skipped = linesBeforeRules(lines)
  const isPacFile = isPac(text)
  let waiting: ReadLine[] = []
  const read: ReadLine[] = []
  lines.forEach((whole, index) => {
    const line = index + 1
    const trimmed = whole.trim()
    if (trimmed === '') return
    if (index < skipped) read.push(leftOut(line, trimmed, 'NOT_A_RULE'))
    else if (/^(#|\/\/|\/\*|;|!)/.test(trimmed)) read.push(leftOut(line, trimmed, 'COMMENT'))
    else if (!isPacFile) read.push(readLine(line, trimmed))
    else {
      const { found, action } = readPacLine(trimmed)
      if (found.length === 0) read.push(leftOut(line, trimmed, 'NOT_A_RULE'))
      else waiting.push({ line, found, action, note: '', more: noMore })
      if (action === null) return
      // The answer to a condition often stands a line or two below it.
      read.push(...waiting.map((each) => ({ ...each, action })))
      waiting = []
    }
  })
  return [...read, ...waiting]
}

function leftOut(line: number, text: string, reason: 'COMMENT' | 'NOT_A_RULE'): ReadLine {
  return { line, found: [{ text, reason }], action: null, note: '', more: noMore }
}

/** A whole document in our own notation: only what stands under `rules` is rules. */
function linesBeforeRules(lines: readonly string[]): number {
  const heading = lines.findIndex((line) => line.trim() === 'rules')
  const isDocument = lines
    .slice(0, Math.max(0, heading))
    .some((line) => /^default (direct|parent)\b/.test(line))
  return isDocument ? heading + 1 : 0
}

function readLine(line: number, text: string): ReadLine {
  const own = readOwnLine(line, text)
  if (own !== null) return own
  const comment = /\s(?:#|\/\/)\s*(.*)$/.exec(text)
  const body = comment === null ? text : text.slice(0, comment.index)
  const { found, action } = readParentConfigLine(body) ?? readListLine(body)
  return { line, found, action, note: comment?.[1]?.trim() ?? '', more: noMore }
}

/** Null for a line that is not, or not in full, in the notation of the text view. */
function readOwnLine(line: number, text: string): ReadLine | null {
  if (!beginsAsRule.test(text)) return null
  const { rule, problems } = readRuleLine(splitWords(text))
  if (rule === null) return null
  const [problem] = problems
  const found =
    problem === undefined
      ? { text: rule.value, kind: rule.kind }
      : { text, code: problem.code, message: problem.message }
  return { line, found: [found], action: rule.action, note: rule.note, more: rule }
}

const beginsAsRule = /^(domain|host|range)\s/i
