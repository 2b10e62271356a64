/** The narrower door: what is only observed (beacons, heartbeats, finds on a disk, parents) is written here, without audit or announcement. */
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Database } from './connect.ts'
import { parentEvents, proxyFiles, proxyHosts } from './tables.ts'

export type FoundOnDisk = typeof proxyFiles.$inferInsert
export type FoundOnHost = typeof proxyHosts.$inferInsert
export type ObservedParentEvent = Omit<typeof parentEvents.$inferInsert, 'id' | 'proxyId'>

/** Events kept of each proxy. */
const keptParentEvents = 1_000

/** A beacon of a session that is alive, and how often its cookie had been renewed. Never moves a turn back. */
export async function observeBeacon(db: Database, sessionId: string, turn: number, at: Date): Promise<void> {
  const now = at.toISOString()
  await relaxed(
    db,
    sql`update sessions set last_beacon = ${now}, turn = greatest(turn, ${turn}),
          turned_at = case when turn < ${turn} then ${now}::timestamptz else turned_at end
        where id = ${sessionId}`,
  )
}

/** An API token was used. */
export async function observeTokenUse(db: Database, id: string, at: Date, address: string): Promise<void> {
  await relaxed(
    db,
    sql`update api_tokens set last_used_at = ${at.toISOString()}, last_used_address = ${address} where id = ${id}`,
  )
}

/**
 * Heartbeats of many proxies in one statement; never moves a time back. Passes over rows that are locked: acknowledgements
 * lock many as well, and the two must not wait for each other. What writes them sets the time itself.
 */
export async function observeLastSeen(db: Database, seen: ReadonlyMap<string, Date>): Promise<void> {
  if (seen.size === 0) return
  const ids = `{${[...seen.keys()].join(',')}}`
  const times = `{${[...seen.values()].map((at) => at.toISOString()).join(',')}}`
  await relaxed(
    db,
    sql`update proxy_reports r set last_seen_at = s.at
        from unnest(${ids}::uuid[], ${times}::timestamptz[]) as s(id, at)
        where r.proxy_id = s.id and (r.last_seen_at is null or r.last_seen_at < s.at)
          and r.proxy_id in (
            select proxy_id from proxy_reports where proxy_id = any(${ids}::uuid[]) for no key update skip locked)`,
  )
}

/** What an agent found on its disk; replaces what it found before. */
export async function observeProxyFiles(db: Database, found: FoundOnDisk): Promise<void> {
  const { proxyId: _, ...news } = found
  await db.insert(proxyFiles).values(found).onConflictDoUpdate({ target: proxyFiles.proxyId, set: news })
}

/** What ATS did with its parents: each event once, however often it is told; the oldest make room. */
export async function observeParentEvents(
  db: Database,
  proxyId: string,
  events: readonly ObservedParentEvent[],
): Promise<void> {
  await db.transaction(async (tx) => {
    const stored = await tx
      .insert(parentEvents)
      .values(events.map((event) => ({ ...event, proxyId })))
      .onConflictDoNothing()
      .returning({ id: parentEvents.id })
    if (stored.length === 0) return
    const [oldest] = await tx
      .select({ at: parentEvents.at })
      .from(parentEvents)
      .where(eq(parentEvents.proxyId, proxyId))
      .orderBy(desc(parentEvents.at), desc(parentEvents.id))
      .offset(keptParentEvents - 1)
      .limit(1)
    if (oldest === undefined) return
    await tx
      .delete(parentEvents)
      .where(and(eq(parentEvents.proxyId, proxyId), lt(parentEvents.at, oldest.at)))
  })
}

/** What stands in the way on a host; replaces what stood there before. */
export async function observeProxyHost(db: Database, found: FoundOnHost): Promise<void> {
  const { proxyId: _, ...news } = found
  await db.insert(proxyHosts).values(found).onConflictDoUpdate({ target: proxyHosts.proxyId, set: news })
}

/** Losing the last moments of observations in a crash is fine, waiting for the disk on each is not. */
async function relaxed(db: Database, statement: ReturnType<typeof sql>): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local synchronous_commit = off`)
    await tx.execute(statement)
  })
}
