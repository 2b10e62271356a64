/** Core's closed sets as GraphQL enums, each with its description. */
import { registerEnumType } from 'type-graphql'
import { RuleChangeKind } from '../core/diff.ts'
import { FindingKind } from '../core/import-finding.ts'
import { LogGap, LogSource } from '../core/log-line.ts'
import * as words from '../core/vocabulary.ts'

/** Types of owned ATS records, as records.config writes them. */
export const RecordType = { INT: 'INT', FLOAT: 'FLOAT', STRING: 'STRING' } as const
export type RecordType = (typeof RecordType)[keyof typeof RecordType]
/** A session either is active or the beacon is refused. */
export const SessionStatus = { ACTIVE: 'active' } as const
export type SessionStatus = (typeof SessionStatus)[keyof typeof SessionStatus]

const described: readonly (readonly [object, string, string])[] = [
  [
    FindingKind,
    'FindingKind',
    'LOST: not in the config. CHANGED: there with another meaning. NOTED: nothing that decides is missing.',
  ],
  [
    RuleChangeKind,
    'RuleChangeKind',
    'What became of a rule. CHANGED: a field is another. MOVED: it stands elsewhere in the order.',
  ],
  [
    LogSource,
    'LogSource',
    'DEBUG: ATS’s account of how it chose a parent, ten lines a request. ACCESS: a line a request, when it is over.',
  ],
  [
    LogGap,
    'LogGap',
    'Why lines are missing. SKIPPED: the agent was too far behind. LIMIT: the capture has all the lines that it may have. SLOW: its regular expression took too long. TRUNCATED: the file was cut before it was read.',
  ],
  [words.Route, 'Route', 'Where a request goes: straight to the origin, or through a parent proxy.'],
  [
    words.RuleKind,
    'RuleKind',
    'DOMAIN: the name and all below it. HOST: exactly it. IP_RANGE: a CIDR, `a-b` or one address, v4 or v6.',
  ],
  [
    words.Verdict,
    'Verdict',
    'What becomes of a request. DENIED: the proxy itself refuses it. DEPENDS_ON_ADDRESS: IP range rules decide, and the address of the name is not known.',
  ],
  [
    words.RouteExpectation,
    'RouteExpectation',
    'What a route test expects. PRIMARY: the parents, and the first enabled one is tried first.',
  ],
  [words.ClientAction, 'ClientAction', 'Whether clients in a range may use the proxy.'],
  [
    words.ParentSelection,
    'ParentSelection',
    'How a parent is picked among the enabled ones: the first that works, in turn, the last that worked, by client address, or by URL.',
  ],
  [words.ConfigStatus, 'ConfigStatus', 'Status of a config’s working copy.'],
  [words.VersionStatus, 'VersionStatus', 'ACTIVE: the newest approved version. SUPERSEDED: an older one.'],
  [
    words.ProxyStatus,
    'ProxyStatus',
    'Computed when read, from intent, last attempt, last report and its freshness.',
  ],
  [
    words.ProxySort,
    'ProxySort',
    'What a list of proxies is ordered by; ties by hostname, proxies without a value last in both directions. STATUS: by urgency (FAILED, DRIFTED, UNKNOWN, PENDING, IN_SYNC, UNASSIGNED, RETIRED). CONFIG: by the name of the config whose version each should run. ATS_VERSION: number by number. REQUESTS (a second) and CONNECTIONS (of clients, open): as the agent told at most 3 minutes ago.',
  ],
  [
    words.RunningFilesSource,
    'RunningFilesSource',
    'VERSION: the disk has the hash of an approved version, so these are its bytes. REPORTED: the agent sent what it found.',
  ],
  [
    words.ParentEventKind,
    'ParentEventKind',
    'What ATS did with a parent. FAILING: a connection failed, it is still tried. DOWN: passed over until the retry time is over. RESTORED: it answered again. RESET: parent.config was loaded, by a reload or a start, which forgets all of it.',
  ],
  [
    words.ParentState,
    'ParentState',
    'How a proxy last said that it holds a parent; UNKNOWN: its agent has told of none yet.',
  ],
  [
    words.ApplyOutcome,
    'ApplyOutcome',
    'What became of an offer. APPLIED: ATS loaded it. UNCHANGED: other bytes, same meaning, no reload. REJECTED_BY_ATS: not loaded, old set back. ROLLED_BACK: broke traffic, old set back. REFUSED: by the agent. FAILED: could not write or confirm.',
  ],
  [
    words.AtsGeneration,
    'AtsGeneration',
    'The generations of Apache Traffic Server that files are rendered for.',
  ],
  [words.Role, 'Role', 'ROOT > ADMIN > REGULAR, which may only read.'],
  [words.ApiScope, 'ApiScope', 'What an API token may be used for; never more than its owner’s role allows.'],
  [
    words.ApprovalPolicy,
    'ApprovalPolicy',
    'Who approves: the submitter’s own second confirmation, or somebody who neither submitted nor edited.',
  ],
  [words.DriftPolicy, 'DriftPolicy', 'What becomes of an edit by hand of approved files or records.'],
  [words.EntityKind, 'EntityKind', 'Kinds of things that audit entries and changes are about.'],
  [words.ActorKind, 'ActorKind', 'Kinds of actors in the audit trail.'],
  [words.Channel, 'Channel', 'Through which door an action came in.'],
  [RecordType, 'RecordType', 'Type of an ATS record.'],
  [SessionStatus, 'SessionStatus', 'State of the caller’s session.'],
]

for (const [set, name, description] of described) registerEnumType(set, { name, description })
