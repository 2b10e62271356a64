/** Reads proxies; their status is computed here, from intent, attempt, report and freshness, and nowhere else. */
import { and, asc, count, eq, getTableColumns, ilike, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { type ApplyOutcome, type ProxyStatus, pollIntervalSeconds } from '../core/vocabulary.ts'
import { configProxies, proxies, proxyReports, versionFiles } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { countOf, isId, likePattern, type Page, type PageRequest, pageOf, requireId } from '../paging.ts'

/** Silent for three times the usual interval: nothing is known any more. */
export const silentAfterSeconds = 3 * pollIntervalSeconds

export interface ProxyRow {
  readonly id: string
  readonly hostname: string
  readonly versionId: string | null
  readonly sequence: number
  readonly atsVersion: string | null
  readonly atsGeneration: (typeof proxies.$inferSelect)['atsGeneration']
  readonly agentVersion: string | null
  readonly enrolledAt: Date
  readonly retiredAt: Date | null
  readonly desiredHash: string | null
  readonly status: ProxyStatus
  readonly isOnline: boolean
  readonly lastSeenAt: Date | null
  readonly currentConfigHash: string | null
  readonly attemptedHash: string | null
  readonly attemptedOutcome: ApplyOutcome | null
  readonly attemptedMessage: string | null
  readonly attemptedAt: Date | null
  readonly reloadRequestedAt: Date | null
  readonly loadedAt: Date | null
}

function isOnline(at: Date): SQL<boolean> {
  const limit = new Date(at.getTime() - silentAfterSeconds * 1000).toISOString()
  return sql<boolean>`coalesce(${proxyReports.lastSeenAt} > ${limit}::timestamptz, false)`
}

/** First match wins. A failed attempt counts only for what is desired now. */
function statusAt(at: Date): SQL<ProxyStatus> {
  const { attemptedHash, attemptedOutcome, attemptedSequence, currentConfigHash } = proxyReports
  const triedThis = sql`(${attemptedHash} = ${versionFiles.hash} and ${attemptedSequence} = ${proxies.sequence})`
  return sql<ProxyStatus>`case
    when ${proxies.retiredAt} is not null then 'retired'
    when not ${isOnline(at)} then 'unknown'
    when ${proxies.versionId} is null then 'unassigned'
    when ${currentConfigHash} = ${versionFiles.hash} then 'in_sync'
    when ${triedThis} and ${attemptedOutcome} in ('applied', 'unchanged') then 'drifted'
    when ${triedThis} then 'failed'
    else 'pending' end`
}

/** One row per proxy, with what it should run for its own ATS generation. */
function selectProxies(op: Operation) {
  const {
    publicKey: _key,
    enrolmentTokenId: _token,
    followsConfigId: _follows,
    ...columns
  } = getTableColumns(proxies)
  const { proxyId: _proxy, attemptedSequence: _sequence, ...report } = getTableColumns(proxyReports)
  return op.read
    .select({
      ...columns,
      ...report,
      desiredHash: versionFiles.hash,
      status: statusAt(op.now),
      isOnline: isOnline(op.now),
    })
    .from(proxies)
    .leftJoin(proxyReports, eq(proxyReports.proxyId, proxies.id))
    .leftJoin(
      versionFiles,
      and(eq(versionFiles.versionId, proxies.versionId), eq(versionFiles.generation, proxies.atsGeneration)),
    )
    .$dynamic()
}

export const proxyById: BatchRead<string, ProxyRow> = async (op, ids) => {
  const rows = await selectProxies(op).where(inArray(proxies.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}

/** @throws Refusal NOT_FOUND */
export async function readProxy(op: Operation, id: string): Promise<ProxyRow> {
  const row = await op.load(proxyById, requireId(id, 'proxy'))
  if (!row) throw new Refusal('NOT_FOUND', `There is no proxy with the id "${id}".`)
  return row
}

export interface ProxyFilter {
  readonly search?: string | null | undefined
  readonly status?: ProxyStatus | null | undefined
  /** Named by this config's working copy. */
  readonly configId?: string | null | undefined
  readonly where?: SQL | undefined
}

/** By hostname. Retired proxies are listed only when asked for by status or by config. */
export async function readProxies(
  op: Operation,
  filter: ProxyFilter,
  page: PageRequest,
): Promise<Page<ProxyRow>> {
  const listed = (configId: string) =>
    inArray(
      proxies.id,
      op.read
        .select({ id: configProxies.proxyId })
        .from(configProxies)
        .where(eq(configProxies.configId, configId)),
    )
  const matches = and(
    filter.search ? ilike(proxies.hostname, likePattern(filter.search)) : undefined,
    filter.status ? eq(statusAt(op.now), filter.status) : undefined,
    filter.configId ? (isId(filter.configId) ? listed(filter.configId) : sql`false`) : undefined,
    filter.where,
    filter.status === 'retired' || filter.configId ? undefined : isNull(proxies.retiredAt),
  )
  const after =
    page.after && sql`(${proxies.hostname}, ${proxies.id}) > (${page.after[0]}, ${page.after[1]}::uuid)`
  const rows = await selectProxies(op)
    .where(and(matches, after ?? undefined))
    .orderBy(asc(proxies.hostname), asc(proxies.id))
    .limit(page.first + 1)
  const counted = () =>
    countOf(
      op.read
        .select({ n: count() })
        .from(proxies)
        .leftJoin(proxyReports, eq(proxyReports.proxyId, proxies.id))
        .leftJoin(
          versionFiles,
          and(
            eq(versionFiles.versionId, proxies.versionId),
            eq(versionFiles.generation, proxies.atsGeneration),
          ),
        )
        .where(matches),
    )
  return pageOf(rows, page, (row) => [row.hostname, row.id], counted)
}

/** The status in one sentence, with the numbers and words that led to it. */
export function statusReason(proxy: ProxyRow): string {
  switch (proxy.status) {
    case 'retired':
      return 'It was retired; its agent is no longer heard.'
    case 'unknown':
      return proxy.lastSeenAt === null
        ? 'Its agent has not reported yet.'
        : `Its agent has been silent since ${proxy.lastSeenAt.toISOString()}; it keeps serving what it had.`
    case 'unassigned':
      return 'No approved config names it; it keeps the files it has.'
    case 'in_sync':
      return 'It runs exactly what was approved.'
    case 'drifted':
      return 'It had applied what was approved, but what lies on its disk now is something else.'
    case 'failed':
      return proxy.attemptedMessage ?? 'The last attempt failed.'
    case 'pending':
      return pendingReason(proxy)
  }
}

function pendingReason(proxy: ProxyRow): string {
  if (proxy.atsVersion === null) return 'Its agent has not said which ATS it runs.'
  if (proxy.atsGeneration === null) {
    return `ATS ${proxy.atsVersion} is not supported (9.2, 10.0, 10.1 and 10.2 are), so nothing is offered.`
  }
  return 'Its agent has been told and has not finished yet.'
}
