/** One chart with its words: what it shows, its lines with their values at the crosshair, its table and its files. */
import { createMemo, createSignal, For, lazy, Show, Suspense } from 'solid-js'
import { locale, t } from '../locales/i18n.ts'
import { DownloadIcon, EllipsisIcon, ImageIcon, TableIcon } from '../ui/icons.ts'
import { Menu } from '../ui/Menu.tsx'
import { Panel } from '../ui/Panel.tsx'
import { fileTime, saveFile } from '../ui/saveFile.ts'
import { TableFrame } from '../ui/TableFrame.tsx'
import { PanelBoundary } from '../words.tsx'
import type { Chart, Line, Point } from './charts.ts'
import type { Crosshair } from './crosshair.ts'
import { statsCsv, statsJson } from './exported.ts'
import { stepOf } from './history.ts'
import { markerWords } from './MarkerList.tsx'
import type { Marker } from './markers.ts'
import { pictureOf } from './picture.ts'
import { type Range, zoomed } from './range.ts'
import { formatStep } from './times.ts'
import { formatAmount } from './units.ts'

const TimeChart = lazy(() => import('./TimeChart.tsx'))

interface ChartPanelProps {
  readonly chart: Chart
  readonly points: readonly Point[]
  /** The period before, moved to the same places; null: not asked for. */
  readonly before: readonly (Point | undefined)[] | null
  readonly markers: readonly Marker[]
  readonly crosshair: Crosshair
  readonly onZoom: (range: Range) => void
}

export function ChartPanel(props: ChartPanelProps) {
  const [isTable, setTable] = createSignal(false)
  let canvas: HTMLCanvasElement | undefined
  const stepMs = () => stepOf(props.points)
  const times = createMemo(() => props.points.map(({ at }) => Date.parse(at)))
  const lines = createMemo(() => {
    const { before, chart, points } = props
    const now = chart.lines.map((line) => ({
      ...lookOf(line),
      values: points.map(line.value),
      isBefore: false,
    }))
    if (before === null) return now
    const then = chart.lines.map((line) => ({
      ...lookOf(line),
      values: before.map((point) => (point ? line.value(point) : null)),
      isBefore: true,
    }))
    return [...then, ...now]
  })
  const amount = (value: number | null | undefined) =>
    value == null ? t('stats.unknown') : formatAmount(locale(), props.chart.unit, value)
  /** The place that the legend tells of: the crosshair's, else the newest that is known. */
  const shownAt = createMemo(() => {
    const at = props.crosshair.at()
    if (at !== undefined && at < props.points.length) return at
    return props.points.findLastIndex((point) => props.chart.lines.some((line) => line.value(point) !== null))
  })
  const timeAt = (index: number) => formatStep(locale(), times()[index] ?? 0, stepMs())
  const markersAt = (index: number) => {
    const from = times()[index] ?? 0
    return props.markers.filter(({ at }) => at >= from && at < from + stepMs())
  }
  const noteAt = (index: number) => [timeAt(index), ...markersAt(index).map(markerWords)].join(' · ')
  /** What a screen reader says at each step of the crosshair. */
  const wordsAt = (index: number) => {
    const point = props.points[index]
    if (!point) return ''
    const values = props.chart.lines.map((line) => `${t(line.label)} ${amount(line.value(point))}`)
    return [noteAt(index), ...values].join(', ')
  }
  const zoomTo = ([from, to]: readonly [number, number]) => {
    const [since, until] = [times()[from], times()[to]]
    if (since !== undefined && until !== undefined) props.onZoom(zoomed(since, until))
  }
  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowLeft: (event) => (event.shiftKey ? props.crosshair.choose(-1) : props.crosshair.move(-1)),
    ArrowRight: (event) => (event.shiftKey ? props.crosshair.choose(1) : props.crosshair.move(1)),
    Home: () => props.crosshair.point(0),
    End: () => props.crosshair.point(props.points.length - 1),
    Escape: () => props.crosshair.point(undefined),
    Enter: () => {
      const chosen = props.crosshair.chosen()
      if (chosen) zoomTo(chosen)
    },
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const act = keys[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act(event)
  }
  const fileName = (type: string) => `${props.chart.id}-${fileTime()}.${type}`
  const savePicture = async () => {
    if (!canvas) return
    const [first, last] = [timeAt(0), timeAt(props.points.length - 1)]
    const picture = await pictureOf(canvas, {
      title: t(props.chart.title),
      note: `${first} – ${last}`,
      lines: props.chart.lines.map((line) => ({ ...line, label: t(line.label), token: line.colour })),
    })
    if (picture) saveFile(fileName('png'), 'image/png', picture)
  }

  return (
    <Panel
      title={t(props.chart.title)}
      note={
        <span class="block max-sm:line-clamp-2 max-sm:min-h-[2lh] sm:truncate" data-note>
          {props.crosshair.at() === undefined ? t(props.chart.note) : noteAt(shownAt())}
        </span>
      }
      isOneLine
      actions={
        <Menu
          label={t('stats.chartMenu', { chart: t(props.chart.title) })}
          trigger={<EllipsisIcon size={16} aria-hidden="true" />}
          items={[
            {
              label: t(isTable() ? 'stats.asChart' : 'stats.asTable'),
              icon: <TableIcon size={14} aria-hidden="true" />,
              onSelect: () => setTable(!isTable()),
            },
            {
              label: t('stats.saveCsv'),
              icon: <DownloadIcon size={14} aria-hidden="true" />,
              onSelect: () => saveFile(fileName('csv'), 'text/csv', statsCsv([props.chart], props.points)),
            },
            {
              label: t('stats.saveJson'),
              icon: <DownloadIcon size={14} aria-hidden="true" />,
              onSelect: () =>
                saveFile(fileName('json'), 'application/json', statsJson([props.chart], props.points)),
            },
            {
              label: t('stats.savePng'),
              icon: <ImageIcon size={14} aria-hidden="true" />,
              onSelect: () => void savePicture(),
              why: isTable() ? t('stats.savePngTable') : undefined,
            },
          ]}
        />
      }
    >
      <PanelBoundary>
        {/* As high beside one another, so that the axes of a row of charts are in line. */}
        <ul class="mb-2 flex flex-wrap content-start gap-x-5 gap-y-0.5 text-sm lg:min-h-10">
          <For each={props.chart.lines}>
            {(line) => {
              const before = () => props.before?.[shownAt()]
              return (
                <li class="flex items-center gap-1.5">
                  <Swatch line={line} />
                  <span class="text-muted">{t(line.label)}</span>
                  <span class="min-w-12 font-medium" data-value={line.id}>
                    {amount(valueOf(line, props.points[shownAt()]))}
                    <Show when={props.before}>
                      <span class="ml-1.5 font-normal text-muted" title={t('stats.before')}>
                        ({amount(valueOf(line, before()))})
                      </span>
                    </Show>
                  </span>
                </li>
              )
            }}
          </For>
        </ul>
        <Show
          when={!isTable()}
          fallback={<PointTable chart={props.chart} points={props.points} amount={amount} timeAt={timeAt} />}
        >
          {/* A slider over time: its keys and its words are those that screen readers know. */}
          {/* biome-ignore lint/a11y/useFocusableInteractive: it is, by Solid's spelling of tabindex. */}
          <div
            role="slider"
            tabindex="0"
            aria-label={t('stats.slider', { chart: t(props.chart.title) })}
            aria-valuemin={0}
            aria-valuemax={Math.max(0, props.points.length - 1)}
            aria-valuenow={Math.max(0, shownAt())}
            aria-valuetext={wordsAt(shownAt())}
            onKeyDown={onKeyDown}
            onBlur={() => props.crosshair.point(undefined)}
            class="min-h-52"
          >
            <Suspense fallback={<div class="skeleton h-52 w-full" />}>
              <TimeChart
                times={times()}
                lines={lines()}
                unit={props.chart.unit}
                isWhole={props.chart.isWhole ?? false}
                markers={props.markers}
                crosshair={props.crosshair}
                onZoom={(since, until) => props.onZoom(zoomed(since, until))}
                onDrawn={(drawn) => {
                  canvas = drawn
                }}
              />
            </Suspense>
          </div>
        </Show>
      </PanelBoundary>
    </Panel>
  )
}

function lookOf({ colour, dash }: Line) {
  return { colour, dash }
}

function valueOf(line: Line, point: Point | undefined): number | null {
  return point ? line.value(point) : null
}

const swatchLooks = {
  'chart-1': 'text-chart-1',
  'chart-2': 'text-chart-2',
  'chart-3': 'text-chart-3',
  'chart-4': 'text-chart-4',
  ok: 'text-ok',
  info: 'text-info',
  warn: 'text-warn',
  bad: 'text-bad',
} as const

function Swatch(props: { readonly line: Line }) {
  return (
    <svg width="20" height="8" aria-hidden="true" class={`shrink-0 ${swatchLooks[props.line.colour]}`}>
      <line
        x1="0"
        y1="4"
        x2="20"
        y2="4"
        stroke="currentColor"
        stroke-width="2"
        stroke-dasharray={props.line.dash.join(' ')}
      />
    </svg>
  )
}

function PointTable(props: {
  readonly chart: Chart
  readonly points: readonly Point[]
  readonly amount: (value: number | null) => string
  readonly timeAt: (index: number) => string
}) {
  return (
    <div class="max-h-52 overflow-y-auto">
      <TableFrame label={t(props.chart.title)}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t('stats.time')}</th>
              <For each={props.chart.lines}>{(line) => <th scope="col">{t(line.label)}</th>}</For>
            </tr>
          </thead>
          <tbody>
            {/* The newest first: that is what most look for. */}
            <For each={[...props.points].reverse()}>
              {(point, index) => (
                <tr>
                  <th scope="row" class="whitespace-nowrap">
                    {props.timeAt(props.points.length - 1 - index())}
                  </th>
                  <For each={props.chart.lines}>{(line) => <td>{props.amount(line.value(point))}</td>}</For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </TableFrame>
    </div>
  )
}
