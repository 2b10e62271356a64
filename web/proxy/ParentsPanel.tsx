/** The parents of what a proxy runs, as its ATS holds them now, and what it did with them, newest first. */
import { createMemo, For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { graphql, type ResultOf } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { CircleAlertIcon, CircleCheckIcon, CircleHelpIcon, CircleXIcon, RefreshIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { Ago, Instant, QueryPanel } from '../words.tsx'

const parentsDocument = graphql(`
  query ProxyParents($id: ID!) {
    proxy(id: $id) {
      id isOnline
      runningVersion { id failover { failThreshold retrySeconds connectTimeoutSeconds } }
      parents { host port state since reason }
      parentEvents(first: 20) { totalCount edges { node { id host port kind at reason } } }
    }
  }
`)
type Proxy = ResultOf<typeof parentsDocument>['proxy']
type Parent = Proxy['parents'][number]
type Event = Proxy['parentEvents']['edges'][number]['node']

type Look = { readonly tone: Tone; readonly icon: typeof CircleCheckIcon }
const stateLooks: Readonly<Record<Parent['state'], Look>> = {
  UP: { tone: 'ok', icon: CircleCheckIcon },
  FAILING: { tone: 'warn', icon: CircleAlertIcon },
  DOWN: { tone: 'bad', icon: CircleXIcon },
  UNKNOWN: { tone: 'idle', icon: CircleHelpIcon },
}
const eventLooks: Readonly<Record<Event['kind'], Look>> = {
  FAILING: stateLooks.FAILING,
  DOWN: stateLooks.DOWN,
  RESTORED: stateLooks.UP,
  RESET: { tone: 'info', icon: RefreshIcon },
}

export function ParentsPanel(props: { readonly proxyId: string }) {
  const query = createQuery(parentsDocument, {
    variables: () => ({ id: props.proxyId }),
    subjects: ['PROXY'],
    pollSeconds: 5, // nothing announces what is only observed
  })
  return (
    <QueryPanel query={query} rows={4}>
      {(data) => <Parents proxy={data().proxy} />}
    </QueryPanel>
  )
}

function Parents(props: { readonly proxy: Proxy }) {
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
        when={props.proxy.parents.length > 0}
        fallback={<p class="text-muted">{t('proxyParents.none')}</p>}
      >
        <ol class="divide-y divide-line">
          <For each={props.proxy.parents}>
            {(parent) => (
              <li class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
                <StateBadge state={parent.state} isOnline={props.proxy.isOnline} />
                <span class="font-mono wrap-anywhere">{`${parent.host}:${parent.port}`}</span>
                <Show when={parent.since}>
                  {(since) => (
                    <span class="text-sm text-muted">
                      {t('proxyParents.since')} <Instant at={since()} />
                    </span>
                  )}
                </Show>
                <Show when={parent.state !== 'UP' && parent.reason}>
                  <span class="w-full font-mono text-xs text-muted wrap-anywhere">{parent.reason}</span>
                </Show>
              </li>
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
    </Panel>
  )
}

/** Of a silent agent only what it said last is known, and that is never green. */
function StateBadge(props: { readonly state: Parent['state']; readonly isOnline: boolean }) {
  const isStale = () => props.state === 'UP' && !props.isOnline
  return (
    <LookBadge
      look={stateLooks[isStale() ? 'UNKNOWN' : props.state]}
      label={isStale() ? t('proxyParents.lastUp') : t(`parentState.${props.state}`)}
    />
  )
}

function LookBadge(props: { readonly look: Look; readonly label: string }) {
  return (
    <Badge tone={props.look.tone} icon={<Dynamic component={props.look.icon} size={13} aria-hidden="true" />}>
      {props.label}
    </Badge>
  )
}
