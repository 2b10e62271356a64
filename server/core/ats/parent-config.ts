/** Renders parent.config: one ordered list of lines that makes ATS decide as the rule list reads. */
import { type AddressRange, formatInterval, parseRange } from '../cidr.ts'
import { type ConfigDocument, enabledParents, enabledRules, type Rule, routesOf } from '../config-document.ts'
import type { ParentSelection, Route } from '../vocabulary.ts'
import { destIpRanges } from './dest-ip.ts'
import { header } from './header.ts'

/**
 * parent.config for a canonical document without problems; the same text for every supported generation.
 *
 * Between names, addresses and patterns the smallest line number wins; ranges among themselves need dest-ip.ts.
 */
export function renderParentConfig(document: ConfigDocument): string {
  const actions = lineActions(document)
  const rules = enabledRules(document)
  const parts = partsOfRanges(rules)
  const lines = [header, ...oddSpellingLines(document)]
  for (const rule of rules) {
    for (const to of destinations(rule, parts)) lines.push(`${to} ${actions[rule.action]}`)
  }
  return `${[...lines, ...defaultLines(document)].join('\n')}\n`
}

const host = '^([A-Za-z]*://)?([^/]*@)?'
const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'

export interface OddSpelling {
  readonly spelling: 'characters' | 'dots' | 'number' | 'mapped' | 'hidden'
  readonly why: string
  readonly pattern: string
}

/**
 * What ATS compares differently from what it connects to, as PCRE over `scheme://host:port/…` (GET) and
 * `host:port/` (CONNECT). Measured on 9.2.9 (tests/ats-rendering.test.ts); the pattern's slash keeps paths out.
 */
export const oddSpellings: readonly OddSpelling[] = [
  {
    spelling: 'characters',
    why: 'capitals (ATS compares the second and third label from the right exactly), escapes, other characters',
    pattern: '^([A-Za-z]*://)?[^/]*[^a-z0-9._:@/\\[\\]-]',
  },
  { spelling: 'dots', why: 'a final dot or an empty label', pattern: '^([A-Za-z]*://)?[^/]*\\.([.:/]|$)' },
  {
    spelling: 'number',
    why: 'an IPv4 address that is not four plain decimal numbers (0x7f.1, 010.0.0.1, 2130706433)',
    pattern: `${host}(?!(${octet}\\.){3}${octet}([:/]|$))([^/:@]*\\.)?(0x[0-9a-f]*|[0-9]+)([:/]|$)`,
  },
  {
    spelling: 'mapped',
    why: 'an IPv4 address inside an IPv6 one',
    pattern: `${host}\\[([0:]*:ffff:[0-9a-f]*:[0-9a-f]*\\]|[^/]*\\.)`,
  },
]

/**
 * Requests that spell their host oddly could miss a rule that holds for it: they all go to the parents, and fail
 * when those are down. Needless where every request goes the same way.
 */
function oddSpellingLines(document: ConfigDocument): string[] {
  if (routesOf(document).size < 2) return []
  const action = toParents(document, false)
  return oddSpellings.map(({ pattern }) => `url_regex=${pattern} ${action}`)
}

/** One label that is no number: what ends in a number is an address, or tries to be one. */
const lastLabel = '(?!(0x[0-9a-f]*|[0-9]+)$)[a-z0-9_-]+'

/**
 * Every host in its plain spelling: no capitals, escapes, empty labels, odd or mapped addresses. As PCRE over the host
 * alone, as it was sent: `host_regex` is the one key that escapes and user names can't deceive. Before `url_regex` is
 * compared, ATS undoes escapes, and `a%2F@Corp.example` then reads as the host `a`.
 */
export const plainHosts = `^((${octet}\\.){3}${octet}|([a-z0-9_-]+\\.)*${lastLabel}|\\[(?![0:]*:ffff:[0-9a-f]*:[0-9a-f]*\\])[0-9a-f:]+\\])$`

/**
 * Whether the default, going direct, is only for hosts in their plain spelling: where another spelling could miss a
 * rule that sends it to the parents. All others then go to the parents.
 *
 * A line that named the odd ones instead would serve as well, but ATS writes a warning into its log for each request
 * that a `host_regex` line does not match (9.2.9; the same in the source of 10.x). This one matches nearly all.
 */
export function isDefaultForPlainHosts(document: ConfigDocument): boolean {
  return document.defaultAction === 'direct' && routesOf(document).size > 1
}

function defaultLines(document: ConfigDocument): string[] {
  const actions = lineActions(document)
  if (!isDefaultForPlainHosts(document)) return [`dest_domain=. ${actions[document.defaultAction]}`]
  return [`host_regex=${plainHosts} ${actions.direct}`, `dest_domain=. ${toParents(document, false)}`]
}

function lineActions(document: ConfigDocument): Record<Route, string> {
  return {
    direct: 'go_direct=true',
    parent: toParents(document, document.failover.directWhenAllDown),
  }
}

const roundRobin: Record<ParentSelection, string> = {
  primary_first: 'false',
  round_robin: 'strict',
  sticky: 'latched',
  by_client: 'true',
  by_url: 'consistent_hash',
}

/** `go_direct` is always written: without it ATS goes direct when every parent is down. */
function toParents(document: ConfigDocument, directWhenAllDown: boolean): string {
  const { selection } = document.failover
  const parents = enabledParents(document).map(({ host, port }) => {
    const address = `${host}:${port}`
    // Hashed by their hosts alone, parents that differ only in port count as one, and one alone works (9.2.9).
    return selection === 'by_url' ? `${address}&${address}` : address
  })
  return `parent="${parents.join(';')}" round_robin=${roundRobin[selection]} go_direct=${directWhenAllDown}`
}

function destinations(rule: Rule, parts: ReadonlyMap<Rule, AddressRange[]>): string[] {
  switch (rule.kind) {
    case 'domain':
      return [`dest_domain=${rule.value}`]
    case 'host':
      return [`dest_host=${rule.value}`]
    case 'ip_range':
      return (parts.get(rule) ?? []).map((part) => `dest_ip=${formatInterval(part)}`)
  }
}

function partsOfRanges(rules: readonly Rule[]): Map<Rule, AddressRange[]> {
  const ranged = rules.flatMap((rule) => {
    const parsed = rule.kind === 'ip_range' ? parseRange(rule.value) : null
    return parsed?.ok ? [{ rule, range: parsed.range }] : []
  })
  const parts = destIpRanges(ranged.map(({ range }) => range))
  return new Map(ranged.map(({ rule }, index) => [rule, parts[index] ?? []]))
}
