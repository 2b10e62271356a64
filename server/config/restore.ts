/** Puts an approved version's document, not its proxies, into a submitted working copy; approval is then as always. */
import { statusAfter } from '../core/lifecycle.ts'
import type { Operation } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'
import { auditedConfig, auditedDocuments } from './audit-fields.ts'
import { type ConfigRow, readListedProxies, readVersion } from './config.read.ts'
import { contentOf } from './content.ts'
import { readDocument, readVersionDocument } from './document.read.ts'
import { requireNoRetired } from './submit.ts'
import { raiseRevision, requireStep, writeDocument } from './working-copy.ts'

export interface RestoreVersionInput {
  readonly versionId: string
  readonly revision: number
}

/** @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT, BAD_USER_INPUT when today's checks refuse the old document */
export async function restoreVersion(op: Operation, input: RestoreVersionInput): Promise<ConfigRow> {
  const version = await readVersion(op, input.versionId)
  const step = await requireStep(op, 'restore', { id: version.configId, revision: input.revision })
  const [before, document, listed, { outboundExceptions }] = await Promise.all([
    readDocument(op, version.configId),
    readVersionDocument(op, version.id),
    readListedProxies(op, version.configId),
    readSettings(op.read),
  ])
  requireNoRetired(listed)
  const submission = contentOf(document, listed, outboundExceptions)
  return op.change(async (tx) => {
    const config = await raiseRevision(op, tx, step, {
      status: statusAfter('restore'),
      defaultAction: document.defaultAction,
      failover: document.failover,
      submittedBy: step.user.id,
      submittedAt: op.now,
      configHash: submission.configHash,
      submittedProxies: submission.submittedProxies,
    })
    await writeDocument(tx, config.id, before, document)
    const documents = auditedDocuments(before, document)
    return {
      result: config,
      audit: [
        {
          action: 'config.restore',
          entity: { kind: 'config', id: config.id, name: config.name },
          old: { ...auditedConfig(step.config), ...documents.old },
          new: {
            ...auditedConfig(config),
            ...documents.new,
            restoredVersion: version.number,
            configHash: config.configHash,
          },
        },
      ],
    }
  })
}
