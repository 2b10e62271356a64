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

/**
 * Runs `work` in one transaction, writes its audit entries and announces their subjects, then commits.
 * The guard trigger refuses a commit that changed an audited table without an entry (drizzle/0001_guard.sql).
 */
export async function change<T>(
  db: Database,
  attribution: Attribution,
  work: (tx: WriteTransaction) => Promise<Changed<T>>,
): Promise<T> {
  return db.transaction(async (tx) => {
    const nonce = await openTrail(tx)
    const { result, audit } = await work(tx)
    await writeTrail(tx, nonce, [{ attribution, audit }])
    return result
  })
}

/** A write that a whole fleet makes at once, of all its rows in one statement. A module-level function: its identity names the group. */
export type GroupWrite<Row> = (tx: WriteTransaction, rows: readonly Row[]) => Promise<void>

export interface GroupMember<Row> {
  readonly row: Row
  readonly audit: Changed<unknown>['audit']
  /** What an agent said of its own proxy: the memory that takes it in when it is stored. */
  readonly toldTo?: string
}

/** Rows of different actors that may share a commit. */
const mostTogether = 500

/**
 * As `change`, in one transaction with whatever else comes this way while the one before is being committed: a NOTIFY
 * lets only one transaction at a time commit, and each waits for the disk. When one fails, each is tried alone.
 */
export function changeTogether<Row>(
  db: Database,
  attribution: Attribution,
  write: GroupWrite<Row>,
  member: GroupMember<Row>,
): Promise<void> {
  const queue = queueOf(db, write)
  return new Promise((resolve, reject) => {
    queue.waiting.push({ ...member, attribution, resolve, reject })
    if (!queue.isCommitting) void commitWaiting(db, write, queue)
  })
}

interface Waiting<Row> extends GroupMember<Row> {
  readonly attribution: Attribution
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}
interface Queue<Row> {
  readonly waiting: Waiting<Row>[]
  isCommitting: boolean
}
const queues = new WeakMap<Database, Map<unknown, Queue<unknown>>>()

function queueOf<Row>(db: Database, write: GroupWrite<Row>): Queue<Row> {
  const ofDatabase = queues.get(db) ?? new Map<unknown, Queue<unknown>>()
  const queue = ofDatabase.get(write) ?? { waiting: [], isCommitting: false }
  queues.set(db, ofDatabase.set(write, queue))
  return queue as Queue<Row>
}

async function commitWaiting<Row>(db: Database, write: GroupWrite<Row>, queue: Queue<Row>): Promise<void> {
  queue.isCommitting = true
  while (queue.waiting.length > 0) await commitGroup(db, write, queue.waiting.splice(0, mostTogether))
  queue.isCommitting = false
}

async function commitGroup<Row>(
  db: Database,
  write: GroupWrite<Row>,
  group: readonly Waiting<Row>[],
): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      const nonce = await openTrail(tx)
      await write(
        tx,
        group.map(({ row }) => row),
      )
      await writeTrail(tx, nonce, group)
    })
    for (const { resolve } of group) resolve()
  } catch (error) {
    const [first, ...others] = group
    if (others.length === 0) return first?.reject(error)
    for (const each of group) await commitGroup(db, write, [each])
  }
}

/** What the guard trigger knows this transaction's entries by. */
async function openTrail(tx: WriteTransaction): Promise<string> {
  const nonce = randomUUID()
  await tx.execute(sql`select set_config('apm.nonce', ${nonce}, true)`)
  return nonce
}

interface TrailMember {
  readonly attribution: Attribution
  readonly audit: readonly AuditDraft[]
  readonly toldTo?: string
}

async function writeTrail(
  tx: WriteTransaction,
  nonce: string,
  members: readonly TrailMember[],
): Promise<void> {
  const entries = members.flatMap(({ attribution, audit }) =>
    audit.map((draft) => entryOf(draft, attribution, nonce)),
  )
  await tx.execute(
    sql`insert into audit_logs (${entryColumns})
        select ${entryColumns} from jsonb_populate_recordset(null::audit_logs, ${JSON.stringify(entries)}::jsonb)`,
  )
  const payloads = encodeSubjects(
    members.map(({ audit, toldTo }) =>
      audit.map(({ entity: { kind, id } }) => (toldTo ? { kind, id, toldTo } : { kind, id })),
    ),
  )
  await tx.execute(
    sql`select pg_notify(${channelName}, payload)
        from jsonb_array_elements_text(${JSON.stringify(payloads)}::jsonb) as payload`,
  )
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
