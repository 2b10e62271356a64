/** The whole schema on one page; triggers, grants and checks that Drizzle can't say stand in drizzle/*_guard.sql. */
import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  type PgColumn,
  pgEnum,
  pgTable,
  pgView,
  primaryKey,
  real,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { ConfigDocument, Failover } from '../core/config-document.ts'
import { type LogFilter, LogGap, LogSource } from '../core/log-line.ts'
import {
  ActorKind,
  type ApiScope,
  ApplyOutcome,
  ApprovalPolicy,
  type AtsGeneration,
  Channel,
  ClientAction,
  ConfigStatus,
  DriftPolicy,
  EntityKind,
  ParentEventKind,
  Role,
  Route,
  RouteExpectation,
  RuleKind,
  type SessionEnd,
  VersionStatus,
} from '../core/vocabulary.ts'

/** A closed set of core as a PostgreSQL enum type. */
function enumOf<const T extends Record<string, string>>(name: string, set: T) {
  return pgEnum(name, Object.values(set) as [T[keyof T], ...T[keyof T][]])
}

export const roleEnum = enumOf('role', Role)
export const routeEnum = enumOf('route', Route)
export const ruleKindEnum = enumOf('rule_kind', RuleKind)
export const routeExpectationEnum = enumOf('route_expectation', RouteExpectation)
export const clientActionEnum = enumOf('client_action', ClientAction)
export const configStatusEnum = enumOf('config_status', ConfigStatus)
export const versionStatusEnum = enumOf('version_status', VersionStatus)
export const applyOutcomeEnum = enumOf('apply_outcome', ApplyOutcome)
export const logSourceEnum = enumOf('log_source', LogSource)
export const logGapEnum = enumOf('log_gap', LogGap)
export const parentEventKindEnum = enumOf('parent_event_kind', ParentEventKind)
export const approvalPolicyEnum = enumOf('approval_policy', ApprovalPolicy)
export const driftPolicyEnum = enumOf('drift_policy', DriftPolicy)
export const entityKindEnum = enumOf('entity_kind', EntityKind)
export const actorKindEnum = enumOf('actor_kind', ActorKind)
export const channelEnum = enumOf('channel', Channel)

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 })
const createdAt = () => instant('created_at').notNull().defaultNow()

/** One row: what belongs to the instance as a whole. */
export const settings = pgTable('settings', {
  id: integer('id').primaryKey().default(1),
  instanceId: uuid('instance_id').notNull().defaultRandom(),
  approvalPolicy: approvalPolicyEnum('approval_policy').notNull().default('same_user'),
  outboundExceptions: jsonb('outbound_exceptions').$type<readonly string[]>().notNull().default([]),
  driftPolicy: driftPolicyEnum('drift_policy').notNull().default('restore'),
  /** Ephemeral proxies are retired after so long a silence. */
  ephemeralSilenceMinutes: integer('ephemeral_silence_minutes').notNull().default(60),
  /** How long samples and their sums are kept. */
  statsSampleHours: integer('stats_sample_hours').notNull().default(2),
  statsMinuteHours: integer('stats_minute_hours').notNull().default(24),
  statsHourDays: integer('stats_hour_days').notNull().default(90),
  statsDayDays: integer('stats_day_days').notNull().default(730),
  /** However busy, a session is over so long after its login. */
  sessionHours: integer('session_hours').notNull().default(12),
  /** Whether an approval asks for the password when it was given long ago. */
  confirmApprovals: boolean('confirm_approvals').notNull().default(false),
  /** How long captured log lines are kept, and how many lines one capture may have. */
  logHours: integer('log_hours').notNull().default(24),
  logLinesPerCapture: integer('log_lines_per_capture').notNull().default(200_000),
})

export type KeyPurpose = 'access-token' | 'offer-signature' | 'session-cookie' | 'second-factor'

/** The instance's own keys, shared by its replicas; made once, at the first start. */
export const instanceKeys = pgTable('instance_keys', {
  purpose: text('purpose').$type<KeyPurpose>().primaryKey(),
  jwk: jsonb('jwk').$type<Record<string, unknown>>().notNull(),
  createdAt: createdAt(),
})

export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    role: roleEnum('role').notNull(),
    /** Null: they have not chosen one yet. */
    passwordHash: text('password_hash'),
    /** SHA-256 of the one-time link with which they choose one, hex; null: there is none. */
    passwordLinkHash: text('password_link_hash'),
    passwordLinkExpiresAt: instant('password_link_expires_at'),
    isActive: boolean('is_active').notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('users_email_key').on(sql`lower(${t.email})`),
    uniqueIndex('users_password_link_key').on(t.passwordLinkHash),
  ],
)

export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    /** SHA-256 of what stays the same in the cookie's secret, hex. */
    secretHash: text('secret_hash').notNull(),
    /** Observed: the newest turn of the secret that the browser has shown, and when it first did. */
    turn: integer('turn').notNull().default(0),
    turnedAt: instant('turned_at').notNull().defaultNow(),
    createdAt: createdAt(),
    /** Observed: written by every beacon, without an audit entry. */
    lastBeacon: instant('last_beacon').notNull(),
    /** When they last gave their password: some things ask for it again. */
    confirmedAt: instant('confirmed_at').notNull().defaultNow(),
    /** The latest end, whatever the beacon says. */
    endsAt: instant('ends_at').notNull().default(sql`now() + interval '12 hours'`),
    endedAt: instant('ended_at'),
    endReason: text('end_reason').$type<SessionEnd>(),
    /** From where the copy of the cookie was used that ended it. */
    copiedFrom: text('copied_from'),
    address: text('address').notNull(),
    userAgent: text('user_agent').notNull(),
  },
  (t) => [
    uniqueIndex('sessions_secret_hash_key').on(t.secretHash),
    index('sessions_open_idx').on(t.lastBeacon).where(sql`${t.endedAt} is null`),
    index('sessions_user_idx').on(t.userId, t.lastBeacon),
  ],
)

/** What proves somebody beside their password: codes of an app, and ten one-time codes for when it is lost. */
export const secondFactors = pgTable('second_factors', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id),
  /** Encrypted; null: there is none, or not any more. */
  sealedSecret: text('sealed_secret'),
  /** Null: begun and not confirmed by a code yet, or switched off. */
  enabledAt: instant('enabled_at'),
  /** The last time step whose code was used: no code counts twice. */
  lastStep: integer('last_step').notNull().default(0),
  /** SHA-256 of those that are left, hex. */
  recoveryHashes: text('recovery_hashes').array().notNull().default([]),
})

export const apiTokens = pgTable(
  'api_tokens',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    name: text('name').notNull(),
    scopes: text('scopes').array().$type<ApiScope[]>().notNull(),
    /** What is done to configs is done to these alone; null: to any. */
    configIds: uuid('config_ids').array(),
    tokenHash: text('token_hash').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
    /** Observed, to the minute. */
    lastUsedAt: instant('last_used_at'),
    lastUsedAddress: text('last_used_address'),
  },
  (t) => [uniqueIndex('api_tokens_token_hash_key').on(t.tokenHash)],
)

export interface SubmittedProxy {
  readonly id: string
  readonly versionId: string | null
}

export const configs = pgTable(
  'configs',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    status: configStatusEnum('status').notNull().default('draft'),
    revision: integer('revision').notNull().default(1),
    /** The transaction that gave `revision` its value; the guard on the child tables asks for it. */
    revisedIn: xid8('revised_in').notNull().default(sql`pg_current_xact_id()`),
    defaultAction: routeEnum('default_action').notNull(),
    failover: jsonb('failover').$type<Failover>().notNull(),
    /** Users who changed the working copy since the last approval. */
    authorIds: uuid('author_ids').array().notNull().default([]),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    submittedBy: uuid('submitted_by').references(() => users.id),
    submittedAt: instant('submitted_at'),
    approvedBy: uuid('approved_by').references(() => users.id),
    approvedAt: instant('approved_at'),
    configHash: text('config_hash'),
    /** Which version each listed proxy should run, when the hash was made; approval names those that moved. */
    submittedProxies: jsonb('submitted_proxies').$type<readonly SubmittedProxy[]>(),
    activeVersionId: uuid('active_version_id').references((): PgColumn => configVersions.id),
    retiredAt: instant('retired_at'),
  },
  (t) => [uniqueIndex('configs_name_key').on(sql`lower(${t.name})`).where(sql`${t.retiredAt} is null`)],
)

const configId = () =>
  uuid('config_id')
    .notNull()
    .references(() => configs.id)

const ruleColumns = {
  /** Stable over edits: an edit that leaves the rule in the list keeps it. */
  id: uuid('id').notNull(),
  configId: configId(),
  /** 0-based; one common order over both rule tables. */
  position: integer('position').notNull(),
  kind: ruleKindEnum('kind').notNull(),
  value: text('value').notNull(),
  action: routeEnum('action').notNull(),
  enabled: boolean('enabled').notNull(),
  note: text('note').notNull(),
  owner: text('owner').notNull(),
  expiresAt: instant('expires_at'),
}

/** DOMAIN and HOST rules. */
export const domainRules = pgTable('domain_rules', ruleColumns, (t) => [
  primaryKey({ columns: [t.configId, t.id] }),
])

/** IP_RANGE rules. */
export const ipRangeRules = pgTable('ip_range_rules', ruleColumns, (t) => [
  primaryKey({ columns: [t.configId, t.id] }),
])

export const parentProxies = pgTable(
  'parent_proxies',
  {
    configId: configId(),
    host: text('host').notNull(),
    port: integer('port').notNull(),
    priority: integer('priority').notNull(),
    enabled: boolean('enabled').notNull(),
  },
  (t) => [primaryKey({ columns: [t.configId, t.priority] })],
)

export const clientRules = pgTable(
  'client_rules',
  {
    configId: configId(),
    position: integer('position').notNull(),
    range: text('range').notNull(),
    action: clientActionEnum('action').notNull(),
  },
  (t) => [primaryKey({ columns: [t.configId, t.position] })],
)

/** What people rely on, kept with the rules. */
export const configRouteTests = pgTable(
  'config_route_tests',
  {
    configId: configId(),
    position: integer('position').notNull(),
    target: text('target').notNull(),
    method: text('method').notNull(),
    clientAddress: text('client_address'),
    resolvedAddress: text('resolved_address'),
    expect: routeExpectationEnum('expect').notNull(),
    note: text('note').notNull(),
  },
  (t) => [primaryKey({ columns: [t.configId, t.position] })],
)

/** As stored: one that was approved before there were route tests has none. */
export type StoredDocument = Omit<ConfigDocument, 'routeTests'> & Partial<Pick<ConfigDocument, 'routeTests'>>

/** The working copy's proxies; takes effect at approval. */
export const configProxies = pgTable(
  'config_proxies',
  {
    configId: configId(),
    proxyId: uuid('proxy_id')
      .notNull()
      .references((): PgColumn => proxies.id),
  },
  (t) => [primaryKey({ columns: [t.configId, t.proxyId] }), index('config_proxies_proxy_idx').on(t.proxyId)],
)

/** What was approved; immutable but for `status`. */
export const configVersions = pgTable(
  'config_versions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    configId: configId(),
    number: integer('number').notNull(),
    status: versionStatusEnum('status').notNull().default('active'),
    document: jsonb('document').$type<StoredDocument>().notNull(),
    configHash: text('config_hash').notNull(),
    submittedBy: uuid('submitted_by').references(() => users.id),
    submittedAt: instant('submitted_at').notNull(),
    approvedBy: uuid('approved_by').references(() => users.id),
    approvedAt: instant('approved_at').notNull(),
  },
  (t) => [
    uniqueIndex('config_versions_number_key').on(t.configId, t.number),
    uniqueIndex('config_versions_one_active_key').on(t.configId).where(sql`${t.status} = 'active'`),
  ],
)

export interface StoredFile {
  readonly name: string
  readonly content: string
  readonly sha256: string
}

/** Something on a host that stands in the way of configs, in its agent's words. */
export interface StoredProblem {
  readonly what: string
  readonly says: string
  readonly remedy: string
}

/** What ATS says, by its agent, of a host that is to be left out there, or to come back. */
export interface ReportedParentOut {
  readonly host: string
  /** Null: ATS could not be asked. */
  readonly isOut: boolean | null
  /** Why that could not be had, in the words of ATS or its agent. */
  readonly says: string | null
}

export interface StoredRecord {
  readonly name: string
  readonly type: 'INT' | 'FLOAT' | 'STRING'
  readonly value: string
}

/** The exact bytes of a version for one ATS generation; immutable. `hash` is a proxy's `desiredHash`. */
export const versionFiles = pgTable(
  'version_files',
  {
    versionId: uuid('version_id')
      .notNull()
      .references(() => configVersions.id),
    generation: text('generation').$type<AtsGeneration>().notNull(),
    hash: text('hash').notNull(),
    files: jsonb('files').$type<readonly StoredFile[]>().notNull(),
    records: jsonb('records').$type<readonly StoredRecord[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.versionId, t.generation] }), index('version_files_hash_idx').on(t.hash)],
)

/** A host whose parents an administrator wants left out on one proxy. */
export interface TakenOutParent {
  readonly host: string
  readonly reason: string
  /** Whoever asked for it, as they were called then; absent in entries from before it was kept. */
  readonly by?: string
  /** ISO 8601. */
  readonly at: string
}

export const proxies = pgTable(
  'proxies',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    hostname: text('hostname').notNull(),
    /** Ed25519 public key, base64url of 32 bytes. */
    publicKey: text('public_key').notNull(),
    /** Intent: the version it should run; null: unassigned. */
    versionId: uuid('version_id').references((): PgColumn => configVersions.id),
    /** Follows this config's active version (from its enrolment token), beside any working copy's list. */
    followsConfigId: uuid('follows_config_id').references((): PgColumn => configs.id),
    /** Raised whenever what this proxy should run changes; agents refuse older ones. */
    sequence: integer('sequence').notNull().default(0),
    /** As last reported; decides which of the version's renderings is desired. */
    atsVersion: text('ats_version'),
    atsGeneration: text('ats_generation').$type<AtsGeneration>(),
    agentVersion: text('agent_version'),
    /** Intent, beside the version: its agent keeps them out, over restarts of ATS too. */
    takenOut: jsonb('taken_out').$type<readonly TakenOutParent[]>().notNull().default([]),
    /** Its logs are captured until then; a time that is over: they are not. */
    captureLogsUntil: instant('capture_logs_until'),
    enrolmentTokenId: uuid('enrolment_token_id').references((): PgColumn => enrolmentTokens.id),
    /** Retired by itself when it has been silent for long: autoscaled hosts go without a word. */
    isEphemeral: boolean('is_ephemeral').notNull().default(false),
    enrolledAt: instant('enrolled_at').notNull().defaultNow(),
    retiredAt: instant('retired_at'),
  },
  (t) => [
    uniqueIndex('proxies_hostname_key').on(t.hostname).where(sql`${t.retiredAt} is null`),
    index('proxies_version_idx').on(t.versionId),
    index('proxies_follows_idx').on(t.followsConfigId),
  ],
)

/** One life of an agent's process, as it first spoke: which, from where, and when. */
export interface AgentStart {
  readonly id: string
  readonly address: string
  /** ISO instant. */
  readonly at: string
}

/** What each proxy says: attempted and running; `last_seen_at` alone is observed, the rest is audited. */
export const proxyReports = pgTable('proxy_reports', {
  proxyId: uuid('proxy_id')
    .primaryKey()
    .references(() => proxies.id),
  currentConfigHash: text('current_config_hash'),
  attemptedHash: text('attempted_hash'),
  attemptedSequence: integer('attempted_sequence'),
  attemptedOutcome: applyOutcomeEnum('attempted_outcome'),
  attemptedMessage: text('attempted_message'),
  attemptedAt: instant('attempted_at'),
  reloadRequestedAt: instant('reload_requested_at'),
  loadedAt: instant('loaded_at'),
  lastSeenAt: instant('last_seen_at'),
  /** The newest starts of its agent, newest first. */
  agentStarts: jsonb('agent_starts').$type<readonly AgentStart[]>().notNull().default([]),
  /** When two agents were last seen to use its identity in turn. */
  copiedAt: instant('copied_at'),
})

/** What an agent found on its disk when that was no version's bytes: the newest such find. Observed. */
export const proxyFiles = pgTable('proxy_files', {
  proxyId: uuid('proxy_id')
    .primaryKey()
    .references(() => proxies.id),
  /** Of these files and records, as a version's. */
  hash: text('hash').notNull(),
  files: jsonb('files').$type<readonly StoredFile[]>().notNull(),
  records: jsonb('records').$type<readonly StoredRecord[]>().notNull(),
  reportedAt: instant('reported_at').notNull(),
})

/** What ATS did with its parents, as agents read it in its log; the newest of each proxy. Observed, append-only. */
export const parentEvents = pgTable(
  'parent_events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    proxyId: uuid('proxy_id')
      .notNull()
      .references(() => proxies.id),
    /** As in parent.config; null: of all parents. */
    host: text('host'),
    port: integer('port'),
    kind: parentEventKindEnum('kind').notNull(),
    /** By the host's clock. */
    at: instant('at').notNull(),
    reason: text('reason').notNull(),
  },
  (t) => [
    // Agents tell again what they told before.
    unique('parent_events_once_key').on(t.proxyId, t.host, t.port, t.at, t.kind).nullsNotDistinct(),
    index('parent_events_newest_idx').on(t.proxyId, t.id),
  ],
)

/** An agent's host at its last look: how ATS is run there, what stands in the way of configs, which parents are out. Observed. */
export const proxyHosts = pgTable('proxy_hosts', {
  proxyId: uuid('proxy_id')
    .primaryKey()
    .references(() => proxies.id),
  problems: jsonb('problems').$type<readonly StoredProblem[]>().notNull(),
  /** How ATS is run there, in the agent's words. */
  atsRun: text('ats_run'),
  parentsOut: jsonb('parents_out').$type<readonly ReportedParentOut[]>().notNull().default([]),
  reportedAt: instant('reported_at').notNull(),
})

const amount = (name: string) => bigint(name, { mode: 'number' })
/** Every counter of core's `statsCounters`: as ATS counts it, or how much was added. */
const counterColumns = () => ({
  totalClientConnections: amount('total_client_connections'),
  requests: amount('requests'),
  connectRequests: amount('connect_requests'),
  responses2xx: amount('responses_2xx'),
  responses3xx: amount('responses_3xx'),
  responses4xx: amount('responses_4xx'),
  responses5xx: amount('responses_5xx'),
  clientRequestBytes: amount('client_request_bytes'),
  clientResponseBytes: amount('client_response_bytes'),
  connectFailures: amount('connect_failures'),
  clientAborts: amount('client_aborts'),
  parentConnections: amount('parent_connections'),
  parentRetries: amount('parent_retries'),
  parentMarkDowns: amount('parent_mark_downs'),
  cacheHits: amount('cache_hits'),
  cacheMisses: amount('cache_misses'),
  ramCacheHits: amount('ram_cache_hits'),
  ramCacheMisses: amount('ram_cache_misses'),
})
/** The same, per second. */
const rateColumns = () => ({
  totalClientConnections: doublePrecision('total_client_connections'),
  requests: doublePrecision('requests'),
  connectRequests: doublePrecision('connect_requests'),
  responses2xx: doublePrecision('responses_2xx'),
  responses3xx: doublePrecision('responses_3xx'),
  responses4xx: doublePrecision('responses_4xx'),
  responses5xx: doublePrecision('responses_5xx'),
  clientRequestBytes: doublePrecision('client_request_bytes'),
  clientResponseBytes: doublePrecision('client_response_bytes'),
  connectFailures: doublePrecision('connect_failures'),
  clientAborts: doublePrecision('client_aborts'),
  parentConnections: doublePrecision('parent_connections'),
  parentRetries: doublePrecision('parent_retries'),
  parentMarkDowns: doublePrecision('parent_mark_downs'),
  cacheHits: doublePrecision('cache_hits'),
  cacheMisses: doublePrecision('cache_misses'),
  ramCacheHits: doublePrecision('ram_cache_hits'),
  ramCacheMisses: doublePrecision('ram_cache_misses'),
})
/** Every gauge of core's `statsGauges`; seven digits, or the mean of several samples. */
const gaugeColumns = () => ({
  currentClientConnections: real('current_client_connections'),
  currentParentConnections: real('current_parent_connections'),
  hostLoad: real('host_load'),
  hostMemoryTotalBytes: real('host_memory_total_bytes'),
  hostMemoryAvailableBytes: real('host_memory_available_bytes'),
})
/** A proxy of long ago has samples too: no reference, which would be looked up for each. */
const ofProxy = () => uuid('proxy_id').notNull()

/** What one look of an agent added to what was known. Partitioned by hour of `at`; observed. */
export const proxyStats = pgTable(
  'proxy_stats',
  {
    proxyId: ofProxy(),
    /** By the server's clock, as the agent knows it. */
    at: instant('at').notNull(),
    /** In which it was stored: what is rolled up goes by this number, so that neither lateness nor a clock matters. */
    stretch: amount('stretch').notNull(),
    /** From the sample before to this one; null: nothing is known of the time between. */
    seconds: doublePrecision('seconds'),
    restarts: smallint('restarts').notNull(),
    ...gaugeColumns(),
    ...counterColumns(),
  },
  (t) => [
    primaryKey({ columns: [t.proxyId, t.at] }),
    index('proxy_stats_stretch_idx').using('brin', t.stretch),
  ],
)

/** The sums of a proxy's samples whose `at` lies in a minute, an hour or a day (UTC) that begins at `at`. */
const summedColumns = () => ({
  proxyId: ofProxy(),
  at: instant('at').notNull(),
  samples: integer('samples').notNull(),
  seconds: doublePrecision('seconds'),
  restarts: integer('restarts').notNull(),
  currentClientConnectionsPeak: real('current_client_connections_peak'),
  ...gaugeColumns(),
  ...counterColumns(),
})
export const proxyStatsMinute = pgTable('proxy_stats_minute', summedColumns(), (t) => [
  primaryKey({ columns: [t.proxyId, t.at] }),
  index('proxy_stats_minute_at_idx').using('brin', t.at),
])
export const proxyStatsHour = pgTable('proxy_stats_hour', summedColumns(), (t) => [
  primaryKey({ columns: [t.proxyId, t.at] }),
])
export const proxyStatsDay = pgTable('proxy_stats_day', summedColumns(), (t) => [
  primaryKey({ columns: [t.proxyId, t.at] }),
])

const newestColumns = () => ({
  at: instant('at').notNull(),
  atsStartedAt: instant('ats_started_at'),
  countersContinue: boolean('counters_continue').notNull(),
  /** Since the sample before. */
  requestsPerSecond: doublePrecision('requests_per_second'),
  /** Shares, 0–1, since the sample before. */
  errorRate: doublePrecision('error_rate'),
  ramCacheHitRatio: doublePrecision('ram_cache_hit_ratio'),
  currentClientConnections: amount('current_client_connections'),
  currentParentConnections: amount('current_parent_connections'),
  hostLoad: real('host_load'),
  hostMemoryTotalBytes: amount('host_memory_total_bytes'),
  hostMemoryAvailableBytes: amount('host_memory_available_bytes'),
  ...counterColumns(),
})
/** The newest sample of each proxy, its counters as ATS counts them. Observed. */
export const proxyStatsNewest = pgTable('proxy_stats_newest', {
  proxyId: uuid('proxy_id').primaryKey(),
  ...newestColumns(),
})
/** Each proxy with its newest sample; made in drizzle/. */
export const proxiesWithStats = pgView('v_proxies_with_stats', {
  proxyId: ofProxy(),
  hostname: text('hostname').notNull(),
  ...newestColumns(),
}).existing()

export type StatsStep = 'minute' | 'hour' | 'day'
/** The whole fleet (no config), and the proxies of each config: sums of their rates. Observed. */
export const fleetStats = pgTable(
  'fleet_stats',
  {
    step: text('step').$type<StatsStep>().notNull(),
    at: instant('at').notNull(),
    configId: uuid('config_id'),
    /** That have told something. */
    proxies: integer('proxies').notNull(),
    restarts: integer('restarts').notNull(),
    currentClientConnections: doublePrecision('current_client_connections'),
    currentClientConnectionsPeak: doublePrecision('current_client_connections_peak'),
    currentParentConnections: doublePrecision('current_parent_connections'),
    ...rateColumns(),
    /** Of the hosts that told theirs: the mean, and the busiest. */
    hostLoad: doublePrecision('host_load'),
    hostLoadPeak: doublePrecision('host_load_peak'),
    /** Sums over the hosts that told both. */
    hostMemoryTotalBytes: doublePrecision('host_memory_total_bytes'),
    hostMemoryAvailableBytes: doublePrecision('host_memory_available_bytes'),
    /** Of the fullest host: the share of its memory that programs could not have. */
    hostMemoryUsedPeak: doublePrecision('host_memory_used_peak'),
  },
  (t) => [unique('fleet_stats_key').on(t.step, t.configId, t.at).nullsNotDistinct()],
)

/** One row: how far samples are rolled up, and all that was ever rolled up. Observed. */
export const statsTotals = pgTable('stats_totals', {
  id: integer('id').primaryKey().default(1),
  rolledUpTo: timestamp('rolled_up_to', { withTimezone: true, mode: 'date' }).notNull(),
  /** What is stored now gets this number; nobody adds to those below any more. */
  openStretch: amount('open_stretch').notNull().default(1),
  openSince: timestamp('open_since', { withTimezone: true, mode: 'date' }).notNull().defaultNow(),
  /** The last stretch that is in the sums. */
  summedStretch: amount('summed_stretch').notNull().default(0),
  samples: amount('samples').notNull().default(0),
  restarts: amount('restarts').notNull().default(0),
  ...counterColumns(),
})

/** Who captured a proxy's logs, when and which lines. Audited. */
export const logCaptures = pgTable(
  'log_captures',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    proxyId: uuid('proxy_id')
      .notNull()
      .references(() => proxies.id),
    startedBy: uuid('started_by')
      .notNull()
      .references(() => users.id),
    startedAt: instant('started_at').notNull(),
    until: instant('until').notNull(),
    filter: jsonb('filter').$type<LogFilter>().notNull(),
    mostLines: integer('most_lines').notNull(),
    /** When it was stopped; null: at `until`. */
    stoppedAt: instant('stopped_at'),
  },
  (t) => [index('log_captures_open_idx').on(t.proxyId, t.until).where(sql`${t.stoppedAt} is null`)],
)

/** Captured lines, and gaps in their place, in the order of each proxy. Partitioned by hour of `stored_at`; observed. */
export const proxyLogs = pgTable(
  'proxy_logs',
  {
    proxyId: ofProxy(),
    /** From 1, without holes: what cursors name. */
    position: amount('position').notNull(),
    storedAt: instant('stored_at').notNull(),
    epoch: amount('epoch').notNull(),
    offset: amount('offset').notNull(),
    source: logSourceEnum('source').notNull(),
    at: instant('at'),
    text: text('text').notNull(),
    transaction: text('transaction'),
    client: text('client'),
    method: text('method'),
    url: text('url'),
    host: text('host'),
    ruleLine: integer('rule_line'),
    parent: text('parent'),
    status: smallint('status'),
    durationMs: integer('duration_ms'),
    gap: logGapEnum('gap'),
    lost: integer('lost'),
  },
  (t) => [
    primaryKey({ columns: [t.proxyId, t.position, t.storedAt] }),
    // Few rows: what a viewer is told who missed many lines, and gaps among them.
    index('proxy_logs_gaps_idx').on(t.proxyId, t.position).where(sql`${t.gap} is not null`),
  ],
)

/** How far each proxy's lines are stored, and what capturing them costs. Observed. */
export const proxyLogEnds = pgTable('proxy_log_ends', {
  proxyId: uuid('proxy_id').primaryKey(),
  position: amount('position').notNull().default(0),
  /** Of each epoch, the offset up to which lines are stored. */
  ends: jsonb('ends').$type<Readonly<Record<string, number>>>().notNull().default({}),
  linesPerSecond: real('lines_per_second').notNull(),
  bytesPerSecond: real('bytes_per_second').notNull(),
  atsCpuPercent: real('ats_cpu_percent'),
  problem: text('problem'),
  /** Of the newest report. */
  at: instant('at').notNull(),
})

export const enrolmentTokens = pgTable(
  'enrolment_tokens',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: text('name').notNull(),
    configId: uuid('config_id').references(() => configs.id),
    tokenHash: text('token_hash').notNull(),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
    maxUses: integer('max_uses').notNull(),
    isEphemeral: boolean('is_ephemeral').notNull().default(false),
    uses: integer('uses').notNull().default(0),
    revokedAt: instant('revoked_at'),
  },
  (t) => [uniqueIndex('enrolment_tokens_token_hash_key').on(t.tokenHash)],
)

/** Append-only for the application's role. */
export const auditLogs = pgTable(
  'audit_logs',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull(),
    action: text('action').notNull(),
    actorKind: actorKindEnum('actor_kind').notNull(),
    actorId: uuid('actor_id'),
    actorName: text('actor_name').notNull(),
    entityKind: entityKindEnum('entity_kind').notNull(),
    entityId: uuid('entity_id'),
    entityName: text('entity_name').notNull(),
    /** The field-wise difference, not two documents. */
    oldValue: jsonb('old_value').$type<Record<string, unknown>>(),
    newValue: jsonb('new_value').$type<Record<string, unknown>>(),
    address: text('address').notNull(),
    channel: channelEnum('channel').notNull(),
    requestId: text('request_id').notNull(),
    /** The writing transaction and the door's nonce (xids start again after a restore): the guard asks for both. */
    writtenIn: xid8('written_in').notNull().default(sql`pg_current_xact_id()`),
    nonce: uuid('nonce').notNull(),
  },
  (t) => [
    index('audit_logs_entity_idx').on(t.entityId, t.id),
    index('audit_logs_actor_idx').on(t.actorId, t.id),
    index('audit_logs_action_idx').on(t.action, t.id),
    index('audit_logs_at_idx').on(t.at),
    index('audit_logs_written_in_idx').on(t.writtenIn),
  ],
)

/** What a search of the trail looks through, with its index in drizzle/0018_audit_search.sql (docs/decisions/0036). */
export const searchedText = sql<string>`(${auditLogs.entityName} || ' ' || ${auditLogs.actorName} || ' '
  || coalesce(${auditLogs.oldValue}::text, '') || ' ' || coalesce(${auditLogs.newValue}::text, ''))`
/** And in which entries: not in what a whole fleet writes at once, unless something failed. */
export const isSearched = sql<boolean>`(${auditLogs.action} not in ('proxy.assign', 'proxy.report', 'proxy.acknowledge')
  or ${auditLogs.newValue} ->> 'outcome' not in ('applied', 'unchanged'))`
