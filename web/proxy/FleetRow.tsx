/** One proxy of the fleet: a row of columns, or on a narrow screen a card; a skeleton while its page is on its way. */
import { For, type JSX, lazy, Show, Suspense } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { columns } from './fleetColumns.tsx'
import type { LiveNumbers } from './fleetLive.ts'
import type { FleetProxy } from './fleetRows.ts'
import type { ColumnName } from './fleetView.ts'
import { briefWords, Freshness, ProxyStatusBadge, statusWords } from './ProxyStatusBadge.tsx'

const LiveLine = lazy(() => import('./LiveLine.tsx').then((file) => ({ default: file.LiveLine })))

interface CommonProps {
  readonly ref: (row: HTMLElement) => void
  /** Its place in the view, from 0. */
  readonly index: number
  readonly proxy: FleetProxy | undefined
  readonly live: LiveNumbers | undefined
  /** The one row that Tab leads to, and whose controls it then leads through. */
  readonly isTabStop: boolean
  readonly isSelected: boolean
  /** CSS pixels. */
  readonly height: number
  readonly onActivate: () => void
  readonly onToggle: () => void
  /** Selects from the row touched last to this one. */
  readonly onExtend: () => void
}

interface RowProps extends CommonProps {
  readonly columns: readonly ColumnName[]
  /** The grid's tracks. */
  readonly tracks: string
}

export function FleetRow(props: RowProps) {
  return (
    <Frame common={props} class="grid items-center" tracks={props.tracks}>
      <Show
        when={props.proxy}
        fallback={
          <For each={['select', 'hostname', ...props.columns]}>
            {() => (
              <td class="px-3">
                <span class="skeleton block h-4 w-3/4" />
              </td>
            )}
          </For>
        }
      >
        {(proxy) => (
          <>
            <Cell class="grid place-items-center">
              <Check common={props} hostname={proxy().hostname} />
            </Cell>
            <Cell class="relative px-3">
              <Hostname proxy={proxy()} isTabStop={props.isTabStop} />
            </Cell>
            <For each={props.columns}>
              {(name) => (
                <Cell class="px-3">
                  <Dynamic
                    component={columns[name].Cell}
                    proxy={proxy()}
                    live={props.live}
                    tabindex={props.isTabStop ? 0 : -1}
                  />
                </Cell>
              )}
            </For>
          </>
        )}
      </Show>
    </Frame>
  )
}

export function FleetCard(props: CommonProps) {
  return (
    <Frame common={props} class="flex gap-2 px-3 py-2.5">
      <Show
        when={props.proxy}
        fallback={
          <Cell class="w-full space-y-2.5">
            <span class="skeleton block h-4 w-2/3" />
            <span class="skeleton block h-4 w-1/3" />
            <span class="skeleton block h-3 w-full" />
          </Cell>
        }
      >
        {(proxy) => (
          <>
            <Cell class="pt-0.5">
              <Check common={props} hostname={proxy().hostname} />
            </Cell>
            <Cell class="flex-1 space-y-1">
              <div class="relative">
                <Hostname proxy={proxy()} isTabStop={props.isTabStop} />
              </div>
              <div class="flex flex-wrap items-center gap-x-3 text-xs">
                <ProxyStatusBadge status={proxy().status} />
                <Freshness lastSeenAt={proxy().lastSeenAt} />
              </div>
              <Show when={proxy().status !== 'IN_SYNC'}>
                <p class="truncate text-xs text-muted" title={statusWords(proxy())}>
                  {briefWords(proxy())}
                </p>
              </Show>
              <Show when={props.live}>
                {(live) => (
                  <Suspense>
                    <LiveLine live={live()} />
                  </Suspense>
                )}
              </Show>
            </Cell>
          </>
        )}
      </Show>
    </Frame>
  )
}

interface FrameProps {
  readonly common: CommonProps
  readonly class: string
  readonly tracks?: string
  readonly children: JSX.Element
}

function Frame(props: FrameProps) {
  const press = (event: MouseEvent) => {
    const isControl = event.target instanceof Element && event.target.closest('a, button, input') !== null
    if (isControl) return
    if (event.shiftKey) props.common.onExtend()
    else if (event.ctrlKey || event.metaKey) props.common.onToggle()
  }
  return (
    <tr
      ref={props.common.ref}
      tabindex={props.common.isTabStop ? 0 : -1}
      aria-rowindex={props.common.index + 2}
      aria-selected={props.common.isSelected}
      onFocusIn={() => props.common.onActivate()}
      onMouseDown={(event) => {
        // Shift would select the text in between as well.
        if (event.shiftKey) event.preventDefault()
      }}
      onClick={press}
      class={`group absolute inset-x-0 top-0 contain-strict border-b border-line -outline-offset-2! ${props.common.isSelected ? 'bg-accent-soft' : 'hover:bg-hover'} ${props.class}`}
      style={{
        height: `${props.common.height}px`,
        transform: `translateY(${props.common.index * props.common.height}px)`,
        'grid-template-columns': props.tracks,
      }}
    >
      {props.children}
    </tr>
  )
}

function Cell(props: { readonly class: string; readonly children: JSX.Element }) {
  return <td class={`block min-w-0 ${props.class}`}>{props.children}</td>
}

function Check(props: { readonly common: CommonProps; readonly hostname: string }) {
  return (
    <input
      type="checkbox"
      tabindex={props.common.isTabStop ? 0 : -1}
      checked={props.common.isSelected}
      aria-label={t('fleet.selectOne', { hostname: props.hostname })}
      onClick={(event) => {
        if (event.shiftKey) props.common.onExtend()
        else props.common.onToggle()
        // The selection says what is checked; the browser's own idea may differ.
        event.currentTarget.checked = props.common.isSelected
      }}
    />
  )
}

function Hostname(props: { readonly proxy: FleetProxy; readonly isTabStop: boolean }) {
  return (
    <>
      {/* Plain: the router's own link watches the address, in each of a screenful of rows. */}
      <a
        href={paths.proxy(props.proxy.id)}
        tabindex={props.isTabStop ? 0 : -1}
        title={props.proxy.hostname}
        class="link line-clamp-2 min-w-0 wrap-anywhere"
      >
        {props.proxy.hostname}
      </a>
      <span class="invisible absolute top-1/2 right-0.5 -translate-y-1/2 rounded bg-surface group-focus-within:visible group-hover:visible">
        <CopyButton
          value={props.proxy.hostname}
          label={t('fleet.copyHostname')}
          copiedLabel={t('copy.done')}
        />
      </span>
    </>
  )
}
