/** What happened elsewhere: NOTIFY from the audit door, fanned out to this process. Ids only, never truth. */
import type { Sql } from 'postgres'
import { EntityKind } from '../core/vocabulary.ts'

export const channelName = 'apm_changes'

/** `id` null: anything of this kind may have changed. */
export interface Subject {
  readonly kind: EntityKind
  readonly id: string | null
  /** Only what its agent said of it has changed; the name of the memory (of some server) that has taken it in already. */
  readonly toldTo?: string
}

export type Listener = (subjects: readonly Subject[]) => void

/** `withoutReports`: not what agents said only. After a roll-out that is ten thousand times as much. */
export interface Concern extends Pick<Subject, 'kind' | 'id'> {
  readonly withoutReports?: boolean
}

export interface Announcements {
  /** Calls `listener` for what touches `concern` (null: for everything), until the returned function is called. */
  listen(concern: Concern | null, listener: Listener): () => void
  /** The same as a stream; what comes while its reader is busy is kept once per subject. */
  stream(concern: Concern | null): AsyncIterableIterator<Subject>
  close(): Promise<void>
}

/** Every kind at once: what a listener hears after the database connection was lost and found again. */
export const everything: readonly Subject[] = Object.values(EntityKind).map((kind) => ({ kind, id: null }))

/** Beyond this many ids of a kind, "all of them" is said. */
const idsPerKind = 40
/** PostgreSQL takes less than 8,000 bytes, and would refuse the whole change. */
const payloadBytes = 7_900

/**
 * The subjects of changes that share a commit as NOTIFY payloads: distinct, coalesced where one change has many. Changes
 * of one subject each (a fleet's acknowledgements) share payloads.
 */
export function encodeSubjects(changes: readonly (readonly Subject[])[]): string[] {
  const small = changes.filter((subjects) => subjects.length === 1).flat()
  const large = changes.filter((subjects) => subjects.length > 1)
  const groups = Array.from({ length: Math.ceil(small.length / idsPerKind) }, (_, index) =>
    small.slice(index * idsPerKind, (index + 1) * idsPerKind),
  )
  return [...large.map(encodePayload), ...groups.map(encodeGroup)]
}

/** Each by itself: whoever has taken in one report need not have taken in the next. */
function encodeGroup(subjects: readonly Subject[]): string {
  const pairs = subjects.map(({ kind, id, toldTo }) => (toldTo ? [kind, id, toldTo] : [kind, id]))
  const payload = JSON.stringify([...new Map(pairs.map((pair) => [pair.join(), pair])).values()])
  return payload.length <= payloadBytes ? payload : encodePayload(subjects)
}

function encodePayload(subjects: readonly Subject[]): string {
  const byKind = new Map<EntityKind, Set<string | null>>()
  for (const { kind, id } of subjects) byKind.set(kind, (byKind.get(kind) ?? new Set()).add(id))
  const pairs = [...byKind].flatMap(([kind, ids]) =>
    ids.size > idsPerKind ? [[kind, null]] : [...ids].map((id) => [kind, id]),
  )
  const payload = JSON.stringify(pairs)
  return payload.length <= payloadBytes
    ? payload
    : JSON.stringify([...byKind.keys()].map((kind) => [kind, null]))
}

function decodeSubjects(payload: string): readonly Subject[] {
  const pairs = JSON.parse(payload) as [EntityKind, string | null, string?][]
  return pairs.map(([kind, id, toldTo]) => (toldTo ? { kind, id, toldTo } : { kind, id }))
}

/** LISTENs on a connection of its own, which postgres.js reopens when it is lost. */
export async function listenToAnnouncements(sql: Sql): Promise<Announcements> {
  const { listen, tell, forgetAll } = createHub()
  let isFirst = true
  const { unlisten } = await sql.listen(
    channelName,
    (payload) => tell(decodeSubjects(payload)),
    () => {
      // What was announced while the connection was down is unknown: everybody looks again.
      if (!isFirst) tell(everything)
      isFirst = false
    },
  )
  return {
    listen,
    stream: (concern) => streamOf(listen, concern),
    async close() {
      forgetAll()
      await unlisten()
    },
  }
}

interface Hub extends Pick<Announcements, 'listen'> {
  tell: Listener
  forgetAll(): void
}

/**
 * Listeners by what concerns them: ten thousand agents' sockets listen, each to its own proxy, and an announcement must
 * not ask them all. Those that listen to everything are told first.
 */
export function createHub(): Hub {
  const toAll = new Set<Listener>()
  const byKind = new Map<EntityKind, Map<string | null, Set<Listener>>>()

  function listen(concern: Concern | null, told: Listener): () => void {
    if (concern === null) {
      toAll.add(told)
      return () => void toAll.delete(told)
    }
    const { kind, id, withoutReports } = concern
    const listener: Listener = withoutReports ? butReports(told) : told
    const byId = byKind.get(kind) ?? new Map<string | null, Set<Listener>>()
    const listeners = byId.get(id) ?? new Set()
    byKind.set(kind, byId.set(id, listeners.add(listener)))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && byId.get(id) === listeners) byId.delete(id)
    }
  }

  /** "Any of this kind", on either side, touches all of that kind. */
  function* concerned({ kind, id }: Subject): Iterable<Listener> {
    const byId = byKind.get(kind)
    if (byId === undefined) return
    const found = id === null ? byId.values() : [byId.get(id), byId.get(null)]
    for (const listeners of found) yield* listeners ?? []
  }

  return {
    listen,
    tell(subjects) {
      for (const listener of toAll) listener(subjects)
      for (const subject of subjects) {
        const one = [subject]
        for (const listener of concerned(subject)) listener(one)
      }
    },
    forgetAll() {
      toAll.clear()
      byKind.clear()
    },
  }
}

function butReports(told: Listener): Listener {
  return (subjects) => {
    if (subjects.some(({ toldTo }) => toldTo === undefined)) told(subjects)
  }
}

/** A reader slower than this many distinct subjects is told "anything of this kind" instead. */
const pendingSubjects = 1_000

/**
 * Not an async generator: one that waits can't be returned from, and every closed socket would leave its listener.
 */
export function streamOf(
  listen: Announcements['listen'],
  concern: Concern | null,
): AsyncIterableIterator<Subject> {
  const pending = new Map<string, Subject>()
  let deliver: ((result: IteratorResult<Subject>) => void) | null = null
  let isOver = false

  const stop = listen(concern, (subjects) => {
    for (const subject of subjects) keep(subject)
    handOver()
  })
  function keep(subject: Subject): void {
    const isFull = pending.size >= pendingSubjects
    const kept = isFull ? { kind: subject.kind, id: null } : subject
    pending.set(`${kept.kind} ${kept.id}`, kept)
  }
  function handOver(): void {
    const [next] = pending
    if (!deliver || !next) return
    const [key, value] = next
    pending.delete(key)
    const reader = deliver
    deliver = null
    reader({ value, done: false })
  }
  const end = { value: undefined, done: true } as const
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      if (isOver) return Promise.resolve(end)
      return new Promise((resolve) => {
        deliver = resolve
        handOver()
      })
    },
    async return() {
      isOver = true
      stop()
      deliver?.(end)
      return end
    },
  }
}
