/** What tests ask of a running demo. */
import { logIn } from '../../scripts/demo/api.ts'
import type { DemoFile } from '../../scripts/demo/state.ts'

/** A token that may do everything its owner may, for an hour. */
export async function apiToken({ graphqlUrl, email, password }: DemoFile): Promise<string> {
  const api = await logIn(graphqlUrl, email, password)
  const { createApiToken } = await api.send<{ createApiToken: { token: string } }>(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token } }',
    {
      input: {
        name: 'test',
        scopes: ['READ', 'AUTHOR', 'APPROVE', 'OPERATE'],
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      },
    },
  )
  return createApiToken.token
}
