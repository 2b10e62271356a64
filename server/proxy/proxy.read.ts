/** Reads proxies; their status is computed here, from intent, attempt, report and freshness, and nowhere else. */
import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  ilike,
  inArray,
  isNull,
  type SQL,
  sql,
} from 'drizzle-orm'
import { limits } from '../core/config-document.ts'
import { Refusal, refuseInput } from '../core/refusal.ts'
import {
  type ApplyOutcome,
  type AtsGeneration,
  type ProxyStatus,
  pollIntervalSeconds,
  proxyStatusesByUrgency,
} from '../core/vocabulary.ts'
import {
  type AgentStart,
  configProxies,
  configs,
  configVersions,
  proxies,
  proxyReports,
  proxyStatsNewest,
  type TakenOutParent,
  versionFiles,
} from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { countOf, isId, likePattern, type Page, pageOf, requireId } from '../paging.ts'
import { isWithinBounds, type LiveFilter } from './live-numbers.read.ts'
import { cursorOf, orderedBy, type ProxyPageRequest } from './proxy-page.read.ts'

/** Silent for three times the usual interval: nothing is known any more. */
export const silentAfterSeconds = 3 * pollIntervalSeconds

export interface ProxyRow {
  readonly id: string
  readonly hostname: string
  readonly versionId: string | null
  readonly sequence: number
  readonly takenOut: readonly TakenOutParent[]
  readonly atsVersion: string | null
  readonly atsGeneration: AtsGeneration | null
  readonly agentVersion: string | null
  readonly enrolledAt: Date
  readonly retiredAt: Date | null
  readonly isEphemeral: boolean
  readonly captureLogsUntil: Date | null
  readonly agentStarts: readonly AgentStart[] | null
  readonly copiedAt: Date | null
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

function proxyColumns(op: Operation) {
  const {
    publicKey: _key,
    enrolmentTokenId: _token,
    followsConfigId: _follows,
    ...columns
  } = getTableColumns(proxies)
  const { proxyId: _proxy, attemptedSequence: _sequence, ...report } = getTableColumns(proxyReports)
  return {
    ...columns,
    ...report,
    desiredHash: versionFiles.hash,
    status: statusAt(op.now),
    isOnline: isOnline(op.now),
  }
}

/** What a status is computed from: the report … */
const withReport = [proxyReports, eq(proxyReports.proxyId, proxies.id)] as const
/** … and what should run, for the proxy's own ATS generation. */
const withDesired = [
  versionFiles,
  and(eq(versionFiles.versionId, proxies.versionId), eq(versionFiles.generation, proxies.atsGeneration)),
] as const

/** The config whose version it should run. */
const withVersion = [configVersions, eq(configVersions.id, proxies.versionId)] as const
const withConfig = [configs, eq(configs.id, configVersions.configId)] as const

/** For orders and filters by live numbers; PostgreSQL leaves it out of others by itself. */
const withNewestStats = [proxyStatsNewest, eq(proxyStatsNewest.proxyId, proxies.id)] as const

export const proxyById: BatchRead<string, ProxyRow> = async (op, ids) => {
  const rows = await op.read
    .select(proxyColumns(op))
    .from(proxies)
    .leftJoin(...withReport)
    .leftJoin(...withDesired)
    .where(inArray(proxies.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}

/** @throws Refusal NOT_FOUND */
export async function readProxy(op: Operation, id: string): Promise<ProxyRow> {
  const row = await op.load(proxyById, requireId(id, 'proxy'))
  if (!row) throw new Refusal('NOT_FOUND', `There is no proxy with the id "${id}".`)
  return row
}

/** Every proxy, retired ones as well, that has enrolled under a hostname; the newest first. */
export const proxiesByHostname: BatchRead<string, readonly ProxyRow[]> = async (op, hostnames) => {
  const rows = await op.read
    .select(proxyColumns(op))
    .from(proxies)
    .leftJoin(...withReport)
    .leftJoin(...withDesired)
    .where(inArray(proxies.hostname, [...hostnames]))
    .orderBy(desc(proxies.enrolledAt), asc(proxies.id))
  return new Map(hostnames.map((hostname) => [hostname, rows.filter((row) => row.hostname === hostname)]))
}

export interface ProxyFilter {
  readonly search?: string | null | undefined
  readonly status?: ProxyStatus | null | undefined
  /** Named by this config's working copy. */
  readonly configId?: string | null | undefined
  /** Should run a version of this config now. */
  readonly runsConfigId?: string | null | undefined
  readonly atsGeneration?: AtsGeneration | null | undefined
  /** Only proxies whose live numbers are within these bounds. */
  readonly live?: LiveFilter | null | undefined
  /** None but these. */
  readonly ids?: readonly string[] | null | undefined
  readonly where?: SQL | undefined
}

/** Retired proxies are listed only when asked for by status, by config or by id. */
function matches(op: Operation, filter: ProxyFilter): SQL | undefined {
  return and(
    isWithin(op, filter),
    filter.status ? eq(statusAt(op.now), filter.status) : undefined,
    filter.status === 'retired' || filter.configId || filter.ids ? undefined : isNull(proxies.retiredAt),
  )
}

/** Everything but the status. */
function isWithin(op: Operation, filter: ProxyFilter): SQL | undefined {
  const { search, configId, runsConfigId, atsGeneration, live, ids } = filter
  return and(
    search ? ilike(proxies.hostname, likePattern(search)) : undefined,
    configId ? (isId(configId) ? isListed(op, configId) : sql`false`) : undefined,
    runsConfigId ? (isId(runsConfigId) ? shouldRun(op, runsConfigId) : sql`false`) : undefined,
    atsGeneration ? eq(proxies.atsGeneration, atsGeneration) : undefined,
    live ? isWithinBounds(live, op.now) : undefined,
    ids ? inArray(proxies.id, ids.filter(isId)) : undefined,
    filter.where,
  )
}

function isListed(op: Operation, configId: string): SQL {
  const listed = op.read
    .select({ id: configProxies.proxyId })
    .from(configProxies)
    .where(eq(configProxies.configId, configId))
  return inArray(proxies.id, listed)
}

/** A version of this config, now. */
export function shouldRun(op: Operation, configId: string): SQL {
  const versions = op.read
    .select({ id: configVersions.id })
    .from(configVersions)
    .where(eq(configVersions.configId, configId))
  return inArray(proxies.versionId, versions)
}

/** By their ids, in one page. */
const mostAskedFor = 100

/** One page in the order asked for: one statement, and one more for the count when that is asked for. @throws Refusal BAD_USER_INPUT */
export async function readProxies(
  op: Operation,
  filter: ProxyFilter,
  page: ProxyPageRequest,
): Promise<Page<ProxyRow>> {
  const asked = filter.ids?.length ?? 0
  if (asked > mostAskedFor) {
    const message = `${asked} proxies are asked for, at most ${mostAskedFor} are answered.`
    throw refuseInput([{ path: 'ids', code: 'TOO_MANY', message }])
  }
  const { key, orderBy, isAfter } = orderedBy(page, statusAt(op.now), op.now)
  // Which they are is found among ids alone: a whole fleet's columns would be joined and carried through the sort.
  const wanted = op.read
    .select({ id: proxies.id })
    .from(proxies)
    .leftJoin(...withReport)
    .leftJoin(...withDesired)
    .leftJoin(...withVersion)
    .leftJoin(...withConfig)
    .leftJoin(...withNewestStats)
    .where(and(matches(op, filter), isAfter))
    .orderBy(...orderBy)
    .limit(page.first + 1)
    .offset(page.offset)
  const rows = await op.read
    .select({ ...proxyColumns(op), key })
    .from(proxies)
    .leftJoin(...withReport)
    .leftJoin(...withDesired)
    .leftJoin(...withVersion)
    .leftJoin(...withConfig)
    .leftJoin(...withNewestStats)
    .where(inArray(proxies.id, wanted))
    .orderBy(...orderBy)
  const counted = () =>
    countOf(
      op.read
        .select({ n: count() })
        .from(proxies)
        .leftJoin(...withReport)
        .leftJoin(...withDesired)
        .leftJoin(...withNewestStats)
        .where(matches(op, filter)),
    )
  return pageOf(rows, page, (row) => cursorOf(page, row), counted)
}

/** Every status with the number of proxies that are in it, also 0; by urgency. One statement. */
export async function countProxies(
  op: Operation,
  filter: Omit<ProxyFilter, 'status'>,
): Promise<readonly { readonly status: ProxyStatus; readonly count: number }[]> {
  const status = statusAt(op.now)
  const rows = await op.read
    .select({ status, n: count() })
    .from(proxies)
    .leftJoin(...withReport)
    .leftJoin(...withDesired)
    .leftJoin(...withNewestStats)
    .where(isWithin(op, filter))
    .groupBy(sql`1`)
  const counts = new Map(rows.map((row) => [row.status, row.n]))
  return proxyStatusesByUrgency.map((each) => ({ status: each, count: counts.get(each) ?? 0 }))
}

/** As many as one config may name. */
const mostIds = limits.proxiesPerConfig

/** Every proxy that matches, by hostname. @throws Refusal BAD_USER_INPUT above 20,000 */
export async function readProxyIds(op: Operation, filter: ProxyFilter): Promise<readonly string[]> {
  const rows = await op.read
    .select({ id: proxies.id })
    .from(proxies)
    .leftJoin(...withReport)
    .leftJoin(...withDesired)
    .leftJoin(...withNewestStats)
    .where(matches(op, filter))
    .orderBy(asc(proxies.hostname), asc(proxies.id))
    .limit(mostIds + 1)
  if (rows.length <= mostIds) return rows.map((row) => row.id)
  const message = `More than ${mostIds} proxies match; narrow the list.`
  throw refuseInput([{ path: 'search', code: 'TOO_MANY', message }])
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
