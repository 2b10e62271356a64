/** All configs: what each is, what it waits for, and the way to a new one. */
import { useNavigate, useSearchParams } from '@solidjs/router'
import { createMemo, createSignal, type JSX, Show } from 'solid-js'
import { ConfigStatus } from '#core/vocabulary'
import { graphql, type ResultOf } from '../graphql.ts'
import { FilterBar, only, Pager } from '../lists.tsx'
import { locale, plural, t } from '../locales/i18n.ts'
import { usePaletteActions } from '../palette.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import type { SessionUser } from '../session.ts'
import { useShortcuts } from '../shortcuts.ts'
import { Button } from '../ui/Button.tsx'
import { FileSlidersIcon, PlusIcon } from '../ui/icons.ts'
import { EmptyState } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import { PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { ConfigTable, type Sort, type SortName, sortNames } from './ConfigTable.tsx'
import { type CloneSource, NewConfigDialog } from './NewConfigDialog.tsx'
import { type RetirableConfig, RetireDialog } from './RetireDialog.tsx'
import { createReason } from './steps.ts'

const configsDocument = graphql(`
  query Configs($first: Int!, $after: String, $search: String, $status: ConfigStatus, $isRetired: Boolean!) {
    configs(first: $first, after: $after, search: $search, status: $status, isRetired: $isRetired) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node {
        id name description status revision updatedAt retiredAt hasActiveVersion
        authors { id name } submittedBy { id name } approvedBy { id name }
        activeVersion { id number proxyCount }
      } }
    }
    settings { approvalPolicy }
  }
`)
export type ListedConfig = ResultOf<typeof configsDocument>['configs']['edges'][number]['node']

const pageSize = 100
const statuses = Object.keys(ConfigStatus) as (keyof typeof ConfigStatus)[]
const filters = [...statuses, 'RETIRED'] as const

type ListSearch = { [Name in 'search' | 'status' | 'after' | 'sort' | 'order']?: string | undefined }

export function ConfigListPage(props: { readonly user: SessionUser }) {
  const navigate = useNavigate()
  const [search, setSearch] = useSearchParams<ListSearch>()
  const [cloned, setCloned] = createSignal<CloneSource>()
  const [isCreating, setCreating] = createSignal(false)
  const [retired, setRetired] = createSignal<RetirableConfig>()
  const filter = () => only(filters, search.status)
  const configs = createQuery(configsDocument, {
    variables: () => ({
      first: pageSize,
      after: search.after ?? null,
      search: search.search ?? null,
      status: only(statuses, filter()) ?? null,
      isRetired: filter() === 'RETIRED',
    }),
    subjects: ['CONFIG', 'PROXY', 'SETTINGS'],
  })
  const isFiltered = () => Boolean(search.search ?? filter())
  // The server knows one order, by name; any other is right only for a list that is here as a whole.
  const isWhole = () => search.after === undefined && configs.data()?.configs.pageInfo.hasNextPage === false
  const sort = (): Sort => {
    const by = isWhole() ? only(sortNames, search.sort) : undefined
    return { by: by ?? 'name', isDescending: by !== undefined && search.order === 'desc' }
  }
  const rows = createMemo(() => {
    const listed = configs.data()?.configs.edges.map((edge) => edge.node) ?? []
    const { by, isDescending } = sort()
    if (by === 'name' && !isDescending) return listed
    const sorted = [...listed].sort(comparators[by])
    return isDescending ? sorted.reverse() : sorted
  })
  /** Nothing is here yet: the way to begin then stands in the list's place. */
  const isFirst = () => configs.data() !== undefined && rows().length === 0 && !isFiltered()
  const startNew = (source?: ListedConfig) => {
    setCloned(source && { id: source.id, name: source.name, version: null })
    setCreating(true)
  }
  const why = () => createReason(props.user)
  const createButton = (look: 'primary' | 'secondary') => (
    <Button look={look} onClick={() => startNew()} why={why()} aria-keyshortcuts="c">
      <PlusIcon size={15} aria-hidden="true" />
      {t('configs.create')}
    </Button>
  )
  setPageTitle(() => t('configs.title'))
  usePaletteActions(() => [
    { id: 'configs.create', label: t('configs.createDots'), run: () => startNew(), why: why() },
    ...rows().map((config) => ({
      id: `configs.clone.${config.id}`,
      label: t('configs.cloneNamed', { name: config.name }),
      run: () => startNew(config),
      why: why(),
    })),
  ])
  useShortcuts(() =>
    why() === undefined ? [{ keys: 'c', label: t('configs.create'), run: () => startNew() }] : [],
  )

  return (
    <>
      <PageHeader
        title={t('configs.title')}
        subtitle={
          <Show when={configs.data()} fallback={t('configs.what')}>
            {(data) => plural('configs.count', data().configs.totalCount)}
          </Show>
        }
        actions={
          <>
            <Button onClick={() => navigate(paths.importConfig)}>{t('configs.import')}</Button>
            {createButton(isFirst() ? 'secondary' : 'primary')}
          </>
        }
      />
      <FilterBar
        searchLabel={t('configs.search')}
        search={search.search ?? ''}
        onSearch={(text) => setSearch({ search: text || undefined, after: undefined }, { replace: true })}
        status={filter() ?? ''}
        statuses={filters.map((status) => ({
          value: status,
          label: status === 'RETIRED' ? t('config.retired') : t(`configStatus.${status}`),
        }))}
        onStatus={(status) => setSearch({ status: status || undefined, after: undefined })}
      />
      <TableFrame label={t('configs.title')}>
        <QueryPanel query={configs} rows={8}>
          {(data) => (
            <Show
              when={rows().length > 0}
              fallback={
                <Nothing
                  kind={
                    filter() === 'RETIRED' && !search.search ? 'retired' : isFiltered() ? 'noMatch' : 'first'
                  }
                  create={createButton('primary')}
                  onClear={() => setSearch({ search: undefined, status: undefined, after: undefined })}
                />
              }
            >
              <ConfigTable
                configs={rows()}
                user={props.user}
                policy={data().settings.approvalPolicy}
                sort={sort()}
                whyNoSort={isWhole() ? undefined : t('configs.whyNoSort', { count: pageSize })}
                onSort={({ by, isDescending }) =>
                  setSearch({ sort: by, order: isDescending ? 'desc' : undefined })
                }
                onClone={startNew}
                onRetire={(config) =>
                  setRetired({ ...config, runningCount: config.activeVersion?.proxyCount ?? 0 })
                }
              />
            </Show>
          )}
        </QueryPanel>
      </TableFrame>
      <Show when={configs.data()}>
        {(data) => (
          <Pager
            hasNext={data().configs.pageInfo.hasNextPage}
            isFirst={search.after === undefined}
            onNext={() => setSearch({ after: data().configs.pageInfo.endCursor ?? undefined })}
            onFirst={() => setSearch({ after: undefined })}
          />
        )}
      </Show>
      <NewConfigDialog isOpen={isCreating()} source={cloned()} onClose={() => setCreating(false)} />
      <RetireDialog
        config={retired()}
        onClose={() => setRetired(undefined)}
        onRetired={() => void configs.refetch()}
      />
    </>
  )
}

/** What waits for somebody first. */
const statusOrder = ['PENDING_APPROVAL', 'DRAFT', 'ACTIVE'] as const
const comparators: Readonly<Record<SortName, (a: ListedConfig, b: ListedConfig) => number>> = {
  name: (a, b) => a.name.localeCompare(b.name, locale()),
  status: (a, b) => statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status),
  updated: (a, b) => Date.parse(a.updatedAt) - Date.parse(b.updatedAt),
}

/** An empty list says what belongs here, and how to get it. */
function Nothing(props: {
  readonly kind: 'first' | 'noMatch' | 'retired'
  readonly create: JSX.Element
  readonly onClear: () => void
}) {
  const words = {
    first: ['configs.emptyTitle', 'configs.emptyText'],
    noMatch: ['configs.noMatchTitle', 'configs.noMatchText'],
    retired: ['configs.noRetiredTitle', 'configs.noRetiredText'],
  } as const
  return (
    <EmptyState
      icon={<FileSlidersIcon size={28} aria-hidden="true" />}
      title={t(words[props.kind][0])}
      text={t(words[props.kind][1])}
      action={
        <Show
          when={props.kind === 'first'}
          fallback={<Button onClick={() => props.onClear()}>{t('configs.clearFilter')}</Button>}
        >
          {props.create}
        </Show>
      }
    />
  )
}
