/** What the fleet page shows, as the URL spells it: filter, order and columns; reading and writing are inverse. */
import { AtsGeneration, ProxyStatus } from '#core/vocabulary'
import { only } from '../lists.tsx'
import type { StatusName } from './ProxyStatusBadge.tsx'

export type GenerationName = keyof typeof AtsGeneration

/** Orders that the server knows; each is also a column's. */
export const sorts = [
  'HOSTNAME',
  'STATUS',
  'LAST_SEEN',
  'ATS_VERSION',
  'CONFIG',
  'ENROLLED_AT',
  'REQUESTS',
  'CONNECTIONS',
  'ERROR_RATE',
  'RAM_CACHE_HIT_RATIO',
] as const
export type Sort = (typeof sorts)[number]

/** Columns that can be hidden; the hostname can't. */
export const columnNames = [
  'status',
  'lastSeen',
  'config',
  'ats',
  'requests',
  'connections',
  'hits',
  'errors',
  'runs',
  'enrolled',
] as const
export type ColumnName = (typeof columnNames)[number]
export const usualColumns: readonly ColumnName[] = ['status', 'lastSeen', 'config', 'ats', 'requests']
/** Those that show live numbers, which are asked for apart. */
export const liveColumns: readonly ColumnName[] = ['requests', 'connections', 'hits', 'errors']

export const statuses = Object.keys(ProxyStatus) as readonly StatusName[]
export const generations = Object.keys(AtsGeneration) as readonly GenerationName[]

/** Numbers with bounds, as the API and the URL call them: `errorRate=0.05..`, `connections=10..200`. */
export const liveNames = ['requestsPerSecond', 'connections', 'errorRate', 'ramCacheHitRatio'] as const
export type LiveName = (typeof liveNames)[number]
export interface Bounds {
  readonly min: number | null
  readonly max: number | null
}

export interface FleetFilter {
  /** Part of the hostname; empty: all. */
  readonly search: string
  readonly status: StatusName | null
  /** The config whose version the proxy should run. */
  readonly runsConfigId: string | null
  readonly atsGeneration: GenerationName | null
  readonly live: Readonly<Partial<Record<LiveName, Bounds>>>
}

export interface FleetView extends FleetFilter {
  readonly sort: Sort
  readonly isDescending: boolean
  readonly columns: readonly ColumnName[]
}

export type FleetParams = Readonly<Record<(typeof paramNames)[number], string | undefined>>
const paramNames = ['search', 'status', 'config', 'ats', ...liveNames, 'sort', 'desc', 'cols'] as const

/** Words that mean nothing here are taken for absent: a URL may be typed, or older than this app. */
export function viewOf(params: Partial<FleetParams>): FleetView {
  const columns = params.cols?.split(',')
  return {
    search: params.search ?? '',
    status: only(statuses, params.status) ?? null,
    runsConfigId: params.config || null,
    atsGeneration: only(generations, params.ats) ?? null,
    live: Object.fromEntries(liveNames.flatMap((name) => boundsOf(name, params[name]))),
    sort: only(sorts, params.sort) ?? 'HOSTNAME',
    isDescending: params.desc === '1',
    columns: columns ? columnNames.filter((name) => columns.includes(name)) : usualColumns,
  }
}

/** What is usual is left out, so that the plain address is the plain view. */
export function paramsOf(view: FleetView): FleetParams {
  const columns = view.columns.join(',')
  return {
    search: view.search || undefined,
    status: view.status ?? undefined,
    config: view.runsConfigId ?? undefined,
    ats: view.atsGeneration ?? undefined,
    ...(Object.fromEntries(liveNames.map((name) => [name, textOf(view.live[name])])) as Record<
      LiveName,
      string | undefined
    >),
    sort: view.sort === 'HOSTNAME' ? undefined : view.sort,
    desc: view.isDescending ? '1' : undefined,
    cols: columns === usualColumns.join(',') ? undefined : columns,
  }
}

/** The same as text, `status=FAILED&sort=STATUS`; what a saved view keeps. */
export function queryOf(view: FleetView): string {
  const params = paramsOf(view)
  const query = new URLSearchParams()
  for (const name of paramNames) {
    const value = params[name]
    if (value !== undefined) query.set(name, value)
  }
  return query.toString()
}

export function viewOfQuery(query: string): FleetView {
  return viewOf(Object.fromEntries(new URLSearchParams(query)))
}

/** As the API's arguments spell it. */
export function filterArguments(filter: FleetFilter) {
  return {
    search: filter.search || null,
    status: filter.status,
    runsConfigId: filter.runsConfigId,
    atsGeneration: filter.atsGeneration,
    live: Object.keys(filter.live).length > 0 ? filter.live : null,
  }
}

function boundsOf(name: LiveName, text = ''): readonly [LiveName, Bounds][] {
  const [, min, max] = /^(\d*\.?\d+)?\.\.(\d*\.?\d+)?$/.exec(text) ?? []
  if (min === undefined && max === undefined) return []
  return [
    [name, { min: min === undefined ? null : Number(min), max: max === undefined ? null : Number(max) }],
  ]
}

function textOf(bounds: Bounds | undefined): string | undefined {
  return bounds && `${bounds.min ?? ''}..${bounds.max ?? ''}`
}

export function isFiltered(filter: FleetFilter): boolean {
  return Object.values(filterArguments(filter)).some((value) => value !== null)
}
