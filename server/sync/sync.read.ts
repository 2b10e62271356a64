/** What each proxy should run and was last known to run, read for many at once. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { LogFilter } from '../core/log-line.ts'
import type { AtsGeneration } from '../core/vocabulary.ts'
import type { ReadDatabase } from '../database/connect.ts'
import { type AgentStart, configVersions, proxies, proxyReports, versionFiles } from '../database/tables.ts'

export interface SyncState {
  readonly proxyId: string
  readonly hostname: string
  /** Ed25519, base64url of 32 bytes. An enrolment has one key for all its life. */
  readonly publicKey: string
  readonly isRetired: boolean
  readonly sequence: number
  /** Hosts whose parents are to be left out. */
  readonly takenOut: readonly string[]
  readonly atsVersion: string | null
  readonly atsGeneration: AtsGeneration | null
  readonly agentVersion: string | null
  /** The newest first. */
  readonly agentStarts: readonly AgentStart[]
  readonly copiedAt: Date | null
  /** Captures of its logs that were open when this was read, with their ends. */
  readonly captures: readonly StateCapture[]
  /** As last reported. */
  readonly currentConfigHash: string | null
  /** As last acknowledged. */
  readonly attempted: Pick<
    typeof proxyReports.$inferSelect,
    'attemptedSequence' | 'attemptedHash' | 'attemptedOutcome' | 'attemptedMessage'
  >
  /** Null: unassigned, or no rendering for its ATS. */
  readonly desired: {
    readonly configId: string
    readonly versionId: string
    readonly version: number
    readonly hash: string
  } | null
}

export interface StateCapture {
  readonly id: string
  /** ISO instant. */
  readonly until: string
  readonly mostLines: number
  readonly filter: LogFilter
}

/** As JSON, in the row of the proxy: few proxies are captured at a time. */
const openCaptures = sql<readonly StateCapture[]>`coalesce((
  select jsonb_agg(jsonb_build_object('id', c.id, 'until', c.until, 'mostLines', c.most_lines, 'filter', c.filter) order by c.started_at, c.id)
  from log_captures c where c.proxy_id = ${proxies.id} and c.stopped_at is null and c.until > now()), '[]')`

export async function readSyncStates(
  read: ReadDatabase,
  proxyIds: readonly string[],
): Promise<ReadonlyMap<string, SyncState>> {
  const rows = await read
    .select({
      proxyId: proxies.id,
      hostname: proxies.hostname,
      publicKey: proxies.publicKey,
      retiredAt: proxies.retiredAt,
      sequence: proxies.sequence,
      takenOut: proxies.takenOut,
      captures: openCaptures,
      atsVersion: proxies.atsVersion,
      atsGeneration: proxies.atsGeneration,
      agentVersion: proxies.agentVersion,
      currentConfigHash: proxyReports.currentConfigHash,
      agentStarts: proxyReports.agentStarts,
      copiedAt: proxyReports.copiedAt,
      attemptedSequence: proxyReports.attemptedSequence,
      attemptedHash: proxyReports.attemptedHash,
      attemptedOutcome: proxyReports.attemptedOutcome,
      attemptedMessage: proxyReports.attemptedMessage,
      configId: configVersions.configId,
      versionId: configVersions.id,
      version: configVersions.number,
      hash: versionFiles.hash,
    })
    .from(proxies)
    .leftJoin(proxyReports, eq(proxyReports.proxyId, proxies.id))
    .leftJoin(configVersions, eq(configVersions.id, proxies.versionId))
    .leftJoin(
      versionFiles,
      and(eq(versionFiles.versionId, proxies.versionId), eq(versionFiles.generation, proxies.atsGeneration)),
    )
    // One parameter: after a roll-out a whole fleet is read at once.
    .where(sql`${proxies.id} = any(${`{${proxyIds.join(',')}}`}::uuid[])`)
  return new Map(
    rows.map((found) => {
      const { configId, versionId, version, hash, retiredAt, takenOut, agentStarts, ...rest } = found
      const { attemptedSequence, attemptedHash, attemptedOutcome, attemptedMessage, ...row } = rest
      const isOffered = configId !== null && versionId !== null && version !== null && hash !== null
      return [
        row.proxyId,
        {
          ...row,
          agentStarts: agentStarts ?? [],
          attempted: { attemptedSequence, attemptedHash, attemptedOutcome, attemptedMessage },
          takenOut: takenOut.map(({ host }) => host),
          isRetired: retiredAt !== null,
          desired: isOffered ? { configId, versionId, version, hash } : null,
        },
      ]
    }),
  )
}

/** Of those that are not retired. */
export async function readProxyIds(read: ReadDatabase): Promise<string[]> {
  const rows = await read.select({ id: proxies.id }).from(proxies).where(isNull(proxies.retiredAt))
  return rows.map(({ id }) => id)
}

export type OfferedBytes = Pick<typeof versionFiles.$inferSelect, 'files' | 'records'>

export async function readOfferedBytes(
  read: ReadDatabase,
  versionId: string,
  generation: AtsGeneration,
): Promise<OfferedBytes> {
  const [row] = await read
    .select({ files: versionFiles.files, records: versionFiles.records })
    .from(versionFiles)
    .where(and(eq(versionFiles.versionId, versionId), eq(versionFiles.generation, generation)))
  if (!row) throw new Error(`version ${versionId} has no files for ATS ${generation}`)
  return row
}
