/** One proxy: what it should run, tried and runs, what lies on its disk, and what happened to it; live. */
import { A, useParams } from '@solidjs/router'
import { createSignal, lazy, Match, Show, Suspense, Switch } from 'solid-js'
import { type Action, isPermitted } from '#core/permissions'
import { client } from '../client.ts'
import { formatTime } from '../format.ts'
import { graphql } from '../graphql.ts'
import { locale, t, withTexts } from '../locales/i18n.ts'
import { Missing } from '../Missing.tsx'
import { codeOf, lineOf } from '../messages.ts'
import { usePaletteActions } from '../palette.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { CopyButton, copyText } from '../ui/CopyButton.tsx'
import { DomainName } from '../ui/DomainName.tsx'
import { Notice, Skeleton } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { PageHeader, QueryPanel, setPageTitle, Tabs } from '../words.tsx'
import { EventsTab } from './EventsTab.tsx'
import { FilesTab } from './FilesTab.tsx'
import { NextStep } from './NextStep.tsx'
import { OverviewTab } from './OverviewTab.tsx'
import { Freshness, ProxyStatusBadge } from './ProxyStatusBadge.tsx'
import { proxyDocument } from './proxyDocument.ts'

const AddToConfigDialog = lazy(() =>
  import('./AddToConfigDialog.tsx').then((file) => ({ default: file.AddToConfigDialog })),
)
const StatsBoard = lazy(() =>
  import('../stats/StatsBoard.tsx').then((file) => ({ default: file.StatsBoard })),
)
const LogsTab = lazy(() =>
  withTexts(
    import('../logs/LogsTab.tsx').then((file) => ({ default: file.LogsTab })),
    'logs',
  ),
)
const AddProxyDialog = lazy(() =>
  import('./AddProxyDialog.tsx').then((file) => ({ default: file.AddProxyDialog })),
)
const RetireProxiesDialog = lazy(() =>
  import('./RetireProxiesDialog.tsx').then((file) => ({ default: file.RetireProxiesDialog })),
)

const retryDocument = graphql(`
  mutation RetryProxy($input: RetryProxyInput!) { retryProxy(input: $input) { proxy { id hostname status } } }
`)

interface ProxyPageProps {
  readonly user: SessionUser
  readonly tab: 'overview' | 'statistics' | 'files' | 'events' | 'logs'
}

export function ProxyPage(props: ProxyPageProps) {
  const params = useParams<{ id: string }>()
  const [dialog, setDialog] = createSignal<'assign' | 'retire' | 'enrol'>()
  const query = createQuery(proxyDocument, {
    variables: () => ({ id: params.id }),
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 15,
  })
  const proxy = () => query.data()?.proxy
  const items = () => [{ id: params.id, hostname: proxy()?.hostname ?? '' }]
  const isMissing = () => proxy() === undefined && codeOf(query.error()) === 'NOT_FOUND'
  const isRetired = () => proxy()?.status === 'RETIRED'
  const whyNot = (action: Action) => {
    if (!isPermitted(grantOf(props.user), action)) return t('reason.NO_PERMISSION')
    return isRetired() && action !== 'enrolment_token.create' ? t('proxy.alreadyRetired') : undefined
  }
  const retry = async () => {
    const said = proxy()?.status === 'DRIFTED' ? 'proxyNext.puttingBack' : 'proxyNext.retrying'
    const { data, error } = await client.mutation(retryDocument, { input: { id: params.id } }).toPromise()
    if (error) return toast('bad', lineOf(error))
    toast('ok', t(said, { hostname: data?.retryProxy.proxy.hostname ?? '' }))
  }
  setPageTitle(() => proxy()?.hostname)
  usePaletteActions(() => [
    {
      id: 'assign',
      label: t('proxy.assign'),
      run: () => setDialog('assign'),
      why: whyNot('config.update'),
    },
    { id: 'retire', label: t('proxy.retire'), run: () => setDialog('retire'), why: whyNot('proxy.retire') },
    {
      id: 'copy-hostname',
      label: t('fleet.copyHostname'),
      run: () => void copyText(proxy()?.hostname ?? ''),
    },
  ])

  return (
    <Show when={!isMissing()} fallback={<Missing kind="proxy" />}>
      <PageHeader
        title={
          <Show
            when={proxy()?.hostname}
            fallback={
              <span class="skeleton inline-block h-6 w-72 max-w-full">
                <span class="sr-only">{t('state.loading')}</span>
              </span>
            }
          >
            {(hostname) => (
              // Beside the name, however many lines it has: below it, alone, it would be about nothing.
              <span class="flex items-start gap-2">
                <DomainName name={hostname()} />
                <CopyButton value={hostname()} label={t('fleet.copyHostname')} copiedLabel={t('copy.done')} />
              </span>
            )}
          </Show>
        }
        subtitle={
          <Show when={proxy()}>
            {(known) => (
              <span class="flex flex-wrap items-center gap-x-3 gap-y-1">
                <ProxyStatusBadge status={known().status} />
                <Freshness lastSeenAt={known().lastSeenAt} isExpected={!isRetired()} />
              </span>
            )}
          </Show>
        }
        actions={
          <Show when={proxy()}>
            {/* Where it is the next step, the notice below has it. */}
            <Show when={proxy()?.status !== 'UNASSIGNED' || props.tab !== 'overview'}>
              <Button onClick={() => setDialog('assign')} why={whyNot('config.update')}>
                {t('fleet.assign')}
              </Button>
            </Show>
            <Button look="danger" onClick={() => setDialog('retire')} why={whyNot('proxy.retire')}>
              {t('fleet.retire')}
            </Button>
          </Show>
        }
      />
      <Tabs
        label={t('proxy.tabs')}
        items={[
          {
            label: t('proxy.tabOverview'),
            href: paths.proxy(params.id),
            isCurrent: props.tab === 'overview',
          },
          {
            label: t('stats.tab'),
            href: paths.proxyStats(params.id),
            isCurrent: props.tab === 'statistics',
          },
          { label: t('proxy.tabFiles'), href: paths.proxyFiles(params.id), isCurrent: props.tab === 'files' },
          {
            label: t('proxy.tabEvents'),
            href: paths.proxyEvents(params.id),
            isCurrent: props.tab === 'events',
          },
          { label: t('proxy.tabLogs'), href: paths.proxyLogs(params.id), isCurrent: props.tab === 'logs' },
        ]}
      />
      <Show when={props.tab !== 'logs' && proxy()?.captureLogsUntil}>
        {(until) => (
          <Notice
            tone="warn"
            action={
              <A class="link" href={paths.proxyLogs(params.id)}>
                {t('proxy.showLogs')}
              </A>
            }
          >
            {t('proxy.capturing', { time: formatTime(locale(), Date.parse(until())) })}
          </Notice>
        )}
      </Show>
      <Switch>
        <Match when={props.tab === 'overview'}>
          <QueryPanel query={query} rows={8}>
            {(data) => (
              <>
                <NextStep
                  proxy={data().proxy}
                  whyNotAssign={whyNot('config.update')}
                  whyNotEnrol={whyNot('enrolment_token.create')}
                  whyNotRetry={whyNot('proxy.retry')}
                  onAssign={() => setDialog('assign')}
                  onEnrol={() => setDialog('enrol')}
                  onRetry={retry}
                />
                <OverviewTab
                  proxy={data().proxy}
                  whyNotParent={(act) => whyNot(act === 'takeOut' ? 'parent.withdraw' : 'parent.return')}
                />
              </>
            )}
          </QueryPanel>
        </Match>
        <Match when={props.tab === 'statistics'}>
          <Suspense fallback={<Skeleton rows={12} label={t('state.loading')} />}>
            <StatsBoard scope={{ kind: 'proxy', id: params.id }} approvalsOf={proxy()?.config?.id ?? null} />
          </Suspense>
        </Match>
        <Match when={props.tab === 'files'}>
          <FilesTab proxyId={params.id} />
        </Match>
        <Match when={props.tab === 'logs'}>
          <Suspense fallback={<Skeleton rows={12} label={t('state.loading')} />}>
            <Show when={params.id} keyed>
              {(id) => (
                <LogsTab
                  proxyId={id}
                  hostname={proxy()?.hostname ?? ''}
                  whyNotStart={whyNot('log_capture.start')}
                  whyNotDelete={whyNot('log_lines.delete')}
                />
              )}
            </Show>
          </Suspense>
        </Match>
        <Match when={props.tab === 'events'}>
          <EventsTab proxyId={params.id} />
        </Match>
      </Switch>
      <Suspense>
        <Switch>
          <Match when={dialog() === 'assign'}>
            <AddToConfigDialog isOpen items={items()} onClose={() => setDialog(undefined)} />
          </Match>
          <Match when={dialog() === 'retire'}>
            <RetireProxiesDialog
              isOpen
              items={items()}
              onClose={() => setDialog(undefined)}
              onRetired={() => void query.refetch()}
            />
          </Match>
          <Match when={dialog() === 'enrol'}>
            <AddProxyDialog isOpen onClose={() => setDialog(undefined)} />
          </Match>
        </Switch>
      </Suspense>
    </Show>
  )
}
