/** The way from a thing that has no page of its own to what was done to it; texts of the areas `users` and `settings`. */
import { A } from '@solidjs/router'
import { t } from '../locales/i18n.ts'

export function HistoryLink(props: { readonly href: string; readonly name: string }) {
  return (
    <A href={props.href} class="link text-sm" aria-label={t('history.of', { name: props.name })}>
      {t('history.link')}
    </A>
  )
}
