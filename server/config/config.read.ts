/** Reads configs, whom they reach, their versions and rendered files. */
import {
  and,
  asc,
  count,
  desc,
  eq,
  exists,
  getTableColumns,
  ilike,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  notInArray,
  or,
  sql,
} from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import type { AtsGeneration, ConfigStatus } from '../core/vocabulary.ts'
import type { ReadDatabase } from '../database/connect.ts'
import {
  configProxies,
  configs,
  configVersions,
  parentProxies,
  proxies,
  versionFiles,
} from '../database/tables.ts'
import type { BatchRead, Operation } from '../operation.ts'
import { countOf, isId, likePattern, type Page, type PageRequest, pageOf } from '../paging.ts'

export type ConfigRow = typeof configs.$inferSelect
/** Without its document, which may be long: see document.read.ts. */
export type VersionRow = Omit<typeof configVersions.$inferSelect, 'document'>
export type VersionFilesRow = typeof versionFiles.$inferSelect

export const configById: BatchRead<string, ConfigRow> = async (op, ids) => {
  const rows = await op.read
    .select()
    .from(configs)
    .where(inArray(configs.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}

/** @throws Refusal NOT_FOUND */
export async function readConfig(op: Operation, id: string): Promise<ConfigRow> {
  const row = isId(id) ? await op.load(configById, id) : undefined
  if (!row) throw new Refusal('NOT_FOUND', `There is no config with the id "${id.slice(0, 80)}".`)
  return row
}

export interface ConfigFilter {
  readonly search: string | null
  readonly status: ConfigStatus | null
  readonly isRetired: boolean
}

/** By name; search looks into name and description. */
export async function readConfigs(
  op: Operation,
  filter: ConfigFilter,
  page: PageRequest,
): Promise<Page<ConfigRow>> {
  const pattern = filter.search ? likePattern(filter.search) : null
  const matches = and(
    pattern ? or(ilike(configs.name, pattern), ilike(configs.description, pattern)) : undefined,
    filter.status ? eq(configs.status, filter.status) : undefined,
    filter.isRetired ? isNotNull(configs.retiredAt) : isNull(configs.retiredAt),
  )
  const name = sql<string>`lower(${configs.name})`
  const after = page.after && sql`(${name}, ${configs.id}) > (${page.after[0]}, ${page.after[1]}::uuid)`
  const rows = await op.read
    .select()
    .from(configs)
    .where(and(matches, after ?? undefined))
    .orderBy(asc(name), asc(configs.id))
    .limit(page.first + 1)
  return pageOf(
    rows,
    page,
    (row) => [row.name.toLowerCase(), row.id],
    () => countOf(op.read.select({ n: count() }).from(configs).where(matches)),
  )
}

/** A listed proxy with the version it should run now. */
export interface ListedProxy {
  readonly id: string
  readonly hostname: string
  readonly versionId: string | null
  readonly isRetired: boolean
}

/** The working copy's proxies, by id: the order in which approval locks them. */
export const listedProxiesByConfigId: BatchRead<string, readonly ListedProxy[]> = async (op, ids) => {
  const rows = await op.read
    .select({
      configId: configProxies.configId,
      id: proxies.id,
      hostname: proxies.hostname,
      versionId: proxies.versionId,
      retiredAt: proxies.retiredAt,
    })
    .from(configProxies)
    .innerJoin(proxies, eq(proxies.id, configProxies.proxyId))
    .where(inArray(configProxies.configId, [...ids]))
    .orderBy(proxies.id)
  const groups = groupByConfig(rows)
  return new Map(
    ids.map((id) => [
      id,
      (groups.get(id) ?? []).map((row) => ({
        id: row.id,
        hostname: row.hostname,
        versionId: row.versionId,
        isRetired: row.retiredAt !== null,
      })),
    ]),
  )
}

export function groupByConfig<T extends { configId: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(row.configId)
    if (group) group.push(row)
    else groups.set(row.configId, [row])
  }
  return groups
}

export async function readListedProxies(op: Operation, configId: string): Promise<readonly ListedProxy[]> {
  return (await op.load(listedProxiesByConfigId, configId)) ?? []
}

export const followingCountByConfigId: BatchRead<string, number> = async (op, ids) => {
  const rows = await op.read
    .select({ configId: sql<string>`${proxies.followsConfigId}`, n: count() })
    .from(proxies)
    .where(and(inArray(proxies.followsConfigId, [...ids]), isNull(proxies.retiredAt)))
    .groupBy(proxies.followsConfigId)
  return new Map(rows.map((row) => [row.configId, row.n]))
}

/** Hostnames of the config's proxies, listed or following, that one of its parents is named after. */
export const parentHostnamesByConfigId: BatchRead<string, readonly string[]> = async (op, ids) => {
  const isListed = op.read
    .select({ one: sql`1` })
    .from(configProxies)
    .where(and(eq(configProxies.configId, parentProxies.configId), eq(configProxies.proxyId, proxies.id)))
  const rows = await op.read
    .select({ configId: parentProxies.configId, hostname: proxies.hostname })
    .from(parentProxies)
    .innerJoin(proxies, eq(sql`lower(${proxies.hostname})`, parentProxies.host))
    .where(
      and(
        inArray(parentProxies.configId, [...ids]),
        isNull(proxies.retiredAt),
        or(eq(proxies.followsConfigId, parentProxies.configId), exists(isListed)),
      ),
    )
  const groups = groupByConfig(rows)
  return new Map(ids.map((id) => [id, (groups.get(id) ?? []).map(({ hostname }) => hostname)]))
}

/** Listed proxies that should run another config's version now: approval takes them over. */
export const takenCountByConfigId: BatchRead<string, number> = async (op, ids) => {
  const rows = await op.read
    .select({ configId: configProxies.configId, n: count() })
    .from(configProxies)
    .innerJoin(proxies, eq(proxies.id, configProxies.proxyId))
    .innerJoin(configVersions, eq(configVersions.id, proxies.versionId))
    .where(
      and(inArray(configProxies.configId, [...ids]), ne(configVersions.configId, configProxies.configId)),
    )
    .groupBy(configProxies.configId)
  return new Map(rows.map((row) => [row.configId, row.n]))
}

/** Condition on `proxies`: runs a version of this config by intent, but approval would release it. */
export function isLeaving(read: ReadDatabase, configId: string) {
  const versionsOfConfig = read
    .select({ id: configVersions.id })
    .from(configVersions)
    .where(eq(configVersions.configId, configId))
  const listed = read
    .select({ id: configProxies.proxyId })
    .from(configProxies)
    .where(eq(configProxies.configId, configId))
  return and(
    inArray(proxies.versionId, versionsOfConfig),
    notInArray(proxies.id, listed),
    isNull(proxies.retiredAt),
    or(isNull(proxies.followsConfigId), ne(proxies.followsConfigId, configId)),
  )
}

const { document: _document, ...versionColumns } = getTableColumns(configVersions)

export const versionById: BatchRead<string, VersionRow> = async (op, ids) => {
  const rows = await op.read
    .select(versionColumns)
    .from(configVersions)
    .where(inArray(configVersions.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}

/** @throws Refusal NOT_FOUND */
export async function readVersion(op: Operation, id: string): Promise<VersionRow> {
  const row = isId(id) ? await op.load(versionById, id) : undefined
  if (!row) throw new Refusal('NOT_FOUND', `There is no version with the id "${id.slice(0, 80)}".`)
  return row
}

/** Proxies that should run exactly this version now. */
export const proxyCountByVersionId: BatchRead<string, number> = async (op, ids) => {
  const rows = await op.read
    .select({ versionId: sql<string>`${proxies.versionId}`, n: count() })
    .from(proxies)
    .where(and(inArray(proxies.versionId, [...ids]), isNull(proxies.retiredAt)))
    .groupBy(proxies.versionId)
  return new Map(rows.map((row) => [row.versionId, row.n]))
}

/** Newest first. */
export async function readVersions(
  op: Operation,
  configId: string,
  page: PageRequest,
): Promise<Page<VersionRow>> {
  const ofConfig = eq(configVersions.configId, configId)
  const rows = await op.read
    .select(versionColumns)
    .from(configVersions)
    .where(and(ofConfig, page.after ? lt(configVersions.number, Number(page.after[0])) : undefined))
    .orderBy(desc(configVersions.number))
    .limit(page.first + 1)
  return pageOf(
    rows,
    page,
    (row) => [String(row.number)],
    () => countOf(op.read.select({ n: count() }).from(configVersions).where(ofConfig)),
  )
}

/** Keys are `generation versionId`: a version's bytes for one generation may be a megabyte. */
const versionFilesByKey: BatchRead<string, VersionFilesRow> = async (op, keys) => {
  const pairs = keys.map((key) => key.split(' ') as [AtsGeneration, string])
  const rows = await op.read
    .select()
    .from(versionFiles)
    .where(
      and(
        inArray(versionFiles.versionId, [...new Set(pairs.map(([, versionId]) => versionId))]),
        inArray(versionFiles.generation, [...new Set(pairs.map(([generation]) => generation))]),
      ),
    )
  return new Map(rows.map((row) => [`${row.generation} ${row.versionId}`, row]))
}

/** The exact bytes of a version for these generations; one that was not supported at its approval has none. */
export async function readVersionFiles(
  op: Operation,
  versionId: string,
  generations: readonly AtsGeneration[],
): Promise<readonly VersionFilesRow[]> {
  const keys = generations.map((generation) => `${generation} ${versionId}`)
  const rows = await Promise.all(keys.map((key) => op.load(versionFilesByKey, key)))
  return rows.filter((row) => row !== undefined)
}
