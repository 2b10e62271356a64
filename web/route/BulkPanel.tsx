/** Many requests at once: pasted, looked up without holding up the page, and listed by what changes. */
import { createEffect, createMemo, For, on, onCleanup, Show } from 'solid-js'
import type { RouteCircumstances } from '#core/route'
import { formatNumber } from '../format.ts'
import { locale, plural, t } from '../locales/i18n.ts'
import { problemSentence } from '../messages.ts'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { TriangleAlertIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { Progress } from '../ui/Progress.tsx'
import { Notice } from '../ui/states.tsx'
import { BulkTable } from './BulkTable.tsx'
import { mostLines } from './bulkLines.ts'
import { createBulkRun } from './bulkRun.ts'
import { exampleUrls } from './exampleUrls.ts'
import type { RouteSearch } from './routeSearch.ts'
import type { TrySide } from './TryOne.tsx'

interface NamedSide {
  readonly title: string
  readonly side: TrySide
}

interface BulkPanelProps {
  readonly text: string
  readonly onText: (text: string) => void
  readonly before: NamedSide | undefined
  readonly after: NamedSide
  readonly circumstances: RouteCircumstances
  readonly search: RouteSearch
}

const examples = 200
const listedRejected = 50

export function BulkPanel(props: BulkPanelProps) {
  const bulk = createBulkRun()
  onCleanup(bulk.stop)
  const documents = createMemo(() => {
    const [before, after] = [props.before?.side.answerable, props.after.side.answerable]
    if (!after.ok) return { problem: after.problem }
    if (before && !before.ok) return { problem: before.problem }
    return {
      documents: {
        before: before?.ok ? before.document : null,
        after: after.document,
        circumstances: props.circumstances,
      },
    }
  })
  const problem = () => documents().problem
  const start = () => {
    const known = documents().documents
    if (known && props.text.trim() !== '') void bulk.start(props.text, known)
  }
  /** Into the empty field: typing in what was pasted would lay out thousands of lines again and again. */
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (props.text !== '' || !text.trim().includes('\n')) return
    event.preventDefault()
    props.onText(text)
    start()
  }
  // Other rules, other answers: the same lines are looked up again.
  createEffect(on(documents, () => bulk.run() && start(), { defer: true }))
  const whyNotRun = () => {
    const wrong = problem()
    if (wrong) return t('try.mendFirst', { problem: problemSentence(wrong) })
    return props.text.trim() === '' ? t('bulk.runFirst') : undefined
  }
  const number = (count: number) => formatNumber(locale(), count)
  const isRunning = () => bulk.run()?.state === 'running'

  return (
    <div class="space-y-4">
      <Panel title={t('routes.many')} note={t('bulk.text', { count: number(mostLines) })}>
        <Field label={t('bulk.lines')} hint={t('bulk.linesHint')}>
          {(control) => (
            <textarea
              {...control}
              class="input h-40 font-mono text-sm!"
              wrap="off"
              spellcheck={false}
              autocomplete="off"
              value={props.text}
              on:paste={paste}
              onInput={(event) => props.onText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) start()
              }}
            />
          )}
        </Field>
        <div class="mt-3 flex flex-wrap items-center gap-2">
          <Show
            when={isRunning()}
            fallback={
              <Button look="primary" why={whyNotRun()} onClick={start}>
                {t('bulk.run')}
              </Button>
            }
          >
            <Button onClick={bulk.stop}>{t('bulk.stop')}</Button>
          </Show>
          <Button onClick={() => props.onText(exampleUrls(props.after.side.document, examples).join('\n'))}>
            {t('bulk.fill')}
          </Button>
          <Button
            look="ghost"
            onClick={() => {
              props.onText('')
              bulk.clear()
            }}
          >
            {t('bulk.clear')}
          </Button>
        </div>
        <Show when={problem()}>
          {(wrong) => (
            <div class="mt-3">
              <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
                {t('try.mendFirst', { problem: problemSentence(wrong()) })}
              </Notice>
            </div>
          )}
        </Show>
        <Show when={bulk.run()}>
          {(run) => (
            <div class="mt-3 space-y-3 empty:hidden">
              <Show when={run().state !== 'finished'}>
                <Progress
                  label={t(run().state === 'stopped' ? 'bulk.stopped' : 'bulk.progress', {
                    done: number(run().done),
                    total: number(run().total),
                  })}
                  value={run().done}
                  max={run().total}
                  tone={run().state === 'stopped' ? 'warn' : 'info'}
                  isLabelled
                />
              </Show>
              <Show when={run().isCut}>
                <Notice tone="warn">{t('bulk.cut', { count: number(mostLines) })}</Notice>
              </Show>
              <Show when={run().rejected.length > 0}>
                <details class="rounded-md border border-line px-3 py-2 text-sm">
                  <summary class="font-medium text-bad">
                    {plural('bulk.rejected', run().rejected.length)}
                  </summary>
                  <ul class="mt-2 space-y-1">
                    <For each={run().rejected.slice(0, listedRejected)}>
                      {(each) => (
                        <li class="wrap-anywhere">
                          <span class="font-mono text-xs">
                            {t('bulk.rejectedLine', { line: each.line, text: each.text })}
                          </span>{' '}
                          <span class="text-muted">{problemSentence(each.problem)}</span>
                        </li>
                      )}
                    </For>
                  </ul>
                </details>
              </Show>
            </div>
          )}
        </Show>
      </Panel>
      <Show when={bulk.run()}>
        {(run) => (
          <BulkTable run={run()} before={props.before?.side} after={props.after.side} search={props.search} />
        )}
      </Show>
    </div>
  )
}
