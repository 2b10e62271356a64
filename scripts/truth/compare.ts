/** What the model says of a request before it is sent, and whether that is what ATS then did. */
import { parseRange } from '#core/cidr'
import { type ConfigDocument, canonicalDocument, enabledRules, type Rule } from '#core/config-document'
import { explainRoute, type RouteDecision, type RouteExplanation } from '#core/route'
import { holds, type Situation } from './documents.ts'
import type { Asked } from './requests.ts'
import type { Outcome, Reached } from './send.ts'
import type { World } from './world.ts'

/** The real model, or one with a planted mistake. */
export type Model = (situation: Situation, asked: Asked) => RouteExplanation

export const realModel: Model = ({ document, outboundExceptions }, asked) =>
  explainRoute(
    document,
    {
      url: asked.url,
      method: asked.method,
      clientAddress: asked.clientAddress,
      resolvedAddress: asked.isAddressTold ? asked.resolvedAddress : null,
    },
    { outboundExceptions },
  )

/** What is wrong, in words; null when ATS did as was said. An answer that tells no route is never a match. */
export function disagreement(
  { document }: Situation,
  asked: Asked,
  said: RouteExplanation,
  reached: Reached,
  world: Pick<World, 'parents'>,
): string | null {
  const { went, originAddress, parent } = reached
  const decision = decisionFor(asked, said)
  if (decision === null) return 'no branch holds the address'
  switch (decision.verdict) {
    case 'depends_on_address':
      return 'the model was told the address, and left it open'
    case 'denied':
      return refusalsOf(said, decision === said).includes(went) ? null : wentWords(reached)
    case 'direct': {
      const mayBeDenied = !asked.isAddressTold && codesOf(said).includes('DENIED_ADDRESSES_REFUSED')
      if (mayBeDenied && went === 'forbidden') return null
      if (went !== 'direct') return wentWords(reached)
      const wanted = asked.resolvedAddress ?? asked.host
      return originAddress === wanted ? null : `it went direct to ${originAddress}, not to ${wanted}`
    }
    case 'parent': {
      if (went !== 'parent') return wentWords(reached)
      const names = decision.parents.map(
        ({ host, port }) => world.parents.find((each) => each.host === host && each.port === port)?.name,
      )
      const allowed = firstOnly.has(document.failover.selection) ? names.slice(0, 1) : names
      return allowed.includes(parent ?? '') ? null : `it went to ${parent}, not to ${allowed.join(' or ')}`
    }
  }
}

/** What holds for the real address, where the model had to answer for every one. */
function decisionFor({ resolvedAddress }: Asked, said: RouteExplanation): RouteDecision | null {
  if (said.verdict !== 'depends_on_address' || resolvedAddress === null) return said
  // ::ffff:0:0/96 stands in a branch as ATS compares it, which is not IPv4.
  const ofFamily = (range: string) => range.includes(':') === resolvedAddress.includes(':')
  const named = said.branches.find(({ addresses }) =>
    addresses.some((range) => ofFamily(range) && holds(range, resolvedAddress)),
  )
  return named ?? said.branches.find(({ isEveryOther }) => isEveryOther) ?? null
}

/** How ATS refuses, by the reason that the model gives. */
function refusalsOf(said: RouteExplanation, isWhole: boolean): Outcome[] {
  const codes = isWhole ? codesOf(said) : []
  if (codes.includes('CLIENT_DENIED') || codes.includes('CLIENT_NOT_LISTED')) return ['cut']
  // The model stops at what is malformed; ATS may have sent the client away before.
  if (codes.includes('REQUEST_MALFORMED')) return ['malformed', 'cut']
  if (codes.includes('ANY_ADDRESS_REFUSED')) return ['malformed']
  // It may connect to no origin itself, and says so with 502.
  if (codes.includes('LOOPBACK_UNREACHABLE')) return ['failed']
  return ['forbidden']
}

function codesOf({ reasons }: RouteExplanation): string[] {
  return reasons.map(({ code }) => code)
}

function wentWords({ went, said, parent, originAddress }: Reached): string {
  return `it was ${went}: “${said}”${parent === null ? '' : `, by ${parent}`}${originAddress === null ? '' : `, at ${originAddress}`}`
}

/** With every parent alive these take the first. */
const firstOnly = new Set<ConfigDocument['failover']['selection']>(['primary_first', 'sticky'])

/** The enabled rules that hold for the host behind a request, however it was spelt; worked out without the model. */
export function matchingRules(document: ConfigDocument, { host, resolvedAddress }: Asked): Rule[] {
  const isLiteral = parseRange(host).ok
  const address = isLiteral ? host : resolvedAddress
  return enabledRules(canonicalDocument(document)).filter(({ kind, value }) => {
    if (kind === 'ip_range') return address !== null && holds(value, address)
    return !isLiteral && (host === value || (kind === 'domain' && host.endsWith(`.${value}`)))
  })
}
