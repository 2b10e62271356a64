/** How a proxy's ATS holds a parent: as a badge, since when, and in ATS's words. */
import { Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { ParentState as ParentStates } from '#core/vocabulary'
import { t } from '../locales/i18n.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import { CircleAlertIcon, CircleCheckIcon, CircleHelpIcon, CircleXIcon } from '../ui/icons.ts'
import { Instant } from '../words.tsx'

type State = keyof typeof ParentStates

export type Look = { readonly tone: Tone; readonly icon: typeof CircleCheckIcon }
export const stateLooks: Readonly<Record<State, Look>> = {
  UP: { tone: 'ok', icon: CircleCheckIcon },
  FAILING: { tone: 'warn', icon: CircleAlertIcon },
  DOWN: { tone: 'bad', icon: CircleXIcon },
  UNKNOWN: { tone: 'idle', icon: CircleHelpIcon },
}

/** Of a silent agent only what it said last is known, and that is never green. Of a parent that is out, only trouble. */
export function ParentState(props: {
  readonly parent: {
    readonly state: State
    readonly since: string | null
    readonly reason: string | null
    readonly takenOut: { readonly isOut: boolean | null } | null
  }
  readonly isOnline: boolean
}) {
  const isTrouble = () => props.parent.state === 'FAILING' || props.parent.state === 'DOWN'
  const isStale = () => props.parent.state === 'UP' && !props.isOnline
  return (
    <Show when={!props.parent.takenOut?.isOut || isTrouble()}>
      <LookBadge
        look={stateLooks[isStale() ? 'UNKNOWN' : props.parent.state]}
        label={isStale() ? t('proxyParents.lastUp') : t(`parentState.${props.parent.state}`)}
      />
      <Show when={props.parent.since}>
        {(since) => (
          <span class="text-sm text-muted">
            {t('proxyParents.since')} <Instant at={since()} />
          </span>
        )}
      </Show>
      <Show when={props.parent.state !== 'UP' && props.parent.reason}>
        <span class="w-full font-mono text-xs text-muted wrap-anywhere">{props.parent.reason}</span>
      </Show>
    </Show>
  )
}

export function LookBadge(props: { readonly look: Look; readonly label: string }) {
  return (
    <Badge tone={props.look.tone} icon={<Dynamic component={props.look.icon} size={13} aria-hidden="true" />}>
      {props.label}
    </Badge>
  )
}
