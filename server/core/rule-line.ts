/** One rule as one line of text, both ways: `domain corp.example direct off owner="Network team" # why`. */
import { canonicalInstant, canonicalRuleValue, type NewRule, parseInstant } from './config-document.ts'
import { readWord, type Word, type Words, writeNote, writeWord } from './text-words.ts'
import type { Route, RuleKind } from './vocabulary.ts'

export type LineProblemCode =
  | 'WORD_UNEXPECTED'
  | 'QUOTE_UNCLOSED'
  | 'RULE_KIND_MISSING'
  | 'RULE_VALUE_MISSING'
  | 'RULE_ACTION_MISSING'
  | 'OPTION_REPEATED'

/** What can't be read in a line; columns count from 1. */
export interface LineProblem<Code extends string = LineProblemCode> {
  readonly column: number
  readonly code: Code
  readonly message: string
}

export interface RuleLine {
  /** Null where kind, value or action are missing. */
  readonly rule: NewRule | null
  readonly problems: readonly LineProblem[]
}

const kindOfWord: ReadonlyMap<string, RuleKind> = new Map([
  ['domain', 'domain'],
  ['host', 'host'],
  ['range', 'ip_range'],
])
const wordOfKind: Readonly<Record<RuleKind, string>> = {
  domain: 'domain',
  host: 'host  ',
  ip_range: 'range ',
}
const routeOfWord: ReadonlyMap<string, Route> = new Map([
  ['direct', 'direct'],
  ['parent', 'parent'],
])

/** Actions stand below each other up to this width; a longer value pushes only its own. */
const valueWidth = 32

const knownLines = new WeakMap<NewRule, string>()

/** The line of a rule, without a line end; texts and values as they are, so that mistakes come back too. */
export function writeRuleLine(rule: NewRule): string {
  const known = knownLines.get(rule)
  if (known !== undefined) return known
  const { kind, value, action, enabled, note, owner, expiresAt } = rule
  const line = [
    `${wordOfKind[kind]} ${writeWord(value).padEnd(valueWidth)} ${action}`,
    ...(enabled ? [] : ['off']),
    ...(owner === '' ? [] : [`owner=${writeWord(owner)}`]),
    ...(expiresAt === null ? [] : [`until=${writeWord(shortInstant(expiresAt))}`]),
    ...(note === '' ? [] : [`# ${writeNote(note)}`]),
  ].join(' ')
  knownLines.set(rule, line)
  return line
}

/** Reads a line into a canonical rule; a value that is no name or range stays as typed. */
export function readRuleLine(line: Words): RuleLine {
  const [kindWord, valueWord, actionWord, ...options] = line.words
  const problems: LineProblem[] = []
  const broken = line.words.find(({ isBroken }) => isBroken)
  if (broken !== undefined) return { rule: null, problems: [unclosed(broken)] }
  const kind = kindWord && kindOf(kindWord)
  if (kind === undefined) {
    const message = 'A rule begins with domain, host or range.'
    return { rule: null, problems: [{ column: kindWord?.column ?? 1, code: 'RULE_KIND_MISSING', message }] }
  }
  if (valueWord === undefined) {
    const message = `After ${kindWord?.raw} comes a value, then direct or parent.`
    return { rule: null, problems: [{ column: endOf(line), code: 'RULE_VALUE_MISSING', message }] }
  }
  const action = routeOf(actionWord)
  if (action === undefined) {
    const message = `After ${valueWord.raw} comes direct or parent.`
    const column = actionWord?.column ?? endOf(line)
    return { rule: null, problems: [{ column, code: 'RULE_ACTION_MISSING', message }] }
  }
  const read = readOptions(options, problems)
  const rule = {
    kind,
    value: canonicalRuleValue(kind, readWord(valueWord.raw)),
    action,
    enabled: !read.has('off'),
    note: (line.note ?? '').trim(),
    owner: (read.get('owner') ?? '').trim(),
    expiresAt: canonicalInstant(read.get('until') ?? null),
  }
  return { rule, problems }
}

/** `off`, `owner=` and `until=` in any order, each once. */
function readOptions(words: readonly Word[], problems: LineProblem[]): ReadonlyMap<string, string> {
  const read = new Map<string, string>()
  for (const word of words) {
    const equals = word.raw.indexOf('=')
    const name = (equals < 0 ? word.raw : word.raw.slice(0, equals)).toLowerCase()
    const isKnown = equals < 0 ? name === 'off' : name === 'owner' || name === 'until'
    if (!isKnown) problems.push(unexpected(word))
    else if (read.has(name)) {
      problems.push({ column: word.column, code: 'OPTION_REPEATED', message: `${name} stands here twice.` })
    } else read.set(name, equals < 0 ? '' : readWord(word.raw.slice(equals + 1)))
  }
  return read
}

export function unexpected(word: Word): LineProblem {
  return { column: word.column, code: 'WORD_UNEXPECTED', message: `${word.raw} can’t be read here.` }
}

export function unclosed(word: Word): LineProblem {
  const message = 'A quote is not closed, or is not followed by a blank; inside, write \\" and \\\\.'
  return { column: word.column, code: 'QUOTE_UNCLOSED', message }
}

/** The column after the last word. */
export function endOf({ words }: Words): number {
  const last = words.at(-1)
  return last === undefined ? 1 : last.column + last.raw.length
}

function kindOf({ raw }: Word): RuleKind | undefined {
  return kindOfWord.get(raw.toLowerCase())
}

/** `direct` and `parent`, in any case. */
export function routeOf(word: Word | undefined): Route | undefined {
  return word && routeOfWord.get(word.raw.toLowerCase())
}

/** `2027-01-31T12:00:00.000Z` → `2027-01-31T12:00Z`; what is no instant stays. */
function shortInstant(instant: string): string {
  const at = parseInstant(instant)
  return at === null ? instant : at.toISOString().replace(/(:00)?\.000Z$/, 'Z')
}
