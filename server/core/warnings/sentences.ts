/** What warnings say: one English sentence for each way in which something can be so, and what it names. */

/** By sentence; the console has each of them in its own languages (`warning.…` in web/locales). */
export const sentences = {
  CLIENT_RULES_EMPTY: 'Without client rules every client in a loopback or private range may use the proxies.',
  CLIENT_RULE_SHADOWED:
    'Client rule {{ row }} never decides: client rule {{ rules }} before it holds all that it names.',
  CLIENT_RULE_SHADOWED_TOGETHER:
    'Client rule {{ row }} never decides: client rules {{ rules }} before it together hold all that it names.',
  DEFAULT_NEVER_DECIDES: 'The default never decides: the ranges up to rule {{ row }} hold every address.',
  DIRECT_TO_INTERNET_ADDRESSES:
    'Rule {{ row }} sends public addresses ({{ value }}) direct, past the parents that the default names.',
  DIRECT_TO_INTERNET_NAMES:
    'Rule {{ row }} sends every name under .{{ value }} direct, past the parents that the default names.',
  EVERY_CLIENT_ALLOWED: 'Client rule {{ row }} lets every address use the proxies.',
  LOOKUPS_FORCED:
    'One rule names addresses, so each proxy looks up every name before it decides, also to send it to a parent: a slow resolver delays every request.',
  LOOKUPS_FORCED_BY_SEVERAL:
    '{{ count }} rules name addresses, so each proxy looks up every name before it decides, also to send it to a parent: a slow resolver delays every request.',
  LOOPBACK_NOT_ALLOWED:
    'The host itself may not use its proxy from {{ addresses }}: health checks on the host that go through the proxy fail.',
  NAMES_MUST_RESOLVE_HERE:
    'Some requests may go direct, so each proxy looks up every name first: a name that its own resolver does not know fails (always over HTTPS), even where a rule sends it to the parents. Where that matters, let the resolver answer unknown names with 0.0.0.1, which no proxy connects to.',
  NO_ROUTE_TESTS:
    'There are no route tests: nothing checks that what people rely on still goes where it should.',
  OUTBOUND_EXCEPTIONS_IN_FORCE:
    'This installation lets clients reach addresses that are denied elsewhere: {{ ranges }}.',
  PARENT_IN_DENIED_RANGE:
    'The parent {{ parent }} is at an address that clients may not reach otherwise; with this parent they can, on every port.',
  PARENT_IS_HOST:
    'The parent {{ parent }} is the host of each proxy itself: ATS holds a parent at an address of its own to be down, whatever the port, or its requests go in a circle.',
  PARENT_IS_PROXY:
    'The parent {{ parent }} is a proxy of this config: ATS holds a parent at an address of its own to be down, whatever the port, or its requests go in a circle.',
  RULE_EVADABLE:
    'A client can get around rule {{ row }} ({{ name }}, parent) by writing capitals behind an escape, as in http://a%2F@…: ATS then misses it, and rule {{ direct }} may send the request direct.',
  RULE_EXPIRED: 'Rule {{ row }} expired at {{ at }}; it is then removed from what runs.',
  RULE_EXPIRES_SOON: 'Rule {{ row }} expires at {{ at }}; it is then removed from what runs.',
  RULE_PARTLY_SHADOWED_NAMES:
    'Rule {{ row }} (*.{{ value }}, {{ action }}) gets all but {{ names }}: rule {{ rules }} before it decides those otherwise.',
  RULE_PARTLY_SHADOWED_NAMES_BY_SEVERAL:
    'Rule {{ row }} (*.{{ value }}, {{ action }}) gets all but {{ names }}: rules {{ rules }} before it decide those otherwise.',
  RULE_PARTLY_SHADOWED_RANGE:
    'Rule {{ row }} ({{ value }}, {{ action }}) gets only {{ ranges }}: rule {{ rules }} before it decides other addresses of it otherwise.',
  RULE_PARTLY_SHADOWED_RANGE_BY_SEVERAL:
    'Rule {{ row }} ({{ value }}, {{ action }}) gets only {{ ranges }}: rules {{ rules }} before it decide other addresses of it otherwise.',
  RULE_REDUNDANT:
    'Rule {{ row }} changes nothing: without it the default, {{ action }}, would decide the same.',
  RULE_SHADOWED: 'Rule {{ row }} never decides: rule {{ rules }} before it holds all that it names.',
  RULE_SHADOWED_BY_EVERY_ADDRESS:
    'Rule {{ row }} never decides: the ranges before it hold every address, and so every name.',
  RULE_SHADOWED_TOGETHER:
    'Rule {{ row }} never decides: rules {{ rules }} before it together hold all that it names.',
  WARNINGS_NOT_LISTED: 'There are {{ count }} more of these.',
} as const

export type Sentence = keyof typeof sentences

/** Rows count from 1. */
export type Fact = string | number | Listed

export interface Listed {
  readonly listed: readonly (string | number)[]
  /** There are others, which are not listed. */
  readonly isMore: boolean
}

/** One sentence, and what it names: by its blanks. */
export interface Said {
  readonly sentence: Sentence
  readonly facts: Readonly<Record<string, Fact>>
}

export function say<S extends Sentence>(sentence: S, facts: Readonly<Record<BlankOf<S>, Fact>>): Said {
  return { sentence, facts }
}

type BlankOf<S extends Sentence> = BlankIn<(typeof sentences)[S]>
type BlankIn<Text extends string> = Text extends `${string}{{ ${infer Blank} }}${infer Rest}`
  ? Blank | BlankIn<Rest>
  : never

export function inEnglish({ sentence, facts }: Said): string {
  return sentences[sentence].replace(/\{\{ (\w+) \}\}/g, (_, blank: string) => {
    const fact = facts[blank] ?? ''
    return typeof fact === 'object' ? listInEnglish(fact) : String(fact)
  })
}

/** `a`, `a and b`, `a, b and others`. */
function listInEnglish({ listed, isMore }: Listed): string {
  const all = isMore ? [...listed, 'others'] : listed
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}
