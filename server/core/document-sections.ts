/** Reads the text of a document line by line: what it says, where, and what can't be read. */
import type { ClientRule, Failover, NewRule, ParentProxy } from './config-document.ts'
import { type DocumentLines, failoverNames, headings, noLines, type SectionName } from './document-lines.ts'
import { readRouteTestLine } from './route-test-line.ts'
import type { RouteTest } from './route-test-shape.ts'
import { endOf, type LineProblem, type LineProblemCode, readRuleLine, routeOf } from './rule-line.ts'
import { readWord, splitWords, type Words } from './text-words.ts'
import { ParentSelection, type Route } from './vocabulary.ts'

export type TextProblemCode =
  | LineProblemCode
  | 'DEFAULT_ACTION_MISSING'
  | 'SETTING_MALFORMED'
  | 'PARENT_MALFORMED'
  | 'CLIENT_MALFORMED'
  | 'TEST_MALFORMED'
  | 'NOTE_NOT_KEPT'
  | 'STANDS_TWICE'
  | 'OUTSIDE_SECTION'
  | 'SECTION_MISSING'
  | 'MORE_PROBLEMS'

/** What can't be read; lines and columns count from 1, the message is a full English sentence. */
export interface TextProblem extends LineProblem<TextProblemCode> {
  readonly line: number
}

export interface Sections {
  defaultAction: Route | null
  readonly failover: { -readonly [Name in keyof Failover]?: Failover[Name] }
  readonly parentProxies: ParentProxy[]
  readonly clientRules: ClientRule[]
  readonly routeTests: RouteTest[]
  readonly rules: NewRule[]
  readonly lines: DocumentLines
  readonly problems: TextProblem[]
}

type Fault = LineProblem<TextProblemCode>

const sectionOfHeading: ReadonlyMap<string, SectionName> = new Map<string, SectionName>([
  ['failover', 'failover'],
  ...headings,
])
const fieldOfName: ReadonlyMap<string, keyof Failover> = new Map(failoverNames)

/**
 * Sections may stand in any order; blank lines and lines that begin with `#` are skipped. A line that is one of
 * `knownRules`, which is what most lines are after an edit, is that rule without being read again.
 */
export function readSections(text: string, knownRules: ReadonlyMap<string, NewRule>): Sections {
  const sections: Sections = {
    defaultAction: null,
    failover: {},
    parentProxies: [],
    clientRules: [],
    routeTests: [],
    rules: [],
    lines: noLines(),
    problems: [],
  }
  let section: SectionName | null = null
  let line = 0
  for (const each of text.split(/\r\n|\r|\n/)) {
    line += 1
    const knownRule = section === 'rules' ? knownRules.get(each.trim()) : undefined
    if (knownRule !== undefined) {
      sections.rules.push(knownRule)
      sections.lines.rules.push(line)
      continue
    }
    const words = splitWords(each)
    const [first, second] = words.words
    if (first === undefined) continue
    const heading = second === undefined ? sectionOfHeading.get(first.raw.toLowerCase()) : undefined
    section = heading ?? section
    const faults =
      heading !== undefined
        ? readHeading(sections, heading, words, line)
        : first.raw.toLowerCase() === 'default'
          ? readDefault(sections, words, line)
          : readLine(sections, section, words, line)
    for (const fault of faults) sections.problems.push({ line, ...fault })
  }
  nameMissing(sections, Math.max(1, text.trimEnd().split(/\r\n|\r|\n/).length))
  return sections
}

function readHeading({ lines }: Sections, section: SectionName, words: Words, line: number): Fault[] {
  const name = words.words[0]?.raw ?? ''
  if (lines.headings.has(section)) {
    return [fault(1, 'STANDS_TWICE', `The section ${name} stands twice: write it once.`)]
  }
  lines.headings.set(section, line)
  return noteFaults(words)
}

function readDefault(sections: Sections, words: Words, line: number): Fault[] {
  const [first, second] = words.words
  if (sections.lines.defaultAction > 0) {
    return [fault(first?.column ?? 1, 'STANDS_TWICE', 'The default stands twice: write it once.')]
  }
  sections.lines.defaultAction = line
  const action = routeOf(second)
  if (action === undefined || words.words.length > 2) {
    const column = second?.column ?? endOf(words)
    return [fault(column, 'DEFAULT_ACTION_MISSING', 'After default comes direct or parent, and no more.')]
  }
  sections.defaultAction = action
  return noteFaults(words)
}

function readLine(sections: Sections, section: SectionName | null, words: Words, line: number): Fault[] {
  const { lines } = sections
  if (section === 'rules') {
    const { rule, problems } = readRuleLine(words)
    if (rule !== null) {
      sections.rules.push(rule)
      lines.rules.push(line)
    }
    return [...problems]
  }
  const broken = words.words.find(({ isBroken }) => isBroken)
  if (broken !== undefined) {
    return [fault(broken.column, 'QUOTE_UNCLOSED', 'A quote is not closed, or no blank follows it.')]
  }
  if (section === 'failover') return [...readFailover(sections, words, line), ...noteFaults(words)]
  if (section === 'parentProxies') return [...readParent(sections, words, line), ...noteFaults(words)]
  if (section === 'routeTests') {
    const { test, problems } = readRouteTestLine(words)
    if (test !== null) {
      sections.routeTests.push(test)
      lines.routeTests.push(line)
    }
    return [...problems]
  }
  if (section === 'clientRules') return [...readClient(sections, words, line), ...noteFaults(words)]
  const message = 'Before this comes the name of its section: failover, parents, clients, tests or rules.'
  return [fault(words.words[0]?.column ?? 1, 'OUTSIDE_SECTION', message)]
}

function readFailover({ failover, lines }: Sections, words: Words, line: number): Fault[] {
  const [name, value, more] = words.words
  const column = name?.column ?? 1
  const field = fieldOfName.get(name?.raw ?? '')
  if (field === undefined) {
    const names = failoverNames.map(([known]) => known).join(', ')
    return [fault(column, 'SETTING_MALFORMED', `Here come the settings ${names}, each with its value.`)]
  }
  if (lines.failover.has(field))
    return [fault(column, 'STANDS_TWICE', `${name?.raw} stands twice: write it once.`)]
  lines.failover.set(field, line)
  const given = more === undefined ? value?.raw.toLowerCase() : undefined
  const malformed = (wanted: string) => [
    fault(value?.column ?? endOf(words), 'SETTING_MALFORMED', `After ${name?.raw} comes ${wanted}.`),
  ]
  if (field === 'selection') {
    const selection = Object.values(ParentSelection).find((known) => known === given)
    if (selection === undefined) return malformed(`one of ${Object.values(ParentSelection).join(', ')}`)
    failover.selection = selection
  } else if (field === 'directWhenAllDown') {
    if (given !== 'yes' && given !== 'no') return malformed('yes or no')
    failover.directWhenAllDown = given === 'yes'
  } else {
    const number = readNumber(given)
    if (number === null) return malformed('a number')
    failover[field] = number
  }
  return []
}

/** `host:port`, then `off` and `priority=` in any order. */
function readParent({ parentProxies, lines }: Sections, words: Words, line: number): Fault[] {
  const [address, ...options] = words.words
  const { host, port } = readAddress(address === undefined ? '' : readWord(address.raw))
  const expected = (parentProxies.at(-1)?.priority ?? 0) + 1
  let priority: number | null = null
  let enabled = true
  for (const option of options) {
    const given = /^priority=(.*)$/i.exec(option.raw)?.[1]
    if (option.raw.toLowerCase() === 'off' && enabled) enabled = false
    else if (given !== undefined && priority === null && readNumber(given) !== null)
      priority = readNumber(given)
    else
      return [
        fault(option.column, 'PARENT_MALFORMED', `${option.raw}: after a parent come off and priority=N.`),
      ]
  }
  if (port === null) {
    const message = 'A parent is written as host:port, for instance 10.96.215.26:3128.'
    return [fault(address?.column ?? 1, 'PARENT_MALFORMED', message)]
  }
  parentProxies.push({ host, port, priority: priority ?? expected, enabled })
  lines.parentProxies.push(line)
  return []
}

function readClient({ clientRules, lines }: Sections, words: Words, line: number): Fault[] {
  const [action, range, more] = words.words
  const word = action?.raw.toLowerCase()
  if ((word !== 'allow' && word !== 'deny') || range === undefined || more !== undefined) {
    const message = 'A client rule is allow or deny, then one range: allow 10.0.0.0/8.'
    return [fault((more ?? action)?.column ?? 1, 'CLIENT_MALFORMED', message)]
  }
  clientRules.push({ range: readWord(range.raw), action: word })
  lines.clientRules.push(line)
  return []
}

/** An incomplete text is no order to forget what it does not mention; only without tests there is no section for them. */
function nameMissing({ lines, problems }: Sections, line: number): void {
  const missing = [
    ...(lines.defaultAction === 0 ? ['default'] : []),
    ...[...sectionOfHeading].flatMap(([name, section]) =>
      lines.headings.has(section) || section === 'routeTests' ? [] : [name],
    ),
    ...failoverNames.flatMap(([name, field]) =>
      lines.headings.has('failover') && !lines.failover.has(field) ? [name] : [],
    ),
  ]
  for (const name of missing) {
    const message = `${name} is missing: the text is a whole config, so write it even if nothing is to change.`
    problems.push({ line, ...fault(1, 'SECTION_MISSING', message) })
  }
}

function noteFaults({ note, noteColumn }: Words): Fault[] {
  if (note === null) return []
  return [
    fault(noteColumn, 'NOTE_NOT_KEPT', 'Only rules and tests have notes; a comment needs a line of its own.'),
  ]
}

function readAddress(address: string): { host: string; port: number | null } {
  const colon = address.lastIndexOf(':')
  if (colon < 0) return { host: address, port: null }
  return { host: address.slice(0, colon), port: readNumber(address.slice(colon + 1)) }
}

/** `?` is a number that was not typed yet; null for what is no number. */
function readNumber(text: string | undefined): number | null {
  if (text === '?') return Number.NaN
  return text !== undefined && /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/.test(text) ? Number(text) : null
}

function fault(column: number, code: TextProblemCode, message: string): Fault {
  return { column, code, message }
}
