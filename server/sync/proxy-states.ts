/** What every proxy should run and was last known to run, kept; whoever changes one has it forgotten. */
import DataLoader from 'dataloader'
import type { Database } from '../database/connect.ts'
import { readProxyIds, readSyncStates, type SyncState } from './sync.read.ts'

export interface ProxyStates {
  /** Null: no such proxy. */
  load(proxyId: string): Promise<SyncState | null>
  forget(proxyId: string): void
  /** After a write of our own that makes `next` of `known`. Whoever has been forgotten meanwhile is read again. */
  replace(known: SyncState, next: SyncState): Promise<void>
  /** And reads them all again, since each agent asks within a poll. */
  forgetAll(): void
  close(): Promise<void>
}

/** In one statement. */
const mostAtOnce = 5_000
/** Read ahead with one statement; in between agents get their turn. */
const filledAtOnce = 1_000

/** Begins with reading all: after a restart a whole fleet asks, and one by one would be as many statements as agents. */
export function createProxyStates(db: Database, onFault: (error: unknown) => void): ProxyStates {
  const reads = new DataLoader<string, SyncState | null>(
    async (ids) => {
      const found = await readSyncStates(db, ids)
      return ids.map((id) => found.get(id) ?? null)
    },
    { maxBatchSize: mostAtOnce, cache: false },
  )
  // Not the loader's own cache: it opens a batch for every hit, and an unchanged sync asks three times.
  const states = new Map<string, Promise<SyncState | null>>()
  let filling: Promise<void> | null = null
  let isOutdated = false
  let isClosed = false

  async function fill(): Promise<void> {
    try {
      while (isOutdated && !isClosed) {
        isOutdated = false
        const ids = await readProxyIds(db)
        for (let at = 0; at < ids.length && !isOutdated && !isClosed; at += filledAtOnce) {
          await Promise.all(ids.slice(at, at + filledAtOnce).map(load))
        }
      }
    } catch (error) {
      onFault(error) // whoever asks reads for itself
    }
    filling = null
  }

  function load(proxyId: string): Promise<SyncState | null> {
    const known = states.get(proxyId)
    if (known) return known
    const reading = reads.load(proxyId)
    states.set(proxyId, reading)
    const forgetThis = () => {
      if (states.get(proxyId) === reading) states.delete(proxyId)
    }
    // Neither failures are remembered, nor whatever ids a stranger invents.
    reading.then((state) => state === null && forgetThis(), forgetThis)
    return reading
  }

  function forgetAll(): void {
    states.clear()
    isOutdated = true
    filling ??= fill()
  }
  forgetAll()

  return {
    load,
    forget: (proxyId) => void states.delete(proxyId),
    async replace(known, next) {
      const { proxyId } = known
      const kept = states.get(proxyId)
      const isStill = (await kept?.catch(() => null)) === known && states.get(proxyId) === kept
      if (isStill) states.set(proxyId, Promise.resolve(next))
      else states.delete(proxyId)
    },
    forgetAll,
    async close() {
      isClosed = true
      await filling
    },
  }
}
