/** Revokes an enrolment token; proxies enrolled with it stay. */
import { and, eq, isNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { enrolmentTokens } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireId } from '../paging.ts'
import { permit } from '../permit.ts'
import { type EnrolmentTokenRow, enrolmentTokenById } from './enrolment.read.ts'

/** @throws Refusal FORBIDDEN, NOT_FOUND, CONFLICT when it was revoked already */
export async function revokeEnrolmentToken(
  op: Operation,
  input: { readonly id: string },
): Promise<EnrolmentTokenRow> {
  permit(op, 'enrolment_token.revoke')
  const token = await op.load(enrolmentTokenById, requireId(input.id, 'enrolment token'))
  if (!token) throw new Refusal('NOT_FOUND', `There is no enrolment token with the id "${input.id}".`)
  return op.change(async (tx) => {
    const [revoked] = await tx
      .update(enrolmentTokens)
      .set({ revokedAt: op.now })
      .where(and(eq(enrolmentTokens.id, token.id), isNull(enrolmentTokens.revokedAt)))
      .returning()
    if (!revoked) throw new Refusal('CONFLICT', `id: "${token.name}" was revoked already.`)
    return {
      result: revoked,
      audit: [
        {
          action: 'enrolment_token.revoke',
          entity: { kind: 'enrolment_token', id: token.id, name: token.name },
          old: { revokedAt: null },
          new: { revokedAt: op.now },
        },
      ],
    }
  })
}
