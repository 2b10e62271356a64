/** Everything a verb may use: who asks, from where, the clock, and the doors to the database. */
import DataLoader from 'dataloader'
import type { LogLine } from './core/log-line.ts'
import type { ApiScope, Channel, Role } from './core/vocabulary.ts'
import { type Changed, change, changeTogether, type GroupMember, type GroupWrite } from './database/change.ts'
import type { Database, ReadDatabase, WriteTransaction } from './database/connect.ts'
import {
  type FoundOnDisk,
  type FoundOnHost,
  type ObservedParentEvent,
  observeBeacon,
  observeParentEvents,
  observeProxyFiles,
  observeProxyProblems,
} from './database/observe.ts'
import { type ObservedCost, observeLogLines, observeLogsEnd } from './database/observe-logs.ts'
import { observeStatsEnd, type StatsEnds } from './database/observe-stats-end.ts'
import { observeStatsSums } from './database/roll-up-stats.ts'

export type Actor = UserActor | AgentActor | SystemActor | AnonymousActor

export interface UserActor {
  readonly kind: 'user'
  readonly id: string
  readonly name: string
  readonly role: Role
  /** Null for an API token. */
  readonly sessionId: string | null
  /** Null for a session: everything the role allows. */
  readonly scopes: readonly ApiScope[] | null
}
export interface AgentActor {
  readonly kind: 'agent'
  /** The proxy's id. */
  readonly id: string
  readonly name: string
}
export interface SystemActor {
  readonly kind: 'system'
  readonly id: null
  readonly name: string
}
export interface AnonymousActor {
  readonly kind: 'anonymous'
  readonly id: null
  readonly name: 'anonymous'
}
export const anonymous: AnonymousActor = { kind: 'anonymous', id: null, name: 'anonymous' }

export interface Origin {
  readonly address: string
  readonly channel: Channel
  readonly requestId: string
}

/** Reads many keys at once; keys without a value are left out of the map. A module-level function: its identity names the loader. */
export type BatchRead<K, V> = (op: Operation, keys: readonly K[]) => Promise<ReadonlyMap<K, V>>

export interface Operation {
  readonly actor: Actor
  readonly origin: Origin
  /** One instant for the whole operation. */
  readonly now: Date
  /** Selects only. */
  readonly read: ReadDatabase
  /** The only way to write what is audited: see database/change.ts. */
  change<T>(work: (tx: WriteTransaction) => Promise<Changed<T>>): Promise<T>
  /** As `change`, sharing statement and commit with others: for what a whole fleet does at once. */
  changeTogether<Row>(write: GroupWrite<Row>, member: GroupMember<Row>): Promise<void>
  /** The only way to write what is observed. */
  readonly observe: {
    beacon(sessionId: string): Promise<void>
    proxyFiles(found: FoundOnDisk): Promise<void>
    parentEvents(proxyId: string, events: readonly ObservedParentEvent[]): Promise<void>
    proxyProblems(found: FoundOnHost): Promise<void>
    logLines(proxyId: string, lines: readonly LogLine[], cost: ObservedCost): Promise<void>
    /** Drops log lines that were stored before. */
    logsEnd(before: Date): Promise<void>
    /** Rolls up samples; whether there is more to do at once. */
    statsSums(): Promise<boolean>
    /** Drops statistics that end before these times. */
    statsEnd(ends: StatsEnds): Promise<void>
  }
  /** One DataLoader per edge and operation: many loads in one tick are one statement. */
  load<K, V>(batch: BatchRead<K, V>, key: K): Promise<V | undefined>
  /** The same operation for somebody known only now (a login), so that the trail names them. */
  as(actor: Actor): Operation
}

export interface OperationParts {
  readonly db: Database
  readonly clock: () => Date
}

export function createOperation(parts: OperationParts, actor: Actor, origin: Origin): Operation {
  const now = parts.clock()
  const attribution = { actor, ...origin, at: now }
  const loaders = new Map<unknown, DataLoader<unknown, unknown>>()
  const op: Operation = {
    actor,
    origin,
    now,
    read: parts.db,
    async change(work) {
      const result = await change(parts.db, attribution, work)
      loaders.clear() // what was read before the write must not answer for after it
      return result
    },
    async changeTogether(write, member) {
      await changeTogether(parts.db, attribution, write, member)
      loaders.clear()
    },
    observe: {
      beacon: (sessionId) => observeBeacon(parts.db, sessionId, now),
      proxyFiles: (found) => observeProxyFiles(parts.db, found),
      parentEvents: (proxyId, events) => observeParentEvents(parts.db, proxyId, events),
      proxyProblems: (found) => observeProxyProblems(parts.db, found),
      logLines: (proxyId, lines, cost) => observeLogLines(parts.db, proxyId, lines, cost, now),
      logsEnd: (before) => observeLogsEnd(parts.db, before),
      statsSums: () => observeStatsSums(parts.db),
      statsEnd: (ends) => observeStatsEnd(parts.db, ends),
    },
    load<K, V>(batch: BatchRead<K, V>, key: K) {
      let loader = loaders.get(batch) as DataLoader<K, V | undefined> | undefined
      if (!loader) {
        loader = new DataLoader<K, V | undefined>(async (keys) => {
          const found = await batch(op, keys)
          return keys.map((each) => found.get(each))
        })
        loaders.set(batch, loader as DataLoader<unknown, unknown>)
      }
      return loader.load(key)
    },
    as: (other) => createOperation({ db: parts.db, clock: () => now }, other, origin),
  }
  return op
}
