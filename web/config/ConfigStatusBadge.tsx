/** The status of a config's working copy as icon, colour and words. */
import { Dynamic } from 'solid-js/web'
import type { ConfigStatus } from '#core/vocabulary'
import { t } from '../locales/i18n.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { CircleCheckIcon, CircleDashedIcon, ClockIcon } from '../ui/icons.ts'

export type ConfigStatusName = keyof typeof ConfigStatus

const looks: Readonly<Record<ConfigStatusName, { readonly tone: Tone; readonly icon: typeof ClockIcon }>> = {
  DRAFT: { tone: 'idle', icon: CircleDashedIcon },
  PENDING_APPROVAL: { tone: 'warn', icon: ClockIcon },
  ACTIVE: { tone: 'ok', icon: CircleCheckIcon },
}

export function ConfigStatusBadge(props: { readonly status: ConfigStatusName }) {
  return (
    <Badge
      tone={looks[props.status].tone}
      icon={<Dynamic component={looks[props.status].icon} size={13} aria-hidden="true" />}
    >
      {t(`configStatus.${props.status}`)}
    </Badge>
  )
}
