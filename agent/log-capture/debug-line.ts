/** Reads ATS's account of how it chose a parent (tag `parent_select`; 9.2.9 and 10.x write the same words). */
import { type LogFields, noFields } from '#core/log-line'
import { momentOf } from '../ats-log.ts'

export interface ReadLine extends LogFields {
  readonly at: Date | null
}

/** `[Nov 26 21:28:47.775] [ET_NET 0] DEBUG: <File.cc:853 (function)> (tag) words`; the place is an option of ATS. */
const linePattern =
  /^\[(\w{3} +\d+ [\d:]+\.\d+)\] (?:\[([^\]]*)\]|(\S+)) (?:DEBUG|DIAG): (?:<[^>]*> )?\((\w+)\) (.*)$/

interface Choice {
  readonly transaction: string
  ruleLine: number | null
  isMatching: boolean
}

/**
 * Lines of one choice stand together on their thread, but only the last names the host. What is read so far is
 * remembered per thread; `id` names the choice that begins with this line.
 */
export function createDebugReader(): (text: string, id: string, now: Date) => ReadLine {
  const choices = new Map<string, Choice>()
  return (text, id, now) => {
    const [, stamp, bracketed, bare, tag, words = ''] = linePattern.exec(text) ?? []
    if (stamp === undefined) return { ...noFields, at: null }
    const at = momentOf(stamp, now)
    if (tag !== 'parent_select') return { ...noFields, at }
    const thread = bracketed ?? bare ?? ''
    const matched = /^Matched with \S+ parent node from line (\d+)/.exec(words)?.[1]
    let choice = choices.get(thread)
    if (choice === undefined || (matched !== undefined && !choice.isMatching)) {
      choice = { transaction: id, ruleLine: null, isMatching: false }
      choices.set(thread, choice)
    }
    choice.isMatching = matched !== undefined
    // Every line of parent.config that fits is told, and the one told last is used.
    if (matched !== undefined) choice.ruleLine = Number(matched)
    const { transaction, ruleLine } = choice
    return { ...noFields, at, transaction, ruleLine, ...resultOf(words) }
  }
}

function resultOf(words: string): Partial<LogFields> {
  const [, host, result = '', address] =
    /^(?:Result|Retry result) for (\S+) was (parent (\S+)|\S+)/i.exec(words) ?? []
  if (host !== undefined) return { host, parent: address ?? parentWords[result] ?? null }
  const failed = /^Parent fail count increased to \d+ for (\S+)/.exec(words)?.[1]
  return failed === undefined ? {} : { parent: failed }
}

const parentWords: Readonly<Record<string, string>> = {
  PARENT_DIRECT: 'DIRECT',
  PARENT_UNDEFINED: 'DIRECT',
  PARENT_FAIL: 'NONE',
}
