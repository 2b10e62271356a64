/** The rules of a config as one value: its shape, its limits and its canonical form. */
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
  /** Bytes of one HTTP body or websocket message. */
  bodyBytes: 4 * 1024 * 1024,
} as const
