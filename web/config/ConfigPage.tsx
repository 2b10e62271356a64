/** One config: its name and state, the next step, and its parts: rules to edit, versions, history. */
import { useParams } from '@solidjs/router'
import { createSignal, lazy, Match, Show, Suspense, Switch } from 'solid-js'
import { AuditList } from '../audit/AuditList.tsx'
import { formatNumber } from '../format.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { locale, t } from '../locales/i18n.ts'
import { Missing } from '../Missing.tsx'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import type { SessionUser } from '../session.ts'
import { Skeleton } from '../ui/states.tsx'
import { QueryPanel, setPageTitle, Tabs } from '../words.tsx'
import { ConfigHeader } from './ConfigHeader.tsx'
import { EditTab } from './EditTab.tsx'
import { RetiredNotice } from './RetiredNotice.tsx'
import { VersionsTab } from './VersionsTab.tsx'

const StatsBoard = lazy(() =>
  import('../stats/StatsBoard.tsx').then((file) => ({ default: file.StatsBoard })),
)

const frameDocument = graphql(`
  query ConfigFrame($id: ID!) {
    config(id: $id) {
      id name description status revision updatedAt retiredAt hasActiveVersion followingProxyCount
      authors { id name } submittedBy { id name } submittedAt
      versions(first: 1) { totalCount }
      activeVersion { id number approvedAt proxyCount }
    }
    settings { approvalPolicy }
    auditEntries(first: 1, entityId: $id) { totalCount }
  }
`)
export type ConfigFrame = ResultOf<typeof frameDocument>

export function ConfigPage(props: {
  readonly user: SessionUser
  readonly tab: 'edit' | 'versions' | 'statistics' | 'audit'
}) {
  const params = useParams<{ id: string }>()
  const frame = createQuery(frameDocument, {
    variables: () => ({ id: params.id }),
    subjects: ['CONFIG', 'SETTINGS'],
  })
  // Kept while another tab is open: the editor keeps what was typed as well.
  const [isDirty, setDirty] = createSignal(false)
  setPageTitle(() => frame.data()?.config.name)
  const number = (count: number) => formatNumber(locale(), count)

  return (
    <QueryPanel query={frame} rows={10} missing={<Missing kind="config" />}>
      {(data) => (
        <>
          <ConfigHeader frame={data()} user={props.user} isDirty={isDirty()} onChanged={frame.refetch} />
          <Tabs
            label={t('config.tabs')}
            items={[
              {
                label: t('config.tabEdit'),
                href: paths.config(params.id),
                isCurrent: props.tab === 'edit',
              },
              {
                label: t('config.tabVersions'),
                href: paths.configVersions(params.id),
                isCurrent: props.tab === 'versions',
                count: number(data().config.versions.totalCount),
              },
              {
                label: t('stats.tab'),
                href: paths.configStats(params.id),
                isCurrent: props.tab === 'statistics',
              },
              {
                label: t('config.tabAudit'),
                href: paths.configAudit(params.id),
                isCurrent: props.tab === 'audit',
                count: number(data().auditEntries.totalCount),
              },
            ]}
          />
          <Show when={data().config.retiredAt}>
            {(at) => <RetiredNotice frame={data()} retiredAt={at()} user={props.user} />}
          </Show>
          <Switch>
            <Match when={props.tab === 'audit'}>
              <AuditList entityId={params.id} />
            </Match>
            <Match when={props.tab === 'statistics'}>
              <Suspense fallback={<Skeleton rows={12} label={t('state.loading')} />}>
                <StatsBoard scope={{ kind: 'config', id: params.id }} approvalsOf={params.id} />
              </Suspense>
            </Match>
            <Match when={props.tab === 'versions'}>
              <VersionsTab frame={data()} user={props.user} />
            </Match>
            <Match when={props.tab === 'edit'}>
              <EditTab frame={data()} user={props.user} onSaved={frame.refetch} onDirty={setDirty} />
            </Match>
          </Switch>
        </>
      )}
    </QueryPanel>
  )
}
