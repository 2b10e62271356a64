/** Writes planned proxies and their reports as rows, in bulk, with an audit entry for each. */
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { AuditDraft } from '../../server/database/change.ts'
import { proxies, proxyReports } from '../../server/database/tables.ts'
import type { Operation } from '../../server/operation.ts'
import { failureAt, generationOf, type PlannedProxy } from './seed-proxies.ts'

/** Far below PostgreSQL's 65,535 parameters in one statement. */
const rowsPerStatement = 4_000

/** Enrolled, assigned to nothing yet. */
export async function addProxies(op: Operation, planned: readonly PlannedProxy[], now: Date): Promise<void> {
  if (planned.length === 0) return
  await op.change(async (tx) => {
    for (const batch of batches(planned)) {
      await tx.insert(proxies).values(
        batch.map((proxy) => ({
          id: proxy.id,
          hostname: proxy.hostname,
          publicKey: proxy.publicKey,
          atsVersion: proxy.atsVersion,
          atsGeneration: generationOf(proxy),
          agentVersion: proxy.atsVersion === null ? null : '0.1.0',
          enrolledAt: before(now, proxy.enrolledDaysAgo * 86_400),
          retiredAt: proxy.status === 'retired' ? before(now, 86_400) : null,
        })),
      )
    }
    return { result: null, audit: draftsOf(planned, 'proxy.enrol', ({ hostname }) => ({ hostname })) }
  })
}

interface Intent extends Record<string, unknown> {
  readonly id: string
  readonly sequence: number
  /** Null: unassigned, or an ATS that nothing is rendered for. */
  readonly desired: string | null
  /** Of the version before. */
  readonly previous: string | null
}

/** What each agent has tried and runs, so that the server computes the planned status from it. */
export async function addReports(op: Operation, planned: readonly PlannedProxy[], now: Date): Promise<void> {
  if (planned.length === 0) return
  await op.change(async (tx) => {
    const intents = await tx.execute<Intent>(sql`
      select p.id, p.sequence, f.hash as desired, b.hash as previous
      from proxies p
      left join version_files f on f.version_id = p.version_id and f.generation = p.ats_generation
      left join config_versions v on v.id = p.version_id
      left join config_versions w on w.config_id = v.config_id and w.number = v.number - 1
      left join version_files b on b.version_id = w.id and b.generation = p.ats_generation`)
    const intentOf = new Map(intents.map((intent) => [intent.id, intent]))
    const rows = planned.map((proxy, index) => ({
      proxyId: proxy.id,
      lastSeenAt: proxy.silentSeconds === null ? null : before(now, proxy.silentSeconds),
      ...reportOf(proxy, index, intentOf.get(proxy.id), now),
    }))
    for (const batch of batches(rows)) await tx.insert(proxyReports).values(batch)
    const byId = new Map(rows.map((row) => [row.proxyId, row]))
    const audit = draftsOf(planned, 'proxy.acknowledge', ({ id }) => {
      const row = byId.get(id)
      return {
        attemptedHash: row?.attemptedHash ?? null,
        outcome: row?.attemptedOutcome ?? null,
        message: row?.attemptedMessage ?? null,
        runningHash: row?.currentConfigHash ?? null,
      }
    })
    return { result: null, audit }
  })
}

function reportOf(
  { status, hostname, silentSeconds }: PlannedProxy,
  index: number,
  intent: Intent | undefined,
  now: Date,
): Partial<typeof proxyReports.$inferInsert> {
  const desired = intent?.desired ?? null
  const previous = intent?.previous ?? null
  if (silentSeconds === null || desired === null) return { currentConfigHash: previous }
  const attemptedAt = before(now, silentSeconds + 3_600 + (index % 977) * 60)
  const tried = (hash: string, sequence: number) => ({
    attemptedHash: hash,
    attemptedSequence: sequence,
    attemptedAt,
    reloadRequestedAt: before(attemptedAt, 4.2),
    loadedAt: before(attemptedAt, 0.1),
    attemptedOutcome: 'applied' as const,
    attemptedMessage: '',
  })
  const sequence = intent?.sequence ?? 1
  switch (status) {
    case 'pending':
      return previous === null
        ? { currentConfigHash: null }
        : { currentConfigHash: previous, ...tried(previous, Math.max(1, sequence - 1)) }
    case 'failed': {
      const { outcome, message } = failureAt(index)
      return {
        currentConfigHash: previous,
        ...tried(desired, sequence),
        loadedAt: null,
        attemptedOutcome: outcome,
        attemptedMessage: message,
      }
    }
    case 'drifted': {
      const edited = createHash('sha256').update(`edited by hand on ${hostname}`).digest('hex')
      return { currentConfigHash: edited, ...tried(desired, sequence) }
    }
    default:
      return { currentConfigHash: desired, ...tried(desired, sequence) }
  }
}

function draftsOf(
  planned: readonly PlannedProxy[],
  action: AuditDraft['action'],
  news: (proxy: PlannedProxy) => Readonly<Record<string, unknown>>,
): [AuditDraft, ...AuditDraft[]] {
  const [first, ...rest] = planned.map(
    (proxy): AuditDraft => ({
      action,
      entity: { kind: 'proxy', id: proxy.id, name: proxy.hostname },
      new: news(proxy),
    }),
  )
  if (!first) throw new Error('no proxies to write')
  return [first, ...rest]
}

function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    yield rows.slice(start, start + rowsPerStatement)
  }
}

function before(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() - seconds * 1_000)
}
