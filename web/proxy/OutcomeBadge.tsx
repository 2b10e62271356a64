/** What became of an offer that an agent tried, as icon, colour and words. */
import { Dynamic } from 'solid-js/web'
import type { ApplyOutcome } from '#core/vocabulary'
import { t } from '../locales/i18n.ts'
import { Badge } from '../ui/Badge.tsx'
import { CircleCheckIcon, CircleXIcon } from '../ui/icons.ts'

export type OutcomeName = keyof typeof ApplyOutcome

export function OutcomeBadge(props: { readonly outcome: OutcomeName }) {
  const isGood = () => props.outcome === 'APPLIED' || props.outcome === 'UNCHANGED'
  return (
    <Badge
      tone={isGood() ? 'ok' : 'bad'}
      icon={<Dynamic component={isGood() ? CircleCheckIcon : CircleXIcon} size={13} aria-hidden="true" />}
    >
      {t(`outcome.${props.outcome}`)}
    </Badge>
  )
}
