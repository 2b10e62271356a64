/** Whom an approval reaches: how many get it and why, each with its present owner and state, and who is let go. */
import { A } from '@solidjs/router'
import { createEffect, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js'
import { formatNumber } from '../../format.ts'
import { graphql, type ResultOf } from '../../graphql.ts'
import { locale, plural, t } from '../../locales/i18n.ts'
import { paths } from '../../paths.ts'
import { Freshness, ProxyStatusBadge, type StatusName } from '../../proxy/ProxyStatusBadge.tsx'
import { createQuery } from '../../query.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { DomainName } from '../../ui/DomainName.tsx'
import { SearchIcon, TriangleAlertIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { QueryPanel } from '../../words.tsx'
import type { ReviewConfig } from './queries.ts'

const reachDocument = graphql(`
  query ReviewReach($id: ID!, $search: String, $offset: Int!) {
    proxyCounts(configId: $id) { status count }
    proxies(configId: $id, search: $search, first: 10, offset: $offset) {
      totalCount
      edges { node { id hostname status isOnline lastSeenAt config { id name } } }
    }
  }
`)
type ReachAnswer = ResultOf<typeof reachDocument>
type ReachProxy = ReachAnswer['proxies']['edges'][number]['node']

const pageSize = 10
/** Pause after the last key before the list is asked for. */
const typingMs = 250

export function ReachPanel(props: { readonly config: ReviewConfig }) {
  const [search, setSearch] = createSignal('')
  const [offset, setOffset] = createSignal(0)
  const query = createQuery(reachDocument, {
    variables: () => ({ id: props.config.id, search: search() || null, offset: offset() }),
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 30,
  })
  createEffect(on(search, () => setOffset(0), { defer: true }))
  const isDone = () => props.config.status === 'ACTIVE'
  return (
    <Panel
      title={t(isDone() ? 'reach.titleDone' : 'review.reach')}
      note={<Counts config={props.config} counts={query.data()?.proxyCounts ?? []} />}
      isFlush
      class="mb-4"
    >
      <Show
        when={props.config.proxies.totalCount > 0}
        fallback={<p class="px-4 py-3 text-muted">{t('review.noProxies')}</p>}
      >
        <Show when={props.config.proxies.totalCount > 10}>
          <SearchField onSearch={setSearch} />
        </Show>
        {/* Its rows are counted before they come, and a search that finds fewer leaves the page where it is. */}
        <div style={{ 'min-height': `${heightOf(props.config.proxies.totalCount)}px` }}>
          <QueryPanel query={query} rows={5}>
            {(answer) => (
              <>
                <ul class="divide-y divide-line">
                  <For
                    each={answer().proxies.edges}
                    fallback={<li class="px-4 py-3 text-muted">{t('reach.noMatch')}</li>}
                  >
                    {({ node }) => (
                      <ReachRow proxy={node}>
                        <Present proxy={node} configId={props.config.id} isDone={isDone()} />
                      </ReachRow>
                    )}
                  </For>
                </ul>
                <Pages total={answer().proxies.totalCount} offset={offset()} onOffset={setOffset} />
              </>
            )}
          </QueryPanel>
        </div>
      </Show>
      <Show when={props.config.leavingProxies.totalCount > 0}>
        <h3 class="border-t border-line bg-sunken px-4 py-1.5 text-sm font-medium text-muted">
          {plural('reach.released', props.config.leavingProxies.totalCount)}
        </h3>
        <ul class="divide-y divide-line">
          <For each={props.config.leavingProxies.edges}>
            {({ node }) => (
              <ReachRow proxy={node}>
                <Badge tone="warn" icon={<TriangleAlertIcon size={13} aria-hidden="true" />}>
                  {t('review.released')}
                </Badge>
              </ReachRow>
            )}
          </For>
        </ul>
      </Show>
    </Panel>
  )
}

/** Pixels that a page of rows, with their rules, and the pager take where the rows are not folded. */
function heightOf(proxies: number): number {
  return Math.min(proxies, pageSize) * 41 + (proxies > pageSize ? 49 : 0)
}

interface CountsProps {
  readonly config: ReviewConfig
  readonly counts: ReachAnswer['proxyCounts']
}

/** `40 get it · 3 taken over · 5 run nothing yet · 1 released · 2 silent: they get it when they are back`. */
function Counts(props: CountsProps): JSX.Element {
  const of = (status: StatusName) => props.counts.find((each) => each.status === status)?.count ?? 0
  const words = () => {
    const { config } = props
    if (config.status === 'ACTIVE') return [plural('review.proxyCount', config.proxies.totalCount)]
    return [
      ...(config.proxies.totalCount > 0 ? [plural('reach.get', config.proxies.totalCount)] : []),
      ...(config.takenProxyCount > 0 ? [plural('decision.taken', config.takenProxyCount)] : []),
      ...(of('UNASSIGNED') > 0 ? [plural('reach.new', of('UNASSIGNED'))] : []),
      ...(config.leavingProxies.totalCount > 0
        ? [plural('decision.released', config.leavingProxies.totalCount)]
        : []),
      ...(config.followingProxyCount > 0 ? [plural('reach.following', config.followingProxyCount)] : []),
      ...(of('UNKNOWN') > 0 ? [plural('reach.silent', of('UNKNOWN'))] : []),
    ]
  }
  return <>{words().join(' · ')}</>
}

function SearchField(props: { readonly onSearch: (text: string) => void }) {
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const searchSoon = (text: string) => {
    clearTimeout(timer)
    timer = setTimeout(() => props.onSearch(text.trim()), typingMs)
  }
  return (
    <search class="relative block border-b border-line px-4 py-2">
      <SearchIcon
        size={15}
        class="pointer-events-none absolute top-4.5 left-6.5 text-muted"
        aria-hidden="true"
      />
      <input
        type="search"
        data-page-search
        class="input pl-8!"
        aria-label={t('reach.search')}
        placeholder={t('reach.search')}
        onInput={(event) => searchSoon(event.currentTarget.value)}
      />
    </search>
  )
}

interface ReachRowProps {
  readonly proxy: Pick<ReachProxy, 'id' | 'hostname' | 'status' | 'lastSeenAt'>
  readonly children: JSX.Element
}

function ReachRow(props: ReachRowProps) {
  return (
    <li class="grid items-center gap-x-4 gap-y-1 px-4 py-1.5 md:min-h-10 md:grid-cols-[minmax(0,7fr)_minmax(0,5fr)_9rem_7.5rem] lg:grid-cols-[minmax(0,8fr)_minmax(0,6fr)_9rem_7.5rem]">
      <A href={paths.proxy(props.proxy.id)} class="link">
        <DomainName name={props.proxy.hostname} />
      </A>
      <span class="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 empty:max-md:hidden">
        {props.children}
      </span>
      <span class="text-sm">
        <Freshness lastSeenAt={props.proxy.lastSeenAt} />
      </span>
      <span>
        <ProxyStatusBadge status={props.proxy.status} />
      </span>
    </li>
  )
}

interface PresentProps {
  readonly proxy: ReachProxy
  readonly configId: string
  readonly isDone: boolean
}

/** Who has it now, and what that means for it. */
function Present(props: PresentProps) {
  const owner = () => props.proxy.config
  return (
    <Show when={!props.isDone}>
      <Show when={owner()} fallback={<Badge tone="info">{t('review.newHere')}</Badge>}>
        {(config) => (
          <Show when={config().id !== props.configId}>
            <Badge tone="warn" icon={<TriangleAlertIcon size={13} aria-hidden="true" />}>
              {t('review.takenFrom', { name: config().name })}
            </Badge>
          </Show>
        )}
      </Show>
      <Show when={!props.proxy.isOnline}>
        <span class="text-sm text-muted">{t('reach.whenBack')}</span>
      </Show>
    </Show>
  )
}

interface PagesProps {
  readonly total: number
  readonly offset: number
  readonly onOffset: (offset: number) => void
}

function Pages(props: PagesProps) {
  const number = (value: number) => formatNumber(locale(), value)
  const last = () => Math.min(props.total, props.offset + pageSize)
  return (
    <Show when={props.total > pageSize}>
      <nav
        class="flex items-center justify-end gap-2 border-t border-line px-4 py-2"
        aria-label={t('pager.label')}
      >
        <span role="status" class="mr-auto text-sm text-muted tabular-nums">
          {t('reach.page', {
            from: number(props.offset + 1),
            to: number(last()),
            total: number(props.total),
          })}
        </span>
        <Button
          onClick={() => props.onOffset(Math.max(0, props.offset - pageSize))}
          why={props.offset === 0 ? t('reach.isFirst') : undefined}
        >
          {t('pager.previous')}
        </Button>
        <Button
          onClick={() => props.onOffset(props.offset + pageSize)}
          why={last() >= props.total ? t('reach.isLast') : undefined}
        >
          {t('pager.next')}
        </Button>
      </nav>
    </Show>
  )
}
