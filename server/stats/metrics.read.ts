/** The fleet as Prometheus reads it: totals only, so that ten thousand proxies are not a million series. */
import { avg, type Column, count, gt, max, sql, sum } from 'drizzle-orm'
import type { Metric } from '../core/prometheus.ts'
import { countsOf } from '../core/stats.ts'
import { counterMetrics } from '../core/stats-metrics.ts'
import { proxyStatsNewest, statsTotals } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { countProxies, silentAfterSeconds } from '../proxy/proxy.read.ts'
import type { StatsQueue } from './queue.ts'

const prefix = 'apm_fleet'
const { hostMemoryTotalBytes, hostMemoryAvailableBytes } = proxyStatsNewest
/** Null unless a host told both of its numbers: sums of different hosts would make no share. */
const memoryOf = (bytes: Column) =>
  sql`case when ${hostMemoryTotalBytes} > 0 and ${hostMemoryAvailableBytes} is not null then ${bytes} end`
const memoryUsed = sql<
  number | null
>`1 - ${hostMemoryAvailableBytes}::float8 / nullif(${hostMemoryTotalBytes}, 0)`

/** Three statements, however large the fleet. */
export async function readMetrics(
  op: Operation,
  { waiting, counts }: StatsQueue,
): Promise<readonly Metric[]> {
  const [statuses, [totals], [now]] = await Promise.all([
    countProxies(op, {}),
    op.read.select().from(statsTotals),
    op.read
      .select({
        proxies: count(),
        connections: sum(proxyStatsNewest.currentClientConnections).mapWith(Number),
        parentConnections: sum(proxyStatsNewest.currentParentConnections).mapWith(Number),
        loadMean: avg(proxyStatsNewest.hostLoad).mapWith(Number),
        loadMax: max(proxyStatsNewest.hostLoad),
        memory: sum(memoryOf(hostMemoryTotalBytes)).mapWith(Number),
        memoryAvailable: sum(memoryOf(hostMemoryAvailableBytes)).mapWith(Number),
        memoryUsedMax: max(memoryUsed).mapWith(Number),
      })
      .from(proxyStatsNewest)
      .where(gt(proxyStatsNewest.at, new Date(op.now.getTime() - silentAfterSeconds * 1_000))),
  ])
  if (!totals || !now) throw new Error('the row of stats_totals is missing: was the database migrated?')
  const one = (value: number | null) => [{ value }]
  const outcomes = Object.entries(counts).map(([outcome, value]) => ({ labels: { outcome }, value }))
  return [
    {
      name: 'apm_proxies',
      type: 'gauge',
      help: 'Proxies by their status.',
      values: statuses.map(({ status, count: value }) => ({ labels: { status }, value })),
    },
    {
      name: `${prefix}_reporting_proxies`,
      type: 'gauge',
      help: 'Proxies that told statistics within 90 s.',
      values: one(now.proxies),
    },
    {
      name: `${prefix}_open_client_connections`,
      type: 'gauge',
      help: 'Connections of clients that are open.',
      values: one(now.connections),
    },
    {
      name: `${prefix}_open_parent_connections`,
      type: 'gauge',
      help: 'Connections to parents that are open.',
      values: one(now.parentConnections),
    },
    {
      name: `${prefix}_host_load_mean`,
      type: 'gauge',
      help: 'Runnable tasks for each processor over a minute: of all hosts.',
      values: one(now.loadMean),
    },
    {
      name: `${prefix}_host_load_max`,
      type: 'gauge',
      help: 'Runnable tasks for each processor over a minute: of the busiest host.',
      values: one(now.loadMax),
    },
    {
      name: `${prefix}_host_memory_bytes`,
      type: 'gauge',
      help: 'Memory of all hosts.',
      values: one(now.memory),
    },
    {
      name: `${prefix}_host_memory_available_bytes`,
      type: 'gauge',
      help: 'Memory of all hosts that programs could have.',
      values: one(now.memoryAvailable),
    },
    {
      name: `${prefix}_host_memory_used_ratio_max`,
      type: 'gauge',
      help: 'Share of its memory that programs could not have: of the fullest host.',
      values: one(now.memoryUsedMax),
    },
    {
      name: `${prefix}_restarts_total`,
      type: 'counter',
      help: 'Starts of an ATS that were seen.',
      values: one(totals.restarts),
    },
    ...counterMetrics(
      prefix,
      countsOf((counter) => totals[counter]),
    ),
    {
      name: 'apm_stats_rolled_up_to_timestamp_seconds',
      type: 'gauge',
      help: 'Samples that were stored before this are in the totals.',
      values: one(totals.rolledUpTo.getTime() / 1_000),
    },
    {
      name: 'apm_stats_samples_total',
      type: 'counter',
      help: 'Samples that this process was told, by what became of them.',
      values: outcomes,
    },
    {
      name: 'apm_stats_waiting_samples',
      type: 'gauge',
      help: 'Samples that this process has not written yet.',
      values: one(waiting),
    },
  ]
}
