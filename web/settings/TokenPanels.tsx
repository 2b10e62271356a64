/** The tokens that let proxies and scripts in: which there are, and how to end one. */
import { For, Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { HistoryLink } from '../audit/HistoryLink.tsx'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Panel } from '../ui/Panel.tsx'
import { toast } from '../ui/toast.tsx'
import { Ago, Instant, QueryPanel } from '../words.tsx'
import { ApiTokenForm } from './ApiTokenForm.tsx'

const tokensDocument = graphql(`
  query Tokens {
    enrolmentTokens { id name uses maxUses isEphemeral expiresAt revokedAt config { id name } }
    apiTokens { id name scopes configIds lastUsedAt lastUsedAddress expiresAt revokedAt }
  }
`)
const revokeEnrolmentDocument = graphql(`
  mutation RevokeEnrolmentToken($input: RevokeEnrolmentTokenInput!) {
    revokeEnrolmentToken(input: $input) { enrolmentToken { id } }
  }
`)
const revokeApiDocument = graphql(`
  mutation RevokeApiToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { id } } }
`)

export function TokenPanels(props: { readonly user: SessionUser }) {
  const query = createQuery(tokensDocument, {
    variables: () => ({}),
    subjects: ['ENROLMENT_TOKEN', 'API_TOKEN', 'PROXY'],
  })
  const closed = (action: 'enrolment_token.revoke' | 'api_token.revoke') =>
    isPermitted(grantOf(props.user), action) ? undefined : t('reason.NO_PERMISSION')
  const revoke = async (kind: 'enrolment' | 'api', id: string) => {
    const { error } = await client
      .mutation(kind === 'enrolment' ? revokeEnrolmentDocument : revokeApiDocument, { input: { id } })
      .toPromise()
    toast(error ? 'bad' : 'ok', error ? lineOf(error) : t('tokens.revoked'))
    await query.refetch()
  }
  return (
    <>
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
              why={closed('enrolment_token.revoke')}
              onRevoke={(id) => void revoke('enrolment', id)}
            />
          )}
        </QueryPanel>
      </Panel>
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
              why={closed('api_token.revoke')}
              onRevoke={(id) => void revoke('api', id)}
            />
          )}
        </QueryPanel>
        <Show when={isPermitted(grantOf(props.user), 'api_token.create')}>
          <ApiTokenForm onCreated={query.refetch} />
        </Show>
      </Panel>
    </>
  )
}

interface ListedToken {
  readonly id: string
  readonly name: string
  readonly detail: string
  /** Of tokens whose use is known one by one. */
  readonly use?: { readonly at: string | null; readonly address: string | null }
  readonly expiresAt: string
  readonly revokedAt: string | null
}

function TokenList(props: {
  readonly tokens: readonly ListedToken[]
  readonly emptyText: string
  readonly why: string | undefined
  readonly onRevoke: (id: string) => void
}) {
  return (
    <Show when={props.tokens.length > 0} fallback={<p class="text-muted">{props.emptyText}</p>}>
      <ul class="divide-y divide-line">
        <For each={props.tokens}>
          {(token) => (
            <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
              <span class="min-w-40 flex-1">
                <span class="font-medium break-all">{token.name}</span>
                <span class="block text-xs text-muted">
                  {token.detail} · {t('tokens.expires')} <Instant at={token.expiresAt} />
                  <Show when={token.use}>{(use) => <LastUse at={use().at} address={use().address} />}</Show>
                </span>
              </span>
              <HistoryLink href={paths.auditAbout(token.id)} name={token.name} />
              <Show
                when={token.revokedAt === null}
                fallback={<Badge tone="idle">{t('tokens.isRevoked')}</Badge>}
              >
                <Button
                  look="danger"
                  why={props.why}
                  aria-label={t('tokens.revokeNamed', { name: token.name })}
                  onClick={() => props.onRevoke(token.id)}
                >
                  {t('tokens.revoke')}
                </Button>
              </Show>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

function LastUse(props: { readonly at: string | null; readonly address: string | null }) {
  return (
    <>
      {' · '}
      <Show when={props.at} fallback={t('tokens.neverUsed')}>
        {(at) => (
          <>
            {t('tokens.lastUsed')} <Ago at={at()} /> ({props.address})
          </>
        )}
      </Show>
    </>
  )
}
