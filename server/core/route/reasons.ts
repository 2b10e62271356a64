/** Why a request goes where it goes: facts with their parameters, and a sentence for each. */
import type { OddSpelling } from '../ats/parent-config.ts'
import type { ParentSelection, Route, RuleKind } from '../vocabulary.ts'

/** `row` is a rule's place in the list, from 1. */
export type RouteReason =
  | {
      readonly code: 'REQUEST_MALFORMED'
      readonly path: string
      readonly problem: string
      readonly message: string
    }
  | {
      readonly code: 'CLIENT_ALLOWED' | 'CLIENT_DENIED'
      readonly address: string
      readonly row: number
      readonly range: string
    }
  | { readonly code: 'CLIENT_ALLOWED_BY_DEFAULT'; readonly address: string; readonly range: string }
  | { readonly code: 'CLIENT_NOT_LISTED'; readonly address: string }
  | { readonly code: 'CACHE_METHOD_DENIED'; readonly method: string }
  | { readonly code: 'ANY_ADDRESS_REFUSED'; readonly address: string }
  | { readonly code: 'LOOPBACK_GOES_DIRECT' | 'LOOPBACK_UNREACHABLE' }
  | { readonly code: 'ODD_SPELLING'; readonly spelling: OddSpelling['spelling'] }
  | ({ readonly code: 'NAME_MATCHES'; readonly host: string } & NamedRule)
  | ({ readonly code: 'ADDRESS_MATCHES'; readonly address: string } & NamedRule)
  | { readonly code: 'DEFAULT_DECIDES'; readonly route: Route }
  | { readonly code: 'ADDRESS_DECIDES'; readonly count: number }
  | { readonly code: 'SAME_FOR_EVERY_ADDRESS'; readonly route: Route; readonly count: number }
  | { readonly code: 'BRANCHES_NOT_LISTED'; readonly count: number }
  | { readonly code: 'DESTINATION_DENIED'; readonly address: string; readonly range: string }
  | { readonly code: 'DESTINATION_EXCEPTED'; readonly address: string; readonly range: string }
  | { readonly code: 'DENIED_ADDRESSES_REFUSED' }
  | { readonly code: 'NAME_MUST_RESOLVE' | 'NAME_NOT_LOOKED_UP' }
  | { readonly code: 'PARENTS_IN_ORDER'; readonly count: number }
  | { readonly code: 'FIRST_PARENT_VARIES'; readonly selection: ParentSelection; readonly count: number }
  | { readonly code: 'PARENT_ADDRESS_UNKNOWN'; readonly host: string }
  | { readonly code: 'DIRECT_WHEN_ALL_DOWN' | 'FAILS_WHEN_ALL_DOWN' }
  | { readonly code: 'TUNNEL_PORT_UNUSUAL'; readonly port: number }
  | ({ readonly code: 'EARLIER_NAME_DIFFERS'; readonly host: string } & NamedRule)
  | ({ readonly code: 'EARLIER_RANGE_DIFFERS'; readonly address: string } & NamedRule)
  | ({ readonly code: 'LATER_RULE_MATCHES' | 'DISABLED_RULE_MATCHES' } & NamedRule)
  | { readonly code: 'EARLIER_RULES_NOT_LISTED'; readonly count: number }

export interface NamedRule {
  readonly row: number
  readonly ruleId: string
  readonly kind: RuleKind
  readonly value: string
  readonly route: Route
}

/** The reason as an English sentence. */
export function reasonSentence(reason: RouteReason): string {
  switch (reason.code) {
    case 'REQUEST_MALFORMED':
      return `No proxy takes such a request: ${reason.message}`
    case 'CLIENT_ALLOWED':
      return `Client rule ${reason.row} (${reason.range}) lets ${reason.address} use the proxy.`
    case 'CLIENT_DENIED':
      return `Client rule ${reason.row} (${reason.range}) keeps ${reason.address} out.`
    case 'CLIENT_ALLOWED_BY_DEFAULT':
      return `There are no client rules: ${reason.address} may use the proxy because it lies in ${reason.range}.`
    case 'CLIENT_NOT_LISTED':
      return `No client rule holds ${reason.address}, so it may not use the proxy.`
    case 'CACHE_METHOD_DENIED':
      return `${reason.method} changes the proxy’s own cache: no client may use it.`
    case 'ANY_ADDRESS_REFUSED':
      return `ATS connects to no host at ${reason.address}, whatever the rules say.`
    case 'LOOPBACK_GOES_DIRECT':
      return 'ATS sends 127.0.0.1 direct before it looks at any rule.'
    case 'LOOPBACK_UNREACHABLE':
      return 'ATS sends 127.0.0.1 direct before it looks at any rule, and this config lets nothing go direct: the request fails.'
    case 'ODD_SPELLING':
      return `${oddWords[reason.spelling]} could hide a host from its rule, so that such requests all go to the parents.`
    case 'NAME_MATCHES':
      return `Rule ${reason.row} (${words(reason)}) is the first that matches ${reason.host}: ${reason.route}.`
    case 'ADDRESS_MATCHES':
      return `Rule ${reason.row} (${words(reason)}) is the first that matches, because it holds ${reason.address}: ${reason.route}.`
    case 'DEFAULT_DECIDES':
      return `No enabled rule matches, so the default action decides: ${reason.route}.`
    case 'ADDRESS_DECIDES':
      return `${counted(reason.count, 'IP range rule', 'comes', 'come')} before the first rule that matches the name: the route depends on the address that the name has.`
    case 'SAME_FOR_EVERY_ADDRESS':
      return `${counted(reason.count, 'IP range rule', 'comes', 'come')} before the first rule that matches the name, but whatever address it has, the route is the same: ${reason.route}.`
    case 'BRANCHES_NOT_LISTED':
      return `${counted(reason.count, 'further IP range rule', 'is', 'are')} not listed; give the address of the name.`
    case 'DESTINATION_DENIED':
      return `The proxy connects to nothing in ${reason.range}, and so not to ${reason.address}.`
    case 'DESTINATION_EXCEPTED':
      return `The proxy may connect to ${reason.address}, although such addresses are denied otherwise, because ${reason.range} is excepted or a parent’s address.`
    case 'DENIED_ADDRESSES_REFUSED':
      return 'If the name has a loopback, link-local or metadata address, the proxy refuses to connect to it.'
    case 'NAME_MUST_RESOLVE':
      return 'The proxy looks the name up first: if its resolver does not know the name, the request fails.'
    case 'NAME_NOT_LOOKED_UP':
      return 'The proxy does not look the name up, so that no IP range rule matches it: the parents resolve it.'
    case 'PARENTS_IN_ORDER':
      return reason.count === 1
        ? 'There is one parent.'
        : `The first of ${reason.count} parents is used; the next ones are tried in order when it is down.`
    case 'FIRST_PARENT_VARIES':
      return `${selectionWords[reason.selection]} among ${reason.count} parents; the others are tried when that one is down.`
    case 'PARENT_ADDRESS_UNKNOWN':
      return `The parent ${reason.host} is known by name: if it has a denied address, the proxy refuses to connect to it.`
    case 'DIRECT_WHEN_ALL_DOWN':
      return 'When every parent is down, the request goes direct.'
    case 'FAILS_WHEN_ALL_DOWN':
      return 'When every parent is down, the request fails.'
    case 'TUNNEL_PORT_UNUSUAL':
      return `ATS opens tunnels only to the ports that its host allows; by default that is 443, not ${reason.port}.`
    case 'EARLIER_NAME_DIFFERS':
      return `Rule ${reason.row} (${words(reason)}) comes before but does not match ${reason.host}${reason.kind === 'host' ? ': a host rule matches exactly its name' : ''}.`
    case 'EARLIER_RANGE_DIFFERS':
      return `Rule ${reason.row} (${words(reason)}) comes before but does not hold ${reason.address}.`
    case 'LATER_RULE_MATCHES':
      return `Rule ${reason.row} (${words(reason)}, ${reason.route}) would match too, but comes later.`
    case 'DISABLED_RULE_MATCHES':
      return `Rule ${reason.row} (${words(reason)}, ${reason.route}) would match, but is disabled.`
    case 'EARLIER_RULES_NOT_LISTED':
      return `${counted(reason.count, 'other enabled rule', 'comes', 'come')} before and ${reason.count === 1 ? 'names' : 'name'} something else.`
  }
}

const oddWords: Record<OddSpelling['spelling'], string> = {
  characters: 'Capitals, escapes and other characters',
  dots: 'A final dot or an empty part',
  number: 'An IPv4 address that is not four plain decimal numbers',
  mapped: 'An IPv4 address inside an IPv6 one',
}

const selectionWords: Record<ParentSelection, string> = {
  primary_first: 'ATS takes the first',
  round_robin: 'ATS takes turns',
  sticky: 'ATS stays with the one that answered last',
  by_client: 'ATS picks by the client’s address',
  by_url: 'ATS picks by the URL',
}

const kindWords: Record<RuleKind, string> = { domain: 'domain', host: 'host', ip_range: 'IP range' }

function words({ kind, value }: Pick<NamedRule, 'kind' | 'value'>): string {
  return `${kindWords[kind]} ${value}`
}

function counted(count: number, noun: string, one: string, many: string): string {
  return count === 1 ? `1 ${noun} ${one}` : `${count} ${noun}s ${many}`
}
