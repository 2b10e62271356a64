/** One parent of a proxy, or one host that is taken out there, with what can be done about it. */
import { type JSX, Match, Show, Switch } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { CircleMinusIcon, CircleXIcon, ClockIcon } from '../ui/icons.ts'
import { Instant } from '../words.tsx'
import type { ParentAct } from './parentHosts.ts'

export interface TakenOut {
  readonly host: string
  readonly reason: string
  readonly by: string | null
  readonly at: string
  readonly isTold: boolean
  /** As ATS was read back; null: not yet. */
  readonly isOut: boolean | null
  readonly says: string | null
}

/** Brought back, and not yet seen in use again. */
export interface Returning {
  readonly host: string
  readonly says: string | null
}

interface ParentRowProps {
  /** With its port, where it is a parent. */
  readonly name: string
  readonly host: string
  readonly takenOut: TakenOut | null
  readonly returning?: Returning | undefined
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
        <Show when={props.takenOut}>{(out) => <TakenOutBadge takenOut={out()} />}</Show>
        <Show when={props.returning}>{(back) => <ReturningBadge returning={back()} />}</Show>
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
      <Show when={props.returning}>
        {(back) => (
          <div class="mt-1 w-full text-sm text-muted wrap-anywhere">
            <p>{t('proxyParents.returningNote')}</p>
            <Said says={back().says} />
          </div>
        )}
      </Show>
    </li>
  )
}

function TakenOutBadge(props: { readonly takenOut: TakenOut }) {
  return (
    <Switch
      fallback={
        <Badge tone="info" icon={<ClockIcon size={13} aria-hidden="true" />}>
          {t(props.takenOut.isTold ? 'proxyParents.outTold' : 'proxyParents.outSoon')}
        </Badge>
      }
    >
      <Match when={props.takenOut.says !== null}>
        <Badge tone="bad" icon={<CircleXIcon size={13} aria-hidden="true" />}>
          {t('proxyParents.outFailed')}
        </Badge>
      </Match>
      <Match when={props.takenOut.isOut}>
        <Badge tone="warn" icon={<CircleMinusIcon size={13} aria-hidden="true" />}>
          {t('proxyParents.out')}
        </Badge>
      </Match>
    </Switch>
  )
}

function ReturningBadge(props: { readonly returning: Returning }) {
  const hasFailed = () => props.returning.says !== null
  return (
    <Badge
      tone={hasFailed() ? 'bad' : 'info'}
      icon={
        <Show when={hasFailed()} fallback={<ClockIcon size={13} aria-hidden="true" />}>
          <CircleXIcon size={13} aria-hidden="true" />
        </Show>
      }
    >
      {t(hasFailed() ? 'proxyParents.returningFailed' : 'proxyParents.returning')}
    </Badge>
  )
}

function TakenOutWords(props: { readonly takenOut: TakenOut; readonly isOnline: boolean }) {
  const words = () => {
    const { isTold, isOut, says } = props.takenOut
    if (!isTold) return t(props.isOnline ? 'proxyParents.outAtNextPass' : 'proxyParents.outWhenHeard')
    if (says !== null) return undefined
    return t(isOut ? 'proxyParents.outConfirmed' : 'proxyParents.outUnconfirmed')
  }
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
      <Show when={words()}>{(text) => <p>{text()}</p>}</Show>
      <Said says={props.takenOut.says} />
    </div>
  )
}

/** Why not, in the words of ATS or its agent. */
function Said(props: { readonly says: string | null }) {
  return <Show when={props.says}>{(says) => <p class="font-mono text-xs">{says()}</p>}</Show>
}
