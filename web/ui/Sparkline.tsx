/** A line as small as a word: how a number went lately; what is not known is a gap. */
import { For } from 'solid-js'

interface SparklineProps {
  readonly values: readonly (number | null)[]
  /** What it shows, for those who don't see it. */
  readonly label: string
  readonly class?: string
}

const width = 100
const height = 24

export function Sparkline(props: SparklineProps) {
  const most = () => Math.max(...props.values.map((value) => value ?? 0)) || 1
  const at = (value: number, index: number) => {
    const x = (index / Math.max(1, props.values.length - 1)) * width
    return `${x.toFixed(1)},${(height - 2 - (value / most()) * (height - 4)).toFixed(1)}`
  }
  const stretches = () => {
    const found: string[][] = [[]]
    for (const [index, value] of props.values.entries()) {
      if (value === null) found.push([])
      else found.at(-1)?.push(at(value, index))
    }
    return found.filter((stretch) => stretch.length > 0)
  }
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
      class={`text-chart-1 ${props.class ?? 'h-6 w-full'}`}
    >
      <For each={stretches()}>
        {(points) => (
          <polyline
            // One point alone is a dot: a line without length, with round ends.
            points={points.length === 1 ? `${points[0]} ${points[0]}` : points.join(' ')}
            fill="none"
            stroke="currentColor"
            stroke-width="1.5"
            stroke-linecap="round"
            stroke-linejoin="round"
            vector-effect="non-scaling-stroke"
          />
        )}
      </For>
    </svg>
  )
}
