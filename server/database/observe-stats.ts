/** The observe door for samples: batches of them by COPY, each sample once, and the newest of each proxy. */
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { getTableColumns, type Table } from 'drizzle-orm'
import type { Sql } from 'postgres'
import { aheadSeconds } from '../core/stats.ts'
import { proxyStats, proxyStatsNewest } from './tables.ts'

/** A sample as it is stored: what it added, and what ATS has counted so far. */
export interface StoredSample {
  readonly added: Omit<typeof proxyStats.$inferInsert, 'stretch'>
  readonly newest: typeof proxyStatsNewest.$inferInsert
}

/** Writers share it, the roll-up takes it alone: any constant that no other lock has. */
export const statsWritersLock = 727_100_003

/** For one COPY of a batch, which takes some 50 ms. */
const copyMs = 10_000

const addedKeys = keysOf(proxyStats)
const newestKeys = keysOf(proxyStatsNewest)
const columnsOf = (table: Table, keys: readonly string[]) =>
  keys.map((key) => getTableColumns(table)[key]?.name ?? '')
const addedColumns = columnsOf(proxyStats, addedKeys)
const keptColumns = addedColumns.filter((name) => name !== proxyStats.stretch.name)
const newestColumns = columnsOf(proxyStatsNewest, newestKeys)

/**
 * One transaction, relaxed: a crash may lose the last moments. Samples that are known already change nothing, and a
 * late one leaves the newest of its proxy as it is. Waits for a roll-up that begins a new stretch, a few milliseconds.
 */
export async function observeStats(sql: Sql, samples: readonly StoredSample[]): Promise<void> {
  const times = samples.map(({ added }) => added.at.getTime())
  const [since, until] = [min(times), max(times)].map((time) => new Date(time).toISOString()) as [
    string,
    string,
  ]
  await sql.begin(async (tx) => {
    await tx`set local synchronous_commit = off`
    await tx`set local statement_timeout = '30s'`
    await tx`create temp table if not exists stats_added (like proxy_stats) on commit delete rows`
    await tx`create temp table if not exists stats_newest (like proxy_stats_newest) on commit delete rows`
    const added = await tx`copy stats_added (${tx(addedColumns)}) from stdin`.writable()
    await fill(
      added,
      linesOf(samples, ({ added: row }) => ({ ...row, stretch: 0 }), addedKeys),
    )
    const newest = await tx`copy stats_newest (${tx(newestColumns)}) from stdin`.writable()
    await fill(
      newest,
      linesOf(samples, ({ newest: row }) => row, newestKeys),
    )
    await tx`select apm_make_stats_parts(${since}, ${until})`
    await tx`select pg_advisory_xact_lock_shared(${statsWritersLock})`
    // Numbered after the lock: a stretch doesn't end while somebody adds to it.
    await tx`
      insert into proxy_stats (${tx(keptColumns)}, stretch)
      select ${tx(keptColumns)}, (select open_stretch from stats_totals) from stats_added order by proxy_id, at
      on conflict do nothing`
    const isAhead = (at: string) =>
      tx`${tx(at)} > statement_timestamp() + ${aheadSeconds} * interval '1 second'`
    await tx`
      insert into proxy_stats_newest as known (${tx(newestColumns)})
      select distinct on (proxy_id) ${tx(newestColumns)} from stats_newest
        order by proxy_id, ${isAhead('stats_newest.at')}, at desc
      on conflict (proxy_id) do update set
        (${tx(newestColumns)}) = row(${newestColumns.map((name, index) => tx`${index ? tx`,` : tx``}excluded.${tx(name)}`)})
      where known.at < excluded.at or ${isAhead('known.at')}`
  })
}

/** An error of PostgreSQL during a COPY never reaches the driver's stream: it is found by its silence. */
function fill(copy: Writable, lines: Iterable<string>): Promise<void> {
  return pipeline(Readable.from(lines), copy, { signal: AbortSignal.timeout(copyMs) })
}

function keysOf(table: Table): readonly string[] {
  return Object.keys(getTableColumns(table))
}

/** COPY's text format, a chunk for many rows. No value holds what it would have to escape: ids, times and numbers. */
function* linesOf<Row extends object>(
  samples: readonly StoredSample[],
  rowOf: (sample: StoredSample) => Row,
  keys: readonly string[],
): Generator<string> {
  let chunk = ''
  for (const sample of samples) {
    const row = rowOf(sample) as Readonly<Record<string, unknown>>
    chunk += `${keys.map((key) => fieldOf(row[key])).join('\t')}\n`
    if (chunk.length < 64 * 1024) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

function fieldOf(value: unknown): string {
  if (value === null || value === undefined) return '\\N'
  return value instanceof Date ? value.toISOString() : String(value)
}

const min = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.min(a, b))
const max = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.max(a, b))
