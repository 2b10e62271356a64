/** How much of something is done: a bar for the eye, a value for screen readers. */
import { Show } from 'solid-js'

const tones = { ok: 'bar-ok', warn: 'bar-warn', bad: 'bar-bad', info: 'bar-info' } as const

interface ProgressProps {
  readonly label: string
  readonly value: number
  readonly max: number
  readonly tone?: keyof typeof tones
  /** The label is seen, not only heard. */
  readonly isLabelled?: boolean
}

export function Progress(props: ProgressProps) {
  return (
    <div>
      <Show when={props.isLabelled}>
        <p class="mb-1 text-sm" aria-hidden="true">
          {props.label}
        </p>
      </Show>
      <progress
        aria-label={props.label}
        value={props.value}
        max={Math.max(1, props.max)}
        class={`bar h-1.5 w-full overflow-hidden rounded-full ${tones[props.tone ?? 'ok']}`}
      />
    </div>
  )
}
