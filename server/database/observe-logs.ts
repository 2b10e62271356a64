/** The observe door for captured log lines: each stored once, in one order for each proxy. */
import { sql } from 'drizzle-orm'
import type { LogLine } from '../core/log-line.ts'
import type { Database } from './connect.ts'
import { proxyLogEnds, proxyLogs } from './tables.ts'

/** What a capture costs, as its agent measured it. */
export interface ObservedCost {
  readonly linesPerSecond: number
  readonly bytesPerSecond: number
  readonly atsCpuPercent: number | null
  readonly problem: string | null
}

/** How far the log of a proxy is known in one of its epochs. */
export interface KnownLogEnd {
  readonly epoch: number
  /** Of its last line. */
  readonly offset: number
}

/** Epochs whose ends are remembered; an agent goes on with one of its last two. */
const keptEpochs = 16

/**
 * One transaction, which a crash of the database doesn't lose: the agent forgets lines once it is told that they are
 * known. Lines that are known already change nothing: within an epoch only what lies beyond its end is new. Positions
 * of one proxy grow in the order of commits, since its row is locked: whoever has read up to one has missed none before
 * it.
 *
 * Where each epoch ends now: an agent that reads lines again after a restart leaves out what is known.
 */
export async function observeLogLines(
  db: Database,
  proxyId: string,
  lines: readonly LogLine[],
  cost: ObservedCost,
  at: Date,
): Promise<readonly KnownLogEnd[]> {
  return db.transaction(async (tx) => {
    if (lines.length === 0) await tx.execute(sql`set local synchronous_commit = off`)
    const values = { ...cost, at }
    const [row] = await tx
      .insert(proxyLogEnds)
      .values({ proxyId, ...values })
      .onConflictDoUpdate({ target: proxyLogEnds.proxyId, set: values })
      .returning({ position: proxyLogEnds.position, ends: proxyLogEnds.ends })
    if (!row) throw new Error('a proxy has no end of its log')
    const ends: Record<string, number> = { ...row.ends }
    const news = lines.filter(({ epoch, offset }) => {
      const isNews = offset > (ends[epoch] ?? -1)
      if (isNews) ends[epoch] = offset
      return isNews
    })
    if (news.length === 0) return endsOf(row.ends)
    const rows = JSON.stringify(news.map((line, index) => ({ ...line, position: row.position + 1 + index })))
    const kept = Object.entries(ends)
      .sort(([a], [b]) => Number(b) - Number(a))
      .slice(0, keptEpochs)
    // One after the other on their connection, but sent together: on a busy server each wait is a long one.
    await Promise.all([
      tx.execute(sql`select apm_make_log_part(${at.toISOString()})`),
      // One parameter: a thousand lines as parameters of their own take several times as long.
      tx.execute(sql`
      insert into ${proxyLogs} (proxy_id, stored_at, position, epoch, "offset", source, at, text, transaction, client,
        method, url, host, rule_line, parent, status, duration_ms, gap, lost)
      select ${proxyId}::uuid, ${at.toISOString()}::timestamptz, r.*
      from jsonb_to_recordset(${rows}::jsonb) as r (position bigint, epoch bigint, "offset" bigint, source log_source,
        at timestamptz, text text, transaction text, client text, method text, url text, host text, "ruleLine" int,
        parent text, status smallint, "durationMs" int, gap log_gap, lost int)`),
      tx
        .update(proxyLogEnds)
        .set({ position: row.position + news.length, ends: Object.fromEntries(kept) })
        .where(sql`${proxyLogEnds.proxyId} = ${proxyId}`),
    ])
    return endsOf(ends)
  })
}

function endsOf(ends: Readonly<Record<string, number>>): readonly KnownLogEnd[] {
  return Object.entries(ends).map(([epoch, offset]) => ({ epoch: Number(epoch), offset }))
}

/** Drops what was stored before a time, by parts. */
export async function observeLogsEnd(db: Database, before: Date): Promise<void> {
  await db.execute(sql`select apm_drop_log_parts(${before.toISOString()})`)
}
