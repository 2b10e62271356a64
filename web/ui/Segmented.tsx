/** A choice of one among a few, all of them in sight. */
import { For, type JSX } from 'solid-js'

interface SegmentedProps<Value extends string> {
  readonly label: string
  readonly options: readonly { readonly value: Value; readonly label: JSX.Element; readonly title?: string }[]
  readonly value: Value
  readonly onChange: (value: Value) => void
  /** As wide as what is around it, in equal parts. */
  readonly isWide?: boolean
}

export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a legend, and this is a row of buttons.
    <div
      role="group"
      aria-label={props.label}
      class={`h-8 max-w-full items-stretch rounded-md border border-line bg-sunken p-0.5 ${props.isWide ? 'flex w-full' : 'inline-flex'}`}
    >
      <For each={props.options}>
        {(option) => (
          <button
            type="button"
            aria-pressed={props.value === option.value}
            title={option.title}
            onClick={() => props.onChange(option.value)}
            class={`inline-flex min-w-0 items-center justify-center gap-1.5 rounded text-sm font-medium whitespace-nowrap ${props.isWide ? 'flex-auto px-1.5' : 'px-1.5 sm:px-2.5'} ${props.value === option.value ? 'bg-surface text-accent shadow-[0_0_0_1px_var(--accent)]' : 'text-muted hover:bg-hover hover:text-text'}`}
          >
            {option.label}
          </button>
        )}
      </For>
    </div>
  )
}
