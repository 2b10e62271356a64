/** What every proxy should run, in memory: an unchanged sync costs no SQL. Announcements keep it right. */
import { randomUUID } from 'node:crypto'
import { type AtsGeneration, type DriftPolicy, pollIntervalSeconds } from '../core/vocabulary.ts'
import type { Announcements } from '../database/announcements.ts'
import type { Database } from '../database/connect.ts'
import { observeLastSeen } from '../database/observe.ts'
import { readSettings } from '../settings/settings.read.ts'
import { createProxyStates } from './proxy-states.ts'
import { type OfferedBytes, readOfferedBytes, type SyncState } from './sync.read.ts'

export interface FleetMemory {
  /** Names this memory among those of all servers on one database. */
  readonly name: string
  /** Null: no such proxy. */
  state(proxyId: string): Promise<SyncState | null>
  /** Forgets one proxy after a write of our own; its announcement would come a moment too late for the answer. */
  forget(proxyId: string): void
  /** Takes in what an agent said and what was stored under this memory's name: see `ProxyStates.replace`. */
  takeIn(known: SyncState, next: SyncState): Promise<void>
  bytes(versionId: string, generation: AtsGeneration): Promise<OfferedBytes>
  driftPolicy(): Promise<DriftPolicy>
  /** An agent listens for nudges; the returned function says that it does so no more. */
  attach(): () => void
  /** Within which time agents that lose this server together shall come back, at random. */
  comeBackSeconds(): number
  /** A heartbeat; written in batches. */
  saw(proxyId: string, at: Date): void
  close(): Promise<void>
}

/** Versions' bytes kept: a fleet runs few versions at a time, oldest out first. */
const keptBytes = 64
const flushEveryMs = 1_000
/** As many agents a second come back to a server of one core (`npm run bench -- fleet`) while it does its other work. */
const comeBacksPerSecond = 350
/** Small fleets come back soon; large ones no later than their polls would have come. */
const comeBackBounds = { min: 10, max: pollIntervalSeconds } as const

export function createFleetMemory(
  db: Database,
  announcements: Announcements,
  onFault: (error: unknown) => void,
): FleetMemory {
  const name = randomUUID()
  const states = createProxyStates(db, onFault)
  const bytes = new Map<string, Promise<OfferedBytes>>()
  let policy: Promise<DriftPolicy> | null = null
  let seen = new Map<string, Date>()
  let attached = 0

  const stopListening = announcements.listen(null, (subjects) => {
    for (const { kind, id, toldTo } of subjects) {
      if (kind === 'settings') policy = null
      if (kind !== 'proxy' || toldTo === name) continue
      if (id === null) states.forgetAll()
      else states.forget(id)
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
    name,
    state: states.load,
    forget: states.forget,
    takeIn: states.replace,
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
    attach() {
      attached += 1
      let isAttached = true
      return () => {
        if (isAttached) attached -= 1
        isAttached = false
      }
    },
    comeBackSeconds() {
      const { min, max } = comeBackBounds
      return Math.min(Math.max(Math.ceil(attached / comeBacksPerSecond), min), max)
    },
    saw: (proxyId, at) => seen.set(proxyId, at),
    async close() {
      clearInterval(timer)
      stopListening()
      await states.close()
      await flush()
    },
  }
}
