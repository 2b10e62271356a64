/** The parents of what a proxy runs, as its ATS holds them now, and what it did with them, newest first. */
import { createMemo, createSignal, For, lazy, Show, Suspense } from 'solid-js'
import { graphql, type ResultOf } from '../graphql.ts'
import { t, withTexts } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { RefreshIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { Ago, Instant, QueryPanel } from '../words.tsx'
import { ParentRow } from './ParentRow.tsx'
import { type Look, LookBadge, ParentState, stateLooks } from './ParentState.tsx'
import type { ParentAct } from './parentHosts.ts'

const TakeOutDialog = lazy(() =>
  withTexts(
    import('./TakeOutDialog.tsx').then((file) => ({ default: file.TakeOutDialog })),
    'parents',
  ),
)

const parentsDocument = graphql(`
  query ProxyParents($id: ID!) {
    proxy(id: $id) {
      id hostname isOnline config { id name }
      runningVersion { id failover { failThreshold retrySeconds connectTimeoutSeconds } }
      parents { host port state since reason takenOut { host reason by at isTold isOut says } }
      takenOutParents { host reason by at isTold isOut says }
      returningParents { host says }
      parentEvents(first: 20) { totalCount edges { node { id host port kind at reason } } }
    }
  }
`)
type Proxy = ResultOf<typeof parentsDocument>['proxy']
type Event = Proxy['parentEvents']['edges'][number]['node']

const eventLooks: Readonly<Record<Event['kind'], Look>> = {
  FAILING: stateLooks.FAILING,
  DOWN: stateLooks.DOWN,
  RESTORED: stateLooks.UP,
  RESET: { tone: 'info', icon: RefreshIcon },
}

interface ParentsPanelProps {
  readonly proxyId: string
  /** Why a parent can't be taken out or brought back here. */
  readonly whyNot: (act: ParentAct) => string | undefined
}

export function ParentsPanel(props: ParentsPanelProps) {
  const query = createQuery(parentsDocument, {
    variables: () => ({ id: props.proxyId }),
    subjects: ['PROXY'],
    pollSeconds: 5, // nothing announces what is only observed
  })
  return (
    <QueryPanel query={query} rows={4}>
      {(data) => (
        <Parents proxy={data().proxy} whyNot={props.whyNot} onChanged={() => void query.refetch()} />
      )}
    </QueryPanel>
  )
}

interface ParentsProps extends Pick<ParentsPanelProps, 'whyNot'> {
  readonly proxy: Proxy
  /** Perhaps: a dialog that can do it was closed. */
  readonly onChanged: () => void
}

function Parents(props: ParentsProps) {
  const [dialog, setDialog] = createSignal<{ readonly act: ParentAct; readonly host: string }>()
  const isAmongParents = ({ host }: { readonly host: string }) =>
    props.proxy.parents.some((parent) => parent.host === host)
  /** Of parents that it runs no more: they can be brought back only from here. */
  const others = createMemo(() => props.proxy.takenOutParents.filter((out) => !isAmongParents(out)))
  const returningOf = (host: string) => props.proxy.returningParents.find((back) => back.host === host)
  const events = createMemo(() => props.proxy.parentEvents.edges.map(({ node }) => node))
  return (
    <Panel
      title={t('proxyParents.title')}
      note={
        <Show when={props.proxy.runningVersion?.failover}>
          {(failover) =>
            t('proxyParents.inForce', {
              failures: failover().failThreshold,
              timeout: failover().connectTimeoutSeconds,
              retry: failover().retrySeconds,
            })
          }
        </Show>
      }
    >
      <Show
        when={props.proxy.parents.length + others().length > 0}
        fallback={<p class="text-muted">{t('proxyParents.none')}</p>}
      >
        <ol class="-my-2 divide-y divide-line">
          <For each={props.proxy.parents}>
            {(parent) => (
              <ParentRow
                name={`${parent.host}:${parent.port}`}
                host={parent.host}
                takenOut={parent.takenOut}
                returning={returningOf(parent.host)}
                isOnline={props.proxy.isOnline}
                whyNot={props.whyNot}
                onAct={(act) => setDialog({ act, host: parent.host })}
              >
                <ParentState parent={parent} isOnline={props.proxy.isOnline} />
              </ParentRow>
            )}
          </For>
          <For each={others()}>
            {(out) => (
              <ParentRow
                name={out.host}
                host={out.host}
                takenOut={out}
                isOnline={props.proxy.isOnline}
                whyNot={props.whyNot}
                onAct={(act) => setDialog({ act, host: out.host })}
              >
                <span class="text-sm text-muted">{t('proxyParents.outOnly')}</span>
              </ParentRow>
            )}
          </For>
        </ol>
      </Show>
      <Show when={events().length > 0}>
        <h3 class="mt-4 text-sm font-medium">{t('proxyParents.timeline')}</h3>
        <ol aria-label={t('proxyParents.timeline')} class="mt-1 ml-2 border-l border-line">
          <For each={events()}>
            {(event) => (
              <li class="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5 pl-3">
                <LookBadge look={eventLooks[event.kind]} label={t(`parentEvent.${event.kind}`)} />
                <span class="wrap-anywhere">
                  {event.host === null ? t('proxyParents.all') : `${event.host}:${event.port}`}
                </span>
                <span class="text-sm text-muted">
                  <Instant at={event.at} /> · <Ago at={event.at} />
                </span>
              </li>
            )}
          </For>
        </ol>
        <Show when={props.proxy.parentEvents.totalCount > events().length}>
          <p class="mt-1 text-sm text-muted">
            {t('proxyParents.newest', { shown: events().length, total: props.proxy.parentEvents.totalCount })}
          </p>
        </Show>
      </Show>
      <Suspense>
        <Show when={dialog()} keyed>
          {(open) => (
            <TakeOutDialog
              {...open}
              proxy={props.proxy}
              onClose={() => {
                setDialog(undefined)
                props.onChanged()
              }}
            />
          )}
        </Show>
      </Suspense>
    </Panel>
  )
}
