/** The status of a config's working copy as icon, colour and words. */
import { Dynamic } from 'solid-js/web'
import type { ConfigStatus } from '#core/vocabulary'
import { t } from '../locales/i18n.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { ArchiveIcon, CircleCheckIcon, CircleDashedIcon, ClockIcon } from '../ui/icons.ts'

export type ConfigStatusName = keyof typeof ConfigStatus

interface Look {
  readonly tone: Tone
  readonly icon: typeof ClockIcon
}

const looks: Readonly<Record<ConfigStatusName, Look>> = {
  DRAFT: { tone: 'idle', icon: CircleDashedIcon },
  PENDING_APPROVAL: { tone: 'warn', icon: ClockIcon },
  ACTIVE: { tone: 'ok', icon: CircleCheckIcon },
}
const retiredLook: Look = { tone: 'idle', icon: ArchiveIcon }

/** A retired config has no other status any more. */
export function ConfigStatusBadge(props: {
  readonly status: ConfigStatusName
  readonly isRetired?: boolean
}) {
  const look = () => (props.isRetired ? retiredLook : looks[props.status])
  return (
    <Badge tone={look().tone} icon={<Dynamic component={look().icon} size={13} aria-hidden="true" />}>
      {props.isRetired ? t('config.retired') : t(`configStatus.${props.status}`)}
    </Badge>
  )
}
