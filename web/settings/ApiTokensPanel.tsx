/** The tokens of the reader's own scripts. */
import { Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { toast } from '../ui/toast.tsx'
import { QueryPanel } from '../words.tsx'
import { ApiTokenForm } from './ApiTokenForm.tsx'
import { TokenList } from './TokenList.tsx'

const tokensDocument = graphql(
  'query ApiTokens { apiTokens { id name scopes configIds lastUsedAt lastUsedAddress expiresAt revokedAt } }',
)
const revokeDocument = graphql(`
  mutation RevokeApiToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { id } } }
`)

export function ApiTokensPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(tokensDocument, { variables: () => ({}), subjects: ['API_TOKEN'] })
  const may = (action: 'api_token.create' | 'api_token.revoke') => isPermitted(grantOf(props.user), action)
  const revoke = async (id: string) => {
    const { error } = await client.mutation(revokeDocument, { input: { id } }).toPromise()
    toast(error ? 'bad' : 'ok', error ? lineOf(error) : t('tokens.revoked'))
    await query.refetch()
  }
  return (
    <Panel title={t('tokens.api')} note={t('tokens.apiText')}>
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <TokenList
            emptyText={t('tokens.noneApi')}
            tokens={data().apiTokens.map((token) => ({
              ...token,
              detail: [
                token.scopes.map((scope) => t(`scope.${scope}`)).join(', '),
                token.configIds && plural('tokens.forConfigs', token.configIds.length),
              ]
                .filter(Boolean)
                .join(' · '),
              use: { at: token.lastUsedAt, address: token.lastUsedAddress },
            }))}
            why={may('api_token.revoke') ? undefined : t('reason.NO_PERMISSION')}
            onRevoke={(id) => void revoke(id)}
          />
        )}
      </QueryPanel>
      <Show when={may('api_token.create')}>
        <ApiTokenForm onCreated={query.refetch} />
      </Show>
    </Panel>
  )
}
