/** How many of several proxies are captured, and the buttons to start and stop it on all of them. */
import { createMemo, createSignal, lazy, Show, Suspense } from 'solid-js'
import { client } from '../client.ts'
import { serverNow } from '../clock.ts'
import { plural, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import type { ShownProxy } from './shownLine.ts'
import { stopDocument } from './stopCapture.ts'
import { minutesOf } from './words.ts'

const StartCaptureDialog = lazy(() =>
  import('./StartCaptureDialog.tsx').then((file) => ({ default: file.StartCaptureDialog })),
)

interface MergedCaptureStateProps {
  readonly proxies: readonly (ShownProxy & { readonly captureLogsUntil: string | null })[]
  readonly whyNotStart: string | undefined
  readonly onChanged: () => void
}

export function MergedCaptureState(props: MergedCaptureStateProps) {
  const [isStarting, setStarting] = createSignal(false)
  const [isBusy, setBusy] = createSignal(false)
  const secondsLeft = ({ captureLogsUntil }: MergedCaptureStateProps['proxies'][number]) =>
    captureLogsUntil === null ? 0 : Math.ceil((Date.parse(captureLogsUntil) - serverNow()) / 1_000)
  const captured = createMemo(() => props.proxies.filter((proxy) => secondsLeft(proxy) > 0))
  const longest = () => Math.max(0, ...captured().map(secondsLeft))
  const stop = async () => {
    setBusy(true)
    const answers = await Promise.all(
      captured().map(({ id }) => client.mutation(stopDocument, { input: { proxyId: id } }).toPromise()),
    )
    setBusy(false)
    const failed = answers.find(({ error }) => error !== undefined)?.error
    if (failed) toast('bad', lineOf(failed))
    props.onChanged()
  }
  const start = () => (
    <Button
      look={captured().length === 0 ? 'primary' : 'secondary'}
      onClick={() => setStarting(true)}
      why={props.whyNotStart}
    >
      {t(captured().length === 0 ? 'logs.startNow' : 'logs.another')}
    </Button>
  )
  return (
    <>
      <Show
        when={captured().length > 0}
        fallback={
          <div class="flex flex-wrap items-center gap-3">
            <p class="min-w-0 flex-1 basis-60 text-muted">{t('logs.off')}</p>
            {start()}
          </div>
        }
      >
        <Notice
          tone="warn"
          action={
            <span class="flex gap-2">
              {start()}
              <Button look="danger" onClick={() => void stop()} isBusy={isBusy()} why={props.whyNotStart}>
                {t('logs.stopAll')}
              </Button>
            </span>
          }
        >
          <p class="tabular-nums">
            {t('logs.mergedOn', {
              captured: captured().length,
              count: props.proxies.length,
              left: minutesOf(longest()),
            })}
          </p>
        </Notice>
      </Show>
      <Suspense>
        <Show when={isStarting()}>
          <StartCaptureDialog
            proxyIds={props.proxies.map(({ id }) => id)}
            title={plural('logs.startTitleMany', props.proxies.length)}
            onClose={() => setStarting(false)}
            onStarted={() => props.onChanged()}
          />
        </Show>
      </Suspense>
    </>
  )
}
