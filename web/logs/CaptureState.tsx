/** Whether the proxy is captured, for how long still, what that costs, and the buttons to start and stop it. */
import { createMemo, createSignal, For, lazy, Show, Suspense } from 'solid-js'
import { client } from '../client.ts'
import { serverNow } from '../clock.ts'
import { formatNumber } from '../format.ts'
import { graphql } from '../graphql.ts'
import { locale, plural, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { Instant } from '../words.tsx'
import { ListedCapture, listedCapture } from './ListedCapture.tsx'
import { stopDocument } from './stopCapture.ts'
import { minutesOf } from './words.ts'

const StartCaptureDialog = lazy(() =>
  import('./StartCaptureDialog.tsx').then((file) => ({ default: file.StartCaptureDialog })),
)

const captureDocument = graphql(
  `
  query LogCaptures($id: ID!) {
    proxy(id: $id) {
      id
      captureLogsUntil
      capturedLineCount
      logCaptures { ...ListedCapture }
      endedLogCaptures { ...ListedCapture }
      logStream { at linesPerSecond bytesPerSecond atsCpuPercent problem }
    }
  }
`,
  [listedCapture],
)

/** Agents tell what a capture costs every 5 s. */
const silentMs = 20_000

interface CaptureStateProps {
  readonly proxyId: string
  readonly hostname: string
  readonly whyNotStart: string | undefined
}

export function CaptureState(props: CaptureStateProps) {
  const [isStarting, setStarting] = createSignal(false)
  const query = createQuery(captureDocument, {
    variables: () => ({ id: props.proxyId }),
    subjects: ['PROXY'],
    pollSeconds: 5,
  })
  const proxy = () => query.data()?.proxy
  const ended = () => proxy()?.endedLogCaptures ?? []
  const secondsLeft = createMemo(() => {
    const until = proxy()?.captureLogsUntil
    return until ? Math.max(0, Math.ceil((Date.parse(until) - serverNow()) / 1_000)) : 0
  })
  const cost = () => {
    const told = proxy()?.logStream
    return told && serverNow() - Date.parse(told.at) < silentMs ? told : undefined
  }
  const stop = async () => {
    const { error } = await client.mutation(stopDocument, { input: { proxyId: props.proxyId } }).toPromise()
    if (error) return toast('bad', lineOf(error))
    void query.refetch()
  }
  return (
    <>
      <Show
        when={secondsLeft() > 0}
        fallback={
          <div class="flex flex-wrap items-center gap-3">
            <p class="min-w-0 flex-1 basis-60 text-muted">{t('logs.off')}</p>
            <Button look="primary" onClick={() => setStarting(true)} why={props.whyNotStart}>
              {t('logs.startNow')}
            </Button>
          </div>
        }
      >
        <Notice
          tone="warn"
          action={
            <span class="flex gap-2">
              <Button onClick={() => setStarting(true)} why={props.whyNotStart}>
                {t('logs.another')}
              </Button>
              <Button look="danger" onClick={stop} why={props.whyNotStart}>
                {t('logs.stop')}
              </Button>
            </span>
          }
        >
          <p class="tabular-nums">
            {t('logs.on', { left: minutesOf(secondsLeft()) })}{' '}
            {plural('logs.soFar', proxy()?.capturedLineCount ?? 0)}
          </p>
          <Show when={cost()} fallback={<p class="text-sm">{t('logs.silent')}</p>}>
            {(known) => (
              <p class="text-sm tabular-nums">
                {t('logs.costNow', {
                  lines: formatNumber(locale(), Math.round(known().linesPerSecond)),
                  kilobytes: formatNumber(locale(), Math.round(known().bytesPerSecond / 100) / 10),
                  cpu:
                    known().atsCpuPercent === null
                      ? '?'
                      : formatNumber(locale(), Math.round(known().atsCpuPercent ?? 0)),
                })}
              </p>
            )}
          </Show>
          <For each={proxy()?.logCaptures}>
            {(capture) => (
              <p class="text-sm">
                <ListedCapture capture={capture} />
              </p>
            )}
          </For>
        </Notice>
        <Show when={cost()?.problem}>{(problem) => <Notice tone="info">{problem()}</Notice>}</Show>
      </Show>
      <Show when={ended().length > 0}>
        <details class="text-sm text-muted">
          <summary class="w-fit cursor-pointer">{plural('logs.ended', ended().length)}</summary>
          <ul class="mt-1 space-y-1">
            <For each={ended()}>
              {(capture) => (
                <li class="flex flex-wrap items-center gap-x-3">
                  <Instant at={capture.startedAt} />
                  <ListedCapture capture={capture} />
                </li>
              )}
            </For>
          </ul>
        </details>
      </Show>
      <Suspense>
        <Show when={isStarting()}>
          <StartCaptureDialog
            proxyIds={[props.proxyId]}
            title={t('logs.startTitle', { hostname: props.hostname })}
            onClose={() => setStarting(false)}
            onStarted={() => void query.refetch()}
          />
        </Show>
      </Suspense>
    </>
  )
}
