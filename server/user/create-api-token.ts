/** Makes an API token for the caller's own scripts: shown once, kept as a hash. */
import { readConfig } from '../config/config.read.ts'
import type { Problem } from '../core/refusal.ts'
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
  /** What is done to configs is done to these alone; left out: to any. */
  readonly configIds?: readonly string[] | null | undefined
}

/** Configs that a token names at the most. */
const mostConfigs = 50

/** @throws Refusal FORBIDDEN (also for API tokens), NOT_FOUND (a config), BAD_USER_INPUT */
export async function createApiToken(
  op: Operation,
  input: CreateApiTokenInput,
): Promise<{ token: string; apiToken: ApiTokenRow }> {
  const user = permit(op, 'api_token.create')
  const scopes = [...new Set(input.scopes)]
  const configIds = input.configIds ? [...new Set(input.configIds)] : null
  const name = tokenName(input, op.now, problemsOf(scopes, configIds))
  const named = await Promise.all((configIds ?? []).map((id) => readConfig(op, id)))
  const configs = configIds && named.map((config) => config.name)
  const token = makeSecret('apm_api')
  return op.change(async (tx) => {
    const [row] = await tx
      .insert(apiTokens)
      .values({
        userId: user.id,
        name,
        scopes,
        configIds,
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
          new: { name, scopes, configs, expiresAt: input.expiresAt },
        },
      ],
    }
  })
}

function problemsOf(scopes: readonly ApiScope[], configIds: readonly string[] | null): readonly Problem[] {
  const problems: Problem[] = []
  if (scopes.length === 0) {
    problems.push({ path: 'scopes', code: 'EMPTY', message: 'Name at least one scope.' })
  }
  if (configIds === null) return problems
  if (configIds.length === 0 || configIds.length > mostConfigs) {
    const message = `From 1 to ${mostConfigs} configs; leave it out for all.`
    problems.push({ path: 'configIds', code: 'OUT_OF_RANGE', message })
  }
  if (scopes.includes('operate')) {
    const message = 'OPERATE is about proxies of all configs; a token for some configs can’t have it.'
    problems.push({ path: 'scopes', code: 'SCOPE_TOO_WIDE', message })
  }
  return problems
}
