/** The fleet narrowed down by its live numbers: a form of bounds, and what is set as chips that take themselves away. */
import { createSignal, createUniqueId, For, Show } from 'solid-js'
import { formatNumber } from '../format.ts'
import { type Key, locale, t } from '../locales/i18n.ts'
import { formatAmount, type Unit } from '../stats/units.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { CloseIcon } from '../ui/icons.ts'
import { type Bounds, type FleetView, type LiveName, liveNames } from './fleetView.ts'

interface LiveFiltersProps {
  readonly live: FleetView['live']
  readonly onChange: (live: FleetView['live']) => void
}

interface OpenProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

const numbers: Readonly<
  Record<LiveName, { readonly label: Key; readonly unit: Unit; readonly sign: string }>
> = {
  requestsPerSecond: { label: 'stats.requests', unit: 'perSecond', sign: '/s' },
  connections: { label: 'stats.chartConnections', unit: 'count', sign: '' },
  errorRate: { label: 'stats.errorRate', unit: 'ratio', sign: '%' },
  ramCacheHitRatio: { label: 'stats.ramHits', unit: 'ratio', sign: '%' },
}

export function LiveFilters(props: LiveFiltersProps & OpenProps) {
  return (
    <>
      <Chips live={props.live} onChange={props.onChange} />
      <Show when={props.isOpen}>
        <BoundsDialog {...props} />
      </Show>
    </>
  )
}

function Chips(props: LiveFiltersProps) {
  const set = () => liveNames.filter((name) => props.live[name])
  const without = (name: LiveName) => {
    const { [name]: _, ...rest } = props.live
    return rest
  }
  return (
    <For each={set()}>
      {(name) => (
        <button
          type="button"
          aria-label={t('fleet.liveRemove', { filter: wordsOf(name, props.live[name]) })}
          title={t('fleet.liveRemove', { filter: wordsOf(name, props.live[name]) })}
          onClick={() => props.onChange(without(name))}
          class="inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full border border-accent bg-accent-soft px-2.5 text-sm font-medium whitespace-nowrap text-accent"
        >
          {wordsOf(name, props.live[name])}
          <CloseIcon size={13} aria-hidden="true" />
        </button>
      )}
    </For>
  )
}

/** As typed; a share in percent. */
type Typed = Readonly<Record<LiveName, { readonly min: string; readonly max: string }>>

function BoundsDialog(props: LiveFiltersProps & OpenProps) {
  const formId = createUniqueId()
  const [typed, setTyped] = createSignal<Typed>(typedOf(props.live))
  const type = (name: LiveName, bound: 'min' | 'max', text: string) =>
    setTyped((before) => ({ ...before, [name]: { ...before[name], [bound]: text } }))
  const why = () =>
    liveNames.some((name) => isCrossed(boundsOf(name, typed()[name]))) ? t('fleet.liveCrossed') : undefined
  const apply = () => {
    if (why()) return
    const bounds = liveNames.flatMap((name) => {
      const { min, max } = boundsOf(name, typed()[name])
      return min === null && max === null ? [] : [[name, { min, max }] as const]
    })
    props.onChange(Object.fromEntries(bounds))
    props.onClose()
  }
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={t('fleet.liveTitle')}
      description={t('fleet.liveText')}
      closeLabel={t('action.close')}
      actions={
        <>
          <Button look="ghost" onClick={() => setTyped(typedOf({}))}>
            {t('fleet.liveClear')}
          </Button>
          <Button look="primary" type="submit" form={formId} why={why()}>
            {t('fleet.liveApply')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        class="grid grid-cols-[minmax(0,1fr)_6.5rem_6.5rem] items-center gap-x-3 gap-y-2"
        onSubmit={(event) => {
          event.preventDefault()
          apply()
        }}
      >
        <span />
        <span class="text-xs text-muted">{t('fleet.liveMin')}</span>
        <span class="text-xs text-muted">{t('fleet.liveMax')}</span>
        <For each={liveNames}>
          {(name) => (
            <>
              <span class="min-w-0 wrap-anywhere">
                {t(numbers[name].label)} <span class="text-muted">{numbers[name].sign}</span>
              </span>
              <For each={['min', 'max'] as const}>
                {(bound) => (
                  <input
                    type="number"
                    class="input"
                    min="0"
                    max={numbers[name].unit === 'ratio' ? 100 : undefined}
                    step="any"
                    inputmode="decimal"
                    aria-label={t(bound === 'min' ? 'fleet.liveAtLeast' : 'fleet.liveAtMost', {
                      number: t(numbers[name].label),
                    })}
                    value={typed()[name][bound]}
                    onInput={(event) => type(name, bound, event.currentTarget.value)}
                  />
                )}
              </For>
            </>
          )}
        </For>
      </form>
    </Dialog>
  )
}

function typedOf(live: FleetView['live']): Typed {
  const text = (name: LiveName, bound: number | null | undefined) =>
    bound == null ? '' : String(Number((bound * scaleOf(name)).toPrecision(12)))
  const entries = liveNames.map((name) => [
    name,
    { min: text(name, live[name]?.min), max: text(name, live[name]?.max) },
  ])
  return Object.fromEntries(entries) as Typed
}

function boundsOf(name: LiveName, { min, max }: Typed[LiveName]): Bounds {
  const bound = (text: string) => {
    const value = Number.parseFloat(text)
    return value >= 0 ? Number((value / scaleOf(name)).toPrecision(12)) : null
  }
  return { min: bound(min), max: bound(max) }
}

function isCrossed({ min, max }: Bounds): boolean {
  return min !== null && max !== null && min > max
}

function scaleOf(name: LiveName): number {
  return numbers[name].unit === 'ratio' ? 100 : 1
}

/** `Answers 5xx ≥ 5%`. */
function wordsOf(name: LiveName, bounds: Bounds | undefined): string {
  const { label, unit } = numbers[name]
  const said = (value: number) =>
    unit === 'count' ? formatNumber(locale(), value) : formatAmount(locale(), unit, value)
  const { min, max } = bounds ?? { min: null, max: null }
  if (min !== null && max !== null) return `${t(label)} ${said(min)} – ${said(max)}`
  return min === null ? `${t(label)} ≤ ${said(max ?? 0)}` : `${t(label)} ≥ ${said(min)}`
}
