/** Reads an ip_allow.yaml, in the dialect of 9.2 or of 10.x, into client rules. */
import { parseRange } from '../cidr.ts'
import { type ClientRule, limits } from '../config-document.ts'
import { type LineFinding, lineFinding } from '../import-finding.ts'
import type { ClientAction } from '../vocabulary.ts'
import { cacheMethods, defaultClientRanges, everyAddress, generalDenial } from './ip-allow-yaml.ts'
import { readYamlList, type YamlFields } from './yaml-lines.ts'

export interface IpAllowReading {
  readonly clientRules: readonly ClientRule[]
  readonly findings: readonly LineFinding[]
}

/**
 * The `in` entries become client rules, in their order: the first that holds the address decides, in ATS too. What
 * may do only some things is denied, for a client rule can't say less than “everything”. The `out` entries are no
 * part of a document; those that we write ourselves are not named.
 *
 * @param parentHosts those of the document, which our own files allow one by one
 */
export function readIpAllowYaml(text: string, parentHosts: readonly string[]): IpAllowReading {
  const { items, findings: faults } = readYamlList(text, 'ip_allow')
  const findings = [...faults]
  const entries: Entry[] = []
  for (const { line, fields } of items) {
    const read = readEntry(line, fields)
    if ('why' in read) findings.push(lineFinding(line, 'ENTRY_NOT_POSSIBLE', read.why))
    else entries.push(read)
  }
  for (const entry of entries) {
    if (entry.apply === 'in' || isOwnOutbound(entry, parentHosts)) continue
    const message = 'Where proxies may connect to is a setting of the whole instance, not of a config.'
    findings.push(lineFinding(entry.line, 'OUTBOUND_IN_SETTINGS', message))
  }
  const isReadable = faults.every(({ code }) => code !== 'YAML_MALFORMED')
  const inbound = withoutLastDenial(entries.filter(({ apply }) => apply === 'in'))
  return { clientRules: isReadable ? clientRulesOf(inbound, findings) : [], findings }
}

interface Entry {
  readonly line: number
  readonly apply: 'in' | 'out'
  /** Canonical. */
  readonly ranges: readonly string[]
  readonly action: ClientAction
  readonly methods: 'ALL' | readonly string[]
}

const keys = new Set(['apply', 'ip_addrs', 'action', 'methods'])
const actions: ReadonlyMap<string, ClientAction> = new Map([
  ['allow', 'allow'],
  ['set_allow', 'allow'],
  ['deny', 'deny'],
  ['set_deny', 'deny'],
])

function readEntry(line: number, fields: YamlFields | null): Entry | { readonly why: string } {
  if (fields === null) return { why: 'An entry has the keys apply, ip_addrs, action and methods.' }
  const stranger = [...fields.keys()].find((key) => !keys.has(key))
  if (stranger !== undefined) return { why: `A client rule can’t say “${stranger.slice(0, 40)}”.` }
  const apply = fields.get('apply')?.[0]
  if (apply !== 'in' && apply !== 'out') return { why: 'An entry applies to in or out.' }
  const action = actions.get(fields.get('action')?.[0]?.toLowerCase() ?? '')
  if (action === undefined)
    return { why: 'The action of an entry is allow or deny (10.x: set_allow or set_deny).' }
  const ranges: string[] = []
  for (const text of fields.get('ip_addrs') ?? []) {
    const parsed = parseRange(text === '0/0' ? '0.0.0.0/0' : text)
    if (!parsed.ok) return { why: parsed.message }
    ranges.push(parsed.range.text)
  }
  if (ranges.length === 0) return { why: 'An entry names its addresses under ip_addrs.' }
  const written = fields.has('methods') ? fields.get('methods') : ['ALL']
  if (!written || written.length === 0) return { why: 'Under methods stands ALL, or a list of methods.' }
  const methods = written.map((method) => method.toUpperCase())
  return { line, apply, ranges, action, methods: methods.includes('ALL') ? 'ALL' : methods }
}

function isOwnOutbound({ ranges, action, methods }: Entry, parentHosts: readonly string[]): boolean {
  if (methods !== 'ALL') return false
  if (action === 'deny') return isSameList(ranges, canonical(generalDenial))
  const [first = '', ...rest] = ranges
  return isSameList(ranges, canonical(everyAddress)) || (rest.length === 0 && parentHosts.includes(first))
}

/** After the last client rule comes “nobody” anyway: what says so at the end needs no rule. */
function withoutLastDenial(entries: readonly Entry[]): readonly Entry[] {
  const last = entries.at(-1)
  if (last?.action !== 'deny' || last.methods !== 'ALL') return entries
  const everyone = canonical(everyAddress)
  if (isSameList(last.ranges, everyone)) return entries.slice(0, -1)
  return last.ranges.every((range) => everyone.includes(range))
    ? withoutLastDenial(entries.slice(0, -1))
    : entries
}

function clientRulesOf(entries: readonly Entry[], findings: LineFinding[]): ClientRule[] {
  const lineOf = new Map<string, number>()
  const rules: ClientRule[] = []
  for (const entry of entries) {
    const { line, ranges } = entry
    const { action, remark } = readMethods(entry)
    if (remark !== null) findings.push(lineFinding(line, ...remark))
    for (const range of ranges) {
      const earlier = lineOf.get(range)
      if (earlier !== undefined) {
        const message = `This never decides: line ${earlier} names ${range} already.`
        findings.push(lineFinding(line, 'NEVER_DECIDES', message))
      } else if (rules.length >= limits.clientRules) {
        const message = `A config holds at most ${limits.clientRules} client rules.`
        findings.push(lineFinding(line, 'TOO_MANY_CLIENT_RULES', message))
      } else {
        lineOf.set(range, line)
        rules.push({ range, action })
      }
    }
  }
  if (rules.every(({ action }) => action === 'deny'))
    return [...onlyItself(rules, entries[0]?.line ?? 1, findings)]
  const isDefault =
    isSameList(
      rules.map(({ range }) => range),
      canonical(defaultClientRanges),
    ) && rules.every(({ action }) => action === 'allow')
  return isDefault ? [] : rules
}

/** No client rules at all would mean all private ranges: more than a file says that lets nobody in. */
function onlyItself(rules: readonly ClientRule[], line: number, findings: LineFinding[]): ClientRule[] {
  const message =
    'This lets no client in, and a config lets in at least one: here 127.0.0.1, until you add others.'
  findings.push(lineFinding(line, 'NO_CLIENT_ALLOWED', message))
  const own = '127.0.0.1'
  return [
    { range: own, action: 'allow' },
    ...rules.filter(({ range }) => range !== own).slice(0, limits.clientRules - 1),
  ]
}

/** Without these a client can't browse; whoever may not use one of them may not be allowed everything. */
const mainMethods = ['GET', 'HEAD', 'POST', 'CONNECT']

function readMethods({ action, methods }: Entry): {
  readonly action: ClientAction
  readonly remark: readonly [LineFinding['code'], string] | null
} {
  if (methods === 'ALL') {
    if (action === 'deny') return { action, remark: null }
    const message = `${cacheMethods.join(' and ')}, which change the proxy’s own cache, stay denied in a config.`
    return { action, remark: ['CACHE_METHODS_DENIED', message] }
  }
  if (action === 'allow' || mainMethods.some((method) => methods.includes(method))) {
    const message = 'A client rule is for all methods: these clients had only some, so they are denied now.'
    return { action: 'deny', remark: ['METHODS_DENIED', message] }
  }
  const more = methods.filter((method) => !cacheMethods.includes(method))
  const message =
    more.length > 0
      ? `A client rule is for all methods: ${more.slice(0, 5).join(', ').slice(0, 80)} will be allowed too.`
      : `${cacheMethods.join(' and ')} are both denied in a config.`
  const isOwn = isSameList(methods, cacheMethods)
  return { action: 'allow', remark: isOwn ? null : ['METHODS_NOT_POSSIBLE', message] }
}

function canonical(ranges: readonly string[]): string[] {
  return ranges.map((range) => {
    const parsed = parseRange(range)
    return parsed.ok ? parsed.range.text : range
  })
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index])
}
