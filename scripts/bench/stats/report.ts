/** The figures as a table for people, and as one line for programs. */
import { cpus } from 'node:os'
import { percentile } from '../figures.ts'
import type { PastRows } from './past.ts'
import type { Waits } from './waits.ts'
import type { Week } from './week.ts'
import { percentOf, type Writing } from './writing.ts'

/** Of one proxy. */
export const rowsPerDay: Readonly<Record<string, number>> = {
  proxy_stats: 2_880,
  proxy_stats_minute: 1_440,
  proxy_stats_hour: 24,
  proxy_stats_day: 1,
}

export interface Measured {
  readonly loadBefore: number
  readonly ours: Writing
  readonly plain: Writing
  readonly past: PastRows
  readonly week: Week
  readonly sums: {
    readonly tookMs: readonly number[]
    readonly proxies: number
    readonly cpuPercent: number
  }
  /** Bytes of a row, by table. */
  readonly sizes: Readonly<Record<string, number>>
  readonly waits: Waits
}

export const say = (line = '') => process.stdout.write(`${line}\n`)
const round = (value: number) => Math.round(value * 10) / 10
const row = (what: string, ...values: readonly string[]) =>
  say(what.padEnd(52) + values.map((value) => value.padStart(16)).join(''))

export function report(measured: Measured): void {
  const { loadBefore, ours, plain, past, week, sums, sizes, waits } = measured
  const weekCpuPercent = percentOf(week.keepCpuSeconds, week.rollUpMs.length * 600)
  say(`\n${cpus().length} processors, load ${loadBefore.toFixed(1)} before\n`)
  row('', 'ours', 'plain inserts')
  row('samples written a second', ours.perSecond.toFixed(0), plain.perSecond.toFixed(0))
  row('server, % of a processor at that rate', ours.serverPercent.toFixed(1), plain.serverPercent.toFixed(1))
  row(
    'PostgreSQL, % of a processor at that rate',
    ours.postgresPercent.toFixed(1),
    plain.postgresPercent.toFixed(1),
  )
  row(
    'CPU of both for 1,000 samples, ms',
    ours.cpuMsPerThousand.toFixed(1),
    plain.cpuMsPerThousand.toFixed(1),
  )
  say()
  row('', 'bytes a row', 'bytes/proxy/day')
  for (const [name, bytes] of Object.entries(sizes))
    row(name, bytes.toFixed(0), (bytes * (rowsPerDay[name] ?? 0)).toFixed(0))
  say()
  row('there before: minutes, hours', String(past.minutes), String(past.hours))
  row('rolled up from samples: how many, in s', String(week.samples), week.elapsedSeconds.toFixed(0))
  row('  roll-up of 10 minutes, median and worst ms', ...medianAndWorst(week.rollUpMs))
  row('  dropping what is old, median and worst ms', ...medianAndWorst(week.dropMs))
  row('  PostgreSQL for both, % of a processor', weekCpuPercent.toFixed(1))
  row('  GB after each day', week.gigabytes.map((size) => size.toFixed(1)).join(' '))
  row(`roll-up of 30 s of ${sums.proxies} proxies, median and worst ms`, ...medianAndWorst(sums.tookMs))
  row('  PostgreSQL, % of a processor with writing', sums.cpuPercent.toFixed(1))
  say()
  row('', 'median ms', 'p95 ms (aim: 150)')
  for (const [name, { p50, p95 }] of Object.entries(waits)) row(name, p50.toFixed(1), p95.toFixed(1))
  say()
  say(
    JSON.stringify({
      loadBefore: round(loadBefore),
      writtenPerSecond: round(ours.perSecond),
      serverCpuPercent: round(ours.serverPercent),
      postgresCpuPercent: round(ours.postgresPercent),
      cpuMsPerThousandSamples: round(ours.cpuMsPerThousand),
      plainWrittenPerSecond: round(plain.perSecond),
      plainCpuMsPerThousandSamples: round(plain.cpuMsPerThousand),
      bytesPerSample: round(sizes.proxy_stats ?? 0),
      bytesPerMinute: round(sizes.proxy_stats_minute ?? 0),
      bytesPerHour: round(sizes.proxy_stats_hour ?? 0),
      bytesPerDay: round(sizes.proxy_stats_day ?? 0),
      proxies: sums.proxies,
      minuteRowsBefore: past.minutes,
      hourRowsBefore: past.hours,
      weekSamples: week.samples,
      weekSeconds: round(week.elapsedSeconds),
      weekRollUpP50Ms: round(percentile(week.rollUpMs, 50)),
      weekRollUpMaxMs: round(Math.max(...week.rollUpMs)),
      weekDropMaxMs: round(Math.max(...week.dropMs)),
      weekCpuPercent: round(weekCpuPercent),
      weekGigabytes: week.gigabytes.map(round),
      rollUpP50Ms: round(percentile(sums.tookMs, 50)),
      rollUpMaxMs: round(Math.max(...sums.tookMs)),
      writeAndRollUpCpuPercent: round(sums.cpuPercent),
      ...Object.fromEntries(
        Object.entries(waits).flatMap(([name, { p50, p95 }]) => [
          [`${name}P50Ms`, round(p50)],
          [`${name}P95Ms`, round(p95)],
        ]),
      ),
    }),
  )
}

function medianAndWorst(values: readonly number[]): [string, string] {
  return [percentile(values, 50).toFixed(0), Math.max(...values).toFixed(0)]
}
