/** What becomes of a request, as icon, tone and words. */
import { Dynamic } from 'solid-js/web'
import type { Verdict } from '#core/vocabulary'
import { t } from '../locales/i18n.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { ArrowRightIcon, CircleHelpIcon, CircleXIcon, ServerIcon } from '../ui/icons.ts'

const looks: Readonly<Record<Verdict, { readonly tone: Tone; readonly icon: typeof ServerIcon }>> = {
  direct: { tone: 'idle', icon: ArrowRightIcon },
  parent: { tone: 'info', icon: ServerIcon },
  denied: { tone: 'bad', icon: CircleXIcon },
  depends_on_address: { tone: 'warn', icon: CircleHelpIcon },
}

export function VerdictBadge(props: { readonly verdict: Verdict }) {
  const look = () => looks[props.verdict]
  return (
    <Badge tone={look().tone} icon={<Dynamic component={look().icon} size={13} aria-hidden="true" />}>
      {t(`verdict.${props.verdict}`)}
    </Badge>
  )
}
