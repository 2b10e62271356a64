/** The way from a thing that has no page of its own to what was done to it. */
import { A } from '@solidjs/router'
import { t } from '../locales/i18n.ts'

export function HistoryLink(props: { readonly href: string; readonly name: string }) {
  return (
    <A href={props.href} class="link text-sm" aria-label={t('audit.historyOf', { name: props.name })}>
      {t('audit.history')}
    </A>
  )
}
