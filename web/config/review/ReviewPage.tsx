/** Reads like a pull request: what changed in words and in files, whom it reaches, and one decision. */
import { A, useParams } from '@solidjs/router'
import { createMemo, For, type JSX, Show } from 'solid-js'
import { diffDocuments } from '#core/diff'
import { graphql, type ResultOf } from '../../graphql.ts'
import { locale, plural, t } from '../../locales/i18n.ts'
import { problemSentence } from '../../messages.ts'
import { paths } from '../../paths.ts'
import { ProxyStatusBadge } from '../../proxy/ProxyStatusBadge.tsx'
import { createQuery } from '../../query.ts'
import type { SessionUser } from '../../session.ts'
import { Badge } from '../../ui/Badge.tsx'
import { TriangleAlertIcon } from '../../ui/icons.ts'
import { Notice } from '../../ui/states.tsx'
import { HashText, Instant, PageHeader, QueryPanel, setPageTitle } from '../../words.tsx'
import { ConfigStatusBadge } from '../ConfigStatusBadge.tsx'
import { documentFields, toDocument, versionFields } from '../document.ts'
import { placeOf } from '../editor/fields.ts'
import { ApprovalPanel } from './ApprovalPanel.tsx'
import { changeWords } from './changeWords.ts'
import { FilesDiff } from './FilesDiff.tsx'
import { ProgressPanel } from './ProgressPanel.tsx'

const reviewDocument = graphql(
  `
  query Review($id: ID!) {
    config(id: $id) {
      id name status revision configHash hasActiveVersion followingProxyCount takenProxyCount
      authors { id } submittedBy { id name } submittedAt approvedBy { id name } approvedAt
      ...DocumentFields
      files { generation name content }
      problems { path code message }
      warnings { path code message }
      proxies(first: 100) { totalCount edges { node { id hostname status config { id name } } } }
      leavingProxies(first: 100) { totalCount edges { node { id hostname status } } }
      activeVersion { id number approvedAt configHash ...VersionFields files { generation name content } }
    }
    settings { approvalPolicy }
  }
`,
  [documentFields, versionFields],
)
export type ReviewAnswer = ResultOf<typeof reviewDocument>
export type ReviewConfig = ReviewAnswer['config']

export function ReviewPage(props: { readonly user: SessionUser }) {
  const params = useParams<{ id: string }>()
  const query = createQuery(reviewDocument, {
    variables: () => ({ id: params.id }),
    subjects: ['CONFIG', 'PROXY', 'SETTINGS'],
  })
  setPageTitle(() => {
    const name = query.data()?.config.name
    return name && t('review.title', { name })
  })
  return (
    <QueryPanel query={query} rows={10}>
      {(data) => (
        <>
          <PageHeader
            title={
              <>
                <A href={paths.config(params.id)} class="link font-semibold underline">
                  {data().config.name}
                </A>{' '}
                <span class="text-muted">/ {t('review.heading')}</span>
              </>
            }
            subtitle={<Submitted config={data().config} />}
          />
          <ApprovalPanel answer={data()} user={props.user} onDone={query.refetch} />
          <Show when={data().config.status === 'ACTIVE'}>
            <ProgressPanel
              configId={params.id}
              approvedAt={data().config.activeVersion?.approvedAt ?? null}
            />
          </Show>
          <Warnings config={data().config} />
          <Changes config={data().config} />
          <Reach config={data().config} />
          <Panel title={t('review.files')}>
            <FilesDiff config={data().config} />
          </Panel>
        </>
      )}
    </QueryPanel>
  )
}

function Submitted(props: { readonly config: ReviewConfig }) {
  return (
    <span class="flex flex-wrap items-center gap-x-3 gap-y-1">
      <ConfigStatusBadge status={props.config.status} />
      <span>{t('config.revisionNumber', { number: props.config.revision })}</span>
      <Show when={props.config.submittedAt}>
        {(at) => (
          <span>
            {t('review.submittedBy', { name: props.config.submittedBy?.name ?? t('review.nobody') })} ·{' '}
            <Instant at={at()} />
          </span>
        )}
      </Show>
      <Show when={props.config.approvedAt}>
        {(at) => (
          <span>
            {t('review.approvedBy', { name: props.config.approvedBy?.name ?? t('review.nobody') })} ·{' '}
            <Instant at={at()} />
          </span>
        )}
      </Show>
      <Show when={props.config.configHash}>
        {(hash) => (
          <span class="inline-flex items-center gap-1">
            {t('review.hash')} <HashText value={hash()} />
          </span>
        )}
      </Show>
    </span>
  )
}

function Warnings(props: { readonly config: ReviewConfig }) {
  return (
    <div class="mb-4 space-y-2 empty:hidden">
      <For each={props.config.problems}>
        {(problem) => <Notice tone="bad">{problemSentence(problem)}</Notice>}
      </For>
      <For each={props.config.warnings}>
        {(warning) => (
          <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
            {/\.\d/.test(warning.path) && locale() !== 'en' ? `${placeOf(warning.path)}: ` : ''}
            {problemSentence(warning)}
          </Notice>
        )}
      </For>
    </div>
  )
}

function Panel(props: { readonly title: string; readonly note?: string; readonly children: JSX.Element }) {
  return (
    <section class="card mb-4 p-4">
      <div class="mb-3 flex flex-wrap items-baseline justify-between gap-2">
        <h2>{props.title}</h2>
        <span class="text-muted">{props.note}</span>
      </div>
      {props.children}
    </section>
  )
}

/** More lines than this are counted, not listed. */
const listedChanges = 200
const signLooks = { '+': 'text-ok', '-': 'text-bad', '~': 'text-info' } as const

function Changes(props: { readonly config: ReviewConfig }) {
  const lines = createMemo(() => {
    const { activeVersion } = props.config
    return diffDocuments(activeVersion && toDocument(activeVersion), toDocument(props.config)).flatMap(
      changeWords,
    )
  })
  const since = () => {
    const version = props.config.activeVersion
    return version ? t('review.since', { number: version.number }) : t('review.firstVersion')
  }
  return (
    <Panel title={t('review.changes')} note={since()}>
      <Show when={lines().length > 0} fallback={<p class="text-muted">{t('review.noChanges')}</p>}>
        <ul class="space-y-1">
          <For each={lines().slice(0, listedChanges)}>
            {(line) => (
              <li class="flex gap-2">
                <span class={`w-3 shrink-0 text-center font-mono ${signLooks[line.sign]}`} aria-hidden="true">
                  {line.sign}
                </span>
                <span class="min-w-0 break-words">{line.text}</span>
              </li>
            )}
          </For>
        </ul>
        <Show when={lines().length > listedChanges}>
          <p class="mt-2 text-muted">{t('review.moreChanges', { count: lines().length - listedChanges })}</p>
        </Show>
      </Show>
    </Panel>
  )
}

function Reach(props: { readonly config: ReviewConfig }) {
  const proxies = () => props.config.proxies
  const leaving = () => props.config.leavingProxies
  return (
    <Panel title={t('review.reach')} note={plural('review.proxyCount', proxies().totalCount)}>
      <Show when={proxies().totalCount === 0}>
        <p class="text-muted">{t('review.noProxies')}</p>
      </Show>
      <ul class="divide-y divide-line">
        <For each={proxies().edges}>
          {({ node }) => (
            <ReachedProxy proxy={node}>
              <Show when={node.config} fallback={<Badge tone="info">{t('review.newHere')}</Badge>}>
                {(config) => (
                  <Show when={config().id !== props.config.id}>
                    <Badge tone="warn" icon={<TriangleAlertIcon size={13} aria-hidden="true" />}>
                      {t('review.takenFrom', { name: config().name })}
                    </Badge>
                  </Show>
                )}
              </Show>
            </ReachedProxy>
          )}
        </For>
        <For each={leaving().edges}>
          {({ node }) => (
            <ReachedProxy proxy={node}>
              <Badge tone="warn" icon={<TriangleAlertIcon size={13} aria-hidden="true" />}>
                {t('review.released')}
              </Badge>
            </ReachedProxy>
          )}
        </For>
      </ul>
      <Show when={proxies().totalCount > proxies().edges.length}>
        <p class="mt-2 text-muted">
          {t('picker.more', { shown: proxies().edges.length, total: proxies().totalCount })}
        </p>
      </Show>
      <Show when={props.config.followingProxyCount > 0}>
        <p class="mt-2 text-muted">{plural('review.following', props.config.followingProxyCount)}</p>
      </Show>
    </Panel>
  )
}

function ReachedProxy(props: {
  readonly proxy: Pick<ReviewConfig['leavingProxies']['edges'][number]['node'], 'id' | 'hostname' | 'status'>
  readonly children: JSX.Element
}) {
  return (
    <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <A href={paths.proxy(props.proxy.id)} class="link min-w-40 flex-1 break-all">
        {props.proxy.hostname}
      </A>
      {props.children}
      <ProxyStatusBadge status={props.proxy.status} />
    </li>
  )
}
