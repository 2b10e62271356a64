/** The card around a table; on a narrow screen the table scrolls inside it, also by keyboard. */
import type { JSX } from 'solid-js'

export function TableFrame(props: { readonly label: string; readonly children: JSX.Element }) {
  // Positioned: what is only spoken would widen the page otherwise, from columns that are scrolled out of sight.
  return (
    <section aria-label={props.label} tabindex="0" class="card relative overflow-x-auto">
      {props.children}
    </section>
  )
}
