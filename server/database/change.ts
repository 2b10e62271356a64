/** The door for audited writes: nothing is written unless the callback also says what goes into the audit trail. */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import type { ActorKind, AuditAction, Channel, EntityKind } from '../core/vocabulary.ts'
import { channelName, encodeSubjects } from './announcements.ts'
import type { Database, WriteTransaction } from './connect.ts'

/** Who did it, when and from where: taken from the Operation, never from an argument of a verb. */
export interface Attribution {
  readonly actor: { readonly kind: ActorKind; readonly id: string | null; readonly name: string }
  readonly address: string
  readonly channel: Channel
  readonly requestId: string
  readonly at: Date
}

/** One thing that happened to one entity. Only the fields that differ between `old` and `new` are kept. */
export interface AuditDraft {
  readonly action: AuditAction
  readonly entity: { readonly kind: EntityKind; readonly id: string | null; readonly name: string }
  readonly old?: Readonly<Record<string, unknown>>
  readonly new?: Readonly<Record<string, unknown>>
}

export interface Changed<T> {
  readonly result: T
  readonly audit: readonly [AuditDraft, ...AuditDraft[]]
}

/** Changes of different actors that may share a commit. */
const mostTogether = 500

type Work<T> = (tx: WriteTransaction) => Promise<Changed<T>>

interface Member {
  readonly attribution: Attribution
  readonly work: Work<unknown>
}

/**
 * Runs `work` in one transaction, writes its audit entries and announces their subjects, then commits.
 * The guard trigger refuses a commit that changed an audited table without an entry (drizzle/0001_guard.sql).
 */
export async function change<T>(db: Database, attribution: Attribution, work: Work<T>): Promise<T> {
  const [result] = await commit(db, [{ attribution, work }])
  return result as T
}

/**
 * As `change`, in one transaction with whatever else comes this way while the one before is being committed: a NOTIFY
 * lets only one transaction at a time commit, and each waits for the disk. When one fails, the others are tried alone.
 * For works of one statement on rows of their own: several of them hold their locks at once.
 */
export function changeTogether<T>(db: Database, attribution: Attribution, work: Work<T>): Promise<T> {
  const queue = queues.get(db) ?? { waiting: [], isCommitting: false }
  queues.set(db, queue)
  return new Promise((resolve, reject) => {
    queue.waiting.push({ attribution, work, resolve: (result) => resolve(result as T), reject })
    if (!queue.isCommitting) void commitWaiting(db, queue)
  })
}

interface Waiting extends Member {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}
interface Queue {
  readonly waiting: Waiting[]
  isCommitting: boolean
}
const queues = new WeakMap<Database, Queue>()

async function commitWaiting(db: Database, queue: Queue): Promise<void> {
  queue.isCommitting = true
  while (queue.waiting.length > 0) await commitGroup(db, queue.waiting.splice(0, mostTogether))
  queue.isCommitting = false
}

async function commitGroup(db: Database, group: readonly Waiting[]): Promise<void> {
  try {
    const results = await commit(db, group)
    for (const [index, { resolve }] of group.entries()) resolve(results[index])
  } catch (error) {
    const [first, ...others] = group
    if (others.length === 0) return first?.reject(error)
    for (const each of group) await commitGroup(db, [each])
  }
}

async function commit(db: Database, members: readonly Member[]): Promise<readonly unknown[]> {
  return db.transaction(async (tx) => {
    const nonce = randomUUID()
    await tx.execute(sql`select set_config('apm.nonce', ${nonce}, true)`)
    const changed = await allOf(members.map(({ work }) => work(tx)))
    const entries = changed.flatMap(({ audit }, index) => {
      const attribution = members[index]?.attribution
      return attribution ? audit.map((draft) => entryOf(draft, attribution, nonce)) : []
    })
    await tx.execute(
      sql`insert into audit_logs (${entryColumns})
          select ${entryColumns} from jsonb_populate_recordset(null::audit_logs, ${JSON.stringify(entries)}::jsonb)`,
    )
    const payloads = changed.map(({ audit }) => encodeSubjects(audit.map((draft) => draft.entity)))
    await tx.execute(
      sql`select pg_notify(${channelName}, payload)
          from jsonb_array_elements_text(${JSON.stringify(payloads)}::jsonb) as payload`,
    )
    return changed.map(({ result }) => result)
  })
}

/** As Promise.all, but none goes on in a transaction that has ended. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

/** As the table names them. One parameter holds all entries: the builder's thousands cost more than the rest of a roll-out. */
const entryColumns = sql`at, action, actor_kind, actor_id, actor_name, entity_kind, entity_id, entity_name, old_value, new_value, address, channel, request_id, nonce`

function entryOf(draft: AuditDraft, attribution: Attribution, nonce: string) {
  const difference = differenceOf(draft.old, draft.new)
  return {
    at: attribution.at,
    action: draft.action,
    actor_kind: attribution.actor.kind,
    actor_id: attribution.actor.id,
    actor_name: attribution.actor.name,
    entity_kind: draft.entity.kind,
    entity_id: draft.entity.id,
    entity_name: draft.entity.name,
    old_value: difference.old,
    new_value: difference.new,
    address: attribution.address,
    channel: attribution.channel,
    request_id: attribution.requestId,
    nonce,
  }
}

type Fields = Readonly<Record<string, unknown>>

/** The fields of two values that differ; null where a side has none. */
export function differenceOf(
  before: Fields | undefined,
  after: Fields | undefined,
): { old: Record<string, unknown> | null; new: Record<string, unknown> | null } {
  if (before === undefined || after === undefined) {
    return {
      old: before === undefined ? null : { ...before },
      new: after === undefined ? null : { ...after },
    }
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  // Not by their JSON text: what comes back from a jsonb column has its keys in another order.
  const differing = names.filter((name) => !isDeepStrictEqual(before[name], after[name]))
  const pick = (fields: Fields) => Object.fromEntries(differing.map((name) => [name, fields[name] ?? null]))
  return { old: pick(before), new: pick(after) }
}
