/** Rules and parents as a large company has them: the same for every run, whatever the number. */
import type { ClientRule, ParentProxy, Rule } from '../../server/core/config-document.ts'

/** A rule as sent: the server gives it its id. */
export type SeedRule = Omit<Rule, 'id' | 'expiresAt'> & { readonly expiresAt: Date | null }

/** The same sequence for the same seed (mulberry32). @returns numbers in [0, 1) */
export function repeatableRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function pick<T>(random: () => number, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0]
}

/** All different. @param now expiries are counted from it, so that some of them are near */
export function makeRules(count: number, now: Date, seed = 1): SeedRule[] {
  const random = repeatableRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 5 === 4 ? 'ip_range' : index % 5 === 1 ? 'host' : 'domain'
    return {
      kind,
      value: kind === 'ip_range' ? rangeAt(index) : nameAt(index, kind, random),
      action: random() < 0.7 ? 'direct' : 'parent',
      enabled: random() >= 0.04,
      note: random() < 0.35 ? pick(random, notes) : '',
      owner: random() < 0.6 ? pick(random, owners) : '',
      expiresAt: random() < 0.03 ? new Date(now.getTime() + Math.ceil(random() * 200) * dayMs) : null,
    }
  })
}

export const seedParents: readonly ParentProxy[] = [
  { host: '10.96.215.26', port: 3128, priority: 1, enabled: true },
  { host: '10.253.16.93', port: 3128, priority: 2, enabled: true },
  { host: 'egress-standby.corp.example', port: 8080, priority: 3, enabled: false },
]

export const seedClientRules: readonly ClientRule[] = [
  { range: '10.0.0.0/8', action: 'allow' },
  { range: '172.16.0.0/12', action: 'allow' },
]

const dayMs = 86_400_000

const services = [
  'api',
  'auth',
  'billing',
  'cdn',
  'crm',
  'files',
  'git',
  'hr',
  'mail',
  'maps',
  'pay',
  'telemetry',
] as const
const companies = [
  'acorn',
  'bluebird',
  'cobalt',
  'delta',
  'ember',
  'fjord',
  'granite',
  'harbor',
  'indigo',
  'juniper',
] as const
const endings = ['example', 'corp.example', 'cloud.example', 'eu.example', 'saas.example'] as const
const owners = [
  'Network team',
  'Platform',
  'Finance IT',
  'Retail Latin America',
  'Security operations',
  'Centro de operações de rede',
  'Collaboration and workplace services, second level support (24×7)',
] as const
const notes = [
  'CHG0048213',
  'Until the contract is signed',
  'Vendor refuses traffic from the parents’ addresses',
  'Latency: must not leave the region',
  'Moved from the old parent.config',
  'Reviewed with the security office; ask before you touch it. The vendor pins our branch addresses, and a change needs five working days on their side.',
] as const

function nameAt(index: number, kind: Rule['kind'], random: () => number): string {
  const name = `${pick(random, companies)}${index}.${pick(random, endings)}`
  if (kind === 'domain')
    return index % 997 === 0
      ? `a-department-with-a-rather-long-name-of-its-own.in-a-subsidiary.${name}`
      : name
  return `${pick(random, services)}.${name}`
}

/** Disjoint blocks of 10.0.0.0/8, now and then IPv6, an interval or one address. */
function rangeAt(index: number): string {
  const block = Math.floor(index / 5)
  const [high, low] = [(block >> 8) & 255, block & 255]
  if (block % 11 === 3) return `2001:db8:${block.toString(16)}::/48`
  if (block % 7 === 2) return `10.${high}.${low}.16-10.${high}.${low}.47`
  if (block % 7 === 5) return `10.${high}.${low}.1`
  return `10.${high}.${low}.0/24`
}
