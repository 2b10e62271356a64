/** A config document as text for people, both ways: one rule a line, in the order in which rules are tried. */
import {
  type ConfigDocument,
  canonicalDocument,
  type Failover,
  limits,
  type NewRule,
  newRuleId,
  type ParentProxy,
  type Rule,
} from './config-document.ts'
import { ruleFields } from './diff.ts'
import { failoverNames, lineOf, noLines } from './document-lines.ts'
import { readSections, type TextProblem } from './document-sections.ts'
import { matchInPlace, meaningOf } from './match-rules.ts'
import { writeRouteTestLine } from './route-test-line.ts'
import { writeRuleLine } from './rule-line.ts'
import { writeWord } from './text-words.ts'

/** Where each thing stands in a text; lines count from 1. */
export interface TextPositions {
  /** The line of each rule, by the rule's index; ascending. `ruleAtLine` is the way back. */
  readonly lineOfRule: readonly number[]
  /** The line of a path as problems name it (`rules.3.value`, `parentProxies.0.port`, `failover.retrySeconds`). */
  readonly lineOf: (path: string) => number
}

export interface DocumentText extends TextPositions {
  readonly text: string
}

export interface TextReading extends TextPositions {
  readonly document: ConfigDocument
  /** In the order of the lines; at most `limits.problems`, then MORE_PROBLEMS counts the rest. */
  readonly problems: readonly TextProblem[]
}

/**
 * The canonical document as text, every line ended. Equal documents give the same bytes, whatever their ids, and
 * `textToDocument` reads the document back; also one with mistakes, as long as its numbers are numbers.
 */
export function documentToText(document: ConfigDocument): string {
  return documentText(document).text
}

/** The text, and where its parts stand. */
export function documentText(document: ConfigDocument): DocumentText {
  const { defaultAction, failover, parentProxies, clientRules, routeTests, rules } =
    canonicalDocument(document)
  const at = noLines()
  const lines: string[] = []
  const add = (line: string) => lines.push(line)

  at.defaultAction = add(`default ${defaultAction}`)
  add('')
  at.headings.set('failover', add('failover'))
  for (const [name, field] of failoverNames)
    at.failover.set(field, add(`  ${name} ${writeSetting(failover[field])}`))
  add('')
  at.headings.set('parentProxies', add('parents'))
  for (const line of writeParents(parentProxies)) at.parentProxies.push(add(line))
  add('')
  at.headings.set('clientRules', add('clients'))
  for (const { range, action } of clientRules)
    at.clientRules.push(add(`  ${action.padEnd(5)} ${writeWord(range)}`))
  add('')
  if (routeTests.length > 0) {
    at.headings.set('routeTests', add('tests'))
    for (const test of routeTests) at.routeTests.push(add(`  ${writeRouteTestLine(test)}`))
    add('')
  }
  at.headings.set('rules', add('rules'))
  for (const rule of rules) at.rules.push(add(`  ${writeRuleLine(rule)}`))
  return { text: `${lines.join('\n')}\n`, lineOfRule: at.rules, lineOf: (path) => lineOf(at, path) }
}

/** Rules as lines of the same notation, to be copied into another config or into a message. */
export function rulesToText(rules: readonly NewRule[]): string {
  return rules.map((rule) => `${writeRuleLine(rule)}\n`).join('')
}

/** The rule that stands in a line, by its index; undefined where none does. */
export function ruleAtLine(lineOfRule: readonly number[], line: number): number | undefined {
  let low = 0
  let high = lineOfRule.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lineOfRule[middle] ?? 0) < line) low = middle + 1
    else high = middle
  }
  return lineOfRule[low] === line ? low : undefined
}

/**
 * The canonical document that a text says, and what in it can't be read.
 *
 * `previous` is what the text said when it last had no problems. A rule keeps its id (and if nothing in it changed,
 * its identity) where kind and value agree, or where it was changed between two lines that stayed. What the text
 * leaves out or what can't be read in it (default, failover settings, whole sections) stays as in `previous` and is
 * a problem; a rule, parent or client line that can't be read is a problem and not in the document. Values that are
 * no names or ranges are kept as typed: they are for `checkDocument` to judge. Blank lines and lines that begin
 * with `#` are skipped and not kept: only what a document holds comes back when it is written again.
 */
export function textToDocument(text: string, previous: ConfigDocument): TextReading {
  const before = canonicalDocument(previous)
  const knownRules = new Map(before.rules.map((rule) => [writeRuleLine(rule), rule]))
  const read = readSections(text, knownRules)
  const { lines } = read
  const inOrder = read.parentProxies
    .map((parent, index) => ({ parent, line: lines.parentProxies[index] ?? 1 }))
    .sort((a, b) => a.parent.priority - b.parent.priority)
  lines.parentProxies = inOrder.map(({ line }) => line)
  const document = {
    ...canonicalDocument({
      defaultAction: read.defaultAction ?? previous.defaultAction,
      rules: [],
      parentProxies: lines.headings.has('parentProxies')
        ? inOrder.map(({ parent }) => parent)
        : previous.parentProxies,
      clientRules: lines.headings.has('clientRules') ? read.clientRules : previous.clientRules,
      failover: { ...previous.failover, ...read.failover },
      routeTests: read.routeTests,
    }),
    rules: lines.headings.has('rules') ? withIds(read.rules, previous.rules, before.rules) : before.rules,
  }
  return {
    document,
    problems: listed(read.problems),
    lineOfRule: lines.rules,
    lineOf: (path) => lineOf(lines, path),
  }
}

/** The rules of `before` are those of `previous`, each in its canonical form. */
function withIds(read: readonly NewRule[], previous: readonly Rule[], before: readonly Rule[]): Rule[] {
  const origin = matchInPlace<NewRule>(before, read, meaningOf)
  return read.map((rule, index) => {
    const old = previous[origin[index] ?? -1]
    if (old !== undefined && ruleFields.every((field) => old[field] === rule[field])) return old
    const { kind, value, action, enabled, note, owner, expiresAt } = rule
    return { id: old?.id ?? newRuleId(), kind, value, action, enabled, note, owner, expiresAt }
  })
}

function listed(problems: readonly TextProblem[]): readonly TextProblem[] {
  if (problems.length <= limits.problems) return problems
  const [first] = problems.slice(limits.problems)
  const message = `There are ${problems.length - limits.problems} more problems.`
  return [
    ...problems.slice(0, limits.problems),
    { line: first?.line ?? 1, column: 1, code: 'MORE_PROBLEMS', message },
  ]
}

function writeSetting(value: Failover[keyof Failover]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'number' ? writeNumber(value) : value
}

/** A number that was not typed yet is a `?`. */
function writeNumber(value: number): string {
  return Number.isFinite(value) ? String(value) : '?'
}

/** A priority is written only where it is not one more than the one before. */
function* writeParents(parents: readonly ParentProxy[]): Generator<string> {
  let expected = 1
  for (const { host, port, priority, enabled } of parents) {
    const address = writeWord(`${host}:${writeNumber(port)}`)
    yield `  ${address}${enabled ? '' : ' off'}${priority === expected ? '' : ` priority=${writeNumber(priority)}`}`
    expected = priority + 1
  }
}
