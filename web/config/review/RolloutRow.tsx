/** One proxy of a rollout: its own words and its logs if it failed, its times if it worked, else how it is waited for. */
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { formatSpan } from '../../format.ts'
import { locale, t } from '../../locales/i18n.ts'
import { paths } from '../../paths.ts'
import { OutcomeBadge } from '../../proxy/OutcomeBadge.tsx'
import { Freshness, ProxyStatusBadge } from '../../proxy/ProxyStatusBadge.tsx'
import { DomainName } from '../../ui/DomainName.tsx'
import type { ProgressAnswer } from './ProgressPanel.tsx'

type RolloutProxy = ProgressAnswer['proxies']['edges'][number]['node']

interface RolloutRowProps {
  readonly proxy: RolloutProxy
  readonly approvedAt: string | null
}

export function RolloutRow(props: RolloutRowProps) {
  return (
    <li class="px-4 py-2.5">
      <div class="flex flex-wrap items-center gap-x-4 gap-y-1">
        <A href={paths.proxy(props.proxy.id)} class="link min-w-40 flex-1">
          <DomainName name={props.proxy.hostname} />
        </A>
        <span class="text-sm text-muted">
          <Attempted proxy={props.proxy} approvedAt={props.approvedAt} />
        </span>
        <ProxyStatusBadge status={props.proxy.status} />
      </div>
      <Show when={failure(props.proxy)}>
        {(words) => (
          <>
            <pre
              class="mt-2 max-h-40 overflow-auto rounded-md bg-bad-soft px-3 py-2 font-mono text-xs wrap-anywhere whitespace-pre-wrap text-bad"
              lang="en"
            >
              {words()}
            </pre>
            <A
              href={paths.proxyLogs(props.proxy.id)}
              class="link mt-1 inline-block text-sm"
              aria-label={t('progress.logsOf', { hostname: props.proxy.hostname })}
            >
              {t('progress.logs')}
            </A>
          </>
        )}
      </Show>
    </li>
  )
}

/** What the agent tried of what it should run now; an older attempt says nothing about it. */
function attemptOf({ attempted, desiredHash }: RolloutProxy) {
  return attempted?.hash === desiredHash ? attempted : null
}

function isGood(outcome: string): boolean {
  return outcome === 'APPLIED' || outcome === 'UNCHANGED'
}

/** The agent's and ATS's own words. */
function failure(proxy: RolloutProxy): string | undefined {
  const attempt = attemptOf(proxy)
  if (!attempt || isGood(attempt.outcome)) return undefined
  return attempt.message || proxy.statusReason
}

function Attempted(props: RolloutRowProps) {
  const span = (at: string | null) =>
    at !== null && props.approvedAt !== null && Date.parse(at) >= Date.parse(props.approvedAt)
      ? formatSpan(locale(), Date.parse(at) - Date.parse(props.approvedAt))
      : undefined
  const times = () => {
    const asked = span(attemptOf(props.proxy)?.reloadRequestedAt ?? null)
    const loaded = span(attemptOf(props.proxy)?.loadedAt ?? null)
    return asked !== undefined && loaded !== undefined ? t('progress.times', { asked, loaded }) : undefined
  }
  return (
    <Show
      when={attemptOf(props.proxy)}
      fallback={
        <span class="inline-flex flex-wrap items-center gap-1">
          {t('progress.waiting')} <Freshness lastSeenAt={props.proxy.lastSeenAt} />
        </span>
      }
    >
      {(attempt) => (
        <Show when={!isGood(attempt().outcome)} fallback={times() ?? t(`outcome.${attempt().outcome}`)}>
          {/* A plain failure is what the status says already. */}
          <Show when={attempt().outcome !== 'FAILED'}>
            <OutcomeBadge outcome={attempt().outcome} />
          </Show>
        </Show>
      )}
    </Show>
  )
}
