/** Retires a config that nothing runs: its versions and its trail stay, its name is free again. */
import { and, count, eq, gt, inArray, isNull, lt, or } from 'drizzle-orm'
import { statusAfter } from '../core/lifecycle.ts'
import { type Problem, Refusal } from '../core/refusal.ts'
import type { WriteTransaction } from '../database/connect.ts'
import { configs, configVersions, enrolmentTokens, proxies } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { auditedConfig } from './audit-fields.ts'
import type { ConfigRow } from './config.read.ts'
import { reasonFrom } from './input.ts'
import { draftAgain, fasterThanYou, requireStep } from './working-copy.ts'

export interface RetireConfigInput {
  readonly id: string
  readonly revision: number
  readonly reason: string
}

/**
 * @throws Refusal FORBIDDEN, NOT_FOUND, BAD_USER_INPUT without a reason, CONFLICT (stale revision, retired already,
 *   proxies that should run or follow it, enrolment tokens that name it)
 */
export async function retireConfig(op: Operation, input: RetireConfigInput): Promise<ConfigRow> {
  const { config } = await requireStep(op, 'retire', input)
  const reason = reasonFrom(input.reason, 'Say why, for whoever finds it in the trail.')
  return op.change(async (tx) => {
    // Approvals and enrolments that would use it wait for this row, or were seen to.
    const isAsRead = and(
      eq(configs.id, config.id),
      eq(configs.revision, config.revision),
      isNull(configs.retiredAt),
    )
    const [locked] = await tx.select({ id: configs.id }).from(configs).where(isAsRead).for('update')
    if (!locked) throw fasterThanYou(config)
    await requireUnused(tx, config, op.now)
    const [retired] = await tx
      .update(configs)
      .set({ ...draftAgain, status: statusAfter('retire'), retiredAt: op.now, updatedAt: op.now })
      .where(eq(configs.id, config.id))
      .returning()
    if (!retired) throw fasterThanYou(config)
    return {
      result: retired,
      audit: [
        {
          action: 'config.retire',
          entity: { kind: 'config', id: config.id, name: config.name },
          old: { ...auditedConfig(config), retiredAt: null },
          new: { ...auditedConfig(retired), retiredAt: op.now, reason },
        },
      ],
    }
  })
}

async function requireUnused(tx: WriteTransaction, config: ConfigRow, at: Date): Promise<void> {
  const versions = tx
    .select({ id: configVersions.id })
    .from(configVersions)
    .where(eq(configVersions.configId, config.id))
  const [running] = await tx
    .select({ n: count() })
    .from(proxies)
    .where(
      and(
        or(inArray(proxies.versionId, versions), eq(proxies.followsConfigId, config.id)),
        isNull(proxies.retiredAt),
      ),
    )
  const [naming] = await tx
    .select({ n: count() })
    .from(enrolmentTokens)
    .where(
      and(
        eq(enrolmentTokens.configId, config.id),
        isNull(enrolmentTokens.revokedAt),
        gt(enrolmentTokens.expiresAt, at),
        lt(enrolmentTokens.uses, enrolmentTokens.maxUses),
      ),
    )
  const problems = [...runBy(running?.n ?? 0), ...namedBy(naming?.n ?? 0)]
  if (problems.length === 0) return
  const reasons = problems.map((problem) => problem.message).join(' ')
  throw new Refusal('CONFLICT', `"${config.name}" is still in use. ${reasons}`, problems)
}

function runBy(n: number): readonly Problem[] {
  if (n === 0) return []
  const who = n === 1 ? '1 proxy runs' : `${n} proxies run`
  const message = `${who} or will run it: have another config approved that names them, or retire them, first.`
  return [{ path: 'proxies', code: 'CONFIG_RUNS', message }]
}

function namedBy(n: number): readonly Problem[] {
  if (n === 0) return []
  const message =
    n === 1
      ? '1 enrolment token names it: revoke it first.'
      : `${n} enrolment tokens name it: revoke them first.`
  return [{ path: 'enrolmentTokens', code: 'CONFIG_NAMED_BY_TOKEN', message }]
}
