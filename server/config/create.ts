/** Makes a config: a draft that nothing runs yet. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { ConfigDocument } from '../core/config-document.ts'
import { Refusal } from '../core/refusal.ts'
import type { AuditAction, Route } from '../core/vocabulary.ts'
import { configs } from '../database/tables.ts'
import type { Operation, UserActor } from '../operation.ts'
import { permitFor } from '../permit.ts'
import { auditedConfig, auditedDocuments } from './audit-fields.ts'
import type { ConfigRow } from './config.read.ts'
import { type DocumentFields, descriptionFrom, documentFrom, nameFrom } from './input.ts'
import { writeDocument } from './working-copy.ts'

export interface CreateConfigInput extends DocumentFields {
  readonly name: string
  readonly description: string
  readonly defaultAction: Route
}

/** @throws Refusal BAD_USER_INPUT, or CONFLICT for a name that is taken */
export async function createConfig(op: Operation, input: CreateConfigInput): Promise<ConfigRow> {
  const user = permitFor(op, 'config.create', null)
  const name = nameFrom(input.name)
  const description = descriptionFrom(input.description)
  const document: ConfigDocument = documentFrom(null, input)
  await requireFreeName(op, name, null)
  return insertConfig(op, user, 'config.create', { name, description, document })
}

export interface NewConfig {
  readonly name: string
  readonly description: string
  readonly document: ConfigDocument
  /** What the trail says of it beyond its own fields. */
  readonly audited?: Readonly<Record<string, unknown>>
}

/** Writes a new draft with its first audit entry. @throws Refusal CONFLICT for a name that was taken just now */
export async function insertConfig(
  op: Operation,
  user: UserActor,
  action: Extract<AuditAction, 'config.create' | 'config.clone' | 'config.import'>,
  { name, description, document, audited }: NewConfig,
): Promise<ConfigRow> {
  return op.change(async (tx) => {
    const [config] = await tx
      .insert(configs)
      .values({
        name,
        description,
        defaultAction: document.defaultAction,
        failover: document.failover,
        authorIds: [user.id],
        createdBy: user.id,
        createdAt: op.now,
        updatedAt: op.now,
      })
      .onConflictDoNothing()
      .returning()
    if (!config) throw nameTaken(name)
    await writeDocument(tx, config.id, null, document)
    return {
      result: config,
      audit: [
        {
          action,
          entity: { kind: 'config', id: config.id, name },
          new: { ...auditedConfig(config), ...audited, ...auditedDocuments(null, document).new },
        },
      ],
    }
  })
}

/** @param ownId the config that may keep its name */
export async function requireFreeName(op: Operation, name: string, ownId: string | null): Promise<void> {
  const [taken] = await op.read
    .select({ id: configs.id })
    .from(configs)
    .where(and(eq(sql`lower(${configs.name})`, name.toLowerCase()), isNull(configs.retiredAt)))
  if (taken && taken.id !== ownId) throw nameTaken(name)
}

function nameTaken(name: string): Refusal {
  return new Refusal('CONFLICT', `name: there is a config "${name}" already; choose another name.`, [
    { path: 'name', code: 'NAME_TAKEN', message: 'Choose another name.' },
  ])
}
