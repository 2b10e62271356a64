/** A page's charts under one time range: of the fleet, of a config's proxies, or of one proxy. */
import { useSearchParams } from '@solidjs/router'
import { createMemo, For, type JSX, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { usePaletteActions } from '../palette.ts'
import { Button } from '../ui/Button.tsx'
import { ChartIcon } from '../ui/icons.ts'
import { fileTime, saveFile } from '../ui/saveFile.ts'
import { EmptyState } from '../ui/states.tsx'
import { QueryPanel } from '../words.tsx'
import { createApprovals } from './approvals.ts'
import { ChartPanel } from './ChartPanel.tsx'
import { fleetCharts, proxyCharts } from './charts.ts'
import { createCrosshair } from './crosshair.ts'
import { statsCsv, statsJson } from './exported.ts'
import { createHistory, type History, type Scope } from './history.ts'
import { MarkerList } from './MarkerList.tsx'
import { markersOf } from './markers.ts'
import { RangeBar } from './RangeBar.tsx'
import { paramsOfRange, type RangeParams, type RangeView, rangeOf } from './range.ts'

interface StatsBoardProps {
  readonly scope: Scope
  /** The config whose approvals are marked; null: none; undefined: those of all. */
  readonly approvalsOf?: string | null | undefined
  /** Between the range and the charts. */
  readonly summary?: (history: History) => JSX.Element
}

export function StatsBoard(props: StatsBoardProps) {
  const [params, setParams] = useSearchParams<RangeParams>()
  const view = createMemo(() => rangeOf(params))
  const change = (part: Partial<RangeView>) => setParams(paramsOfRange({ ...view(), ...part }))
  const history = createHistory(props.scope, view)
  const { points, before } = history
  const approvals = createApprovals(
    history.span,
    () => view().range,
    () => props.approvalsOf,
  )
  const charts = props.scope.kind === 'proxy' ? proxyCharts : fleetCharts
  const crosshair = createCrosshair(() => points().length)
  const times = createMemo(() => points().map(({ at }) => Date.parse(at)))
  const markers = createMemo(() => markersOf(points(), approvals.marked()))
  const isEmpty = createMemo(() =>
    points().every((point) => charts.every(({ lines }) => lines.every(({ value }) => value(point) === null))),
  )
  const save = (type: 'csv' | 'json') => {
    const name = `statistics-${fileTime()}.${type}`
    if (type === 'csv') saveFile(name, 'text/csv', statsCsv(charts, points()))
    else saveFile(name, 'application/json', statsJson(charts, points()))
  }
  usePaletteActions(() => [
    { id: 'stats-csv', label: t('stats.saveAllCsv'), run: () => save('csv') },
    { id: 'stats-json', label: t('stats.saveAllJson'), run: () => save('json') },
    {
      id: 'stats-compare',
      label: t('stats.compare'),
      run: () => change({ isCompared: !view().isCompared }),
    },
  ])

  return (
    <>
      <RangeBar
        view={view()}
        onChange={change}
        renewedAt={history.renewedAt()}
        isFetching={history.query.isFetching()}
        onRenew={() => void history.query.refetch()}
        onSave={save}
      />
      <div class={history.query.data() ? '' : 'card'}>
        <QueryPanel query={history.query} rows={12}>
          {() => (
            <Show when={!isEmpty()} fallback={<NothingTold view={view()} onChange={change} />}>
              {props.summary?.(history)}
              <div class="grid gap-4 lg:grid-cols-2 min-[1680px]:grid-cols-3">
                <For each={charts}>
                  {(chart) => (
                    <ChartPanel
                      chart={chart}
                      points={points()}
                      before={view().isCompared ? before() : null}
                      markers={markers()}
                      crosshair={crosshair}
                      onZoom={(range) => change({ range })}
                    />
                  )}
                </For>
                {/* In the place that an odd number of charts leaves. */}
                <div
                  class={`min-[1680px]:col-span-full ${charts.length % 2 === 0 ? 'lg:col-span-full' : ''}`}
                >
                  <MarkerList
                    markers={markers()}
                    leftOut={approvals.leftOut()}
                    times={times()}
                    crosshair={crosshair}
                  />
                </div>
              </div>
            </Show>
          )}
        </QueryPanel>
      </div>
    </>
  )
}

/** Where numbers come from, and the way to older ones. */
function NothingTold(props: {
  readonly view: RangeView
  readonly onChange: (view: Partial<RangeView>) => void
}) {
  const isLongest = () => props.view.range.kind === 'preset' && props.view.preset === '90d'
  return (
    <div class="card">
      <EmptyState
        icon={<ChartIcon size={28} aria-hidden="true" />}
        title={t('stats.emptyTitle')}
        text={t('stats.emptyText')}
        action={
          <Show when={!isLongest()}>
            <Button
              onClick={() => props.onChange({ preset: '90d', range: { kind: 'preset', preset: '90d' } })}
            >
              {t('stats.emptyLonger')}
            </Button>
          </Show>
        }
      />
    </div>
  )
}
