/** The charts: which numbers each shows, made from a point of the past, and how its lines look. */
import { hitRatioOf, shareOf } from '#core/shares'
import type { Key } from '../locales/i18n.ts'
import type { FleetPoint } from './history.ts'
import { shareUsed } from './shares.ts'
import type { Unit } from './units.ts'

type OfFleets = 'proxies' | 'hostLoadPeak' | 'hostMemoryUsedPeak'
/** A point of either kind; what only a fleet has is missing on those of a proxy. */
export type Point = Omit<FleetPoint, OfFleets> & Partial<Pick<FleetPoint, OfFleets>>

/** A token of styles.css. */
export type LineColour = 'chart-1' | 'chart-2' | 'chart-3' | 'chart-4' | 'ok' | 'info' | 'warn' | 'bad'

export interface Line {
  /** In exported files: the same in every language. */
  readonly id: string
  readonly label: Key
  readonly colour: LineColour
  /** CSS pixels of dash and gap, so that no line is known by its colour alone. */
  readonly dash: readonly number[]
  readonly value: (point: Point) => number | null
}

export interface Chart {
  readonly id: string
  readonly title: Key
  /** What the numbers are, in a sentence. */
  readonly note: Key
  readonly unit: Unit
  /** A share of a whole is drawn from 0 to 1. */
  readonly isWhole?: boolean
  readonly lines: readonly Line[]
}

const solid: readonly number[] = []
const dashed: readonly number[] = [7, 3]
const dotted: readonly number[] = [2, 3]
const mixed: readonly number[] = [8, 3, 2, 3]

export const requests: Line = {
  id: 'requests_per_second',
  label: 'stats.requests',
  colour: 'chart-1',
  dash: solid,
  value: (point) => point.requestsPerSecond,
}
export const connections: Line = {
  id: 'client_connections',
  label: 'stats.clientConnections',
  colour: 'chart-1',
  dash: solid,
  value: (point) => point.currentClientConnections,
}
export const errorRate: Line = {
  id: 'answers_5xx_share',
  label: 'stats.errorRate',
  colour: 'bad',
  dash: solid,
  value: (point) => shareOf(point.responses5xxPerSecond, point.requestsPerSecond),
}
export const ramHitRatio: Line = {
  id: 'ram_cache_hit_share',
  label: 'stats.ramHits',
  colour: 'chart-1',
  dash: solid,
  value: (point) => hitRatioOf(point.ramCacheHitsPerSecond, point.ramCacheMissesPerSecond),
}

const shared: readonly Chart[] = [
  {
    id: 'requests',
    title: 'stats.chartRequests',
    note: 'stats.chartRequestsNote',
    unit: 'perSecond',
    lines: [
      requests,
      {
        id: 'connects_per_second',
        label: 'stats.connects',
        colour: 'chart-2',
        dash: dashed,
        value: (point) => point.connectRequestsPerSecond,
      },
    ],
  },
  {
    id: 'responses',
    title: 'stats.chartResponses',
    note: 'stats.chartResponsesNote',
    unit: 'perSecond',
    lines: [
      answers('2xx', 'ok', solid),
      answers('3xx', 'info', dashed),
      answers('4xx', 'warn', mixed),
      answers('5xx', 'bad', dotted),
    ],
  },
  {
    id: 'errors',
    title: 'stats.chartErrors',
    note: 'stats.chartErrorsNote',
    unit: 'ratio',
    lines: [
      errorRate,
      {
        id: 'no_connection_share',
        label: 'stats.connectFailures',
        colour: 'chart-3',
        dash: dashed,
        value: (point) => shareOf(point.connectFailuresPerSecond, point.requestsPerSecond),
      },
      {
        id: 'broken_off_share',
        label: 'stats.aborts',
        colour: 'chart-4',
        dash: dotted,
        value: (point) => shareOf(point.clientAbortsPerSecond, point.requestsPerSecond),
      },
    ],
  },
  {
    id: 'bytes',
    title: 'stats.chartBytes',
    note: 'stats.chartBytesNote',
    unit: 'bytesPerSecond',
    lines: [
      {
        id: 'bytes_to_clients_per_second',
        label: 'stats.bytesTo',
        colour: 'chart-1',
        dash: solid,
        value: (point) => point.clientResponseBytesPerSecond,
      },
      {
        id: 'bytes_from_clients_per_second',
        label: 'stats.bytesFrom',
        colour: 'chart-2',
        dash: dashed,
        value: (point) => point.clientRequestBytesPerSecond,
      },
    ],
  },
  {
    id: 'connections',
    title: 'stats.chartConnections',
    note: 'stats.chartConnectionsNote',
    unit: 'count',
    lines: [
      connections,
      {
        id: 'client_connections_peak',
        label: 'stats.clientConnectionsPeak',
        colour: 'chart-4',
        dash: dotted,
        value: (point) => point.currentClientConnectionsPeak,
      },
      {
        id: 'parent_connections',
        label: 'stats.parentConnections',
        colour: 'chart-2',
        dash: dashed,
        value: (point) => point.currentParentConnections,
      },
    ],
  },
  {
    id: 'cache',
    title: 'stats.chartCache',
    note: 'stats.chartCacheNote',
    unit: 'ratio',
    isWhole: true,
    lines: [
      ramHitRatio,
      {
        id: 'cache_hit_share',
        label: 'stats.cacheHits',
        colour: 'chart-2',
        dash: dashed,
        value: (point) => hitRatioOf(point.cacheHitsPerSecond, point.cacheMissesPerSecond),
      },
    ],
  },
  {
    id: 'parents',
    title: 'stats.chartParents',
    note: 'stats.chartParentsNote',
    unit: 'perSecond',
    lines: [
      {
        id: 'connections_to_parents_per_second',
        label: 'stats.parentOpened',
        colour: 'chart-1',
        dash: solid,
        value: (point) => point.parentConnectionsPerSecond,
      },
    ],
  },
  {
    id: 'parent-trouble',
    title: 'stats.chartTrouble',
    note: 'stats.chartTroubleNote',
    unit: 'perMinute',
    lines: [
      {
        id: 'failures_per_minute',
        label: 'stats.failures',
        colour: 'chart-3',
        dash: solid,
        value: (point) => perMinute(point.connectFailuresPerSecond),
      },
      {
        id: 'retries_per_minute',
        label: 'stats.retries',
        colour: 'chart-2',
        dash: dashed,
        value: (point) => perMinute(point.parentRetriesPerSecond),
      },
      {
        id: 'mark_downs_per_minute',
        label: 'stats.markDowns',
        colour: 'bad',
        dash: dotted,
        value: (point) => perMinute(point.parentMarkDownsPerSecond),
      },
    ],
  },
]

const load: Line = {
  id: 'host_load',
  label: 'stats.load',
  colour: 'chart-1',
  dash: solid,
  value: (point) => point.hostLoad,
}
const memory: Line = {
  id: 'host_memory_used_share',
  label: 'stats.memory',
  colour: 'chart-1',
  dash: solid,
  value: shareUsed,
}
const ofHosts = { colour: 'chart-4', dash: dotted } as const

export const fleetCharts: readonly Chart[] = [
  ...shared,
  {
    id: 'load',
    title: 'stats.chartLoads',
    note: 'stats.chartLoadNote',
    unit: 'load',
    lines: [
      { ...load, label: 'stats.loadMean' },
      {
        ...ofHosts,
        id: 'busiest_host_load',
        label: 'stats.loadPeak',
        value: (point) => point.hostLoadPeak ?? null,
      },
    ],
  },
  {
    id: 'memory',
    title: 'stats.chartMemories',
    note: 'stats.chartMemoryNote',
    unit: 'ratio',
    isWhole: true,
    lines: [
      { ...memory, label: 'stats.memoryMean' },
      {
        ...ofHosts,
        id: 'fullest_host_memory_used_share',
        label: 'stats.memoryPeak',
        value: (point) => point.hostMemoryUsedPeak ?? null,
      },
    ],
  },
  {
    id: 'proxies',
    title: 'stats.chartProxies',
    note: 'stats.chartProxiesNote',
    unit: 'count',
    lines: [
      {
        id: 'proxies',
        label: 'stats.proxies',
        colour: 'chart-1',
        dash: solid,
        value: (point) => point.proxies ?? null,
      },
    ],
  },
]

export const proxyCharts: readonly Chart[] = [
  ...shared,
  { id: 'load', title: 'stats.chartLoad', note: 'stats.chartLoadNote', unit: 'load', lines: [load] },
  {
    id: 'memory',
    title: 'stats.chartMemory',
    note: 'stats.chartMemoryNote',
    unit: 'ratio',
    isWhole: true,
    lines: [memory],
  },
]

function perMinute(perSecond: number | null): number | null {
  return perSecond === null ? null : perSecond * 60
}

function answers(status: '2xx' | '3xx' | '4xx' | '5xx', colour: LineColour, dash: readonly number[]): Line {
  return {
    id: `answers_${status}_per_second`,
    label: `stats.answers${status}`,
    colour,
    dash,
    value: (point) => point[`responses${status}PerSecond`],
  }
}
