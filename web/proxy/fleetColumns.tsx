/** The columns of the fleet: what each is called, sorts by, shows, and how much room it takes. */
import { type Component, type JSX, Show } from 'solid-js'
import { liveSeconds } from '#core/stats'
import { serverNow } from '../clock.ts'
import { formatInstant } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { formatAmount, type Unit } from '../stats/units.ts'
import { Sparkline } from '../ui/Sparkline.tsx'
import { Ago, HashText } from '../words.tsx'
import { AtsVersion } from './AtsVersion.tsx'
import type { LiveNumbers } from './fleetLive.ts'
import type { FleetProxy } from './fleetRows.ts'
import type { ColumnName, Sort } from './fleetView.ts'
import { briefWords, Freshness, ProxyStatusBadge, statusWords } from './ProxyStatusBadge.tsx'

interface CellProps {
  readonly proxy: FleetProxy
  /** Undefined: not asked yet, or nothing was ever told. */
  readonly live: LiveNumbers | undefined
  /** Of links: only the row with the focus has tab stops inside. */
  readonly tabindex: number
}

export interface Column {
  readonly label: () => string
  /** A part of the label, for a head that has no room for all of it. */
  readonly head?: string
  /** Null: the server does not sort by it. */
  readonly sort: Sort | null
  /** A grid track. */
  readonly track: string
  readonly Cell: Component<CellProps>
}

export const columns: Readonly<Record<ColumnName, Column>> = {
  status: {
    label: () => t('proxy.status'),
    sort: 'STATUS',
    track: 'minmax(11rem, 1.5fr)',
    Cell: (props) => (
      <>
        <ProxyStatusBadge status={props.proxy.status} />
        {/* What runs as it should needs no second line on every row. */}
        <Show when={props.proxy.status !== 'IN_SYNC'}>
          <p class="mt-0.5 truncate text-xs text-muted" title={statusWords(props.proxy)}>
            {briefWords(props.proxy)}
          </p>
        </Show>
      </>
    ),
  },
  lastSeen: {
    label: () => t('proxy.lastSeen'),
    sort: 'LAST_SEEN',
    track: 'minmax(9rem, 0.7fr)',
    Cell: (props) => <Freshness lastSeenAt={props.proxy.lastSeenAt} />,
  },
  config: {
    label: () => t('proxy.config'),
    sort: 'CONFIG',
    track: 'minmax(8rem, 1fr)',
    Cell: (props) => (
      <Show when={props.proxy.config} fallback={<span class="text-muted">{t('proxy.noConfig')}</span>}>
        {(config) => (
          <>
            <a
              href={paths.config(config().id)}
              tabindex={props.tabindex}
              title={config().name}
              class="link block truncate font-normal"
            >
              {config().name}
            </a>
            <Show when={props.proxy.version}>
              {(version) => (
                <p class="truncate text-xs text-muted">
                  {t('proxy.versionNumber', { number: version().number })}
                </p>
              )}
            </Show>
          </>
        )}
      </Show>
    ),
  },
  ats: {
    label: () => t('proxy.ats'),
    sort: 'ATS_VERSION',
    track: 'minmax(6rem, 0.6fr)',
    Cell: (props) => <AtsVersion proxy={props.proxy} />,
  },
  requests: {
    label: () => t('stats.requests'),
    sort: 'REQUESTS',
    track: 'minmax(10rem, 0.8fr)',
    Cell: (props) => (
      <Live live={props.live} unit="perSecond" value={props.live?.requestsPerSecond}>
        <Sparkline values={props.live?.trend ?? []} label={t('stats.sparkline')} class="h-6 w-16 shrink-0" />
      </Live>
    ),
  },
  connections: {
    label: () => t('stats.chartConnections'),
    sort: 'CONNECTIONS',
    track: 'minmax(6rem, 0.5fr)',
    Cell: (props) => <Live live={props.live} unit="count" value={props.live?.currentClientConnections} />,
  },
  hits: {
    label: () => t('stats.ramHits'),
    sort: 'RAM_CACHE_HIT_RATIO',
    track: 'minmax(8.5rem, 0.5fr)',
    Cell: (props) => <Live live={props.live} unit="ratio" value={props.live?.ramCacheHitRatio} />,
  },
  errors: {
    label: () => t('stats.errorRate'),
    head: '5xx',
    sort: 'ERROR_RATE',
    track: 'minmax(6rem, 0.5fr)',
    Cell: (props) => <Live live={props.live} unit="ratio" value={props.live?.errorRate} />,
  },
  runs: {
    label: () => t('proxy.runs'),
    sort: null,
    track: '10rem',
    Cell: (props) => (
      <Show when={props.proxy.runningHash} fallback={<span class="text-muted">{t('proxy.nothing')}</span>}>
        {(hash) => <HashText value={hash()} />}
      </Show>
    ),
  },
  enrolled: {
    label: () => t('proxy.enrolled'),
    sort: 'ENROLLED_AT',
    track: 'minmax(7rem, 0.7fr)',
    Cell: (props) => <Ago at={props.proxy.enrolledAt} />,
  },
}

export const isOld = ({ at }: LiveNumbers) => serverNow() - Date.parse(at) > liveSeconds * 1_000

interface LiveProps {
  readonly live: LiveNumbers | undefined
  readonly unit: Unit
  readonly value: number | null | undefined
  /** Beside the number. */
  readonly children?: JSX.Element
}

/** A number of now; with its age once it is one of a while ago. */
function Live(props: LiveProps) {
  return (
    <Show when={props.live} fallback={<span class="text-muted">{t('stats.unknown')}</span>}>
      {(live) => (
        <>
          <span class="flex items-center gap-2" title={formatInstant(locale(), live().at)}>
            {props.children}
            <span class={isOld(live()) ? 'text-muted' : ''}>
              {props.value == null ? t('stats.unknown') : formatAmount(locale(), props.unit, props.value)}
            </span>
          </span>
          <Show when={isOld(live())}>
            <p class="text-xs text-warn">
              <Ago at={live().at} />
            </p>
          </Show>
        </>
      )}
    </Show>
  )
}
