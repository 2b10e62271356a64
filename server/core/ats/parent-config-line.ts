/** Reads one line of parent.config as ATS 9.2.9 does, or says why ATS drops it. */
import { parseRange } from '../cidr.ts'
import { canonicalParentHost } from '../config-document.ts'
import { parseDomainName } from '../domain-name.ts'
import type { ParentSelection, Route, RuleKind } from '../vocabulary.ts'

export type DestinationKey = 'dest_domain' | 'dest_host' | 'dest_ip' | 'url_regex' | 'host_regex'

/** The kind of rule that a destination amounts to. */
export const kindOfDestination: Readonly<Record<'dest_domain' | 'dest_host' | 'dest_ip', RuleKind>> = {
  dest_domain: 'domain',
  dest_host: 'host',
  dest_ip: 'ip_range',
}

/** What narrows a line to some requests: a rule has no such conditions. */
export const conditions: ReadonlySet<string> = new Set([
  'port',
  'iport',
  'scheme',
  'prefix',
  'suffix',
  'method',
  'time',
  'src_ip',
  'internal',
  'tag',
])

/** A next hop as a line names it. */
export interface LineParent {
  readonly host: string
  readonly port: number
  readonly hasWeight: boolean
}

export interface ParentConfigLine {
  readonly destination: { readonly key: DestinationKey; readonly value: string }
  readonly action: Route
  /** Empty: the line goes direct. */
  readonly parents: readonly LineParent[]
  readonly hasSecondaryParents: boolean
  readonly selection: ParentSelection
  /** Null: not said, and ATS goes direct when every parent is down. */
  readonly goDirect: boolean | null
  /** Names of conditions that the line has. */
  readonly conditions: readonly string[]
  /** Names of what else it says: retries, hashes and the like. */
  readonly options: readonly string[]
}

export type LineReading =
  | { readonly ok: true; readonly line: ParentConfigLine }
  | { readonly ok: false; readonly why: string }

/**
 * Reads a line that is neither blank nor a comment. Names of settings are read in any case; the last of two equal
 * ones counts. What ATS logs as an error and leaves out is a refusal here, with the reason in words.
 */
export function parseParentConfigLine(text: string): LineReading {
  const split = splitSettings(text)
  if (!split.ok) return split
  let destination: ParentConfigLine['destination'] | undefined
  let parents: readonly LineParent[] = []
  let hasSecondaryParents = false
  let selection: ParentSelection = 'primary_first'
  let goDirect: boolean | null = null
  const narrowed = new Set<string>()
  const options = new Set<string>()
  for (const { name, value } of split.settings) {
    if (isDestination(name)) {
      if (destination !== undefined) return dropped('it names two destinations')
      destination = { key: name, value }
    } else if (name === 'parent' || name === 'primary_parent') {
      if (parents.length > 0) return dropped('it names its parents twice')
      const read = readParents(value)
      if (!read.ok) return read
      parents = read.parents
    } else if (name === 'secondary_parent') {
      const read = readParents(value)
      if (!read.ok) return read
      hasSecondaryParents = true
    } else if (name === 'round_robin') {
      const known = selectionOf.get(value.toLowerCase())
      if (known === undefined) return dropped(`it knows no round_robin=${value}`)
      selection = known
    } else if (name === 'go_direct') {
      const known = booleanOf(value)
      if (known === undefined) return dropped('go_direct is true or false')
      goDirect = known
    } else if (name === 'parent_is_proxy') {
      const known = booleanOf(value)
      if (known === undefined) return dropped('parent_is_proxy is true or false')
      if (!known) options.add(name)
    } else if (conditions.has(name)) narrowed.add(name)
    else if (otherOptions.has(name)) options.add(name)
    else return dropped(`it knows no setting “${name.slice(0, 40)}”`)
  }
  if (destination === undefined) return dropped('it names no destination')
  if (parents.length === 0 && goDirect === false)
    return dropped('it names no parent and forbids going direct')
  return {
    ok: true,
    line: {
      destination,
      action: parents.length > 0 ? 'parent' : 'direct',
      parents,
      hasSecondaryParents,
      selection,
      goDirect,
      conditions: [...narrowed],
      options: [...options],
    },
  }
}

/** Whether a parent can stand in a document. */
export function isPossibleParent({ host, port }: LineParent): boolean {
  const isAddress = /^[0-9.]+$/.test(host) && parseRange(host).ok
  return port >= 1 && port <= 65_535 && (isAddress || parseDomainName(host).ok)
}

const selectionOf: ReadonlyMap<string, ParentSelection> = new Map([
  ['false', 'primary_first'],
  ['strict', 'round_robin'],
  ['latched', 'sticky'],
  ['true', 'by_client'],
  ['consistent_hash', 'by_url'],
])

/** Known to some supported generation; those of 10.2 alone make 9.2 drop the line. */
const otherOptions: ReadonlySet<string> = new Set([
  'secondary_mode',
  'qstring',
  'parent_retry',
  'simple_server_retry_responses',
  'unavailable_server_retry_responses',
  'max_simple_retries',
  'max_unavailable_server_retries',
  'ignore_self_detect',
  'host_override',
  'hash_algorithm',
  'hash_seed0',
  'hash_seed1',
  'hash_replicas',
])

const destinations: ReadonlySet<string> = new Set([
  ...Object.keys(kindOfDestination),
  'url_regex',
  'host_regex',
])

function isDestination(name: string): name is DestinationKey {
  return destinations.has(name)
}

function booleanOf(value: string): boolean | undefined {
  const word = value.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}

type ParentsReading = { readonly ok: true; readonly parents: readonly LineParent[] } | Dropped

function readParents(value: string): ParentsReading {
  const parents: LineParent[] = []
  for (const text of value.split(/[,; \t\r]+/).filter((each) => each !== '')) {
    if (!text.includes(':')) return dropped(`the parent ${text} has no port`)
    const [, host, port, rest] = /^([^:]+):([0-9]+)((?:\|[0-9.]+)?(?:&.*)?)$/.exec(text) ?? []
    if (host === undefined || port === undefined) return dropped(`it can’t read the parent ${text}`)
    // Its own address for a hash name is what ATS should take, and what we write.
    const hasWeight = rest !== '' && rest !== `&${host}:${port}`
    parents.push({ host: canonicalParentHost(host), port: Number(port), hasWeight })
  }
  return parents.length > 0 ? { ok: true, parents } : dropped('it names no parent')
}

interface Setting {
  /** Lower case. */
  readonly name: string
  readonly value: string
}

type Dropped = { readonly ok: false; readonly why: string }

const longestNumberOfSettings = 40

/**
 * As `parseConfigLine` of 9.2.9: a name up to the `=`, then a value up to a blank, or in quotes, where a backslash
 * makes the next character plain. There are no comments at the end of a line and no continued lines (measured:
 * both make ATS drop the line).
 */
function splitSettings(text: string): { readonly ok: true; readonly settings: readonly Setting[] } | Dropped {
  const settings: Setting[] = []
  let at = skipBlanks(text, 0)
  while (at < text.length) {
    const equals = text.indexOf('=', at)
    if (equals < 0) return dropped(`after the settings stands “${text.slice(at, at + 40)}”`)
    if (equals + 1 >= text.length) return dropped('its last setting has no value')
    const name = text.slice(at, equals).toLowerCase()
    const read = text[equals + 1] === '"' ? readQuoted(text, equals + 2) : readBare(text, equals + 1)
    if (read === null) return dropped('it holds characters that ATS does not read')
    settings.push({ name, value: read.value })
    if (settings.length > longestNumberOfSettings) return dropped('it has too many settings')
    at = skipBlanks(text, read.end)
  }
  return { ok: true, settings }
}

/** A quote that never closes goes on to the end of the line. */
function readQuoted(text: string, start: number): { value: string; end: number } | null {
  if (start >= text.length) return null
  let value = ''
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (character === '"') return { value, end: at + 1 }
    if (character === '\\') at += 1
    value += text[at] ?? ''
  }
  return { value, end: text.length }
}

const nextBlank = /[ \t\v\f\r]|$/g

function readBare(text: string, start: number): { value: string; end: number } | null {
  nextBlank.lastIndex = start
  const end = nextBlank.exec(text)?.index ?? text.length
  const value = text.slice(start, end).replace(/^\\/, '')
  return /\\[0-9]|\P{ASCII}/u.test(value) ? null : { value, end }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\v\f\r'.includes(text[at] ?? '')) at += 1
  return at
}

function dropped(why: string): Dropped {
  return { ok: false, why }
}
