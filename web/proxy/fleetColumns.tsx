/** The columns of the fleet: what each is called, sorts by, shows, and how much room it takes. */
import { type Component, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { Ago, HashText } from '../words.tsx'
import { AtsVersion } from './AtsVersion.tsx'
import type { FleetProxy } from './fleetRows.ts'
import type { ColumnName, Sort } from './fleetView.ts'
import { Freshness, ProxyStatusBadge, statusWords } from './ProxyStatusBadge.tsx'

interface CellProps {
  readonly proxy: FleetProxy
  /** Of links: only the row with the focus has tab stops inside. */
  readonly tabindex: number
}

export interface Column {
  readonly label: () => string
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
            {statusWords(props.proxy)}
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
