/** The tokens that let new proxies in. */
import { isPermitted } from '#core/permissions'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { toast } from '../ui/toast.tsx'
import { QueryPanel } from '../words.tsx'
import { TokenList } from './TokenList.tsx'

const tokensDocument = graphql(`
  query EnrolmentTokens {
    enrolmentTokens { id name uses maxUses isEphemeral expiresAt revokedAt config { id name } }
  }
`)
const revokeDocument = graphql(`
  mutation RevokeEnrolmentToken($input: RevokeEnrolmentTokenInput!) {
    revokeEnrolmentToken(input: $input) { enrolmentToken { id } }
  }
`)

export function EnrolmentTokensPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(tokensDocument, {
    variables: () => ({}),
    subjects: ['ENROLMENT_TOKEN', 'PROXY'],
  })
  const isOpen = () => isPermitted(grantOf(props.user), 'enrolment_token.revoke')
  const revoke = async (id: string) => {
    const { error } = await client.mutation(revokeDocument, { input: { id } }).toPromise()
    toast(error ? 'bad' : 'ok', error ? lineOf(error) : t('tokens.revoked'))
    await query.refetch()
  }
  return (
    <Panel title={t('tokens.enrolment')} note={t('tokens.enrolmentText')}>
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <TokenList
            emptyText={t('tokens.noneEnrolment')}
            tokens={data().enrolmentTokens.map((token) => ({
              ...token,
              detail: [
                t('tokens.uses', { uses: token.uses, maxUses: token.maxUses }),
                token.isEphemeral && t('tokens.ephemeral'),
                token.config && t('tokens.follows', { name: token.config.name }),
              ]
                .filter(Boolean)
                .join(' · '),
            }))}
            why={isOpen() ? undefined : t('reason.NO_PERMISSION')}
            onRevoke={(id) => void revoke(id)}
          />
        )}
      </QueryPanel>
    </Panel>
  )
}
