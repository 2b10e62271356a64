/** One list of parents and one way to pick among them, from lines that may each name their own. */
import { defaultFailover, type Failover, limits } from '../config-document.ts'
import { type LineFinding, lineFinding } from '../import-finding.ts'
import { isPossibleParent, type LineParent, type ParentConfigLine } from './parent-config-line.ts'

/** A line that became a rule or the default. */
export interface TakenLine {
  readonly number: number
  readonly line: ParentConfigLine
}

export interface ChosenParents {
  readonly parents: readonly LineParent[]
  readonly failover: Pick<Failover, 'selection' | 'directWhenAllDown'>
  readonly findings: readonly LineFinding[]
}

/**
 * The list that most lines name, of equal ones the default's, else the first; the selection that most of its lines
 * have. Going direct when all are down only if every line says so. A line with other parents stays a PARENT rule:
 * see docs/decisions/0020-what-an-import-keeps.md.
 */
export function chooseParents(
  taken: readonly TakenLine[],
  defaultLine: TakenLine | undefined,
): ChosenParents {
  const toParents = taken.filter(({ line }) => line.action === 'parent')
  if (toParents.length === 0) {
    const { selection, directWhenAllDown } = defaultFailover
    return { parents: [], failover: { selection, directWhenAllDown }, findings: [] }
  }
  const preferred = defaultLine?.line.action === 'parent' ? [defaultLine] : []
  const possible = [...preferred, ...toParents].filter(({ line }) => isPossibleList(line))
  const chosenKey = commonest(possible.map(({ line }) => keyOf(line)))
  const chosen = possible.find(({ line }) => keyOf(line) === chosenKey)
  const ofChosen = toParents.filter(({ line }) => keyOf(line) === chosenKey)
  const selection =
    commonest(ofChosen.map(({ line }) => line.selection)) ??
    commonest(toParents.map(({ line }) => line.selection)) ??
    defaultFailover.selection
  const directWhenAllDown = toParents.every(({ line }) => line.goDirect !== false)
  const parents = chosen === undefined ? [] : distinct(chosen.line.parents)
  const names = parents.map(({ host, port }) => `${host}:${port}`).join(', ')
  return {
    parents,
    failover: { selection, directWhenAllDown },
    findings: [
      ...toParents.flatMap(({ number, line }) =>
        differences(line, { isChosen: keyOf(line) === chosenKey, names, selection, directWhenAllDown }).map(
          ([code, message]) => lineFinding(number, code, message),
        ),
      ),
      ...(directWhenAllDown ? [whenDown(toParents)] : []),
    ],
  }
}

interface Choice {
  readonly isChosen: boolean
  readonly names: string
  readonly selection: Failover['selection']
  readonly directWhenAllDown: boolean
}

function differences(line: ParentConfigLine, choice: Choice): [LineFinding['code'], string][] {
  const found: [LineFinding['code'], string][] = []
  if (!isPossibleList(line)) {
    found.push(['PARENTS_NOT_POSSIBLE', `A config can’t hold these parents; its traffic ${goesTo(choice)}.`])
  } else if (!choice.isChosen) {
    found.push([
      'OTHER_PARENTS',
      `A config has one list of parents, and this is another; its traffic ${goesTo(choice)}.`,
    ])
  } else {
    if (distinct(line.parents).length < line.parents.length) {
      found.push(['PARENT_REPEATED', 'A parent stands here twice; a config names it once.'])
    }
    if (line.parents.some(({ hasWeight }) => hasWeight)) {
      found.push(['WEIGHT_NOT_POSSIBLE', 'Parents have no weights and hash names of their own in a config.'])
    }
  }
  if (line.hasSecondaryParents) {
    found.push([
      'SECONDARY_PARENTS',
      'A config has no secondary parents: add them to the list if they are wanted.',
    ])
  }
  if (line.selection !== choice.selection) {
    found.push([
      'OTHER_SELECTION',
      'Other lines pick among the parents in another way, and a config has one way.',
    ])
  }
  if (line.goDirect !== false && !choice.directWhenAllDown) {
    found.push([
      'OTHER_WHEN_DOWN',
      'This line goes direct when every parent is down, and others do not: now its requests fail then.',
    ])
  }
  return found
}

function goesTo({ names }: Choice): string {
  return names === '' ? 'needs parents before this can be submitted' : `now goes to ${names}`
}

/** One for all lines: with ten thousand of them it is still one fact. */
function whenDown(lines: readonly TakenLine[]): LineFinding {
  const number = Math.min(...[lines[0]?.number ?? 1])
  const isSilent = lines.some(({ line }) => line.goDirect === null)
  return lineFinding(
    number,
    'DIRECT_WHEN_DOWN',
    isSilent
      ? 'Without go_direct=false ATS goes direct when every parent is down, and so will this config.'
      : 'With go_direct=true requests go direct when every parent is down, and so they will in this config.',
  )
}

const knownKeys = new WeakMap<ParentConfigLine, string>()

function keyOf(line: ParentConfigLine): string {
  const known = knownKeys.get(line)
  if (known !== undefined) return known
  const key = distinct(line.parents)
    .map(({ host, port }) => `${host}:${port}`)
    .join(';')
  knownKeys.set(line, key)
  return key
}

function isPossibleList(line: ParentConfigLine): boolean {
  return line.parents.length <= limits.parentProxies && line.parents.every(isPossibleParent)
}

function distinct(parents: readonly LineParent[]): LineParent[] {
  return [...new Map(parents.map((parent) => [`${parent.host}:${parent.port}`, parent])).values()]
}

/** Of equally frequent ones the first; undefined for none. */
function commonest<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let best: Value | undefined
  let most = 0
  for (const [value, count] of counts) {
    if (count > most) {
      best = value
      most = count
    }
  }
  return best
}
