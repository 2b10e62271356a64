/** Revokes one of the caller's own API tokens; its next request is refused. */
import { and, eq, isNull } from 'drizzle-orm'
import { Refusal } from '../core/refusal.ts'
import { apiTokens } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { requireId } from '../paging.ts'
import { permit } from '../permit.ts'
import { type ApiTokenRow, readOwnApiToken } from './api-token.read.ts'

/** @throws Refusal FORBIDDEN, NOT_FOUND (also for somebody else's), CONFLICT when it was revoked already */
export async function revokeApiToken(op: Operation, input: { readonly id: string }): Promise<ApiTokenRow> {
  permit(op, 'api_token.revoke')
  const token = await readOwnApiToken(op, requireId(input.id, 'API token'))
  if (!token) throw new Refusal('NOT_FOUND', `You have no API token with the id "${input.id}".`)
  return op.change(async (tx) => {
    const [revoked] = await tx
      .update(apiTokens)
      .set({ revokedAt: op.now })
      .where(and(eq(apiTokens.id, token.id), isNull(apiTokens.revokedAt)))
      .returning()
    if (!revoked) throw new Refusal('CONFLICT', `id: "${token.name}" was revoked already.`)
    return {
      result: revoked,
      audit: [
        {
          action: 'api_token.revoke',
          entity: { kind: 'api_token', id: token.id, name: token.name },
          old: { revokedAt: null },
          new: { revokedAt: op.now },
        },
      ],
    }
  })
}
