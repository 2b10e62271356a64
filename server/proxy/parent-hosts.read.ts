/** Parents by host, as ATS takes them out: who should use one, where it is out, and who would be left without any. */
import { and, count, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { type ConfigDocument, limits } from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { configVersions, proxies, proxyHosts, proxyReports } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { isId } from '../paging.ts'
import { shouldRun } from './proxy.read.ts'

/** Which proxies are meant: those that match all that is given; never retired ones. */
export interface ParentScope {
  readonly proxyIds?: readonly string[] | null | undefined
  /** Those that should run a version of this config now. */
  readonly runsConfigId?: string | null | undefined
}

export interface ParentHostRow {
  readonly host: string
  readonly ports: readonly number[]
  /** Proxies that should use an enabled parent there, and where it isn't out. */
  readonly usedOn: number
  /** Of these, those that have no other host to go to. */
  readonly lastOn: number
  /** Of these again, those whose config then goes direct. */
  readonly directOn: number
  readonly outOn: number
  /** Of `outOn`, those where ATS was seen to leave it out. */
  readonly confirmedOn: number
  /** Of `outOn`, those whose agents have not asked since. */
  readonly waitingOn: number
  /** The first of these by hostname. */
  readonly waitingFor: readonly string[]
}

const mostNamed = 8

/**
 * By host; those that nobody should use and that are out nowhere are left out.
 * @throws Refusal BAD_USER_INPUT for malformed or too many ids
 */
export async function readParentHosts(
  op: Operation,
  { host, ...scope }: ParentScope & { readonly host?: string | null | undefined },
): Promise<readonly ParentHostRow[]> {
  const [first, ...rest] = problemsOfScope(scope)
  if (first) throw refuseInput([first, ...rest])
  const [groups, waiting, confirmed] = await Promise.all([
    readGroups(op, scope),
    readWaiting(op, scope),
    readConfirmed(op, scope),
  ])
  const parentsOf = await readParentsOf(
    op,
    groups.flatMap(({ versionId }) => versionId ?? []),
  )
  const found = new Map<string, Tally>()
  const tallyOf = (name: string): Tally => {
    const tally = found.get(name) ?? { ports: new Set(), usedOn: 0, lastOn: 0, directOn: 0, outOn: 0 }
    found.set(name, tally)
    return tally
  }
  for (const { versionId, takenOut, n } of groups) {
    const out = new Set(takenOut.map((entry) => entry.host))
    for (const name of out) tallyOf(name).outOn += n
    const { parents, directWhenAllDown } = parentsOf.get(versionId ?? '') ?? noParents
    for (const { host, port } of parents) tallyOf(host).ports.add(port)
    const inUse = [...new Set(parents.map((parent) => parent.host))].filter((name) => !out.has(name))
    for (const name of inUse) {
      const tally = tallyOf(name)
      tally.usedOn += n
      if (inUse.length > 1) continue
      tally.lastOn += n
      if (directWhenAllDown) tally.directOn += n
    }
  }
  return [...found]
    .filter(([name]) => !host || name === host)
    .map(([name, tally]) => {
      const names = waiting.get(name) ?? []
      const ports = [...tally.ports].sort((a, b) => a - b)
      return {
        ...tally,
        host: name,
        ports,
        confirmedOn: confirmed.get(name) ?? 0,
        waitingOn: names.length,
        waitingFor: names.slice(0, mostNamed),
      }
    })
    .sort((a, b) => (a.host < b.host ? -1 : 1))
}

export function isMeant(op: Operation, { proxyIds, runsConfigId }: ParentScope): SQL | undefined {
  return and(
    isNull(proxies.retiredAt),
    proxyIds ? inArray(proxies.id, [...proxyIds]) : undefined,
    runsConfigId ? (isId(runsConfigId) ? shouldRun(op, runsConfigId) : sql`false`) : undefined,
  )
}

export function problemsOfScope({ proxyIds }: ParentScope): Problem[] {
  if (!proxyIds) return []
  if (proxyIds.length > limits.proxiesPerConfig) {
    const message = `At most ${limits.proxiesPerConfig} proxies.`
    return [{ path: 'proxyIds', code: 'TOO_MANY', message }]
  }
  if (proxyIds.every(isId)) return []
  return [{ path: 'proxyIds', code: 'NO_SUCH_PROXY', message: 'Some of these are no ids of proxies.' }]
}

type Tally = {
  -readonly [Key in 'usedOn' | 'lastOn' | 'directOn' | 'outOn']: ParentHostRow[Key]
} & { readonly ports: Set<number> }

/** Proxies that should run the same with the same hosts out: a large fleet is a few of these. */
function readGroups(op: Operation, scope: ParentScope) {
  return op.read
    .select({ versionId: proxies.versionId, takenOut: proxies.takenOut, n: count() })
    .from(proxies)
    .where(isMeant(op, scope))
    .groupBy(proxies.versionId, proxies.takenOut)
}

/** Hostnames by the host that they have not been told is out: in steady state none. */
async function readWaiting(op: Operation, scope: ParentScope): Promise<ReadonlyMap<string, string[]>> {
  const entries = sql`lateral jsonb_array_elements(${proxies.takenOut}) as entries(entry)`
  const rows = await op.read
    .select({ host: sql<string>`entry ->> 'host'`, hostname: proxies.hostname })
    .from(proxies)
    .leftJoin(proxyReports, eq(proxyReports.proxyId, proxies.id))
    .innerJoin(entries, sql`coalesce(${proxyReports.lastSeenAt} <= (entry ->> 'at')::timestamptz, true)`)
    .where(isMeant(op, scope))
    .orderBy(proxies.hostname)
  const names = new Map<string, string[]>()
  for (const { host, hostname } of rows) {
    const known = names.get(host)
    if (known) known.push(hostname)
    else names.set(host, [hostname])
  }
  return names
}

/** On how many proxies ATS was seen to leave out what is to be left out, by host. */
async function readConfirmed(op: Operation, scope: ParentScope): Promise<ReadonlyMap<string, number>> {
  const entries = sql`lateral jsonb_array_elements(${proxies.takenOut}) as entries(entry)`
  const isSeenOut = sql`${proxyHosts.parentsOut} @> jsonb_build_array(jsonb_build_object('host', entry -> 'host', 'isOut', true))`
  const rows = await op.read
    .select({ host: sql<string>`entry ->> 'host'`, n: count() })
    .from(proxies)
    .innerJoin(proxyHosts, eq(proxyHosts.proxyId, proxies.id))
    .innerJoin(entries, isSeenOut)
    .where(isMeant(op, scope))
    .groupBy(sql`1`)
  return new Map(rows.map(({ host, n }) => [host, n]))
}

interface VersionParents {
  readonly parents: ConfigDocument['parentProxies']
  readonly directWhenAllDown: boolean
}
const noParents: VersionParents = { parents: [], directWhenAllDown: false }

/** Only this part of each document: the rules may be a hundred thousand. */
async function readParentsOf(
  op: Operation,
  versionIds: readonly string[],
): Promise<ReadonlyMap<string, VersionParents>> {
  if (versionIds.length === 0) return new Map()
  const { id, document } = configVersions
  const rows = await op.read
    .select({
      id,
      parents: sql<ConfigDocument['parentProxies']>`${document} -> 'parentProxies'`,
      directWhenAllDown: sql<boolean>`coalesce((${document} #>> '{failover,directWhenAllDown}')::boolean, false)`,
    })
    .from(configVersions)
    .where(inArray(id, [...new Set(versionIds)]))
  return new Map(
    rows.map((row) => [row.id, { ...row, parents: row.parents.filter((parent) => parent.enabled) }]),
  )
}
