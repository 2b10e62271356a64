/** Who sends a request, and whether they may send one more now: asked before anything else is done for them. */
import { createAllowance } from '../allowance.ts'
import { Refusal, rateLimited } from '../core/refusal.ts'
import { type Actor, anonymous } from '../operation.ts'
import { hashSecret } from '../secrets.ts'
import type { Authenticator } from '../session/authenticate.ts'
import { claimedProxyId } from '../session/tokens.ts'

/** Requests a minute, in each replica. */
export interface Rates {
  readonly person: number
  readonly token: number
  readonly agent: number
  /** Of one address, by whoever has no good token: a refused one counts as ten. */
  readonly address: number
}

/**
 * A person with many tabs during a roll-out, a script that polls, an agent that is nudged five times a second and
 * sends lines of a log: all are far below. Ten thousand agents behind one address enrol within two minutes.
 */
export const defaultRates: Rates = { person: 3_000, token: 3_000, agent: 1_200, address: 6_000 }

/** Who asks, and why they are nobody although a token came along: a refusal, or what went wrong. */
export interface Caller {
  readonly actor: Actor
  readonly address: string
  readonly failure: unknown
  /** By what their requests are counted. */
  readonly counted: Counted
}
interface Counted {
  readonly by: keyof Rates
  readonly key: string
}

export interface Gate {
  /** @throws Refusal RATE_LIMITED */
  admit(authorization: string | undefined, address: string): Promise<Caller>
  /** One more operation of somebody whom their socket knows. @throws Refusal RATE_LIMITED */
  again(caller: Caller): void
  /** What a stranger asked for was refused: a wrong password, an enrolment token that is used up. */
  noteRefusal(address: string): void
}

/** Beside the one that every request counts. */
const costOfRefusal = 9
/** Kept as hashes: tokens that were good once, oldest out first. */
const goodTokensKept = 10_000

export function createGate(
  authenticator: Authenticator,
  clock: () => Date,
  rates: Rates = { person: Infinity, token: Infinity, agent: Infinity, address: Infinity },
): Gate {
  const allowances = {
    person: createAllowance(rates.person),
    token: createAllowance(rates.token),
    agent: createAllowance(rates.agent),
    address: createAllowance(rates.address),
  }
  const goodTokens = new Set<string>()

  function take({ by, key }: Counted, at: Date, cost = 1): void {
    const seconds = allowances[by].wait(key, at)
    if (seconds !== null) throw rateLimited(`${words[by]}: at most ${rates[by]} a minute`, seconds)
    allowances[by].take(key, at, cost)
  }

  function keepGood(hash: string): void {
    if (goodTokens.size >= goodTokensKept) goodTokens.delete(goodTokens.keys().next().value ?? '')
    goodTokens.add(hash)
  }

  return {
    async admit(authorization, address) {
      const at = clock()
      const claim = claimOf(authorization)
      const ofAddress: Counted = { by: 'address', key: `${claim} ${networkOf(address)}` }
      if (claim === 'nobody') {
        take(ofAddress, at)
        return { actor: anonymous, address, failure: null, counted: ofAddress }
      }
      // What costs a statement is not asked of an address that only guesses; scripts there that are known go on.
      const hash = claim === 'script' ? hashSecret(authorization ?? '') : ''
      if (claim === 'script' && !goodTokens.has(hash)) take(ofAddress, at, 0)
      let actor: Actor
      try {
        actor = await authenticator.authenticate(authorization, { at, address })
      } catch (failure) {
        goodTokens.delete(hash)
        if (failure instanceof Refusal) take(ofAddress, at, 1 + costOfRefusal)
        return { actor: anonymous, address, failure, counted: ofAddress }
      }
      if (claim === 'script') keepGood(hash)
      const counted = countedBy(actor, hash)
      take(counted, at)
      return { actor, address, failure: null, counted }
    },
    again: ({ counted }) => take(counted, clock()),
    noteRefusal(address) {
      allowances.address.take(`nobody ${networkOf(address)}`, clock(), costOfRefusal)
    },
  }
}

function countedBy(actor: Actor, tokenHash: string): Counted {
  if (actor.kind === 'agent') return { by: 'agent', key: actor.id }
  return tokenHash === '' ? { by: 'person', key: actor.id ?? '' } : { by: 'token', key: tokenHash }
}

const words: Readonly<Record<keyof Rates, string>> = {
  person: 'Too many requests of one person',
  token: 'Too many requests by one API token',
  agent: 'Too many requests of one agent',
  address: 'Too many requests from this address without a good token',
}

/**
 * What a token says it is. Each counts for itself: agents that were retired take nothing away from the people who sit
 * behind the same address.
 */
function claimOf(authorization: string | undefined): 'nobody' | 'person' | 'script' | 'agent' {
  if (!authorization) return 'nobody'
  const token = authorization.replace(/^Bearer /, '')
  if (token.startsWith('apm_api_')) return 'script'
  return claimedProxyId(token) === null ? 'person' : 'agent'
}

/** A customer of IPv6 has 2⁶⁴ addresses at least. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  if (tail === undefined || groups.length >= 4) return groups.slice(0, 4).join(':')
  const missing = 8 - groups.length - tail.split(':').filter(Boolean).length
  return [...groups, ...Array<string>(missing).fill('0'), ...tail.split(':')].slice(0, 4).join(':')
}
