/** A line as small as a word: how a number went lately; what is not known is a gap. */
import { createMemo } from 'solid-js'

interface SparklineProps {
  readonly values: readonly (number | null)[]
  /** What it shows, for those who don't see it. */
  readonly label: string
  readonly class?: string
}

const width = 100
const height = 24

export function Sparkline(props: SparklineProps) {
  const most = createMemo(() => Math.max(...props.values.map((value) => value ?? 0)) || 1)
  const point = (value: number, index: number) => {
    const x = (index / Math.max(1, props.values.length - 1)) * width
    return `${tenths(x)} ${tenths(height - 2 - (value / most()) * (height - 4))}`
  }
  /** One shape, whatever gaps there are: a screenful of lines has one element each. */
  const shape = createMemo(() => {
    const { values } = props
    return values
      .map((value, index) => {
        if (value === null) return ''
        const before = values[index - 1] ?? null
        const isAlone = before === null && (values[index + 1] ?? null) === null
        const to = point(value, index)
        // One point alone is a dot: a line without length, with round ends.
        return before === null ? `M${to}${isAlone ? `L${to}` : ''}` : `L${to}`
      })
      .join('')
  })
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
      class={`text-chart-1 ${props.class ?? 'h-6 w-full'}`}
    >
      <path
        d={shape()}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  )
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
