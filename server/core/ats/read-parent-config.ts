/** Reads a parent.config into the ordered list of rules that has the same effect. */
import type { AddressRange } from '../cidr.ts'
import { limits, type NewRule } from '../config-document.ts'
import { type LineFinding, lineFinding } from '../import-finding.ts'
import { meaningOf } from '../match-rules.ts'
import type { Route, RuleKind } from '../vocabulary.ts'
import { type ChosenParents, chooseParents, type TakenLine } from './choose-parents.ts'
import { effectiveRanges } from './effective-ranges.ts'
import { header } from './header.ts'
import { oddSpellings, plainHosts } from './parent-config.ts'
import { type Remark, readDestination } from './parent-config-destination.ts'
import { type ParentConfigLine, parseParentConfigLine } from './parent-config-line.ts'
import { type Comments, comment, readComments } from './parent-config-notes.ts'

export interface ParentConfigReading extends ChosenParents {
  readonly rules: readonly NewRule[]
  readonly defaultAction: Route
}

/**
 * Reads lines as ATS 9.2.9 does (parent-config-line.ts), and puts them into one list where the first rule that
 * matches decides. ATS takes the smallest line number too, but of overlapping `dest_ip` lines the last
 * (effective-ranges.ts). What can't be a rule is in the findings, each line with its reason.
 *
 * @param lines without line ends
 */
export function readParentConfig(lines: readonly string[]): ParentConfigReading {
  const findings: LineFinding[] = []
  const { items, defaultLine, ownLine } = readItems(lines, findings)
  const comments = readComments(lines)
  const ordered = inOrder(items, lines[0]?.trim() === header, findings)
  const { rules, taken } = takeRules(ordered, comments, findings)
  const deciding = defaultLine ? [...taken, defaultLine] : taken
  // Where no rule uses the parents any more, our own lines for odd spellings still name them.
  const usesParents = deciding.some(({ line }) => line.action === 'parent')
  const chosen = chooseParents(usesParents || !ownLine ? deciding : [ownLine], defaultLine)
  if (defaultLine === undefined) {
    const message = 'No line is for everything else: ATS goes direct then, and so will this config.'
    findings.push(lineFinding(Math.max(1, lines.length), 'NO_DEFAULT', message))
  }
  return {
    ...chosen,
    rules,
    defaultAction: defaultLine?.line.action ?? 'direct',
    findings: [...findings, ...comments.findings, ...chosen.findings],
  }
}

/** What a line amounts to. */
interface Item extends TakenLine {
  readonly kind: RuleKind
  readonly value: string
  /** Of a `dest_ip` line. */
  readonly range: AddressRange | null
  /** Only takes addresses away from earlier ranges. */
  readonly isHole: boolean
}

/** Far above what ATS reads of a line that people write. */
const longestLine = 20_000

function readItems(
  lines: readonly string[],
  findings: LineFinding[],
): { items: Item[]; defaultLine: TakenLine | undefined; ownLine: TakenLine | undefined } {
  const items: Item[] = []
  let defaultLine: TakenLine | undefined
  let ownLine: TakenLine | undefined
  for (const [index, text] of lines.entries()) {
    const number = index + 1
    const { item, line, own, remarks } = readLine(text, number, defaultLine)
    if (own !== undefined) ownLine = { number, line: own }
    if (item !== undefined) items.push(item)
    if (line !== undefined) defaultLine = { number, line }
    findings.push(...remarks.map((remark) => lineFinding(number, ...remark)))
  }
  return { items, defaultLine, ownLine }
}

interface ReadLine {
  readonly item?: Item
  /** Of a line for everything, which ends the list. */
  readonly line?: ParentConfigLine
  /** Of a line of ours for odd spellings, which is no rule. */
  readonly own?: ParentConfigLine
  readonly remarks: readonly Remark[]
}

function readLine(text: string, number: number, defaultLine: TakenLine | undefined): ReadLine {
  if (isSilent(text)) return { remarks: [] }
  if (text.length > longestLine) {
    return { remarks: [['LINE_TOO_LONG', `A line has at most ${longestLine} characters here.`]] }
  }
  const parsed = parseParentConfigLine(text)
  if (!parsed.ok) return { remarks: [['ATS_DROPS_LINE', `ATS leaves this line out: ${parsed.why}.`]] }
  const { line } = parsed
  if (isOddSpelling(line)) return { own: line, remarks: [] }
  if (isPlainDefault(line)) return { line, remarks: [] }
  const to = readDestination(line.destination)
  const hole = to.says === 'range' ? { item: holeOf(number, line, to.range) } : {}
  if (line.conditions.length > 0) {
    return { ...hole, remarks: [['CONDITION_NOT_POSSIBLE', conditionMessage(line)]] }
  }
  if (to.says === 'nothing') return { remarks: [to.why] }
  if (defaultLine !== undefined) {
    // After our default for plain spellings comes the line for all others.
    const isForOthers = isPlainDefault(defaultLine.line) && to.says === 'everything'
    if (isForOthers && line.action === 'parent' && line.goDirect === false) return { own: line, remarks: [] }
    const message = `This never decides: line ${defaultLine.number} above is for everything.`
    return { ...hole, remarks: [['NEVER_DECIDES', message]] }
  }
  if (to.says === 'everything') return { line, remarks: aboutSettings(line) }
  const remarks = [...to.remarks, ...aboutSettings(line)]
  if (to.says === 'range') return { item: { ...holeOf(number, line, to.range), isHole: false }, remarks }
  return { item: { number, line, kind: to.kind, value: to.value, range: null, isHole: false }, remarks }
}

function isSilent(text: string): boolean {
  const start = text.trimStart()
  return start === '' || start.startsWith('#')
}

const oddPatterns: ReadonlySet<string> = new Set(oddSpellings.map(({ pattern }) => pattern))

/** One of the lines that we write for odd spellings; every rendered file gets them again. */
function isOddSpelling({ destination, action, goDirect }: ParentConfigLine): boolean {
  const isPattern = destination.key === 'url_regex' && oddPatterns.has(destination.value)
  return isPattern && action === 'parent' && goDirect === false
}

/** Our default, where it is only for hosts in their plain spelling. */
function isPlainDefault({ destination, action }: ParentConfigLine): boolean {
  return destination.key === 'host_regex' && destination.value === plainHosts && action === 'direct'
}

function holeOf(number: number, line: ParentConfigLine, range: AddressRange): Item {
  return { number, line, kind: 'ip_range', value: range.text, range, isHole: true }
}

function conditionMessage({ conditions }: ParentConfigLine): string {
  const which = conditions.map((name) => `${name}=`).join(', ')
  return `A rule can’t say that it is only for some requests (${which}): they take the next rule that matches.`
}

function aboutSettings({ options, parents, goDirect }: ParentConfigLine): Remark[] {
  const isDirect = parents.length === 0
  return [
    ...options.map(
      (name): Remark =>
        isDirect
          ? ['OPTION_WITHOUT_PARENTS', `${name}= means nothing on a line without parents, and stays out.`]
          : ['OPTION_NOT_POSSIBLE', `A config can’t say ${name}=: it stays out.`],
    ),
    ...(isDirect && goDirect === null ? [noRoute] : []),
  ]
}

const noRoute: Remark = ['NO_ROUTE', 'The line names no route: ATS goes direct then, and so does the rule.']

/** Items in the order in which the first that matches decides; a range that was split comes several times. */
function inOrder(items: readonly Item[], isOurs: boolean, findings: LineFinding[]): Item[] {
  let block = 0
  const blocks = items.map((item) => {
    if (item.range === null) block += 1
    return block
  })
  const ranged = items.flatMap((item, index) =>
    item.range === null ? [] : [{ item, range: item.range, block: blocks[index] ?? 0, isHole: item.isHole }],
  )
  const effective = effectiveRanges(ranged, isOurs)
  const effects = new Map(ranged.map(({ item }, index) => [item, effective[index]]))
  const ordered: Item[] = []
  let last: Item[] = []
  for (const item of items) {
    const effect = effects.get(item)
    if (effect === undefined) {
      ordered.push(...last.reverse(), item)
      last = []
      continue
    }
    if (item.isHole) continue
    const pieces = effect.ranges.map((range) => ({ ...item, range, value: range.text }))
    const remark = isOurs ? null : rangeRemark(item, effect.ranges, effect.isLast)
    if (remark !== null) findings.push(lineFinding(item.number, ...remark))
    if (effect.isLast) last.push(...pieces)
    else ordered.push(...pieces)
  }
  return [...ordered, ...last.reverse()]
}

function rangeRemark(
  item: Item,
  ranges: readonly AddressRange[],
  isLast: boolean,
): [LineFinding['code'], string] | null {
  const wins = 'of overlapping dest_ip lines ATS takes the last'
  if (isLast) return ['RANGE_MOVED', `The rule comes further down: ${wins}, a config the first.`]
  if (ranges.length === 0)
    return ['NEVER_DECIDES', `This never decides: ${wins}, and later ones hold all of it.`]
  if (ranges.length === 1 && ranges[0]?.text === item.value) return null
  const parts = ranges.length === 1 ? `only ${ranges[0]?.text}` : `${ranges.length} ranges`
  return ['RANGE_SPLIT', `The rule holds ${parts}: ${wins}, and those below take the rest.`]
}

function takeRules(
  ordered: readonly Item[],
  { notes, numbers }: Comments,
  findings: LineFinding[],
): { rules: NewRule[]; taken: TakenLine[] } {
  const lineOf = new Map<string, number>()
  const taken = new Map<number, TakenLine>()
  const rules: NewRule[] = []
  for (const { number, line, kind, value } of ordered) {
    const meaning = meaningOf({ kind, value })
    const earlier = lineOf.get(meaning)
    if (earlier !== undefined) {
      findings.push(
        lineFinding(number, 'NEVER_DECIDES', `This never decides: line ${earlier} names the same.`),
      )
    } else if (rules.length >= limits.rules) {
      findings.push(lineFinding(number, 'TOO_MANY_RULES', `A config holds at most ${limits.rules} rules.`))
    } else {
      lineOf.set(meaning, number)
      taken.set(number, { number, line })
      const note = notes.get(number) ?? ''
      rules.push({ kind, value, action: line.action, enabled: true, note, owner: '', expiresAt: null })
    }
  }
  for (const [number, lines] of numbers) {
    if (!taken.has(number)) findings.push(...lines.map(comment))
  }
  return { rules, taken: [...taken.values()] }
}
