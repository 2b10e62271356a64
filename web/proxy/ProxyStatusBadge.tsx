/** A proxy's status as icon, colour and word, and how fresh the news of it is. */
import { Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { type ApplyOutcome, type ProxyStatus, pollIntervalSeconds } from '#core/vocabulary'
import { serverNow } from '../clock.ts'
import { t } from '../locales/i18n.ts'
import { Badge, type Tone } from '../ui/Badge.tsx'
import {
  ArchiveIcon,
  CircleCheckIcon,
  CircleDashedIcon,
  CircleHelpIcon,
  CircleXIcon,
  LoaderIcon,
  TriangleAlertIcon,
} from '../ui/icons.ts'
import { Ago } from '../words.tsx'

export type StatusName = keyof typeof ProxyStatus

export const statusLooks: Readonly<
  Record<StatusName, { readonly tone: Tone; readonly icon: typeof CircleXIcon }>
> = {
  UNASSIGNED: { tone: 'idle', icon: CircleDashedIcon },
  PENDING: { tone: 'info', icon: LoaderIcon },
  IN_SYNC: { tone: 'ok', icon: CircleCheckIcon },
  FAILED: { tone: 'bad', icon: CircleXIcon },
  DRIFTED: { tone: 'warn', icon: TriangleAlertIcon },
  UNKNOWN: { tone: 'warn', icon: CircleHelpIcon },
  RETIRED: { tone: 'idle', icon: ArchiveIcon },
}

export function ProxyStatusBadge(props: { readonly status: StatusName }) {
  return (
    <Badge
      tone={statusLooks[props.status].tone}
      icon={
        <Dynamic
          component={statusLooks[props.status].icon}
          size={13}
          class={props.status === 'PENDING' ? 'spin' : ''}
          aria-hidden="true"
        />
      }
    >
      {t(`proxyStatus.${props.status}`)}
    </Badge>
  )
}

interface Reasoned {
  readonly status: StatusName
  /** The server's own sentence, in English; shown only where it holds ATS's words. */
  readonly statusReason: string
  readonly lastSeenAt: string | null
  readonly atsVersion: string | null
  readonly atsGeneration: string | null
}

/** Why the status is what it is, in the reader's language. */
export function statusWords(proxy: Reasoned): string {
  switch (proxy.status) {
    case 'FAILED':
      return proxy.statusReason
    case 'UNKNOWN':
      return t(proxy.lastSeenAt === null ? 'proxyReason.neverSeen' : 'proxyReason.UNKNOWN')
    case 'PENDING':
      if (proxy.atsVersion === null) return t('proxyReason.versionUnknown')
      if (proxy.atsGeneration === null) return t('proxyReason.unsupported', { version: proxy.atsVersion })
      return t('proxyReason.pending')
    default:
      return t(`proxyReason.${proxy.status}`)
  }
}

interface Tried extends Reasoned {
  readonly attempted: { readonly outcome: keyof typeof ApplyOutcome } | null
}

/** The same in so few words that they are whole in a row of the fleet. */
export function briefWords(proxy: Tried): string {
  switch (proxy.status) {
    case 'FAILED':
      return t(`proxyBrief.${proxy.attempted?.outcome ?? 'FAILED'}`)
    case 'UNKNOWN':
      return t(proxy.lastSeenAt === null ? 'proxyBrief.neverSeen' : 'proxyBrief.UNKNOWN')
    case 'PENDING':
      if (proxy.atsVersion === null) return t('proxyBrief.versionUnknown')
      if (proxy.atsGeneration === null) return t('proxyBrief.unsupported', { version: proxy.atsVersion })
      return t('proxyBrief.pending')
    default:
      return t(`proxyBrief.${proxy.status}`)
  }
}

/** Seen within three poll intervals counts as online: the server's own limit. */
const freshMs = 3 * pollIntervalSeconds * 1_000

interface FreshnessProps {
  readonly lastSeenAt: string | null
  /** False: nobody waits to hear from it any more, so that its silence is no news. True by default. */
  readonly isExpected?: boolean
}

/** A dot and `12s ago`; the dot's meaning is also said in words. */
export function Freshness(props: FreshnessProps) {
  return (
    <Show when={props.lastSeenAt} fallback={<span class="text-muted">{t('proxy.neverSeen')}</span>}>
      {(at) => {
        const isFresh = () => serverNow() - Date.parse(at()) < freshMs
        return (
          <Show when={props.isExpected ?? true} fallback={<Ago at={at()} />}>
            <span class={`inline-flex items-baseline gap-x-1.5 ${isFresh() ? '' : 'text-warn'}`}>
              <span
                class={`size-1.5 shrink-0 -translate-y-px rounded-full ${isFresh() ? 'bg-ok' : 'border border-warn'}`}
                aria-hidden="true"
              />
              <span>
                <Ago at={at()} />
                <Show when={!isFresh()}>, {t('proxy.silent')}</Show>
              </span>
            </span>
          </Show>
        )
      }}
    </Show>
  )
}
