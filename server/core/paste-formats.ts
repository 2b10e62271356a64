/** Lines of PAC files and of parent.config, as the rules that they amount to. */
import { conditions, kindOfDestination } from './ats/parent-config-line.ts'
import type { Route, RuleKind } from './vocabulary.ts'

/** Something found in a line: an item to be read, or what can't be a rule and why. */
export type Found =
  | { readonly text: string; readonly kind?: RuleKind }
  | { readonly text: string; readonly code: string; readonly message: string }
  | { readonly text: string; readonly reason: 'COMMENT' | 'NOT_A_RULE' }

export interface FoundLine {
  readonly found: readonly Found[]
  /** Null: the line does not say. */
  readonly action: Route | null
}

const parentConfigLine = /(?:^|\s)(dest_domain|dest_host|dest_ip|url_regex)\s*=/i
const setting = /\b([a-z_]+)\s*=\s*("[^"]*"|[^\s"]\S*)/gi

/** A line of ATS's parent.config; null for any other. */
export function readParentConfigLine(line: string): FoundLine | null {
  if (!parentConfigLine.test(line)) return null
  const settings = new Map(
    Array.from(line.matchAll(setting), ([, name = '', value = '']) => [
      name.toLowerCase(),
      value.replace(/^"(.*)"$/, '$1'),
    ]),
  )
  const text = line.trim()
  const narrowed = [...settings.keys()].find((name) => conditions.has(name))
  if (narrowed !== undefined) {
    return { found: [notPossible(text, `that it is only for some requests (${narrowed}=)`)], action: null }
  }
  if (settings.has('url_regex')) {
    return { found: [notPossible(text, 'what a URL looks like')], action: null }
  }
  const action =
    settings.has('parent') || settings.get('go_direct') === 'false' ? 'parent' : directIf(settings)
  const domain = settings.get('dest_domain')
  if (domain === '.' || domain === '*') {
    const route = action === null ? '' : ` to ${action}`
    const message = `This line is for everything else: set the default action${route} instead.`
    return { found: [{ text, code: 'IS_DEFAULT_ACTION', message }], action }
  }
  const destinations = (['dest_domain', 'dest_host', 'dest_ip'] as const).flatMap((name) => {
    const value = settings.get(name)
    return value === undefined ? [] : [{ text: value, kind: kindOfDestination[name] }]
  })
  return { found: destinations, action }
}

function directIf(settings: ReadonlyMap<string, string>): Route | null {
  return settings.get('go_direct') === 'true' ? 'direct' : null
}

const pacFile = /\b(FindProxyForURL|dnsDomainIs|shExpMatch|isInNet|isPlainHostName|localHostOrDomainIs)\b/
const condition =
  /(?<not>!\s*)?\b(?<call>dnsDomainIs|shExpMatch|localHostOrDomainIs|isInNet|isPlainHostName)\s*\((?<args>(?:[^()]|\([^()]*\))*)\)|\bhost\s*(?<operator>[!=]==?)\s*(?<compared>"[^"]*"|'[^']*')/g
const answer = /\breturn\s*\(?\s*["']\s*([A-Za-z0-9]+)/

/** Whether a text is (a piece of) a proxy auto-configuration file. */
export function isPac(text: string): boolean {
  return pacFile.test(text)
}

/** A line of a PAC file: the conditions in it, and the answer if it gives one. */
export function readPacLine(line: string): FoundLine {
  const word = answer.exec(line)?.[1]?.toUpperCase()
  const action = word === undefined ? null : word === 'DIRECT' ? 'direct' : 'parent'
  const matches = [...line.matchAll(condition)]
  if (matches.length > 0 && line.includes('&&')) {
    return { found: [notPossible(line.trim(), 'two conditions that must both hold')], action }
  }
  return { found: matches.map(readCondition), action }
}

function readCondition({ 0: text, groups = {} }: RegExpMatchArray): Found {
  const { not, call, args = '', operator = '', compared = '' } = groups
  if (not !== undefined || operator.startsWith('!'))
    return notPossible(text, 'a condition that must not hold')
  if (call === 'isPlainHostName') return notPossible(text, '“every name without a dot”')
  const [first = '', second = ''] = Array.from(
    (call === undefined ? compared : args).matchAll(quotedText),
    (each) => each[0].slice(1, -1),
  )
  if (first === '') return notPossible(text, 'a condition that is worked out')
  if (call === 'isInNet') return { text: `${first}/${second}`, kind: 'ip_range' }
  if (call === 'dnsDomainIs') return { text: first, kind: 'domain' }
  if (call !== 'shExpMatch') return { text: first, kind: 'host' }
  const host = first.replace(/^[a-z*]+:\/\//i, '').replace(/[/:].*$/, '')
  return host.includes('*') ? { text: host } : { text: host, kind: 'host' }
}

const quotedText = /"[^"]*"|'[^']*'/g

function notPossible(text: string, what: string): Found {
  return {
    text,
    code: 'CONDITION_NOT_POSSIBLE',
    message: `A rule can’t say ${what}: write what it amounts to.`,
  }
}
