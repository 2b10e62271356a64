/** Regular expressions of parent.config that say no more than a rule can: everything, or one name. */
import { parseDomainName } from '../domain-name.ts'
import type { RuleKind } from '../vocabulary.ts'

export type PatternReading =
  | { readonly says: 'everything' }
  | { readonly says: 'name'; readonly kind: RuleKind; readonly value: string }

const everything = new Set(['', '.', '.*', '.+', '^', '^.', '^.*', '^.+', '.*$', '^.*$', '^.+$'])

const name = String.raw`(?<name>(?:[a-z0-9_-]+\\\.)*[a-z0-9_-]+)`
const labels = String.raw`(?<labels>\((?:\?:)?(?:\[\^/:@\]\+|\[\^/:\]\+|\[\^/\]\+|\.\+|\.\*)\\\.\)[?*])?`
/**
 * `(?i)^([a-z]+://)?([^/@]*@)?([^/:@]+\.)?corp\.example\.?(:|/|$)`: for GET and for CONNECT, whose string has no
 * scheme. Where the scheme is not optional, HTTPS goes another way, and no rule says that.
 */
const ofUrl = new RegExp(
  String.raw`^(?:\(\?i\))?\^\((?:\?:)?(?:\[a-z\]|\[A-Za-z\]|https\?)[+*]?://\)\?(?:\(\[\^/@\]\*@\)\?)?${labels}${name}(?:\\\.\?)?(?:\(:\|/\|\$\)|\(\[:/\]\|\$\))$`,
)
const ofHost = new RegExp(
  String.raw`^(?:\(\?i\))?(?:(?<start>\(\^\|\\\.\))|\^${labels})${name}(?:\\\.\?)?\$$`,
)

/** Null where a rule can't say what the pattern says. */
export function readPattern(key: 'url_regex' | 'host_regex', pattern: string): PatternReading | null {
  if (everything.has(pattern)) return { says: 'everything' }
  const groups = (key === 'url_regex' ? ofUrl : ofHost).exec(pattern)?.groups
  const parsed = parseDomainName((groups?.name ?? '').replaceAll('\\.', '.'))
  if (groups === undefined || !parsed.ok) return null
  const isDomain = groups.labels !== undefined || groups.start !== undefined
  return { says: 'name', kind: isDomain ? 'domain' : 'host', value: parsed.name }
}
