/** What happened in the range, in words: the same as the marks on the charts' time axis. */
import { A } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import { locale, plural, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/Button.tsx'
import { Panel } from '../ui/Panel.tsx'
import type { Crosshair } from './crosshair.ts'
import type { Marker, MarkerKind } from './markers.ts'
import { formatStep } from './times.ts'

/** The shapes that the charts draw. */
const shapes: Readonly<Record<MarkerKind, { readonly path: string; readonly look: string }>> = {
  approval: { path: 'M1 2h8l-4 8z', look: 'text-accent' },
  restart: { path: 'M5 2a4 4 0 1 0 .01 0z', look: 'text-text' },
  markDown: { path: 'M5 1l4 5-4 5-4-5z', look: 'text-bad' },
}
const shownAtFirst = 8

interface MarkerListProps {
  /** The oldest first. */
  readonly markers: readonly Marker[]
  /** Approvals for which there was no mark. */
  readonly leftOut: number
  /** Where the points are, in milliseconds since the epoch. */
  readonly times: readonly number[]
  readonly crosshair: Crosshair
}

export function MarkerList(props: MarkerListProps) {
  const [isWhole, setWhole] = createSignal(false)
  const newestFirst = () => [...props.markers].reverse()
  const shown = () => (isWhole() ? newestFirst() : newestFirst().slice(0, shownAtFirst))
  /** The crosshair of every chart goes to what is pointed at here. */
  const pointTo = (marker: Marker) => {
    const index = props.times.findLastIndex((time) => time <= marker.at)
    props.crosshair.point(index < 0 ? undefined : index)
  }
  return (
    <Panel title={t('stats.happened')} note={t('stats.happenedNote')} isFlush>
      <Show
        when={props.markers.length > 0}
        fallback={<p class="px-4 py-3 text-muted">{t('stats.happenedNothing')}</p>}
      >
        <ul class="divide-y divide-line">
          <For each={shown()}>
            {(marker) => (
              <li
                class="flex items-baseline gap-x-3 px-4 py-2 max-sm:flex-wrap hover:bg-hover"
                onMouseEnter={() => pointTo(marker)}
                onMouseLeave={() => props.crosshair.point(undefined)}
              >
                <svg
                  viewBox="0 0 10 12"
                  width="10"
                  height="12"
                  class={`shrink-0 ${shapes[marker.kind].look}`}
                  aria-hidden="true"
                >
                  <path d={shapes[marker.kind].path} fill="currentColor" />
                </svg>
                <span class="w-32 shrink-0 text-muted">{formatStep(locale(), marker.at, 0)}</span>
                <span class="min-w-0 wrap-anywhere sm:flex-1">
                  <Show when={marker.approval} fallback={markerWords(marker)}>
                    {(approval) => (
                      <A href={paths.configVersions(approval().configId)} class="link">
                        {markerWords(marker)}
                      </A>
                    )}
                  </Show>
                </span>
              </li>
            )}
          </For>
        </ul>
        <Show when={!isWhole() && props.markers.length > shownAtFirst}>
          <div class="border-t border-line px-4 py-2">
            <Button look="ghost" onClick={() => setWhole(true)}>
              {plural('stats.happenedMore', props.markers.length - shownAtFirst)}
            </Button>
          </div>
        </Show>
        <Show when={props.leftOut > 0}>
          <p class="border-t border-line px-4 py-2 text-sm text-muted">
            {plural('stats.happenedLeftOut', props.leftOut)}
          </p>
        </Show>
      </Show>
    </Panel>
  )
}

export function markerWords(marker: Marker): string {
  if (marker.approval) return t('stats.approved', { config: marker.approval.name, by: marker.approval.by })
  return plural(marker.kind === 'restart' ? 'stats.restarted' : 'stats.markedDown', marker.count)
}
