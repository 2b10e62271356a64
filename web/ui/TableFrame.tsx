/** The card around a table; on a narrow screen the table scrolls inside it, also by keyboard. */
import type { JSX } from 'solid-js'

export function TableFrame(props: {
  readonly label: string
  readonly isStale?: boolean
  readonly children: JSX.Element
}) {
  return (
    <section
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabindex="0"
      class={`card overflow-x-auto transition-opacity ${props.isStale ? 'opacity-60' : ''}`}
    >
      {props.children}
    </section>
  )
}
