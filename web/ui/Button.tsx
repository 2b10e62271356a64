/** A button that can say why it is disabled: it stays focusable, so that the reason can be reached and read. */
import { createUniqueId, type JSX, Show, splitProps } from 'solid-js'
import { LoaderIcon } from './icons.ts'

const looks = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong',
  secondary: 'bg-surface text-text border-line-strong hover:bg-hover',
  ghost: 'border-transparent text-muted hover:bg-hover hover:text-text',
  danger: 'bg-surface text-bad border-bad hover:bg-bad-soft',
} as const

interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: keyof typeof looks
  /** Set: the button is disabled, for this reason. */
  readonly why?: string | undefined
  readonly isBusy?: boolean
  /** Square, for an icon; give it an `aria-label`. */
  readonly isIcon?: boolean
}

export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, [
    'look',
    'why',
    'isBusy',
    'isIcon',
    'class',
    'children',
    'onClick',
    'type',
  ])
  const reasonId = createUniqueId()
  const isDisabled = () => own.why !== undefined || own.isBusy === true
  const press: JSX.EventHandler<HTMLButtonElement, MouseEvent> = (event) => {
    if (isDisabled()) return event.preventDefault()
    if (typeof own.onClick === 'function') own.onClick(event)
  }
  return (
    <>
      <button
        {...rest}
        type={own.type ?? 'button'}
        onClick={press}
        aria-disabled={isDisabled() || undefined}
        aria-describedby={own.why === undefined ? rest['aria-describedby'] : reasonId}
        title={own.why ?? rest.title}
        class={`inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors ${own.isIcon ? 'w-8' : 'px-3'} ${isDisabled() ? `cursor-not-allowed! text-muted ${own.look === 'ghost' ? 'border-transparent opacity-40' : 'border-line bg-sunken'}` : looks[own.look ?? 'secondary']} ${own.class ?? ''}`}
      >
        <Show when={own.isBusy}>
          <LoaderIcon size={14} class="spin" aria-hidden="true" />
        </Show>
        {own.children}
      </button>
      <Show when={own.why}>
        {(why) => (
          <span id={reasonId} class="sr-only">
            {why()}
          </span>
        )}
      </Show>
    </>
  )
}
