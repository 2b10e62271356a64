/** Requests for one situation: names and addresses in every spelling, by GET and CONNECT, from chosen clients. */
import { forwardsNamesUnresolved } from '#core/ats/records'
import type { Situation } from './documents.ts'
import type { Random } from './random.ts'
import type { Sent } from './send.ts'
import { type Spelling, spellAddress, spellName, urlSpellings } from './spelling.ts'

export interface Asked extends Sent {
  readonly spelling: Spelling
  /** The name or address behind the spelling, in its plain form. */
  readonly host: string
  /** What the resolver says about a name; null for an address, and for a name that only the parents know. */
  readonly resolvedAddress: string | null
  /** Whether the model hears of that address, or has to answer for every one. */
  readonly isAddressTold: boolean
}

export function generateAsked(random: Random, situation: Situation, port: number): Asked {
  const method = random.pick(['GET', 'CONNECT'] as const)
  const isName = random.chance(0.6)
  const host = random.pick(
    isName
      ? random.chance(0.5) && situation.hosts.length > 0
        ? situation.hosts
        : [...situation.names.keys()]
      : random.chance(0.4)
        ? rareAddresses
        : situation.addresses,
  )
  const isGet = method === 'GET'
  const isLookedUp = !forwardsNamesUnresolved(situation.document)
  const { spelling, authority } = isName
    ? spellName(random, host, port, isGet)
    : spellAddress(random, host, port, { isGet, isLookedUp })
  const asUrl = urlSpellings[spelling] ?? ((whole: string) => `http://${whole}${random.pick(paths)}`)
  return {
    method,
    url: isGet ? asUrl(authority) : authority,
    clientAddress: random.chance(0.5) ? '127.0.0.2' : random.pick(situation.clients),
    hostHeader: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    spelling,
    host,
    isAddressTold: !isName || random.chance(0.7),
    resolvedAddress: isName ? (situation.names.get(host) ?? null) : null,
  }
}

const paths = ['/', '/a/B.c?d=E', '/0x7f.1:80/'] as const

/** Each is a case of its own: all of IPv6 that a program can connect to here, and what ATS never routes. */
const rareAddresses = ['::1', '::1', '::1', '127.0.0.1'] as const
