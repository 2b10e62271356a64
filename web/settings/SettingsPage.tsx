/** The reader's own choices, the instance's approval policy, and the tokens that let proxies and scripts in. */
import { createSignal, For, type JSX, Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { ApiScope, ApprovalPolicy } from '#core/vocabulary'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { type Locale, locale, localeNames, setLocale, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { setTheme, type Theme, theme } from '../theme.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { Code, Instant, PageHeader, QueryPanel, setPageTitle } from '../words.tsx'

const settingsDocument = graphql(
  'query SettingsPage { settings { instanceId approvalPolicy outboundExceptions } }',
)
const updateDocument = graphql(`
  mutation UpdateSettings($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { instanceId } } }
`)
const tokensDocument = graphql(`
  query Tokens {
    enrolmentTokens { id name uses maxUses expiresAt revokedAt config { id name } }
    apiTokens { id name scopes expiresAt revokedAt }
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
const createApiDocument = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { token apiToken { id } } }
`)

const themes: readonly Theme[] = ['system', 'light', 'dark']
const dayMs = 86_400_000
const lifetimeDays = [7, 30, 90] as const

export function SettingsPage(props: { readonly user: SessionUser }) {
  setPageTitle(() => t('settings.title'))
  return (
    <>
      <PageHeader title={t('settings.title')} />
      <Panel title={t('settings.appearance')}>
        <div class="grid gap-4 sm:grid-cols-2">
          <Field label={t('settings.theme')}>
            {(control) => (
              <select
                {...control}
                class="input"
                onChange={(event) => {
                  const next = themes.find((name) => name === event.currentTarget.value)
                  if (next) setTheme(next)
                }}
              >
                <For each={themes}>
                  {(name) => (
                    <option value={name} selected={theme() === name}>
                      {t(`theme.${name}`)}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <Field label={t('settings.language')}>
            {(control) => (
              <select
                {...control}
                class="input"
                onChange={(event) => void setLocale(event.currentTarget.value as Locale)}
              >
                <For each={Object.entries(localeNames)}>
                  {([tag, name]) => (
                    <option value={tag} lang={tag} selected={locale() === tag}>
                      {name}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
        </div>
      </Panel>
      <PolicyPanel user={props.user} />
      <TokenPanels user={props.user} />
    </>
  )
}

function PolicyPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(settingsDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  const choose = async (approvalPolicy: keyof typeof ApprovalPolicy) => {
    const { error } = await client.mutation(updateDocument, { input: { approvalPolicy } }).toPromise()
    toast(error ? 'bad' : 'ok', error ? lineOf(error) : t('settings.saved'))
    await query.refetch()
  }
  return (
    <Panel title={t('settings.approval')}>
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <>
            <fieldset class="space-y-2" disabled={!isOpen()}>
              <legend class="sr-only">{t('settings.approval')}</legend>
              <For each={Object.keys(ApprovalPolicy) as (keyof typeof ApprovalPolicy)[]}>
                {(policy) => (
                  <label class="flex items-start gap-2">
                    <input
                      type="radio"
                      class="mt-0.5"
                      name="policy"
                      checked={data().settings.approvalPolicy === policy}
                      onChange={() => void choose(policy)}
                    />
                    {t(`policy.${policy}`)}
                  </label>
                )}
              </For>
            </fieldset>
            <Show when={!isOpen()}>
              <p class="mt-2 text-xs text-muted">{t('settings.rootOnly')}</p>
            </Show>
            <Show when={data().settings.outboundExceptions.length > 0}>
              <div class="mt-3">
                <Notice tone="warn">
                  {t('settings.exceptions', { ranges: data().settings.outboundExceptions.join(', ') })}
                </Notice>
              </div>
            </Show>
          </>
        )}
      </QueryPanel>
    </Panel>
  )
}

function TokenPanels(props: { readonly user: SessionUser }) {
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
      <Panel title={t('tokens.enrolment')} text={t('tokens.enrolmentText')}>
        <QueryPanel query={query} rows={2}>
          {(data) => (
            <TokenList
              emptyText={t('tokens.noneEnrolment')}
              tokens={data().enrolmentTokens.map((token) => ({
                ...token,
                detail: [
                  t('tokens.uses', { uses: token.uses, maxUses: token.maxUses }),
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
      <Panel title={t('tokens.api')} text={t('tokens.apiText')}>
        <QueryPanel query={query} rows={2}>
          {(data) => (
            <TokenList
              emptyText={t('tokens.noneApi')}
              tokens={data().apiTokens.map((token) => ({
                ...token,
                detail: token.scopes.map((scope) => t(`scope.${scope}`)).join(', '),
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
                </span>
              </span>
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

function ApiTokenForm(props: { readonly onCreated: () => Promise<void> }) {
  const [isBusy, setBusy] = createSignal(false)
  const [token, setToken] = createSignal<string>()
  const create = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const target = event.currentTarget
    const form = new FormData(target)
    setBusy(true)
    const { data, error } = await client
      .mutation(createApiDocument, {
        input: {
          name: String(form.get('name')),
          scopes: (Object.keys(ApiScope) as (keyof typeof ApiScope)[]).filter((scope) => form.has(scope)),
          expiresAt: new Date(Date.now() + Number(form.get('days')) * dayMs).toISOString(),
        },
      })
      .toPromise()
    setBusy(false)
    if (error) return toast('bad', lineOf(error))
    setToken(data?.createApiToken.token)
    target.reset()
    await props.onCreated()
  }
  return (
    <div class="mt-3 border-t border-line pt-3">
      <form onSubmit={(event) => void create(event)} class="flex flex-wrap items-end gap-3">
        <Field label={t('tokens.name')} class="min-w-40 flex-1">
          {(control) => (
            <input {...control} class="input" name="name" required maxlength="100" autocomplete="off" />
          )}
        </Field>
        <Field label={t('tokens.lifetime')} class="w-32">
          {(control) => (
            <select {...control} class="input" name="days">
              <For each={lifetimeDays}>
                {(days) => <option value={days}>{t('tokens.days', { days })}</option>}
              </For>
            </select>
          )}
        </Field>
        <fieldset class="flex h-8 items-center gap-3">
          <legend class="sr-only">{t('tokens.scopes')}</legend>
          <For each={Object.keys(ApiScope) as (keyof typeof ApiScope)[]}>
            {(scope) => (
              <label class="flex items-center gap-1.5">
                <input type="checkbox" name={scope} checked={scope === 'READ'} />
                {t(`scope.${scope}`)}
              </label>
            )}
          </For>
        </fieldset>
        <Button type="submit" isBusy={isBusy()}>
          {t('tokens.create')}
        </Button>
      </form>
      <Show when={token()}>
        {(text) => (
          <div class="mt-3 space-y-2" role="status">
            <Notice tone="warn">{t('tokens.once')}</Notice>
            <Code text={text()} label={t('tokens.token')} isWrapped />
          </div>
        )}
      </Show>
    </div>
  )
}

function Panel(props: { readonly title: string; readonly text?: string; readonly children: JSX.Element }) {
  return (
    <section class="card mb-4 max-w-3xl p-4">
      <h2 class="mb-3">{props.title}</h2>
      <Show when={props.text}>
        <p class="-mt-2 mb-3 text-muted">{props.text}</p>
      </Show>
      {props.children}
    </section>
  )
}
