/** Proxies in every state that a fleet knows, and the heartbeat that keeps them there. */
import { createHash } from 'node:crypto'
import { type ApplyOutcome, atsGenerationOf, type ProxyStatus } from '../../server/core/vocabulary.ts'
import type { Database } from '../../server/database/connect.ts'
import { observeLastSeen } from '../../server/database/observe.ts'
import { pick, repeatableRandom } from './seed-rules.ts'

/** What a seeded proxy is made to look like. */
export interface PlannedProxy {
  readonly id: string
  readonly hostname: string
  readonly publicKey: string
  readonly status: ProxyStatus
  /** Null: it has not reported yet. */
  readonly atsVersion: string | null
  /** Null: enrolled and never heard of. */
  readonly silentSeconds: number | null
  readonly enrolledDaysAgo: number
}

export interface FailedAttempt {
  readonly outcome: ApplyOutcome
  readonly message: string
}

/** The first seven have one status each, so that a small fleet shows them all; then by share. */
export function planProxies(count: number, seed = 7): PlannedProxy[] {
  const random = repeatableRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const status = statuses[index] ?? statusOf(random())
    const hostname = hostnameAt(index, random)
    const isNew = status === 'unknown' && index % 4 === 3
    return {
      id: idFrom(hostname),
      hostname,
      publicKey: createHash('sha256').update(`key of ${hostname}`).digest('base64url'),
      status,
      atsVersion: isNew ? null : index % 211 === 40 ? '8.1.11' : versionOf(random()),
      silentSeconds: isNew
        ? null
        : status === 'unknown' || status === 'retired'
          ? silence(random)
          : Math.floor(random() * 30),
      enrolledDaysAgo: isNew ? 0 : 1 + Math.floor(random() * 400),
    }
  })
}

export function failureAt(index: number): FailedAttempt {
  return failures[index % failures.length] ?? failures[0]
}

/**
 * Goes on reporting for the proxies that are heard of: each every 30 s, as agents do.
 * @param clock the server's, when a test moves it
 */
export function keepSeen(
  db: Database,
  planned: readonly PlannedProxy[],
  clock = () => new Date(),
): { stop(): Promise<void> } {
  const live = planned.filter(({ silentSeconds }) => silentSeconds !== null && silentSeconds < 30)
  const turns = 6
  let turn = 0
  let running: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    const ids = live.filter((_, index) => index % turns === turn).map(({ id }) => id)
    turn = (turn + 1) % turns
    const seen = new Map(ids.map((id) => [id, clock()]))
    running = observeLastSeen(db, seen).catch(() => {}) // the database may be closing; the next turn says the same
  }, 5_000)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

const statuses: readonly ProxyStatus[] = [
  'in_sync',
  'pending',
  'failed',
  'drifted',
  'unknown',
  'unassigned',
  'retired',
]

function statusOf(share: number): ProxyStatus {
  if (share < 0.84) return 'in_sync'
  if (share < 0.88) return 'pending'
  if (share < 0.9) return 'failed'
  if (share < 0.915) return 'drifted'
  if (share < 0.955) return 'unknown'
  return share < 0.99 ? 'unassigned' : 'retired'
}

function versionOf(share: number): string {
  if (share < 0.45) return '9.2.9'
  if (share < 0.55) return '9.2.11'
  if (share < 0.6) return '10.0.6'
  return share < 0.85 ? '10.1.0' : '10.2.0'
}

function silence(random: () => number): number {
  return 600 + Math.floor(random() ** 3 * 30 * 86_400)
}

const sites = ['fra1', 'gru2', 'iad3', 'lhr1', 'nrt1', 'scl1', 'sin2', 'syd1'] as const
const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** Racks, Kubernetes pods, and now and then a name that fills its column. */
function hostnameAt(index: number, random: () => number): string {
  const number = String(index + 1).padStart(5, '0')
  if (index % 250 === 17) {
    return `egress-proxy-${number}.regional-distribution-and-logistics-centre.department-of-network-services.${pick(random, sites)}.corp.example`
  }
  if (index % 3 !== 2) return `proxy-${number}.${pick(random, sites)}.corp.example`
  const suffix = Array.from({ length: 5 }, () => letters[Math.floor(random() * letters.length)]).join('')
  return `ats-egress-${number}-${suffix}.${pick(random, sites)}.svc.cluster.example`
}

function idFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const failures: readonly [FailedAttempt, ...FailedAttempt[]] = [
  {
    outcome: 'rejected_by_ats',
    message:
      "ATS kept its old ip_allow.yaml: ERROR: ip_allow.yaml failed to load: 'addr' value '10.300.0.0/16' is not a valid IP range at line 12. The files from before were put back.",
  },
  {
    outcome: 'rolled_back',
    message:
      'ATS loaded parent.config, but none of 3 test requests got an answer within 5 s. The files from before were put back.',
  },
  { outcome: 'failed', message: 'Nothing was changed: ENOSPC: no space left on device, write' },
  {
    outcome: 'refused',
    message:
      'Nothing was changed: the offer has sequence 3, this proxy has already applied sequence 5: it is older.',
  },
  {
    outcome: 'failed',
    message:
      'ATS did not say within 30 s that it had loaded parent.config; diags.log ends with "traffic_server: received SIGTERM, shutting down".',
  },
]

/** The ATS generation of a planned proxy, as the server would have found it. */
export function generationOf({ atsVersion }: PlannedProxy) {
  return atsVersion === null ? null : atsGenerationOf(atsVersion)
}
