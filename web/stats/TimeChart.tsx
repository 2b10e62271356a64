/** One chart over time, drawn by uPlot: the numbers, a crosshair and marks; what they say in words is around it. */
import { createEffect, createMemo, on, onCleanup, onMount } from 'solid-js'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { locale } from '../locales/i18n.ts'
import { theme } from '../theme.ts'
import { createMedia } from '../ui/createMedia.ts'
import type { LineColour } from './charts.ts'
import type { Crosshair } from './crosshair.ts'
import type { Marker, MarkerKind } from './markers.ts'
import { formatTicks } from './times.ts'
import { formatAmount, type Unit } from './units.ts'

export interface DrawnLine {
  readonly colour: LineColour
  readonly dash: readonly number[]
  /** Null: not known, which is drawn as a gap. */
  readonly values: readonly (number | null)[]
  /** Of the period before: thin and pale. */
  readonly isBefore: boolean
}

interface TimeChartProps {
  /** Milliseconds since the epoch. */
  readonly times: readonly number[]
  readonly lines: readonly DrawnLine[]
  readonly unit: Unit
  readonly isWhole: boolean
  readonly markers: readonly Marker[]
  readonly crosshair: Crosshair
  readonly onZoom: (since: number, until: number) => void
  /** Hands out the canvas, for a picture of it. */
  readonly onDrawn: (canvas: HTMLCanvasElement) => void
}

/** CSS pixels. */
const heightPx = 208
const axisPx = 62
const markRowPx = 14
const smallestZoomPx = 6
const secondMs = 1_000

export default function TimeChart(props: TimeChartProps) {
  let box: HTMLDivElement | undefined
  let probe: HTMLSpanElement | undefined
  let plot: uPlot | undefined
  /** The pointer is over this chart: then uPlot has moved the crosshair already. */
  let isOver = false
  const isDark = createMedia('(prefers-color-scheme: dark)')

  /** A canvas knows no variables: the browser works out what a token is in this theme. */
  const colour = (token: string, opacity = 1) => {
    if (!probe) return ''
    probe.style.color = `color-mix(in srgb, var(--${token}) ${opacity * 100}%, transparent)`
    return getComputedStyle(probe).color
  }
  const shape = createMemo(() => JSON.stringify(props.lines.map(({ values: _, ...look }) => look)))
  const numbers = (): uPlot.AlignedData => [
    props.times.map((at) => at / secondMs),
    ...props.lines.map(({ values }) => [...values]),
  ]

  const options = (): uPlot.Options => {
    const family = getComputedStyle(document.body).fontFamily
    const axis: uPlot.Axis = {
      stroke: colour('muted'),
      font: `12px ${family}`,
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
    }
    return {
      width: box?.clientWidth || 300,
      height: heightPx,
      // The last tick’s words are centred below it.
      padding: [markRowPx, 28, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true },
        y: { range: (_, __, most) => [0, props.isWhole ? 1 : (most || smallestTop[props.unit]) * 1.08] },
      },
      axes: [
        {
          ...axis,
          size: 40,
          space: 74,
          grid: { show: false },
          values: (_, ticks, __, ___, every) => [
            ...formatTicks(
              locale(),
              ticks.map((at) => at * secondMs),
              every * secondMs,
            ),
          ],
        },
        {
          ...axis,
          size: axisPx,
          space: 36,
          values: (_, ticks) => ticks.map((value) => formatAmount(locale(), props.unit, value)),
        },
      ],
      series: [{}, ...props.lines.map((line) => seriesOf(line, props.lines))],
      cursor: {
        y: false,
        points: { size: 7 },
        drag: { x: true, y: false, setScale: false, dist: smallestZoomPx },
      },
      hooks: {
        setSelect: [zoom],
        drawAxes: [() => props.onDrawn(plot?.ctx.canvas ?? document.createElement('canvas'))],
        draw: [drawMarkers],
        init: [follow],
      },
    }
  }

  const seriesOf = (line: DrawnLine, all: readonly DrawnLine[]): uPlot.Series => {
    const isAlone = all.filter(({ isBefore }) => !isBefore).length === 1
    return {
      stroke: colour(line.colour, line.isBefore ? 0.65 : 1),
      width: line.isBefore ? 1 : 1.75,
      dash: line.isBefore ? [2, 2] : [...line.dash],
      ...(isAlone && !line.isBefore && { fill: colour(line.colour, 0.1) }),
      points: { show: true, size: 5, fill: colour(line.colour), filter: lonely },
    }
  }

  const zoom = (drawn: uPlot) => {
    const { left, width } = drawn.select
    if (width < smallestZoomPx) return
    drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    props.onZoom(drawn.posToVal(left, 'x') * secondMs, drawn.posToVal(left + width, 'x') * secondMs)
  }
  const follow = (drawn: uPlot) => {
    drawn.over.addEventListener('mousemove', () => {
      isOver = true
      props.crosshair.point(drawn.cursor.idx ?? undefined)
    })
    drawn.over.addEventListener('mouseleave', () => {
      isOver = false
      props.crosshair.point(undefined)
    })
  }
  const drawMarkers = (drawn: uPlot) => {
    const { ctx, bbox } = drawn
    const ratio = devicePixelRatio
    for (const marker of props.markers) {
      const x = drawn.valToPos(marker.at / secondMs, 'x', true)
      if (x < bbox.left || x > bbox.left + bbox.width) continue
      const { token, draw } = marks[marker.kind]
      ctx.save()
      ctx.strokeStyle = colour(token, 0.55)
      ctx.fillStyle = colour(token)
      ctx.lineWidth = ratio
      ctx.setLineDash([3 * ratio, 3 * ratio])
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      ctx.beginPath()
      draw(ctx, x, bbox.top - (markRowPx / 2) * ratio, 4 * ratio)
      ctx.fill()
      ctx.restore()
    }
  }

  onMount(() => {
    createEffect(
      on([theme, isDark, locale, shape], () => {
        plot?.destroy()
        if (box) plot = new uPlot(options(), numbers(), box)
      }),
    )
    createEffect(on([() => props.times, () => props.lines], () => plot?.setData(numbers()), { defer: true }))
    createEffect(
      on(
        () => props.markers,
        () => plot?.redraw(false),
        { defer: true },
      ),
    )
    createEffect(
      on([props.crosshair.at, () => props.times], ([index]) => {
        if (!plot || isOver) return
        const at = index === undefined ? undefined : props.times[index]
        const left = at === undefined ? -10 : plot.valToPos(at / secondMs, 'x')
        plot.setCursor({ left, top: at === undefined ? -10 : 0 }, false)
      }),
    )
    createEffect(
      on(props.crosshair.chosen, (chosen) => {
        const [from, to] = chosen?.map((index) => props.times[index]) ?? []
        if (!plot) return
        const left = from === undefined ? 0 : plot.valToPos(from / secondMs, 'x')
        const right = to === undefined ? 0 : plot.valToPos(to / secondMs, 'x')
        plot.setSelect({ left, top: 0, width: right - left, height: plot.over.clientHeight }, false)
      }),
    )
    const size = new ResizeObserver(() => {
      if (box && box.clientWidth > 0) plot?.setSize({ width: box.clientWidth, height: heightPx })
    })
    if (box) size.observe(box)
    onCleanup(() => size.disconnect())
  })
  onCleanup(() => plot?.destroy())

  return (
    <div ref={box} class="chart relative h-52 overflow-hidden" aria-hidden="true">
      <span ref={probe} class="hidden" />
    </div>
  )
}

/** The top of a chart in which all is nought. */
const smallestTop: Readonly<Record<Unit, number>> = {
  perSecond: 1,
  perMinute: 1,
  bytesPerSecond: 1_000,
  ratio: 0.01,
  count: 1,
  load: 1,
}

/** A number between two gaps has no line: it is a dot. */
function lonely(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? []
  return [...values.keys()].filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  )
}

type Draw = (ctx: CanvasRenderingContext2D, x: number, y: number, radius: number) => void

/** The same shapes as the list of what happened has. */
const marks: Readonly<Record<MarkerKind, { readonly token: string; readonly draw: Draw }>> = {
  approval: {
    token: 'accent',
    draw(ctx, x, y, radius) {
      ctx.moveTo(x - radius, y - radius)
      ctx.lineTo(x + radius, y - radius)
      ctx.lineTo(x, y + radius)
    },
  },
  restart: {
    token: 'text',
    draw: (ctx, x, y, radius) => ctx.arc(x, y, radius, 0, 2 * Math.PI),
  },
  markDown: {
    token: 'bad',
    draw(ctx, x, y, radius) {
      ctx.moveTo(x, y - radius)
      ctx.lineTo(x + radius, y)
      ctx.lineTo(x, y + radius)
      ctx.lineTo(x - radius, y)
    },
  },
}
