/** Makes an enrolment token: shown once, kept as a hash, limited in uses and time. */
import { and, eq, isNull } from 'drizzle-orm'
import { type ConfigRow, readConfig } from '../config/config.read.ts'
import { Refusal } from '../core/refusal.ts'
import type { WriteTransaction } from '../database/connect.ts'
import { configs, enrolmentTokens } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { hashSecret, makeSecret } from '../secrets.ts'
import { tokenName } from '../token-input.ts'
import type { EnrolmentTokenRow } from './enrolment.read.ts'

export interface CreateEnrolmentTokenInput {
  readonly name: string
  /** Proxies enrolled with the token follow this config's active version. */
  readonly configId?: string | null | undefined
  readonly expiresAt: Date
  readonly maxUses: number
  /** Proxies enrolled with it are retired by themselves after a set silence. */
  readonly isEphemeral?: boolean | undefined
}

const mostUses = 10_000

/** @throws Refusal FORBIDDEN, NOT_FOUND (config), CONFLICT (it was retired), BAD_USER_INPUT */
export async function createEnrolmentToken(
  op: Operation,
  input: CreateEnrolmentTokenInput,
): Promise<{ token: string; enrolmentToken: EnrolmentTokenRow }> {
  const user = permit(op, 'enrolment_token.create')
  const isCount = input.maxUses >= 1 && input.maxUses <= mostUses
  const name = tokenName(
    input,
    op.now,
    isCount ? [] : [{ path: 'maxUses', code: 'OUT_OF_RANGE', message: `From 1 to ${mostUses}.` }],
  )
  const config = input.configId ? await readConfig(op, input.configId) : null
  const token = makeSecret('apm_enrol')
  return op.change(async (tx) => {
    if (config) await requireLiving(tx, config)
    const { expiresAt, maxUses, isEphemeral = false } = input
    const [row] = await tx
      .insert(enrolmentTokens)
      .values({
        name,
        configId: config?.id ?? null,
        tokenHash: hashSecret(token),
        createdBy: user.id,
        createdAt: op.now,
        expiresAt,
        maxUses,
        isEphemeral,
      })
      .returning()
    if (!row) throw new Error('insert returned no token')
    return {
      result: { token, enrolmentToken: row },
      audit: [
        {
          action: 'enrolment_token.create',
          entity: { kind: 'enrolment_token', id: row.id, name },
          new: { name, config: config?.name ?? null, expiresAt, maxUses, isEphemeral },
        },
      ],
    }
  })
}

/** Holds the config's row, so that it can't be retired before the token is there to be seen. */
async function requireLiving(tx: WriteTransaction, config: ConfigRow): Promise<void> {
  const isLiving = and(eq(configs.id, config.id), isNull(configs.retiredAt))
  const [living] = await tx.select({ id: configs.id }).from(configs).where(isLiving).for('key share')
  if (living) return
  throw new Refusal('CONFLICT', `configId: "${config.name}" was retired; name another config, or none.`, [
    { path: 'configId', code: 'CONFIG_RETIRED', message: 'Name a config that was not retired, or none.' },
  ])
}
