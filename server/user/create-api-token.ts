/** Makes an API token for the caller's own scripts: shown once, kept as a hash. */
import type { Problem } from '../core/refusal.ts'
import { Refusal } from '../core/refusal.ts'
import type { ApiScope } from '../core/vocabulary.ts'
import { apiTokens } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { hashSecret, makeSecret } from '../secrets.ts'
import { tokenName } from '../token-input.ts'
import type { ApiTokenRow } from './api-token.read.ts'

export interface CreateApiTokenInput {
  readonly name: string
  readonly scopes: readonly ApiScope[]
  readonly expiresAt: Date
}

/** @throws Refusal FORBIDDEN (also: a token can't make one that may do more than itself), BAD_USER_INPUT */
export async function createApiToken(
  op: Operation,
  input: CreateApiTokenInput,
): Promise<{ token: string; apiToken: ApiTokenRow }> {
  const user = permit(op, 'api_token.create')
  const scopes = [...new Set(input.scopes)]
  const none: Problem[] = [{ path: 'scopes', code: 'EMPTY', message: 'Name at least one scope.' }]
  const name = tokenName(input, op.now, scopes.length === 0 ? none : [])
  const beyond = user.scopes && scopes.filter((scope) => !user.scopes?.includes(scope))
  if (beyond && beyond.length > 0) {
    throw new Refusal('FORBIDDEN', `scopes: your own token does not have ${beyond.join(', ').toUpperCase()}.`)
  }
  const token = makeSecret('apm_api')
  return op.change(async (tx) => {
    const [row] = await tx
      .insert(apiTokens)
      .values({
        userId: user.id,
        name,
        scopes,
        tokenHash: hashSecret(token),
        createdAt: op.now,
        expiresAt: input.expiresAt,
      })
      .returning()
    if (!row) throw new Error('insert returned no token')
    return {
      result: { token, apiToken: row },
      audit: [
        {
          action: 'api_token.create',
          entity: { kind: 'api_token', id: row.id, name },
          new: { name, scopes, expiresAt: input.expiresAt },
        },
      ],
    }
  })
}
