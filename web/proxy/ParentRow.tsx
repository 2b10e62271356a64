/** One parent of a proxy, or one host that is taken out there, with what can be done about it. */
import { type JSX, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { CircleMinusIcon, ClockIcon } from '../ui/icons.ts'
import { Instant } from '../words.tsx'
import type { ParentAct } from './parentHosts.ts'

export interface TakenOut {
  readonly host: string
  readonly reason: string
  readonly by: string | null
  readonly at: string
  readonly isTold: boolean
}

interface ParentRowProps {
  /** With its port, where it is a parent. */
  readonly name: string
  readonly host: string
  readonly takenOut: TakenOut | null
  readonly isOnline: boolean
  readonly whyNot: (act: ParentAct) => string | undefined
  readonly onAct: (act: ParentAct) => void
  /** Its state, and since when. */
  readonly children?: JSX.Element
}

export function ParentRow(props: ParentRowProps) {
  const act = (): ParentAct => (props.takenOut ? 'bringBack' : 'takeOut')
  return (
    <li class="flex flex-wrap items-start gap-x-3 py-2">
      <div class="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1 pt-1.5">
        <Show when={props.takenOut}>{(out) => <TakenOutBadge isTold={out().isTold} />}</Show>
        <span class="font-mono wrap-anywhere">{props.name}</span>
        {props.children}
      </div>
      <Button onClick={() => props.onAct(act())} why={props.whyNot(act())}>
        {t(`proxyParents.${act()}`)}
        <span class="sr-only">{props.host}</span>
      </Button>
      <Show when={props.takenOut}>
        {(out) => <TakenOutWords takenOut={out()} isOnline={props.isOnline} />}
      </Show>
    </li>
  )
}

function TakenOutBadge(props: { readonly isTold: boolean }) {
  return (
    <Show
      when={props.isTold}
      fallback={
        <Badge tone="info" icon={<ClockIcon size={13} aria-hidden="true" />}>
          {t('proxyParents.outSoon')}
        </Badge>
      }
    >
      <Badge tone="warn" icon={<CircleMinusIcon size={13} aria-hidden="true" />}>
        {t('proxyParents.out')}
      </Badge>
    </Show>
  )
}

function TakenOutWords(props: { readonly takenOut: TakenOut; readonly isOnline: boolean }) {
  return (
    <div class="mt-1 w-full text-sm text-muted wrap-anywhere">
      <p>
        <Show when={props.takenOut.by} fallback={t('proxyParents.outSince')}>
          {(by) => t('proxyParents.outBy', { who: by() })}
        </Show>{' '}
        <Instant at={props.takenOut.at} />
        {': '}
        <q>{props.takenOut.reason}</q>
      </p>
      <Show when={!props.takenOut.isTold}>
        <p>{t(props.isOnline ? 'proxyParents.outAtNextPass' : 'proxyParents.outWhenHeard')}</p>
      </Show>
    </div>
  )
}
