/** All proxies with what each is, runs and should run; live. */
import { A, useSearchParams } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { ProxyStatus } from '#core/vocabulary'
import { graphql, type ResultOf } from '../graphql.ts'
import { FilterBar, only, Pager } from '../lists.tsx'
import { plural, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { PlusIcon, ServerIcon } from '../ui/icons.ts'
import { EmptyState } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import { HashText, PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { AddProxyDialog } from './AddProxyDialog.tsx'
import { Freshness, ProxyStatusBadge, type StatusName, statusWords } from './ProxyStatusBadge.tsx'

const fleetDocument = graphql(`
  query Fleet($first: Int!, $after: String, $search: String, $status: ProxyStatus) {
    proxies(first: $first, after: $after, search: $search, status: $status) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node {
        id hostname status statusReason lastSeenAt atsVersion atsGeneration runningHash
        config { id name }
      } }
    }
  }
`)
type FleetProxy = ResultOf<typeof fleetDocument>['proxies']['edges'][number]['node']

const pageSize = 100
const statuses = Object.keys(ProxyStatus) as StatusName[]

export function FleetPage(props: { readonly user: SessionUser }) {
  const [search, setSearch] = useSearchParams<{ search?: string; status?: string; after?: string }>()
  const [isAdding, setAdding] = createSignal(false)
  const fleet = createQuery(fleetDocument, {
    variables: () => ({
      first: pageSize,
      after: search.after ?? null,
      search: search.search ?? null,
      status: only(statuses, search.status) ?? null,
    }),
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 15,
  })
  const isFiltered = () => Boolean(search.search ?? search.status)
  const addButton = () => (
    <Button
      look="primary"
      onClick={() => setAdding(true)}
      why={isPermitted(grantOf(props.user), 'enrolment_token.create') ? undefined : t('reason.NO_PERMISSION')}
    >
      <PlusIcon size={15} aria-hidden="true" />
      {t('fleet.add')}
    </Button>
  )
  setPageTitle(() => t('fleet.title'))

  return (
    <>
      <PageHeader
        title={t('fleet.title')}
        subtitle={
          <Show when={fleet.data()}>{(data) => plural('fleet.count', data().proxies.totalCount)}</Show>
        }
        actions={addButton()}
      />
      <FilterBar
        searchLabel={t('fleet.search')}
        search={search.search ?? ''}
        onSearch={(text) => setSearch({ search: text || undefined, after: undefined }, { replace: true })}
        status={search.status ?? ''}
        statuses={statuses.map((status) => ({ value: status, label: t(`proxyStatus.${status}`) }))}
        onStatus={(status) => setSearch({ status: status || undefined, after: undefined })}
      />
      <TableFrame label={t('fleet.title')}>
        <QueryPanel query={fleet} rows={6}>
          {(data) => (
            <Show
              when={data().proxies.edges.length > 0}
              fallback={
                <Show
                  when={isFiltered()}
                  fallback={
                    <EmptyState
                      icon={<ServerIcon size={28} aria-hidden="true" />}
                      title={t('fleet.emptyTitle')}
                      text={t('fleet.emptyText')}
                      action={addButton()}
                    />
                  }
                >
                  <EmptyState
                    icon={<ServerIcon size={28} aria-hidden="true" />}
                    title={t('fleet.noMatchTitle')}
                    text={t('fleet.noMatchText')}
                  />
                </Show>
              }
            >
              <FleetTable proxies={data().proxies.edges.map((edge) => edge.node)} />
            </Show>
          )}
        </QueryPanel>
      </TableFrame>
      <Show when={fleet.data()}>
        {(data) => (
          <Pager
            hasNext={data().proxies.pageInfo.hasNextPage}
            isFirst={search.after === undefined}
            onNext={() => setSearch({ after: data().proxies.pageInfo.endCursor ?? undefined })}
            onFirst={() => setSearch({ after: undefined })}
          />
        )}
      </Show>
      <AddProxyDialog isOpen={isAdding()} onClose={() => setAdding(false)} />
    </>
  )
}

function FleetTable(props: { readonly proxies: readonly FleetProxy[] }) {
  return (
    <table class="table">
      <thead>
        <tr>
          <th>{t('proxy.hostname')}</th>
          <th>{t('proxy.status')}</th>
          <th class="max-sm:hidden">{t('proxy.lastSeen')}</th>
          <th class="max-md:hidden">{t('proxy.ats')}</th>
          <th class="max-sm:hidden">{t('proxy.config')}</th>
          <th class="max-lg:hidden">{t('proxy.runs')}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.proxies}>
          {(proxy) => (
            <tr>
              <td class="max-w-72 min-w-32 break-words">
                <A href={paths.proxy(proxy.id)} class="link">
                  {proxy.hostname}
                </A>
                <div class="mt-1 text-xs sm:hidden">
                  <Freshness lastSeenAt={proxy.lastSeenAt} />
                </div>
              </td>
              <td class="max-w-80">
                <ProxyStatusBadge status={proxy.status} />
                <p class="mt-1 line-clamp-2 text-xs text-muted" title={statusWords(proxy)}>
                  {statusWords(proxy)}
                </p>
              </td>
              <td class="max-sm:hidden">
                <Freshness lastSeenAt={proxy.lastSeenAt} />
              </td>
              <td class="whitespace-nowrap max-md:hidden">
                <AtsVersion proxy={proxy} />
              </td>
              <td class="max-w-56 break-words max-sm:hidden">
                <Show when={proxy.config} fallback={<span class="text-muted">{t('proxy.noConfig')}</span>}>
                  {(config) => (
                    <A href={paths.config(config().id)} class="link font-normal">
                      {config().name}
                    </A>
                  )}
                </Show>
              </td>
              <td class="max-lg:hidden">
                <Show
                  when={proxy.runningHash}
                  fallback={<span class="text-muted">{t('proxy.nothing')}</span>}
                >
                  {(hash) => <HashText value={hash()} />}
                </Show>
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

export function AtsVersion(props: { readonly proxy: Pick<FleetProxy, 'atsVersion' | 'atsGeneration'> }) {
  return (
    <Show when={props.proxy.atsVersion} fallback={<span class="text-muted">{t('proxy.atsUnknown')}</span>}>
      {(version) => (
        <>
          {version()}
          <Show when={props.proxy.atsGeneration === null}>
            <span class="ml-1 text-bad">· {t('proxy.atsUnsupported')}</span>
          </Show>
        </>
      )}
    </Show>
  )
}
