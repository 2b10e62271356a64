/** A labelled form control with its hint and its error, wired together for screen readers. */
import { createUniqueId, type JSX, Show } from 'solid-js'

export interface ControlProps {
  readonly id: string
  readonly 'aria-invalid': 'true' | undefined
  readonly 'aria-describedby': string | undefined
}

interface FieldProps {
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  readonly isLabelHidden?: boolean
  readonly class?: string
  /** Spread the given attributes over the control. */
  readonly children: (control: ControlProps) => JSX.Element
}

export function Field(props: FieldProps) {
  const id = createUniqueId()
  const describedBy = () =>
    [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(' ') || undefined
  const control: ControlProps = {
    id,
    get 'aria-invalid'() {
      return props.error ? 'true' : undefined
    },
    get 'aria-describedby'() {
      return describedBy()
    },
  }
  return (
    <div class={`min-w-0 ${props.class ?? ''}`}>
      <label for={id} class={props.isLabelHidden ? 'sr-only' : 'mb-1 block text-sm font-medium'}>
        {props.label}
      </label>
      {props.children(control)}
      <Show when={props.hint}>
        <p id={`${id}-hint`} class="mt-1 text-xs text-muted">
          {props.hint}
        </p>
      </Show>
      <Show when={props.error}>
        <p id={`${id}-error`} class="mt-1 text-xs text-bad">
          {props.error}
        </p>
      </Show>
    </div>
  )
}
