/** Freezes a draft and gives it the hash that the second confirmation names. */
import { and, eq, isNull } from 'drizzle-orm'
import { statusAfter } from '../core/lifecycle.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import { configs } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { auditedConfig } from './audit-fields.ts'
import type { ConfigRow, ListedProxy } from './config.read.ts'
import { readSubmission } from './content.ts'
import { fasterThanYou, requireStep } from './working-copy.ts'

export interface SubmitConfigInput {
  readonly id: string
  readonly revision: number
}

/** @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT, BAD_USER_INPUT when the document has problems */
export async function submitConfig(op: Operation, input: SubmitConfigInput): Promise<ConfigRow> {
  const { config, user } = await requireStep(op, 'submit', input)
  const submission = await readSubmission(op, config.id)
  requireNoRetired(submission.proxies)
  return op.change(async (tx) => {
    const [submitted] = await tx
      .update(configs)
      .set({
        status: statusAfter('submit'),
        submittedBy: user.id,
        submittedAt: op.now,
        configHash: submission.configHash,
        submittedProxies: submission.submittedProxies,
        updatedAt: op.now,
      })
      .where(
        and(
          eq(configs.id, config.id),
          eq(configs.revision, config.revision),
          eq(configs.status, 'draft'),
          isNull(configs.retiredAt),
        ),
      )
      .returning()
    if (!submitted) throw fasterThanYou(config)
    return {
      result: submitted,
      audit: [
        {
          action: 'config.submit',
          entity: { kind: 'config', id: config.id, name: config.name },
          old: auditedConfig(config),
          new: {
            ...auditedConfig(submitted),
            configHash: submitted.configHash,
            proxyCount: submission.proxies.length,
          },
        },
      ],
    }
  })
}

export function requireNoRetired(listed: readonly ListedProxy[]): void {
  const [first, ...rest] = listed
    .filter((proxy) => proxy.isRetired)
    .map(
      (proxy): Problem => ({
        path: 'proxies',
        code: 'PROXY_RETIRED',
        message: `${proxy.hostname} was retired; take it off the list.`,
      }),
    )
  if (first) throw refuseInput([first, ...rest])
}
