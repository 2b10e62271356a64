/** The rules of a config as one value: its shape, its limits and its canonical form. */
import { parseRange } from './cidr.ts'
import { parseDomainName } from './domain-name.ts'
import type { RouteTest } from './route-test-shape.ts'
import type { ClientAction, ParentSelection, Route, RuleKind } from './vocabulary.ts'

/** One line of the ordered list; the first enabled rule that matches decides. */
export interface Rule {
  /** Opaque and stable across edits; names the rule in explanations. Not part of the document's meaning. */
  readonly id: string
  readonly kind: RuleKind
  readonly value: string
  readonly action: Route
  readonly enabled: boolean
  readonly note: string
  readonly owner: string
  /** ISO 8601 instant in UTC, or null: never. */
  readonly expiresAt: string | null
}

/** A rule that has no place and no id yet: as read from a line of text. */
export type NewRule = Omit<Rule, 'id'>

/** A next hop; priority 1 is tried first, priorities are distinct. */
export interface ParentProxy {
  readonly host: string
  readonly port: number
  readonly priority: number
  readonly enabled: boolean
}

/** Who may use the proxy: the first range that holds the client's address decides; after the last comes deny. */
export interface ClientRule {
  readonly range: string
  readonly action: ClientAction
}

export interface Failover {
  readonly selection: ParentSelection
  /** Failed attempts before a parent counts as down: 1–100. */
  readonly failThreshold: number
  /** Seconds until a parent that is down is tried again: 1–86,400. */
  readonly retrySeconds: number
  /** Seconds that one connection attempt may take: 1–300. */
  readonly connectTimeoutSeconds: number
  /** False: with every parent down requests fail (502). True: they go direct. */
  readonly directWhenAllDown: boolean
}

export interface ConfigDocument {
  readonly defaultAction: Route
  readonly rules: readonly Rule[]
  readonly parentProxies: readonly ParentProxy[]
  readonly clientRules: readonly ClientRule[]
  readonly failover: Failover
  /** What somebody relies on; in no file, but approved with the rest. */
  readonly routeTests: readonly RouteTest[]
}

export const defaultFailover: Failover = {
  selection: 'primary_first',
  failThreshold: 2,
  retrySeconds: 300,
  connectTimeoutSeconds: 5,
  directWhenAllDown: false,
}

export const limits = {
  rules: 100_000,
  parentProxies: 32,
  clientRules: 1_000,
  nameLength: 100,
  descriptionLength: 2_000,
  noteLength: 500,
  ownerLength: 100,
  proxiesPerConfig: 20_000,
  outboundExceptions: 100,
  routeTests: 1_000,
  /** Names that the route tests of one config may stand for in all. */
  routeTestRequests: 1_000_000,
  /** Characters of a URL that a route is asked for. */
  urlLength: 8_192,
  methodLength: 32,
  priority: 1_000,
  failThreshold: 100,
  retrySeconds: 86_400,
  connectTimeoutSeconds: 300,
  /** Problems that one check lists; the rest is only counted. */
  problems: 100,
  /** Findings that one import lists; the rest is only counted. */
  importFindings: 10_000,
  importFiles: 10,
  fileNameLength: 255,
  /** Bytes of one HTTP body or websocket message. */
  bodyBytes: 4 * 1024 * 1024,
} as const

/**
 * The one spelling of a document: names lower-case and as A-labels, ranges with host bits cleared, parents in
 * failover order, instants in UTC, texts trimmed. Idempotent; what can't be parsed stays as typed (trimmed), for
 * `checkDocument` to name. The same rule object gives the same canonical object again.
 */
export function canonicalDocument(document: ConfigDocument): ConfigDocument {
  const { failover } = document
  return {
    defaultAction: document.defaultAction,
    rules: document.rules.map(canonicalRule),
    parentProxies: document.parentProxies
      .map(({ host, port, priority, enabled }) => ({
        host: canonicalParentHost(host),
        port,
        priority,
        enabled,
      }))
      .sort((a, b) => a.priority - b.priority),
    clientRules: document.clientRules.map(({ range, action }) => ({ range: canonicalRange(range), action })),
    failover: {
      selection: failover.selection,
      failThreshold: failover.failThreshold,
      retrySeconds: failover.retrySeconds,
      connectTimeoutSeconds: failover.connectTimeoutSeconds,
      directWhenAllDown: failover.directWhenAllDown,
    },
    routeTests: document.routeTests.map(canonicalRouteTest),
  }
}

/** A target stays as spelled: how a name is written may decide its route. */
function canonicalRouteTest(test: RouteTest): RouteTest {
  return {
    target: test.target.trim(),
    method: test.method.trim().toUpperCase(),
    clientAddress: canonicalAddress(test.clientAddress),
    resolvedAddress: canonicalAddress(test.resolvedAddress),
    expect: test.expect,
    note: test.note.trim(),
  }
}

/** Blank is none. */
function canonicalAddress(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : canonicalRange(text)
}

const canonicalRules = new WeakMap<Rule, Rule>()

/** Rules are never changed in place, so that each is worked out once, however often its document is edited. */
function canonicalRule(rule: Rule): Rule {
  const known = canonicalRules.get(rule)
  if (known !== undefined) return known
  const canonical = {
    id: rule.id,
    kind: rule.kind,
    value: canonicalRuleValue(rule.kind, rule.value),
    action: rule.action,
    enabled: rule.enabled,
    note: rule.note.trim(),
    owner: rule.owner.trim(),
    expiresAt: canonicalInstant(rule.expiresAt),
  }
  canonicalRules.set(rule, canonical)
  return canonical
}

/** A rule's value as stored, compared and rendered. */
export function canonicalRuleValue(kind: RuleKind, value: string): string {
  return kind === 'ip_range' ? canonicalRange(value) : canonicalName(value, kind === 'domain')
}

/** A parent's host as stored: a canonical name or IPv4 address. */
export function canonicalParentHost(host: string): string {
  const parsed = parseDomainName(host)
  return parsed.ok ? parsed.name : canonicalRange(host)
}

let newRules = 0
let newRulePrefix: string | undefined

/** An id for a rule that no server has seen yet, which no other page or process gives; opaque like every id. */
export function newRuleId(): string {
  newRulePrefix ??= crypto.getRandomValues(new Uint32Array(2)).join('-')
  newRules += 1
  return `new-${newRulePrefix}-${newRules}`
}

/** The enabled rules, in order: all that routing looks at. */
export function enabledRules(document: ConfigDocument): Rule[] {
  return document.rules.filter((rule) => rule.enabled)
}

/** The enabled parents, in failover order. */
export function enabledParents(document: ConfigDocument): ParentProxy[] {
  return document.parentProxies.filter((parent) => parent.enabled).sort((a, b) => a.priority - b.priority)
}

/** Every route that some request can take: one for a document that sends all traffic one way. */
export function routesOf(document: ConfigDocument): ReadonlySet<Route> {
  const routes = new Set<Route>([document.defaultAction])
  for (const rule of document.rules) if (rule.enabled) routes.add(rule.action)
  return routes
}

function canonicalName(text: string, allowWildcard: boolean): string {
  const parsed = parseDomainName(text, { allowWildcard })
  return parsed.ok ? parsed.name : text.trim()
}

function canonicalRange(text: string): string {
  const parsed = parseRange(text)
  return parsed.ok ? parsed.range.text : text.trim()
}

/** An instant as stored: in UTC, with milliseconds. */
export function canonicalInstant(instant: string | null): string | null {
  if (instant === null) return null
  const at = parseInstant(instant)
  return at === null ? instant.trim() : at.toISOString()
}

/** An ISO 8601 instant with a zone, years 0000–9999; null for anything else. */
export function parseInstant(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text.trim())) return null
  const at = new Date(text.trim())
  return Number.isNaN(at.getTime()) || !/^\d{4}-/.test(at.toISOString()) ? null : at
}
