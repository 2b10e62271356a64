/** Whether what the page shows is live: a dot at all times, a banner when it is not, one sentence for each change. */
import { createMemo, Show } from 'solid-js'
import { link, retryNow } from '../changes.ts'
import { serverNow } from '../clock.ts'
import { formatTime } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { WifiOffIcon } from '../ui/icons.ts'

/** A blink of the connection is not worth a word; longer than this is. */
const graceMs = 1_000

/** When the connection was lost, if that is worth a word: milliseconds since the epoch. Reactive. */
export function lostAt(): number | undefined {
  const state = link()
  if (state.kind !== 'reconnecting') return undefined
  serverNow()
  return Date.now() - state.since > graceMs ? state.since : undefined
}

const dots = {
  live: 'bg-ok',
  connecting: 'border-2 border-line-strong',
  reconnecting: 'border-2 border-warn',
} as const

export function LinkDot(props: { readonly isRail?: boolean }) {
  const words = () => t(`link.${link().kind}`)
  return (
    <p
      data-testid="link"
      title={words()}
      class={`flex h-7 items-center gap-2 text-xs text-muted ${props.isRail ? 'justify-center px-1' : 'px-2'}`}
    >
      <span class="grid size-4 place-items-center" aria-hidden="true">
        <span class={`size-2 rounded-full ${dots[link().kind]}`} />
      </span>
      <span class={props.isRail ? 'sr-only' : ''}>{words()}</span>
    </p>
  )
}

export function ConnectionBanner() {
  const since = createMemo(lostAt)
  const time = () => formatTime(locale(), since() ?? 0)
  // One sentence for each change; the countdown below is for the eye alone.
  const sentence = createMemo<'none' | 'lost' | 'back'>((before) => {
    if (since() !== undefined) return 'lost'
    return before === 'none' ? 'none' : 'back'
  }, 'none')
  const countdown = () => {
    serverNow()
    const state = link()
    const retryAt = state.kind === 'reconnecting' ? state.retryAt : null
    if (retryAt === null) return t('link.trying')
    return t('link.retryIn', { seconds: Math.max(1, Math.ceil((retryAt - Date.now()) / 1_000)) })
  }
  return (
    <>
      <p role="status" class="sr-only">
        {sentence() === 'lost' && t('link.lost', { time: time() })}
        {sentence() === 'back' && t('link.back')}
      </p>
      <Show when={since() !== undefined}>
        <section
          aria-label={t('link.reconnecting')}
          class="sticky top-0 z-20 flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn bg-warn-soft px-4 py-1.5 text-warn max-md:top-12 md:px-6"
        >
          <WifiOffIcon size={16} class="shrink-0" aria-hidden="true" />
          <p class="min-w-0 flex-1 basis-64">
            <span class="font-medium">{t('link.lost', { time: time() })}</span>{' '}
            <span aria-live="off">{countdown()}</span>
          </p>
          <Button onClick={retryNow}>{t('link.retryNow')}</Button>
        </section>
      </Show>
    </>
  )
}
