/** Documents from a seed: rules of every kind that overlap, parents, clients and exceptions, all on loopback. */
import { contains, parseRange } from '#core/cidr'
import { allowedClients } from '#core/client-problems'
import {
  type ClientRule,
  type ConfigDocument,
  canonicalDocument,
  canonicalRuleValue,
  defaultFailover,
  enabledRules,
  type ParentProxy,
  type Rule,
} from '#core/config-document'
import { checkDocument } from '#core/rules'
import { ParentSelection, type Route, type RuleKind } from '#core/vocabulary'
import { type Random, randomFrom } from './random.ts'
import { edgesOf, ipv4, overlappingSpans, type Span, typedSpan } from './ranges.ts'

/** A document with the world around it. */
export interface Situation {
  readonly index: number
  readonly document: ConfigDocument
  readonly outboundExceptions: readonly string[]
  /** Names and what the resolver says about each; null: only the parents know it. */
  readonly names: ReadonlyMap<string, string | null>
  /** Those that a host rule names, which few requests would meet by chance. */
  readonly hosts: readonly string[]
  /** Addresses worth asking for: at the edges of the ranges, and ::1. */
  readonly addresses: readonly string[]
  /** Loopback addresses that clients come from. */
  readonly clients: readonly string[]
}

export interface ParentAddress {
  readonly host: string
  readonly port: number
}

/** `parents` are those that listen; their order and number differ between documents. Names differ between indexes. */
export function generateSituation(
  seed: number,
  index: number,
  parents: readonly ParentAddress[],
  focus: Focus | null = null,
): Situation {
  const random = randomFrom('document', seed, index)
  const style = focus === null ? random.pick(styles) : styleOf[focus]
  const spans = overlappingSpans(random, random.pick([0, 2, 6, 14, 24]))
  const names = namesBelow(random, `t${index}z`)
  const clientSpans = overlappingSpans(random, 4)
  const document: ConfigDocument = {
    rules: rulesOf(random, style, spans, names),
    defaultAction: style === 'mixed' ? random.pick(['direct', 'parent'] as const) : style,
    parentProxies: parentsOf(random, style, parents),
    clientRules: random.chance(0.5) ? [] : clientRulesOf(random, clientSpans),
    failover: {
      ...defaultFailover,
      selection: random.pick(Object.values(ParentSelection)),
      directWhenAllDown: focus === 'parent' || random.chance(style === 'parent' ? 0.5 : 0.3),
    },
    routeTests: [],
  }
  const problems = checkDocument(document)
  if (problems.length > 0)
    throw new Error(`document ${index} of seed ${seed}: ${JSON.stringify(problems[0])}`)

  const addresses = [...edgesOf(random, spans), '127.0.0.1', '127.0.0.2', '127.9.8.7', '::1']
  const outboundExceptions = exceptionsOf(random, spans, focus)
  // Names at denied addresses are rare otherwise, and each kind of rule shall meet some.
  const closed = addresses.filter((address) => !outboundExceptions.some((range) => holds(range, address)))
  const isOneWay = style === 'parent' && !document.failover.directWhenAllDown
  return {
    index,
    document,
    outboundExceptions,
    names: new Map(
      names.map((name) => {
        const some = closed.length > 0 && random.chance(0.5) ? closed : addresses
        return [name, isOneWay && random.chance(0.5) ? null : random.pick(some)]
      }),
    ),
    hosts: enabledRules(canonicalDocument(document)).flatMap(({ kind, value }) =>
      kind === 'host' ? [value] : [],
    ),
    addresses,
    clients: [
      ...['127.0.0.1', '127.0.0.2', '::1'],
      ...edgesOf(random, clientSpans),
      ...Array.from({ length: 10 }, () => ipv4(0x7f000002 + random.below(0xfffff0))),
    ],
  }
}

type Style = Route | 'mixed'

/** What a document shall bring more of. */
export type Focus = 'denied' | 'direct' | 'parent'

/** Only in a document with one route does every spelling follow the rules, and so meet every outcome. */
const styleOf: Readonly<Record<Focus, Style>> = { denied: 'direct', direct: 'direct', parent: 'parent' }

const styles = [
  'mixed',
  'mixed',
  'mixed',
  'mixed',
  'mixed',
  'direct',
  'direct',
  'direct',
  'parent',
  'parent',
] as const

const labels = [
  'corp',
  'app',
  'db',
  'api',
  'www',
  'a-b',
  'x_y',
  '7up',
  '127',
  '0x7f',
  '-',
  'xn--bcher-kva',
  'xn--mnchen-3ya',
] as const

/** How a person may type the A-labels above. */
const unicodeLabels: Readonly<Record<string, string>> = {
  'xn--bcher-kva': 'bücher',
  'xn--mnchen-3ya': 'München',
}

/** The name in Unicode, as typed; unchanged when it has no A-label. */
export function inUnicode(name: string): string {
  return name
    .split('.')
    .map((label) => unicodeLabels[label] ?? label)
    .join('.')
}

/** A tree of names, its root included: children of children, so that rules for one hold for others. */
function namesBelow(random: Random, root: string): string[] {
  const names = [root]
  while (names.length < 40) {
    const parent = random.pick(names)
    const name = `${random.pick(labels)}.${parent}`
    if (!names.includes(name) && name.split('.').length <= 6) names.push(name)
  }
  return names
}

function rulesOf(random: Random, style: Style, spans: readonly Span[], names: readonly string[]): Rule[] {
  const named = random.shuffled(names).slice(0, random.pick([2, 6, 14, 24]))
  const wanted: [RuleKind, string][] = [
    ...spans.map((span): [RuleKind, string] => ['ip_range', typedSpan(random, span)]),
    ...named.flatMap((name): [RuleKind, string][] => {
      const kinds = random.pick([['domain'], ['host'], ['host'], ['domain', 'host']] as const)
      return kinds.map((kind) => [kind, typedName(random, kind, name)])
    }),
    ...random.shuffled(otherRanges).slice(0, random.below(4)),
  ]
  const limit = 1 + random.below(60)
  return distinct(random.shuffled(wanted), ([kind, value]) => `${kind} ${canonicalRuleValue(kind, value)}`)
    .slice(0, limit)
    .map(([kind, value], at) => {
      const enabled = random.chance(0.85)
      const action = style === 'mixed' || !enabled ? random.pick(['direct', 'parent'] as const) : style
      return { id: `r${at + 1}`, kind, value, action, enabled, note: '', owner: '', expiresAt: null }
    })
}

const otherRanges: readonly [RuleKind, string][] = [
  ['ip_range', '::1'],
  ['ip_range', '::/127'],
  ['ip_range', '::1-::ff'],
  ['ip_range', '::/8'],
  ['ip_range', '0:0:0:0::/64'],
  ['ip_range', '127.0.0.0/8'],
  ['ip_range', '126.0.0.0-127.0.0.2'],
  ['ip_range', '0.0.0.0/0'],
]

function typedName(random: Random, kind: RuleKind, name: string): string {
  const typed = random.chance(0.5) ? inUnicode(name) : name
  switch (random.below(6)) {
    case 0:
      return typed.toUpperCase()
    case 1:
      return `${typed}.`
    case 2:
      return kind === 'domain' ? `*.${typed}` : typed
    case 3:
      return kind === 'domain' ? `.${typed}` : typed
    default:
      return typed
  }
}

/** Without parents in some documents that send nothing to any. */
function parentsOf(random: Random, style: Style, parents: readonly ParentAddress[]): ParentProxy[] {
  const some = random.shuffled(parents).slice(0, random.below(parents.length) + 1)
  if (style === 'direct' && random.chance(0.5)) return []
  const priorities = random.shuffled(some.map((_, at) => at * 3 + 1))
  return some.map(({ host, port }, at) => ({
    host,
    port,
    priority: priorities[at] ?? at,
    enabled: at === 0 ? style !== 'direct' || random.chance(0.5) : random.chance(0.75),
  }))
}

function clientRulesOf(random: Random, spans: readonly Span[]): ClientRule[] {
  const rules = [
    ...spans.map(
      (span): ClientRule => ({
        range: typedSpan(random, span),
        action: random.pick(['allow', 'deny'] as const),
      }),
    ),
    ...(random.chance(0.5) ? [{ range: '::1', action: random.pick(['allow', 'deny'] as const) }] : []),
  ]
  const wide: ClientRule = { range: '127.0.0.0/8', action: random.chance(0.7) ? 'allow' : 'deny' }
  const some: ClientRule = { range: '127.0.0.2', action: 'allow' }
  const keyOf = ({ range }: ClientRule) => canonicalRuleValue('ip_range', range)
  const listed = distinct([...rules, wide, some], keyOf)
  // A list that lets nobody in is refused before it could be rendered.
  if (allowedClients(listed).length > 0) return listed
  return [some, ...listed.filter((each) => keyOf(each) !== keyOf(some))]
}

/** Partly withheld in most documents, so that what goes direct is sometimes denied. */
function exceptionsOf(random: Random, spans: readonly Span[], focus: Focus | null): string[] {
  if (focus === 'direct' || (focus !== 'denied' && random.chance(0.35))) return ['127.0.0.0/8', '::1']
  const halves = random.pick([['127.0.0.0/9'], ['127.128.0.0/9'], [], []] as const)
  return [
    ...new Set([
      ...halves,
      ...spans.filter(() => random.chance(0.25)).map((span) => typedSpan(random, span)),
      ...(random.chance(0.3) ? ['::1'] : []),
    ]),
  ]
}

/** The first of each meaning: a document names nothing twice. */
function distinct<Item>(items: readonly Item[], meaningOf: (item: Item) => string): Item[] {
  return [...new Map([...items].reverse().map((item) => [meaningOf(item), item])).values()].reverse()
}

/** Whether a range, as typed, holds an address. */
export function holds(range: string, address: string): boolean {
  const [outer, inner] = [parseRange(range), parseRange(address)]
  return outer.ok && inner.ok && contains(outer.range, inner.range)
}
