/** Edits a working copy: fields left out stay, a list given replaces the whole list. */

import type { ConfigDocument } from '../core/config-document.ts'
import { configs } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { auditedConfig, auditedDocuments } from './audit-fields.ts'
import { type ConfigRow, readDocument } from './config.read.ts'
import { requireFreeName } from './create.ts'
import { type DocumentFields, descriptionFrom, documentFrom, nameFrom } from './input.ts'
import { raiseRevision, requireStep, type StepContext, writeDocument } from './working-copy.ts'

export interface UpdateConfigInput extends DocumentFields {
  readonly id: string
  readonly revision: number
  readonly name?: string | undefined
  readonly description?: string | undefined
}

/** @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT (stale revision, taken name), BAD_USER_INPUT */
export async function updateConfig(op: Operation, input: UpdateConfigInput): Promise<ConfigRow> {
  const step = await requireStep(op, 'update', input)
  const before = await readDocument(op, step.config.id)
  const document = documentFrom(before, input)
  const name = input.name === undefined ? step.config.name : nameFrom(input.name)
  const description =
    input.description === undefined ? step.config.description : descriptionFrom(input.description)
  if (name !== step.config.name) await requireFreeName(op, name, step.config.id)
  return saveDocument(op, step, before, document, { name, description })
}

/** Writes an edited document into the working copy, audited as `config.update`. */
export async function saveDocument(
  op: Operation,
  step: StepContext,
  before: ConfigDocument,
  document: ConfigDocument,
  columns: Partial<typeof configs.$inferInsert> = {},
): Promise<ConfigRow> {
  return op.change(async (tx) => {
    const config = await raiseRevision(op, tx, step, {
      ...columns,
      defaultAction: document.defaultAction,
      failover: document.failover,
    })
    await writeDocument(tx, config.id, before, document)
    const documents = auditedDocuments(before, document)
    return {
      result: config,
      audit: [
        {
          action: 'config.update',
          entity: { kind: 'config', id: config.id, name: config.name },
          old: { ...auditedConfig(step.config), ...documents.old },
          new: { ...auditedConfig(config), ...documents.new },
        },
      ],
    }
  })
}
