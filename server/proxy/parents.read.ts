/** How a proxy's ATS holds its parents, from what its agent read in the log. */
import { and, count, desc, eq, inArray, lt } from 'drizzle-orm'
import { readVersionDocument } from '../config/document.read.ts'
import type { ParentState } from '../core/vocabulary.ts'
import { parentEvents } from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { countOf, type Page, type PageRequest, pageOf } from '../paging.ts'
import { readHost } from './host.read.ts'
import type { ProxyRow } from './proxy.read.ts'
import { versionIdOf } from './running.read.ts'

export type ParentEventRow = typeof parentEvents.$inferSelect

export interface ProxyParentRow {
  readonly host: string
  readonly port: number
  readonly state: ParentState
  /** By the proxy's clock. */
  readonly since: Date | null
  readonly reason: string | null
  /** Null: nobody wants its host left out. */
  readonly takenOut: TakenOutRow | null
}

/** That an administrator wants a host left out on a proxy. */
export interface TakenOutRow {
  readonly host: string
  readonly reason: string
  readonly by: string | null
  readonly at: Date
  /** Its agent has asked since, and so was told. */
  readonly isTold: boolean
  /** As ATS said last; null: it has not been asked yet, or could not be. */
  readonly isOut: boolean | null
  /** Why it is not out, in the words of ATS. */
  readonly says: string | null
}

/** A host that nobody wants left out any more, and that ATS has not been seen to use again. */
export type ReturningRow = Pick<TakenOutRow, 'host' | 'says'>

type Taken = Pick<ProxyRow, 'id' | 'takenOut' | 'lastSeenAt'>

export async function readTakenOut(
  op: Operation,
  { id, takenOut, lastSeenAt }: Taken,
): Promise<readonly TakenOutRow[]> {
  if (takenOut.length === 0) return []
  const { parentsOut } = await readHost(op, id)
  return takenOut.map(({ host, reason, by = null, at: text }) => {
    const at = new Date(text)
    const isTold = lastSeenAt !== null && lastSeenAt > at
    const reported = isTold ? parentsOut.find((each) => each.host === host) : undefined
    return {
      ...{ host, reason, by, at, isTold },
      isOut: reported?.isOut ?? null,
      says: reported?.says ?? null,
    }
  })
}

export async function readReturning(
  op: Operation,
  { id, takenOut }: Pick<Taken, 'id' | 'takenOut'>,
): Promise<readonly ReturningRow[]> {
  const { parentsOut } = await readHost(op, id)
  return parentsOut
    .filter(({ host, isOut }) => isOut !== false && !takenOut.some((wanted) => wanted.host === host))
    .map(({ host, says }) => ({ host, says }))
}

/** The newest of each parent, and the newest that is of all. */
const newestByProxyId: BatchRead<string, readonly ParentEventRow[]> = async (op, ids) => {
  const { proxyId, host, port, at, id } = parentEvents
  const rows = await op.read
    .selectDistinctOn([proxyId, host, port])
    .from(parentEvents)
    .where(inArray(proxyId, [...ids]))
    .orderBy(proxyId, host, port, desc(at), desc(id))
  const groups = new Map<string, ParentEventRow[]>()
  for (const row of rows) groups.set(row.proxyId, [...(groups.get(row.proxyId) ?? []), row])
  return groups
}

/** The enabled parents of the version that it runs, in failover order; none while that is not known. */
export async function readParents(
  op: Operation,
  proxy: Pick<ProxyRow, 'id' | 'currentConfigHash' | 'versionId' | 'takenOut' | 'lastSeenAt'>,
): Promise<readonly ProxyParentRow[]> {
  const versionId = await versionIdOf(op, proxy.currentConfigHash, proxy.versionId)
  if (versionId === null) return []
  const [{ parentProxies }, newest = [], taken] = await Promise.all([
    readVersionDocument(op, versionId),
    op.load(newestByProxyId, proxy.id),
    readTakenOut(op, proxy),
  ])
  const ofAll = newest.find((event) => event.host === null)
  return parentProxies
    .filter((parent) => parent.enabled)
    .map(({ host, port }) => {
      const own = newest.find((event) => event.host === host && event.port === port)
      const last = own && ofAll && ofAll.at >= own.at ? ofAll : (own ?? ofAll)
      return {
        host,
        port,
        state: stateAfter(last),
        since: last?.at ?? null,
        reason: last?.reason ?? null,
        takenOut: taken.find((entry) => entry.host === host) ?? null,
      }
    })
}

function stateAfter(event: ParentEventRow | undefined): ParentState {
  if (event === undefined) return 'unknown'
  return event.kind === 'failing' || event.kind === 'down' ? event.kind : 'up'
}

export async function readParentEvents(
  op: Operation,
  proxyId: string,
  page: PageRequest,
): Promise<Page<ParentEventRow>> {
  const isOfProxy = eq(parentEvents.proxyId, proxyId)
  const rows = await op.read
    .select()
    .from(parentEvents)
    .where(and(isOfProxy, page.after ? lt(parentEvents.id, Number(page.after[0])) : undefined))
    .orderBy(desc(parentEvents.id))
    .limit(page.first + 1)
  return pageOf(
    rows,
    page,
    (row) => [String(row.id)],
    () => countOf(op.read.select({ n: count() }).from(parentEvents).where(isOfProxy)),
  )
}
