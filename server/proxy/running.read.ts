/** From the hash that a proxy runs or tried to the version and the bytes that have it. */
import { desc, eq, inArray } from 'drizzle-orm'
import type { RunningFilesSource } from '../core/vocabulary.ts'
import { configVersions, proxyFiles, type StoredRecord, versionFiles } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import type { ProxyRow } from './proxy.read.ts'

type Content = Pick<typeof versionFiles.$inferSelect, 'files' | 'records'>
type ReportedRow = typeof proxyFiles.$inferSelect

/** Versions with these bytes for some ATS generation, the newest first: a note that changes makes another version of them. */
const versionIdsByHash: BatchRead<string, readonly string[]> = async (op, hashes) => {
  const rows = await op.read
    .select({ hash: versionFiles.hash, versionId: versionFiles.versionId })
    .from(versionFiles)
    .innerJoin(configVersions, eq(configVersions.id, versionFiles.versionId))
    .where(inArray(versionFiles.hash, [...hashes]))
    .orderBy(desc(configVersions.approvedAt), desc(configVersions.number))
  const groups = new Map<string, string[]>(hashes.map((hash) => [hash, []]))
  for (const { hash, versionId } of rows) groups.get(hash)?.push(versionId)
  return groups
}

/** The version with these bytes: the one that the proxy should run if it has them, else the newest; null for none. */
export async function versionIdOf(
  op: Operation,
  hash: string | null,
  wantedVersionId: string | null,
): Promise<string | null> {
  if (hash === null) return null
  const ids = (await op.load(versionIdsByHash, hash)) ?? []
  return ids.find((id) => id === wantedVersionId) ?? ids[0] ?? null
}

/** The same hash means the same bytes: any row that has it will do. */
const contentByHash: BatchRead<string, Content> = async (op, hashes) => {
  const rows = await op.read
    .selectDistinctOn([versionFiles.hash], {
      hash: versionFiles.hash,
      files: versionFiles.files,
      records: versionFiles.records,
    })
    .from(versionFiles)
    .where(inArray(versionFiles.hash, [...hashes]))
  return new Map(rows.map(({ hash, ...content }) => [hash, content]))
}

const reportedByProxyId: BatchRead<string, ReportedRow> = async (op, ids) => {
  const rows = await op.read
    .select()
    .from(proxyFiles)
    .where(inArray(proxyFiles.proxyId, [...ids]))
  return new Map(rows.map((row) => [row.proxyId, row]))
}

export interface RunningFilesRow {
  readonly source: RunningFilesSource
  readonly at: Date | null
  readonly files: readonly { readonly name: string; readonly content: string; readonly sha256: string }[]
  readonly records: readonly StoredRecord[]
}

/**
 * What lies on a proxy's disk, if its hash is a version's or its agent has sent what has that hash. Without a hash
 * nothing of ours was applied: then it is what the agent has found there.
 */
export async function readRunningFiles(
  op: Operation,
  proxy: Pick<ProxyRow, 'id' | 'currentConfigHash'>,
): Promise<RunningFilesRow | null> {
  const { id, currentConfigHash: hash } = proxy
  if (hash === null) return readFoundFiles(op, proxy)
  const [content, reported] = await Promise.all([
    op.load(contentByHash, hash),
    op.load(reportedByProxyId, id),
  ])
  if (content) return { source: 'version', at: null, ...content }
  return reported?.hash === hash ? foundFilesOf(reported) : null
}

/** The newest that its agent found there and nobody had approved, also after it was put right. */
export async function readFoundFiles(
  op: Operation,
  { id }: Pick<ProxyRow, 'id'>,
): Promise<RunningFilesRow | null> {
  const reported = await op.load(reportedByProxyId, id)
  return reported ? foundFilesOf(reported) : null
}

function foundFilesOf({ files, records, reportedAt }: ReportedRow): RunningFilesRow {
  return { source: 'reported', at: reportedAt, files, records }
}

/** Whether some version has these bytes, so that nobody needs to send them. */
export async function isVersionHash(op: Operation, hash: string): Promise<boolean> {
  return ((await op.load(versionIdsByHash, hash)) ?? []).length > 0
}
