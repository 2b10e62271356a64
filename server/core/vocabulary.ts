/** The closed sets of words that the database, GraphQL, the agent and the web app share. */

/** Where a request goes: the enum of a rule's `action` and of `defaultAction`. */
export const Route = { DIRECT: 'direct', PARENT: 'parent' } as const
export type Route = (typeof Route)[keyof typeof Route]

/**
 * What becomes of a request. DENIED: it reaches nobody, the proxy itself refuses it. DEPENDS_ON_ADDRESS: IP range
 * rules decide, and the address of the name is not known.
 */
export const Verdict = {
  DIRECT: 'direct',
  PARENT: 'parent',
  DENIED: 'denied',
  DEPENDS_ON_ADDRESS: 'depends_on_address',
} as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** What a route test expects; PRIMARY: the parents, and the first enabled one is tried first. */
export const RouteExpectation = {
  DIRECT: 'direct',
  PARENT: 'parent',
  PRIMARY: 'primary',
  DENIED: 'denied',
} as const
export type RouteExpectation = (typeof RouteExpectation)[keyof typeof RouteExpectation]

/** DOMAIN = the name and all below it; HOST = exactly it; IP_RANGE = CIDR, `a-b`, or one address. */
export const RuleKind = { DOMAIN: 'domain', HOST: 'host', IP_RANGE: 'ip_range' } as const
export type RuleKind = (typeof RuleKind)[keyof typeof RuleKind]

export const ClientAction = { ALLOW: 'allow', DENY: 'deny' } as const
export type ClientAction = (typeof ClientAction)[keyof typeof ClientAction]

/** How ATS picks among the enabled parents of a PARENT rule. */
export const ParentSelection = {
  PRIMARY_FIRST: 'primary_first',
  ROUND_ROBIN: 'round_robin',
  STICKY: 'sticky',
  BY_CLIENT: 'by_client',
  BY_URL: 'by_url',
} as const
export type ParentSelection = (typeof ParentSelection)[keyof typeof ParentSelection]

/** Status of a config's working copy. */
export const ConfigStatus = {
  DRAFT: 'draft',
  PENDING_APPROVAL: 'pending_approval',
  ACTIVE: 'active',
} as const
export type ConfigStatus = (typeof ConfigStatus)[keyof typeof ConfigStatus]

/** Status of an approved version: the newest runs, the others are history. */
export const VersionStatus = { ACTIVE: 'active', SUPERSEDED: 'superseded' } as const
export type VersionStatus = (typeof VersionStatus)[keyof typeof VersionStatus]

/** Computed when read, from intent, attempt, report and freshness; never stored. */
export const ProxyStatus = {
  UNASSIGNED: 'unassigned',
  PENDING: 'pending',
  IN_SYNC: 'in_sync',
  FAILED: 'failed',
  DRIFTED: 'drifted',
  UNKNOWN: 'unknown',
  RETIRED: 'retired',
} as const
export type ProxyStatus = (typeof ProxyStatus)[keyof typeof ProxyStatus]

/** The statuses in the order of urgency: what somebody has to look at comes first. */
export const proxyStatusesByUrgency: readonly ProxyStatus[] = [
  'failed',
  'drifted',
  'unknown',
  'pending',
  'in_sync',
  'unassigned',
  'retired',
]

/** By what a list of proxies can be ordered. */
export const ProxySort = {
  HOSTNAME: 'hostname',
  STATUS: 'status',
  CONFIG: 'config',
  ATS_VERSION: 'ats_version',
  LAST_SEEN: 'last_seen',
  ENROLLED_AT: 'enrolled_at',
  REQUESTS: 'requests',
  CONNECTIONS: 'connections',
  ERROR_RATE: 'error_rate',
  RAM_CACHE_HIT_RATIO: 'ram_cache_hit_ratio',
} as const
export type ProxySort = (typeof ProxySort)[keyof typeof ProxySort]

/** How the server knows the bytes on a proxy's disk: by their hash, or because the agent sent them. */
export const RunningFilesSource = { VERSION: 'version', REPORTED: 'reported' } as const
export type RunningFilesSource = (typeof RunningFilesSource)[keyof typeof RunningFilesSource]

/**
 * What ATS did with a parent. FAILING: a connection failed, it is still tried. DOWN: passed over until the retry time
 * is over. RESTORED: answered again. RESET: parent.config was loaded, which forgets all of it.
 */
export const ParentEventKind = {
  FAILING: 'failing',
  DOWN: 'down',
  RESTORED: 'restored',
  RESET: 'reset',
} as const
export type ParentEventKind = (typeof ParentEventKind)[keyof typeof ParentEventKind]

/** How a proxy last said that it holds a parent. UNKNOWN: its agent has told of no parent yet. */
export const ParentState = { UP: 'up', FAILING: 'failing', DOWN: 'down', UNKNOWN: 'unknown' } as const
export type ParentState = (typeof ParentState)[keyof typeof ParentState]

/**
 * What became of an offer that an agent tried.
 * APPLIED: ATS loaded it. UNCHANGED: bytes written, same meaning, no reload. REJECTED_BY_ATS: did not load,
 * old set back. ROLLED_BACK: loaded, broke traffic, old set back. REFUSED: by the agent (signature, sequence,
 * path, size). FAILED: could not write or confirm.
 */
export const ApplyOutcome = {
  APPLIED: 'applied',
  UNCHANGED: 'unchanged',
  REJECTED_BY_ATS: 'rejected_by_ats',
  ROLLED_BACK: 'rolled_back',
  REFUSED: 'refused',
  FAILED: 'failed',
} as const
export type ApplyOutcome = (typeof ApplyOutcome)[keyof typeof ApplyOutcome]

/** The ATS generations that files are rendered for; any other gets no offer. */
export const AtsGeneration = { ATS_9_2: '9.2', ATS_10_0: '10.0', ATS_10_1: '10.1', ATS_10_2: '10.2' } as const
export type AtsGeneration = (typeof AtsGeneration)[keyof typeof AtsGeneration]
export const atsGenerations: readonly AtsGeneration[] = Object.values(AtsGeneration)

/** `9.2.9` → `9.2`; null for a version that is not supported. */
export function atsGenerationOf(version: string): AtsGeneration | null {
  const found = /^(\d+\.\d+)(\.|$)/.exec(version.trim())?.[1]
  return atsGenerations.find((generation) => generation === found) ?? null
}

export const Role = { ROOT: 'root', ADMIN: 'admin', REGULAR: 'regular' } as const
export type Role = (typeof Role)[keyof typeof Role]

/**
 * What an API token may be used for; never more than its owner's role allows. AUTHOR: make, edit, submit, restore and
 * retire configs. OPERATE: what is done to proxies, and the tokens that let them in.
 */
export const ApiScope = { READ: 'read', AUTHOR: 'author', APPROVE: 'approve', OPERATE: 'operate' } as const
export type ApiScope = (typeof ApiScope)[keyof typeof ApiScope]

/**
 * Why a session is over. SILENT: two minutes without a beacon. EXPIRED: it lasted as long as any may. ENDED: by somebody,
 * or by a change of the account. COPIED: an old state of its cookie turned up, so that two have it.
 */
export const SessionEnd = {
  LOGGED_OUT: 'logged_out',
  ENDED: 'ended',
  SILENT: 'silent',
  EXPIRED: 'expired',
  COPIED: 'copied',
} as const
export type SessionEnd = (typeof SessionEnd)[keyof typeof SessionEnd]

export const ApprovalPolicy = { SAME_USER: 'same_user', SECOND_PERSON: 'second_person' } as const
export type ApprovalPolicy = (typeof ApprovalPolicy)[keyof typeof ApprovalPolicy]

/** What becomes of an edit by hand of what was approved. LEAVE: it stays until something new is approved, or a retry. */
export const DriftPolicy = { RESTORE: 'restore', LEAVE: 'leave' } as const
export type DriftPolicy = (typeof DriftPolicy)[keyof typeof DriftPolicy]

/** Kinds of things that audit entries and announcements are about. */
export const EntityKind = {
  CONFIG: 'config',
  PROXY: 'proxy',
  USER: 'user',
  SESSION: 'session',
  API_TOKEN: 'api_token',
  ENROLMENT_TOKEN: 'enrolment_token',
  SETTINGS: 'settings',
  AUDIT: 'audit',
} as const
export type EntityKind = (typeof EntityKind)[keyof typeof EntityKind]

export const ActorKind = { USER: 'user', AGENT: 'agent', SYSTEM: 'system', ANONYMOUS: 'anonymous' } as const
export type ActorKind = (typeof ActorKind)[keyof typeof ActorKind]

/** Through which door an action came in. */
export const Channel = { UI: 'ui', API: 'api', AGENT: 'agent', SYSTEM: 'system' } as const
export type Channel = (typeof Channel)[keyof typeof Channel]

/** Every audited action: noun.verb, as the verb's file. */
export const auditActions = [
  'access.refuse',
  'audit.export',
  'config.create',
  'config.clone',
  'config.import',
  'config.update',
  'config.submit',
  'config.approve',
  'config.reject',
  'config.restore',
  'config.retire',
  'proxy.enrol',
  'proxy.assign',
  'proxy.report',
  'proxy.acknowledge',
  'proxy.retire',
  'proxy.retry',
  'parent.withdraw',
  'parent.return',
  'log_capture.start',
  'log_capture.stop',
  'log_lines.export',
  'log_lines.delete',
  'session.login',
  'session.refuse',
  'session.confirm',
  'session.logout',
  'session.end',
  'session.expire',
  'session.end_copied',
  'user.create',
  'user.change_role',
  'user.disable',
  'user.enable',
  'user.link_password',
  'user.choose_password',
  'user.change_password',
  'user.start_second_factor',
  'user.enable_second_factor',
  'user.disable_second_factor',
  'user.reset_second_factor',
  'user.renew_recovery_codes',
  'api_token.create',
  'api_token.revoke',
  'enrolment_token.create',
  'enrolment_token.revoke',
  'settings.update',
] as const
export type AuditAction = (typeof auditActions)[number]

/** The agent's usual interval; a proxy silent for three of them is UNKNOWN. */
export const pollIntervalSeconds = 30
/** The UI's beacon interval, and the silence after which a session is over. */
export const beaconIntervalSeconds = 30
export const sessionSilenceSeconds = 120
/** So long a cookie is still good after the one that took its place was first sent. */
export const graceSeconds = 30
/** So long after giving their password people may do what asks for it again. */
export const confirmedSeconds = 600
