/** Whether the proxy is captured, for how long still, what that costs, and the buttons to start and stop it. */
import { createMemo, createSignal, For, lazy, Show, Suspense } from 'solid-js'
import { client } from '../client.ts'
import { serverNow } from '../clock.ts'
import { formatNumber } from '../format.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { locale, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { stopDocument } from './stopCapture.ts'
import { minutesOf } from './words.ts'

const StartCaptureDialog = lazy(() =>
  import('./StartCaptureDialog.tsx').then((file) => ({ default: file.StartCaptureDialog })),
)

const captureDocument = graphql(`
  query LogCaptures($id: ID!) {
    proxy(id: $id) {
      id
      captureLogsUntil
      logCaptures { id startedBy until filter { text host clientAddress errorsOnly } }
      logStream { at linesPerSecond bytesPerSecond atsCpuPercent problem }
    }
  }
`)
type Capture = ResultOf<typeof captureDocument>['proxy']['logCaptures'][number]

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
          <p class="tabular-nums">{t('logs.on', { left: minutesOf(secondsLeft()) })}</p>
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
          <For each={proxy()?.logCaptures}>{(capture) => <p class="text-sm">{captureWords(capture)}</p>}</For>
        </Notice>
        <Show when={cost()?.problem}>{(problem) => <Notice tone="info">{problem()}</Notice>}</Show>
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

function captureWords({ startedBy, filter }: Capture): string {
  const { text, host, clientAddress, errorsOnly } = filter
  const wanted = [
    ...(text === '' ? [] : [`“${text}”`]),
    ...[host, clientAddress].filter((value) => value !== ''),
    ...(errorsOnly ? [t('logs.errorsOnly')] : []),
  ]
  const what = wanted.length === 0 ? t('logs.everyLine') : wanted.join(', ')
  return t('logs.capture', { who: startedBy, what })
}
