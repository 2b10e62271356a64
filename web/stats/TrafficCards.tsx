/** The four numbers of a range: their means, how they went, and how they differ from the period before. */
import { For, Show } from 'solid-js'
import { type Key, locale, t } from '../locales/i18n.ts'
import { ArrowDownIcon, ArrowUpIcon } from '../ui/icons.ts'
import { Sparkline } from '../ui/Sparkline.tsx'
import { connections, errorRate, type Line, type Point, ramHitRatio, requests } from './charts.ts'
import type { History } from './history.ts'
import { formatAmount, formatChange, type Unit } from './units.ts'

interface Card {
  readonly label: Key
  readonly unit: Unit
  readonly line: Line
  /** A rise that is bad news; of the others nobody can say whether it is good. */
  readonly isWorseHigh?: boolean
}

const cards: readonly Card[] = [
  { label: 'stats.meanRequests', unit: 'perSecond', line: requests },
  { label: 'stats.meanConnections', unit: 'count', line: connections },
  { label: 'stats.meanErrors', unit: 'ratio', line: errorRate, isWorseHigh: true },
  { label: 'stats.meanRam', unit: 'ratio', line: ramHitRatio },
]

export function TrafficCards(props: { readonly history: History }) {
  return (
    <section aria-label={t('overview.cards')} class="mb-4">
      <ul class="grid grid-cols-1 gap-3 min-[480px]:grid-cols-2 xl:grid-cols-4">
        <For each={cards}>{(card) => <TrafficCard card={card} history={props.history} />}</For>
      </ul>
    </section>
  )
}

function TrafficCard(props: { readonly card: Card; readonly history: History }) {
  const mean = () => meanOf(props.history.points(), props.card.line)
  const change = () => {
    const [now, before] = [mean(), meanOf(props.history.before(), props.card.line)]
    if (now === null || before === null) return null
    const words = formatChange(locale(), props.card.unit, before, now)
    // What is told as nothing has no direction either.
    const isNothing = words !== null && /^\d/.test(words)
    return words === null ? null : { words, by: isNothing ? 0 : Math.sign(now - before) }
  }
  const look = (by: number) => {
    if (!props.card.isWorseHigh || by === 0) return 'text-muted'
    return by > 0 ? 'text-bad' : 'text-ok'
  }
  return (
    <li class="card min-w-0 px-4 py-3">
      <p class="truncate text-sm text-muted">{t(props.card.label)}</p>
      <div class="flex items-baseline justify-between gap-2">
        <p class="text-2xl font-semibold">
          <Show when={mean() !== null} fallback={t('stats.unknown')}>
            {formatAmount(locale(), props.card.unit, mean() ?? 0)}
          </Show>
        </p>
        <Show when={change()}>
          {(known) => (
            <p
              class={`inline-flex items-center gap-0.5 text-sm whitespace-nowrap ${look(known().by)}`}
              title={t('stats.change', { change: known().words })}
            >
              <Show when={known().by > 0}>
                <ArrowUpIcon size={13} class="shrink-0" aria-hidden="true" />
              </Show>
              <Show when={known().by < 0}>
                <ArrowDownIcon size={13} class="shrink-0" aria-hidden="true" />
              </Show>
              <span aria-hidden="true">{known().words}</span>
              <span class="sr-only">{t('stats.change', { change: known().words })}</span>
            </p>
          )}
        </Show>
      </div>
      <Sparkline
        values={props.history.points().map(props.card.line.value)}
        label={t(props.card.label)}
        class="mt-1 h-7 w-full"
      />
    </li>
  )
}

/** Of the steps of which it is known. */
function meanOf(points: readonly (Point | undefined)[], line: Line): number | null {
  const known = points.flatMap((point) => (point ? (line.value(point) ?? []) : []))
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
