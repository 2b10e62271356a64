/** One line in full, with what can be done with it. */
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/Button.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Instant } from '../words.tsx'
import type { ShownLine } from './shownLine.ts'

interface LineDetailsProps {
  readonly line: ShownLine
  /** Its proxy's name, where lines of several are shown. */
  readonly hostname: string | undefined
  /** A page's address, path and all, that opens at the line. */
  readonly address: string
  readonly isJoined: boolean
  /** Shows only the lines of its request, or all again. */
  readonly onJoin: () => void
}

export function LineDetails(props: LineDetailsProps) {
  const asked = () => {
    const { url, host, method, client } = props.line
    // A CONNECT is logged as `host:port/`.
    const target = method === 'CONNECT' ? url?.replace(/\/$/, '') : (url ?? (host && `http://${host}/`))
    return target ? { url: target, method: method ?? '', client: client ?? '' } : undefined
  }
  return (
    <section aria-label={t('logs.line')} class="space-y-2 rounded-lg border border-line bg-raised px-3 py-2">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span class="text-sm text-muted">
          <Instant at={props.line.at ?? props.line.storedAt} />
        </span>
        <Show when={props.hostname}>
          {(hostname) => (
            <A class="link" href={paths.proxyLogLine(props.line.proxyId, props.line.cursor)}>
              {hostname()}
            </A>
          )}
        </Show>
        <span class="flex-1" />
        <Show when={asked()}>
          {(request) => (
            <A class="link" href={paths.routeOfRequest(props.line.proxyId, request())}>
              {t('logs.why')}
            </A>
          )}
        </Show>
        <Show when={props.line.transaction !== null || props.line.source === 'ACCESS'}>
          <Button onClick={() => props.onJoin()} aria-pressed={props.isJoined}>
            {t('logs.join')}
          </Button>
        </Show>
        <CopyButton value={props.line.text} label={t('logs.copyLine')} copiedLabel={t('copy.done')} />
        <CopyButton
          value={new URL(props.address, location.href).href}
          label={t('logs.copyLink')}
          copiedLabel={t('copy.done')}
        />
      </div>
      <p class="font-mono text-xs wrap-anywhere whitespace-pre-wrap">{props.line.text}</p>
    </section>
  )
}
