/** What can be done with the selected proxies; stays in sight while there are any. */
import { useNavigate } from '@solidjs/router'
import { createSignal, lazy, Match, Show, Suspense, Switch } from 'solid-js'
import { logLimits } from '#core/log-line'
import { type Action, isPermitted } from '#core/permissions'
import { client } from '../client.ts'
import { formatNumber } from '../format.ts'
import { graphql } from '../graphql.ts'
import { locale, plural, t, withTexts } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { usePaletteActions } from '../palette.ts'
import { paths } from '../paths.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { copyText } from '../ui/CopyButton.tsx'
import { ArchiveIcon, CloseIcon, CopyIcon, FileSlidersIcon, RouteIcon, ScrollTextIcon } from '../ui/icons.ts'
import { toast } from '../ui/toast.tsx'
import type { BulkItem } from './bulk.ts'
import type { FleetRows } from './fleetRows.ts'
import { type FleetView, filterArguments } from './fleetView.ts'
import type { Selection } from './selection.ts'

const AddToConfigDialog = lazy(() =>
  import('./AddToConfigDialog.tsx').then((file) => ({ default: file.AddToConfigDialog })),
)
const FleetParentsDialog = lazy(() =>
  withTexts(
    import('./FleetParentsDialog.tsx').then((file) => ({ default: file.FleetParentsDialog })),
    'parents',
  ),
)
const RetireProxiesDialog = lazy(() =>
  import('./RetireProxiesDialog.tsx').then((file) => ({ default: file.RetireProxiesDialog })),
)

const matchingIdsDocument = graphql(`
  query MatchingProxies(
    $search: String, $status: ProxyStatus, $runsConfigId: ID, $atsGeneration: AtsGeneration, $live: LiveNumbersFilter
  ) {
    proxyIds(
      search: $search, status: $status, runsConfigId: $runsConfigId, atsGeneration: $atsGeneration, live: $live
    )
  }
`)

type Act = 'assign' | 'parents' | 'retire' | 'copy'

interface BulkBarProps {
  readonly user: SessionUser
  readonly view: FleetView
  readonly rows: FleetRows
  readonly selection: Selection
}

export function BulkBar(props: BulkBarProps) {
  const [busy, setBusy] = createSignal<Act | 'all'>()
  const [dialog, setDialog] = createSignal<{ readonly act: Act; readonly items: readonly BulkItem[] }>()
  const count = () => props.selection.ids().size
  const total = () => props.rows.total() ?? 0

  const selectAll = async () => {
    setBusy('all')
    const { data, error } = await client.query(matchingIdsDocument, filterArguments(props.view)).toPromise()
    setBusy(undefined)
    if (error) return toast('bad', lineOf(error))
    props.selection.replace(data?.proxyIds ?? [])
  }
  /** Proxies that were selected unseen have no name here yet: their pages are fetched first. */
  const named = async (): Promise<readonly BulkItem[]> => {
    const ids = [...props.selection.ids()]
    if (ids.some((id) => props.rows.proxy(id) === undefined)) await props.rows.idsBetween(0, total() - 1)
    return ids.map((id) => ({ id, hostname: props.rows.proxy(id)?.hostname ?? id }))
  }
  const begin = async (act: Act) => {
    setBusy(act)
    const items = await named()
    setBusy(undefined)
    if (act !== 'copy') return setDialog({ act, items })
    await copyText(items.map((item) => item.hostname).join('\n'))
    toast('ok', plural('fleet.hostnamesCopied', items.length))
  }
  const navigate = useNavigate()
  const showLogs = () => navigate(paths.logsOf([...props.selection.ids()]))
  const whyNoLogs = () =>
    count() > logLimits.proxiesAtOnce ? t('fleet.logsLimit', { count: logLimits.proxiesAtOnce }) : undefined
  const why = (action: Action) =>
    isPermitted(grantOf(props.user), action) ? undefined : t('reason.NO_PERMISSION')
  usePaletteActions(() =>
    count() === 0
      ? []
      : [
          {
            id: 'bulk-assign',
            label: plural('fleet.paletteAssign', count()),
            run: () => void begin('assign'),
            why: why('config.update'),
          },
          {
            id: 'bulk-parents',
            label: plural('fleet.paletteParents', count()),
            run: () => void begin('parents'),
            why: why('parent.withdraw'),
          },
          {
            id: 'bulk-retire',
            label: plural('fleet.paletteRetire', count()),
            run: () => void begin('retire'),
            why: why('proxy.retire'),
          },
          {
            id: 'bulk-logs',
            label: plural('fleet.paletteLogs', count()),
            run: showLogs,
            why: whyNoLogs(),
          },
          { id: 'bulk-copy', label: plural('fleet.paletteCopy', count()), run: () => void begin('copy') },
        ],
  )

  return (
    <>
      <p class="sr-only" role="status">
        {count() === 0 ? '' : plural('fleet.selected', count())}
      </p>
      <Show when={count() > 0}>
        <section
          aria-label={t('fleet.bulk')}
          class="enter sticky bottom-3 z-20 mt-3 flex flex-wrap items-center gap-2 rounded-xl border border-line-strong bg-raised px-3 py-2 shadow-[0_8px_24px_var(--shadow)]"
        >
          {/* One below the other where there is width for one row of buttons beside them. */}
          <span class="flex gap-x-2 max-sm:items-center sm:flex-col sm:items-start">
            <span class="font-medium">{plural('fleet.selected', count())}</span>
            <Show when={total() > count()}>
              <Button
                look="ghost"
                class="-ml-3 text-accent! sm:h-6!"
                isBusy={busy() === 'all'}
                onClick={() => void selectAll()}
              >
                {t('fleet.selectAll', { count: formatNumber(locale(), total()) })}
              </Button>
            </Show>
          </span>
          <span class="flex flex-wrap items-center gap-2 sm:ml-auto">
            <Button
              onClick={() => void begin('assign')}
              isBusy={busy() === 'assign'}
              why={why('config.update')}
            >
              <FileSlidersIcon size={15} aria-hidden="true" />
              {t('fleet.assign')}
            </Button>
            <Button
              onClick={() => void begin('parents')}
              isBusy={busy() === 'parents'}
              why={why('parent.withdraw')}
            >
              <RouteIcon size={15} aria-hidden="true" />
              {t('fleet.parents')}
            </Button>
            <Button onClick={showLogs} why={whyNoLogs()}>
              <ScrollTextIcon size={15} aria-hidden="true" />
              {t('fleet.logs')}
            </Button>
            <Button onClick={() => void begin('copy')} isBusy={busy() === 'copy'}>
              <CopyIcon size={15} aria-hidden="true" />
              {t('fleet.copyHostnames')}
            </Button>
            <Button
              look="danger"
              onClick={() => void begin('retire')}
              isBusy={busy() === 'retire'}
              why={why('proxy.retire')}
            >
              <ArchiveIcon size={15} aria-hidden="true" />
              {t('fleet.retire')}
            </Button>
            <Button
              look="ghost"
              isIcon
              class="max-sm:absolute max-sm:top-2 max-sm:right-2"
              aria-label={t('fleet.selectNone')}
              title={t('fleet.selectNone')}
              onClick={() => props.selection.clear()}
            >
              <CloseIcon size={15} aria-hidden="true" />
            </Button>
          </span>
        </section>
      </Show>
      <Suspense>
        <Switch>
          <Match when={dialog()?.act === 'assign' && dialog()}>
            {(open) => <AddToConfigDialog isOpen items={open().items} onClose={() => setDialog(undefined)} />}
          </Match>
          <Match when={dialog()?.act === 'parents' && dialog()}>
            {(open) => <FleetParentsDialog items={open().items} onClose={() => setDialog(undefined)} />}
          </Match>
          <Match when={dialog()?.act === 'retire' && dialog()}>
            {(open) => (
              <RetireProxiesDialog
                isOpen
                items={open().items}
                onClose={() => setDialog(undefined)}
                onRetired={(items) => {
                  props.selection.remove(items.map((item) => item.id))
                  props.rows.refetch()
                }}
              />
            )}
          </Match>
        </Switch>
      </Suspense>
    </>
  )
}
