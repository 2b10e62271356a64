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
  observeProxyHost,
} from './database/observe.ts'
import {
  type KnownLogEnd,
  type ObservedCost,
  observeLogLines,
  observeLogsEnd,
} from './database/observe-logs.ts'
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
  /** When they last gave their password; null for an API token. */
  readonly confirmedAt: Date | null
  /** Null for a session: everything the role allows. */
  readonly scopes: readonly ApiScope[] | null
  /** Of an API token that may change these configs alone; null: any. */
  readonly configIds: readonly string[] | null
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
    beacon(sessionId: string, turn: number): Promise<void>
    proxyFiles(found: FoundOnDisk): Promise<void>
    parentEvents(proxyId: string, events: readonly ObservedParentEvent[]): Promise<void>
    proxyHost(found: FoundOnHost): Promise<void>
    logLines(proxyId: string, lines: readonly LogLine[], cost: ObservedCost): Promise<readonly KnownLogEnd[]>
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
  return new DatabaseOperation(parts, actor, origin, parts.clock())
}

/** A class, since most operations are syncs and use next to nothing of it: its methods cost nothing to have. */
class DatabaseOperation implements Operation {
  readonly #db: Database
  /** By their batch; null while nothing is loaded. */
  #loaders: Map<unknown, DataLoader<unknown, unknown>> | null = null

  constructor(
    { db }: Pick<OperationParts, 'db'>,
    readonly actor: Actor,
    readonly origin: Origin,
    readonly now: Date,
  ) {
    this.#db = db
  }

  get read(): ReadDatabase {
    return this.#db
  }

  async change<T>(work: (tx: WriteTransaction) => Promise<Changed<T>>): Promise<T> {
    const result = await change(this.#db, this.#attribution(), work)
    this.#loaders = null // what was read before the write must not answer for after it
    return result
  }

  async changeTogether<Row>(write: GroupWrite<Row>, member: GroupMember<Row>): Promise<void> {
    await changeTogether(this.#db, this.#attribution(), write, member)
    this.#loaders = null
  }

  get observe(): Operation['observe'] {
    const db = this.#db
    return {
      beacon: (sessionId, turn) => observeBeacon(db, sessionId, turn, this.now),
      proxyFiles: (found) => observeProxyFiles(db, found),
      parentEvents: (proxyId, events) => observeParentEvents(db, proxyId, events),
      proxyHost: (found) => observeProxyHost(db, found),
      logLines: (proxyId, lines, cost) => observeLogLines(db, proxyId, lines, cost, this.now),
      logsEnd: (before) => observeLogsEnd(db, before),
      statsSums: () => observeStatsSums(db),
      statsEnd: (ends) => observeStatsEnd(db, ends),
    }
  }

  load<K, V>(batch: BatchRead<K, V>, key: K): Promise<V | undefined> {
    this.#loaders ??= new Map()
    let loader = this.#loaders.get(batch) as DataLoader<K, V | undefined> | undefined
    if (!loader) {
      loader = new DataLoader<K, V | undefined>(async (keys) => {
        const found = await batch(this, keys)
        return keys.map((each) => found.get(each))
      })
      this.#loaders.set(batch, loader as DataLoader<unknown, unknown>)
    }
    return loader.load(key)
  }

  as(actor: Actor): Operation {
    return new DatabaseOperation({ db: this.#db }, actor, this.origin, this.now)
  }

  #attribution() {
    return { actor: this.actor, ...this.origin, at: this.now }
  }
}
