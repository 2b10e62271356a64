/** Sends a submission back to draft, with a reason. */
import { and, eq } from 'drizzle-orm'
import { configs } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { auditedConfig } from './audit-fields.ts'
import type { ConfigRow } from './config.read.ts'
import { reasonFrom } from './input.ts'
import { draftAgain, fasterThanYou, requireStep } from './working-copy.ts'

export interface RejectConfigInput {
  readonly id: string
  readonly revision: number
  readonly reason: string
}

/** Any administrator may. @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT, BAD_USER_INPUT without a reason */
export async function rejectConfig(op: Operation, input: RejectConfigInput): Promise<ConfigRow> {
  const { config } = await requireStep(op, 'reject', input)
  const reason = reasonFrom(input.reason, 'Say why, for whoever submitted it.')
  return op.change(async (tx) => {
    const [rejected] = await tx
      .update(configs)
      .set({ ...draftAgain, updatedAt: op.now })
      .where(
        and(
          eq(configs.id, config.id),
          eq(configs.revision, config.revision),
          eq(configs.status, 'pending_approval'),
        ),
      )
      .returning()
    if (!rejected) throw fasterThanYou(config)
    return {
      result: rejected,
      audit: [
        {
          action: 'config.reject',
          entity: { kind: 'config', id: config.id, name: config.name },
          old: { ...auditedConfig(config), configHash: config.configHash },
          new: { ...auditedConfig(rejected), configHash: null, reason },
        },
      ],
    }
  })
}
