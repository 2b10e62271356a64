/** How the fleet is narrowed down: part of a hostname, status with its count, config, ATS; and which columns it shows. */
import { createSignal, createUniqueId, For, lazy, onCleanup, Show, Suspense } from 'solid-js'
import { formatNumber } from '../format.ts'
import { graphql } from '../graphql.ts'
import { only } from '../lists.tsx'
import { locale, t, withTexts } from '../locales/i18n.ts'
import { createQuery, type LiveQuery } from '../query.ts'
import { Button } from '../ui/Button.tsx'
import { CheckIcon, SearchIcon, SlidersIcon } from '../ui/icons.ts'
import { Menu } from '../ui/Menu.tsx'
import { ConfigPicker } from './ConfigPicker.tsx'
import { columns } from './fleetColumns.tsx'
import { columnNames, type FleetView, generations, type Sort, sorts, statuses } from './fleetView.ts'
import type { StatusName } from './ProxyStatusBadge.tsx'

// For those who want it: most lists are of all numbers.
const LiveFilters = lazy(() =>
  withTexts(
    import('./LiveFilters.tsx').then((file) => ({ default: file.LiveFilters })),
    'stats',
  ),
)

const namedConfigDocument = graphql('query NamedConfig($id: ID!) { config(id: $id) { id name } }')

interface FleetFiltersProps {
  readonly view: FleetView
  /** Per status, of what the rest of the filter matches; undefined until it is known. */
  readonly counts: ReadonlyMap<StatusName, number> | undefined
  /** Typing replaces the last step of the history, choosing makes one. */
  readonly onChange: (change: Partial<FleetView>, how: 'typed' | 'chosen') => void
  /** From the search on into the list. */
  readonly onLeave: () => void
}

/** Pause after the last key before the fleet is asked for. */
const typingMs = 200

export function FleetFilters(props: FleetFiltersProps) {
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const searchSoon = (text: string) => {
    clearTimeout(timer)
    timer = setTimeout(() => props.onChange({ search: text.trim() }, 'typed'), typingMs)
  }
  const chosenConfig: LiveQuery<{ config: { name: string } }> = createQuery(namedConfigDocument, {
    variables: () => (props.view.runsConfigId === null ? null : { id: props.view.runsConfigId }),
    subjects: ['CONFIG'],
  })
  const [isNarrowing, setNarrowing] = createSignal(false)
  const furtherId = createUniqueId()
  /** On a phone: what is used less is behind a button, which says how much of it is set. */
  const [isFurther, setFurther] = createSignal(false)
  const furtherCount = () =>
    [props.view.runsConfigId, props.view.atsGeneration].filter((each) => each !== null).length +
    Object.keys(props.view.live).length
  const toggleColumn = (name: (typeof columnNames)[number]) => {
    const shown = props.view.columns
    const columns = columnNames.filter((each) => shown.includes(each) !== (each === name))
    props.onChange({ columns }, 'chosen')
  }
  return (
    <search class="mb-3 space-y-2">
      <div class="flex flex-wrap gap-2">
        <div class="relative min-w-40 flex-1 basis-40 lg:basis-60">
          <SearchIcon
            size={15}
            class="pointer-events-none absolute top-2 left-2.5 text-muted"
            aria-hidden="true"
          />
          <input
            type="search"
            class="input pl-8!"
            aria-label={t('fleet.search')}
            aria-keyshortcuts="/"
            placeholder={t('fleet.search')}
            value={props.view.search}
            data-page-search
            onInput={(event) => searchSoon(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowDown') return
              event.preventDefault()
              props.onLeave()
            }}
          />
        </div>
        <Button
          class="sm:hidden"
          aria-expanded={isFurther()}
          aria-controls={furtherId}
          onClick={() => setFurther(!isFurther())}
        >
          <SlidersIcon size={15} aria-hidden="true" />
          {furtherCount() === 0 ? t('fleet.filters') : t('fleet.filtersSet', { count: furtherCount() })}
        </Button>
        <div
          id={furtherId}
          class={`sm:contents ${isFurther() ? 'max-sm:grid max-sm:basis-full max-sm:grid-cols-2 max-sm:gap-2' : 'max-sm:hidden'}`}
        >
          <div class="w-40 max-sm:col-span-2 max-sm:w-full lg:w-52">
            <ConfigPicker
              label={t('fleet.filterConfig')}
              placeholder={t('fleet.anyConfig')}
              chosen={props.view.runsConfigId === null ? '' : (chosenConfig.data()?.config.name ?? '…')}
              onChoose={(config) => props.onChange({ runsConfigId: config?.id ?? null }, 'chosen')}
            />
          </div>
          <select
            class="input sm:w-auto!"
            aria-label={t('fleet.filterAts')}
            onChange={(event) =>
              props.onChange(
                { atsGeneration: only(generations, event.currentTarget.value) ?? null },
                'chosen',
              )
            }
          >
            <option value="" selected={props.view.atsGeneration === null}>
              {t('fleet.anyAts')}
            </option>
            <For each={generations}>
              {(generation) => (
                <option value={generation} selected={props.view.atsGeneration === generation}>
                  {t(`atsGeneration.${generation}`)}
                </option>
              )}
            </For>
          </select>
          <Button
            look="ghost"
            class="max-sm:border-line-strong! max-sm:bg-surface max-sm:text-text!"
            onClick={() => setNarrowing(true)}
          >
            {t('fleet.live')}
          </Button>
          <select
            class="input max-sm:col-span-2 sm:hidden"
            aria-label={t('fleet.sortBy')}
            onChange={(event) => props.onChange(orderOf(event.currentTarget.value), 'chosen')}
          >
            <For each={sorts.flatMap((sort) => [sort, `-${sort}`])}>
              {(order) => (
                <option
                  value={order}
                  selected={order === (props.view.isDescending ? '-' : '') + props.view.sort}
                >
                  {orderOf(order).isDescending ? '↓' : '↑'} {t(`proxySort.${orderOf(order).sort}`)}
                </option>
              )}
            </For>
          </select>
        </div>
        <span class="max-sm:hidden">
          <Menu
            label={t('fleet.columns')}
            trigger={
              <>
                <SlidersIcon size={15} aria-hidden="true" />
                <span class="max-lg:hidden">{t('fleet.columns')}</span>
              </>
            }
            items={columnNames.map((name) => {
              const isShown = props.view.columns.includes(name)
              const label = columns[name].label()
              return {
                label: t(isShown ? 'fleet.columnHide' : 'fleet.columnShow', { column: label }),
                icon: <CheckIcon size={14} class={isShown ? '' : 'invisible'} aria-hidden="true" />,
                onSelect: () => toggleColumn(name),
              }
            })}
          />
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a legend, and this is a row of chips. */}
      <div
        role="group"
        aria-label={t('filter.status')}
        class="-m-1 flex gap-1.5 p-1 max-sm:overflow-x-auto sm:flex-wrap"
      >
        <StatusChip
          label={t('fleet.allStatuses')}
          count={allOf(props.counts)}
          isOn={props.view.status === null}
          onPress={() => props.onChange({ status: null }, 'chosen')}
        />
        <For each={statuses}>
          {(status) => (
            <StatusChip
              label={t(`proxyStatus.${status}`)}
              count={props.counts?.get(status)}
              isOn={props.view.status === status}
              onPress={() =>
                props.onChange({ status: props.view.status === status ? null : status }, 'chosen')
              }
            />
          )}
        </For>
        <Show when={isNarrowing() || Object.keys(props.view.live).length > 0}>
          <Suspense>
            <LiveFilters
              live={props.view.live}
              onChange={(live) => props.onChange({ live }, 'chosen')}
              isOpen={isNarrowing()}
              onClose={() => setNarrowing(false)}
            />
          </Suspense>
        </Show>
      </div>
    </search>
  )
}

interface StatusChipProps {
  readonly label: string
  readonly count: number | undefined
  readonly isOn: boolean
  readonly onPress: () => void
}

function StatusChip(props: StatusChipProps) {
  return (
    <button
      type="button"
      aria-pressed={props.isOn}
      onClick={() => props.onPress()}
      class={`inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full border px-2.5 text-sm font-medium whitespace-nowrap ${props.isOn ? 'border-accent bg-accent-soft text-accent' : `border-line bg-surface hover:bg-hover ${props.count === 0 ? 'text-muted' : ''}`}`}
    >
      {props.label}
      <Show when={props.count !== undefined}>
        <span class={props.isOn ? '' : 'text-muted'}>{formatNumber(locale(), props.count ?? 0)}</span>
      </Show>
    </button>
  )
}

/** Retired proxies are listed only when asked for, so they don't count among all. */
function allOf(counts: ReadonlyMap<StatusName, number> | undefined): number | undefined {
  if (!counts) return undefined
  return [...counts].reduce((sum, [status, count]) => (status === 'RETIRED' ? sum : sum + count), 0)
}

/** `-LAST_SEEN` is descending. */
function orderOf(text: string): { readonly sort: Sort; readonly isDescending: boolean } {
  return { sort: only(sorts, text.replace('-', '')) ?? 'HOSTNAME', isDescending: text.startsWith('-') }
}
