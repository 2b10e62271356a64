/** All proxies with what each is, runs and should run; any number of them, live, and as the URL says. */
import { useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, createSignal, lazy, on, Show, Suspense } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { graphql } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { detailOf, sentenceOf } from '../messages.ts'
import { usePaletteActions } from '../palette.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { PlusIcon, SearchIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { EmptyState, Fault, Skeleton } from '../ui/states.tsx'
import { PageHeader, setPageTitle } from '../words.tsx'
import type { MadeToken } from './EnrolPanel.tsx'
import { FleetFilters } from './FleetFilters.tsx'
import { FleetTable } from './FleetTable.tsx'
import { createFleetRows } from './fleetRows.ts'
import {
  type FleetParams,
  type FleetView,
  filterArguments,
  isFiltered,
  paramsOf,
  queryOf,
  viewOf,
  viewOfQuery,
} from './fleetView.ts'
import { SavedViewsMenu } from './SavedViewsMenu.tsx'
import { createSelection } from './selection.ts'

// Once something is selected.
const BulkBar = lazy(() => import('./BulkBar.tsx').then((file) => ({ default: file.BulkBar })))
// Of an empty fleet only: the others must not wait for it.
const EnrolPanel = lazy(() => import('./EnrolPanel.tsx').then((file) => ({ default: file.EnrolPanel })))
const AddProxyDialog = lazy(() =>
  import('./AddProxyDialog.tsx').then((file) => ({ default: file.AddProxyDialog })),
)

const countsDocument = graphql(`
  query ProxyCounts($search: String, $runsConfigId: ID, $atsGeneration: AtsGeneration, $live: LiveNumbersFilter) {
    proxyCounts(search: $search, runsConfigId: $runsConfigId, atsGeneration: $atsGeneration, live: $live) {
      status count
    }
  }
`)

export function FleetPage(props: { readonly user: SessionUser }) {
  const [params, setParams] = useSearchParams<FleetParams>()
  const view = createMemo(() => viewOf(params))
  const change = (part: Partial<FleetView>, how: 'typed' | 'chosen') =>
    setParams(paramsOf({ ...view(), ...part }), { replace: how === 'typed' })
  const rows = createFleetRows(view)
  const selection = createSelection()
  // It stays, as it tells what became of those that were selected.
  const wasSelected = createMemo<boolean>((before) => before || selection.ids().size > 0, false)
  const [isAdding, setAdding] = createSignal(false)
  const [made, setMade] = createSignal<MadeToken>()
  const countsQuery = createQuery(countsDocument, {
    variables: () => {
      const { status: _status, ...filter } = filterArguments(view())
      return filter
    },
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 15,
  })
  const counts = createMemo(() => {
    const known = countsQuery.data()?.proxyCounts
    return known && new Map(known.map(({ status, count }) => [status, count]))
  })
  /** Nobody has ever enrolled one, or all are retired: the page then teaches how to begin. */
  const isEmpty = () => rows.total() === 0 && !rows.isSwitching() && !isFiltered(view())
  const whyNotAdd = () =>
    isPermitted(grantOf(props.user), 'enrolment_token.create') ? undefined : t('reason.NO_PERMISSION')

  setPageTitle(() => t('fleet.title'))
  usePaletteActions(() => [
    { id: 'add-proxy', label: t('fleet.add'), run: () => setAdding(true), why: whyNotAdd() },
  ])
  // What is selected is always among what is listed: nothing is done to a proxy that the filter hides.
  createEffect(
    on(
      () => JSON.stringify(filterArguments(view())),
      () => selection.clear(),
      { defer: true },
    ),
  )

  return (
    <>
      <PageHeader
        title={t('fleet.title')}
        subtitle={<Show when={rows.total() !== undefined}>{plural('fleet.count', rows.total() ?? 0)}</Show>}
        actions={
          <>
            <SavedViewsMenu
              userId={props.user.id}
              query={queryOf(view())}
              onOpen={(query) => setParams(paramsOf(viewOfQuery(query)))}
            />
            {/* One primary action: of an empty fleet it is the form below. */}
            <Button
              look={isEmpty() ? 'secondary' : 'primary'}
              onClick={() => setAdding(true)}
              why={whyNotAdd()}
            >
              <PlusIcon size={15} aria-hidden="true" />
              {t('fleet.add')}
            </Button>
          </>
        }
      />
      <Show when={isEmpty() || made()}>
        <Panel
          title={made() ? t('enrol.command') : t('fleet.emptyTitle')}
          note={made() ? t('enrol.commandText') : t('fleet.emptyText')}
          class="mx-auto mb-5 max-w-2xl"
        >
          <Show when={whyNotAdd() === undefined} fallback={<p>{t('fleet.emptyReadOnly')}</p>}>
            <Suspense fallback={<Skeleton shape="form" rows={3} label={t('state.loading')} />}>
              <EnrolPanel made={made()} onMade={setMade} onDone={() => setMade(undefined)} />
            </Suspense>
          </Show>
        </Panel>
      </Show>
      <Show when={!isEmpty()}>
        <FleetFilters
          view={view()}
          counts={counts()}
          onChange={change}
          onLeave={() => document.querySelector<HTMLElement>('[role=grid] tbody [tabindex="0"]')?.focus()}
        />
        <Show when={rows.error()}>
          {(error) => (
            <div class="card mb-3">
              <Fault
                title={rows.total() === undefined ? sentenceOf(error()) : t('error.stale')}
                detail={detailOf(error())}
                retryLabel={t('action.retry')}
                onRetry={rows.refetch}
              />
            </div>
          )}
        </Show>
        <Show
          when={rows.total() !== undefined}
          fallback={
            <Show when={!rows.error()}>
              <div class="card">
                <Skeleton rows={10} label={t('state.loading')} />
              </div>
            </Show>
          }
        >
          <Show
            when={rows.total()}
            fallback={
              <div class="card">
                <EmptyState
                  icon={<SearchIcon size={28} aria-hidden="true" />}
                  title={t('fleet.noMatchTitle')}
                  text={t('fleet.noMatchText')}
                  action={
                    <Button
                      onClick={() =>
                        change(
                          { search: '', status: null, runsConfigId: null, atsGeneration: null, live: {} },
                          'chosen',
                        )
                      }
                    >
                      {t('fleet.clearFilters')}
                    </Button>
                  }
                />
              </div>
            }
          >
            <FleetTable
              rows={rows}
              view={view()}
              selection={selection}
              onSort={(sort, isDescending) => change({ sort, isDescending }, 'chosen')}
            />
          </Show>
        </Show>
        <Show when={wasSelected()}>
          <Suspense>
            <BulkBar user={props.user} view={view()} rows={rows} selection={selection} />
          </Suspense>
        </Show>
      </Show>
      <Show when={isAdding()}>
        <Suspense>
          <AddProxyDialog isOpen onClose={() => setAdding(false)} />
        </Suspense>
      </Show>
    </>
  )
}
