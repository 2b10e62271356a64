/** What a person has to know about their session: that it ends soon, is not heard any more, or was copied. */
import { createMemo, createSignal, Match, Show, Switch } from 'solid-js'
import { serverNow } from '../clock.ts'
import { formatTime } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { endsAt, silentSince } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { ClockIcon } from '../ui/icons.ts'
import { LogInAgain } from './LogInAgain.tsx'
import { type SessionWarningKind, sessionWarning } from './warning.ts'

export function SessionWarning() {
  // Stays while somebody logs in again: that ends the warning.
  const [isLoggingIn, setLoggingIn] = createSignal(false)
  const kind = createMemo(sessionWarning)
  return (
    <>
      {/* One sentence for each change; the numbers that tick are for the eye alone. */}
      <p role="status" class="sr-only">
        {kind() === 'soon' && t('sessionEnd.soonSpoken')}
        {kind() === 'silent' && t('sessionEnd.silentSpoken')}
        {kind() === 'lost' && t('sessionEnd.lost')}
      </p>
      <Show when={kind()}>
        {(shown) => (
          <section
            aria-label={t('sessionEnd.label')}
            class="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn bg-warn-soft px-4 py-1.5 text-warn md:px-6"
          >
            <ClockIcon size={16} class="shrink-0" aria-hidden="true" />
            <p class="min-w-0 flex-1 basis-64" aria-live="off">
              <Words kind={shown()} />
            </p>
            <Show when={shown() === 'soon'}>
              <Button onClick={() => setLoggingIn(true)}>{t('sessionEnd.again')}</Button>
            </Show>
          </section>
        )}
      </Show>
      <LogInAgain isOpen={isLoggingIn()} onClose={() => setLoggingIn(false)} />
    </>
  )
}

function Words(props: { readonly kind: SessionWarningKind }) {
  const left = () => clock((endsAt() ?? 0) - serverNow())
  const silentSeconds = () => {
    serverNow()
    return Math.round((Date.now() - (silentSince() ?? Date.now())) / 1_000)
  }
  return (
    <Switch>
      <Match when={props.kind === 'soon'}>
        {t('sessionEnd.soon', { time: formatTime(locale(), endsAt() ?? 0), left: left() })}
      </Match>
      <Match when={props.kind === 'silent'}>{t('sessionEnd.silent', { seconds: silentSeconds() })}</Match>
      <Match when={props.kind === 'lost'}>{t('sessionEnd.lost')}</Match>
    </Switch>
  )
}

/** `4:05` */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
