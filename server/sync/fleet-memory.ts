/** What every proxy should run, in memory: an unchanged sync costs no SQL. Announcements keep it right. */
import DataLoader from 'dataloader'
import type { AtsGeneration, DriftPolicy } from '../core/vocabulary.ts'
import type { Announcements } from '../database/announcements.ts'
import type { Database } from '../database/connect.ts'
import { observeLastSeen } from '../database/observe.ts'
import { readSettings } from '../settings/settings.read.ts'
import { type OfferedBytes, readOfferedBytes, readSyncStates, type SyncState } from './sync.read.ts'

export interface FleetMemory {
  /** Null: no such proxy. */
  state(proxyId: string): Promise<SyncState | null>
  /** Forgets one proxy after a write of our own; its announcement would come a moment too late for the answer. */
  forget(proxyId: string): void
  bytes(versionId: string, generation: AtsGeneration): Promise<OfferedBytes>
  driftPolicy(): Promise<DriftPolicy>
  /** A heartbeat; written in batches. */
  saw(proxyId: string, at: Date): void
  close(): Promise<void>
}

/** Versions' bytes kept: a fleet runs few versions at a time, oldest out first. */
const keptBytes = 64
const flushEveryMs = 1_000

export function createFleetMemory(
  db: Database,
  announcements: Announcements,
  onFault: (error: unknown) => void,
): FleetMemory {
  const states = new DataLoader<string, SyncState | null>(
    async (ids) => {
      const found = await readSyncStates(db, ids)
      return ids.map((id) => found.get(id) ?? null)
    },
    { maxBatchSize: 5_000 },
  )
  const bytes = new Map<string, Promise<OfferedBytes>>()
  let policy: Promise<DriftPolicy> | null = null
  let seen = new Map<string, Date>()

  const stopListening = announcements.listen(null, (subjects) => {
    for (const { kind, id } of subjects) {
      if (kind === 'settings') policy = null
      if (kind !== 'proxy') continue
      if (id === null) states.clearAll()
      else states.clear(id)
    }
  })

  async function flush(): Promise<void> {
    const batch = seen
    seen = new Map()
    try {
      await observeLastSeen(db, batch)
    } catch (error) {
      // A heartbeat that is lost comes again in 30 s; nothing else depends on it.
      onFault(error)
    }
  }
  const timer = setInterval(flush, flushEveryMs)

  return {
    async state(proxyId) {
      try {
        return await states.load(proxyId)
      } catch (error) {
        states.clear(proxyId) // DataLoader would remember the failure
        throw error
      }
    },
    forget: (proxyId) => states.clear(proxyId),
    bytes(versionId, generation) {
      const key = `${versionId} ${generation}`
      const known = bytes.get(key)
      if (known) return known
      const loading = readOfferedBytes(db, versionId, generation)
      loading.catch(() => bytes.delete(key))
      if (bytes.size >= keptBytes) bytes.delete(bytes.keys().next().value ?? '')
      bytes.set(key, loading)
      return loading
    },
    driftPolicy() {
      if (policy === null) {
        policy = readSettings(db).then(({ driftPolicy }) => driftPolicy)
        policy.catch(() => {
          policy = null
        })
      }
      return policy
    },
    saw: (proxyId, at) => seen.set(proxyId, at),
    async close() {
      clearInterval(timer)
      stopListening()
      await flush()
    },
  }
}
