/** One config: its working copy to edit, its history, and the way to review. */
import { A, useNavigate, useParams } from '@solidjs/router'
import { createEffect, createSignal, Match, on, Show, Switch } from 'solid-js'
import { permittedActions } from '#core/lifecycle'
import { ApprovalPolicy, ConfigStatus } from '#core/vocabulary'
import { AuditList } from '../audit/AuditList.tsx'
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { toast } from '../ui/toast.tsx'
import { Instant, PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { ConfigStatusBadge } from './ConfigStatusBadge.tsx'
import { documentFields, toDocument } from './document.ts'
import type { DraftContent } from './editor/draft.ts'
import { Editor, type Loaded } from './editor/Editor.tsx'
import { ProgressPanel } from './review/ProgressPanel.tsx'

const configDocument = graphql(
  `
  query ConfigPage($id: ID!) {
    config(id: $id) {
      id name description status revision updatedAt submittedBy { id name } hasActiveVersion
      ...DocumentFields
      problems { path code message }
      proxies(first: 100) { pageInfo { hasNextPage endCursor } edges { node { id } } }
      activeVersion { id number approvedAt }
    }
    settings { approvalPolicy }
  }
`,
  [documentFields],
)
const proxyIdsDocument = graphql(`
  query ConfigProxyIds($id: ID!, $after: String) {
    config(id: $id) {
      id proxies(first: 100, after: $after) { pageInfo { hasNextPage endCursor } edges { node { id } } }
    }
  }
`)
const submitDocument = graphql(`
  mutation SubmitConfig($input: SubmitConfigInput!) { submitConfig(input: $input) { config { id status } } }
`)
type Answer = ResultOf<typeof configDocument>

export function ConfigPage(props: { readonly user: SessionUser; readonly tab: 'edit' | 'audit' }) {
  const params = useParams<{ id: string }>()
  const query = createQuery(configDocument, {
    variables: () => ({ id: params.id }),
    subjects: ['CONFIG', 'SETTINGS'],
  })
  const loaded = createLoaded(() => query.data()?.config)
  const [isDirty, setDirty] = createSignal(false)
  setPageTitle(() => query.data()?.config.name)

  return (
    <QueryPanel query={query} rows={10}>
      {(data) => (
        <>
          <Header answer={data()} user={props.user} isDirty={isDirty()} />
          <nav class="mb-4 flex gap-1 border-b border-line" aria-label={t('config.tabs')}>
            <Tab
              href={paths.config(params.id)}
              label={t('config.tabEdit')}
              isCurrent={props.tab === 'edit'}
            />
            <Tab
              href={paths.configAudit(params.id)}
              label={t('config.tabAudit')}
              isCurrent={props.tab === 'audit'}
            />
          </nav>
          <Switch>
            <Match when={props.tab === 'audit'}>
              <AuditList entityId={params.id} />
            </Match>
            <Match when={loaded()}>
              {(current) => (
                <>
                  <Show when={data().config.hasActiveVersion && data().config.status === 'ACTIVE'}>
                    <ProgressPanel
                      configId={params.id}
                      approvedAt={data().config.activeVersion?.approvedAt ?? null}
                    />
                  </Show>
                  <Editor
                    configId={params.id}
                    loaded={current()}
                    why={stepReason(data(), props.user, 'update')}
                    onSaved={query.refetch}
                    onDirty={setDirty}
                  />
                </>
              )}
            </Match>
          </Switch>
        </>
      )}
    </QueryPanel>
  )
}

/** The reason why `step` is closed, as a sentence; undefined when it is open. */
function stepReason(answer: Answer, user: SessionUser, step: 'update' | 'submit'): string | undefined {
  const { config, settings } = answer
  const permitted = permittedActions(
    {
      status: ConfigStatus[config.status],
      hasActiveVersion: config.hasActiveVersion,
      submittedById: config.submittedBy?.id ?? null,
    },
    grantOf(user),
    ApprovalPolicy[settings.approvalPolicy],
  )[step]
  return permitted.allowed ? undefined : t(`reason.${permitted.reason}`)
}

/** The working copy as the editor wants it: with all its proxies, which may be more than a page. */
function createLoaded(config: () => Answer['config'] | undefined): () => Loaded | undefined {
  const [loaded, setLoaded] = createSignal<Loaded>()
  let newest = 0
  createEffect(
    on(
      () => config() && JSON.stringify(config()),
      async () => {
        const answer = config()
        if (!answer) return
        newest += 1
        const mine = newest
        const proxyIds = await allProxyIds(answer)
        if (mine !== newest || proxyIds === undefined) return
        const { name, description, revision } = answer
        const content: DraftContent = { name, description, proxyIds, document: toDocument(answer) }
        setLoaded({ revision, content })
      },
    ),
  )
  return loaded
}

async function allProxyIds(config: Answer['config']): Promise<readonly string[] | undefined> {
  const ids = config.proxies.edges.map(({ node }) => node.id)
  let page = config.proxies.pageInfo
  while (page.hasNextPage) {
    const { data, error } = await client
      .query(proxyIdsDocument, { id: config.id, after: page.endCursor })
      .toPromise()
    if (!data) {
      if (error) toast('bad', lineOf(error))
      return undefined
    }
    ids.push(...data.config.proxies.edges.map(({ node }) => node.id))
    page = data.config.proxies.pageInfo
  }
  return ids
}

function Header(props: { readonly answer: Answer; readonly user: SessionUser; readonly isDirty: boolean }) {
  const navigate = useNavigate()
  const [isBusy, setBusy] = createSignal(false)
  const config = () => props.answer.config
  const why = () => {
    const closed = stepReason(props.answer, props.user, 'submit')
    if (closed !== undefined) return closed
    if (props.isDirty) return t('config.saveFirst')
    const [problem] = config().problems
    return problem && t('config.problemsFirst', { problem: problem.message })
  }
  const submit = async () => {
    setBusy(true)
    const input = { id: config().id, revision: config().revision }
    const { error } = await client.mutation(submitDocument, { input }).toPromise()
    setBusy(false)
    if (error) return toast('bad', lineOf(error))
    navigate(paths.review(config().id))
  }
  return (
    <PageHeader
      title={config().name}
      subtitle={
        <span class="flex flex-wrap items-center gap-x-3 gap-y-1">
          <ConfigStatusBadge status={config().status} />
          <span>{t('config.revisionNumber', { number: config().revision })}</span>
          <Show when={config().activeVersion} fallback={<span>{t('config.notRunning')}</span>}>
            {(version) => (
              <span>
                {t('config.runsVersion', { number: version().number })}
                <Show when={version().approvedAt}>
                  {(at) => (
                    <>
                      {' · '}
                      <Instant at={at()} />
                    </>
                  )}
                </Show>
              </span>
            )}
          </Show>
        </span>
      }
      actions={
        <Show
          when={config().status === 'PENDING_APPROVAL'}
          fallback={
            <>
              <A
                href={paths.review(config().id)}
                class="inline-flex h-8 items-center rounded-md border border-line-strong bg-surface px-3 font-medium hover:bg-hover"
              >
                {t('config.preview')}
              </A>
              <Show when={config().status === 'DRAFT'}>
                <Button look="primary" onClick={() => void submit()} why={why()} isBusy={isBusy()}>
                  {t('config.submit')}
                </Button>
              </Show>
            </>
          }
        >
          <A
            href={paths.review(config().id)}
            class="inline-flex h-8 items-center rounded-md bg-accent px-3 font-medium text-on-accent hover:bg-accent-strong"
          >
            {t('config.review')}
          </A>
        </Show>
      }
    />
  )
}

function Tab(props: { readonly href: string; readonly label: string; readonly isCurrent: boolean }) {
  return (
    <A
      href={props.href}
      end
      class={`-mb-px border-b-2 px-3 py-2 font-medium ${props.isCurrent ? 'border-accent text-text' : 'border-transparent text-muted hover:text-text'}`}
    >
      {props.label}
    </A>
  )
}
