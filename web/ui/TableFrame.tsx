/** The card around a table; on a narrow screen the table scrolls inside it, also by keyboard. */
import type { JSX } from 'solid-js'

export function TableFrame(props: { readonly label: string; readonly children: JSX.Element }) {
  return (
    <section aria-label={props.label} tabindex="0" class="card overflow-x-auto">
      {props.children}
    </section>
  )
}
