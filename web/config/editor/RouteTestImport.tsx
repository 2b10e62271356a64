/** Takes route tests from pasted lines; those that can't be read stay to be mended. */
import { createSignal, For, onMount, Show } from 'solid-js'
import type { RouteTest } from '#core/route-test-shape'
import type { RouteExpectation } from '#core/vocabulary'
import { plural, t } from '../../locales/i18n.ts'
import { problemSentence } from '../../messages.ts'
import { type ReadTests, readTestLines } from '../../route/testLines.ts'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'

export function RouteTestImport(props: {
  readonly expectNow: (test: Omit<RouteTest, 'expect'>) => RouteExpectation | null
  readonly onTake: (tests: readonly RouteTest[]) => void
  readonly onClose: () => void
}) {
  const [text, setText] = createSignal('')
  const [rejected, setRejected] = createSignal<ReadTests['rejected']>([])
  let area: HTMLTextAreaElement | undefined
  onMount(() => area?.focus())
  const take = () => {
    const read = readTestLines(text(), props.expectNow)
    if (read.tests.length > 0) props.onTake(read.tests)
    setRejected(read.rejected)
    setText(read.rejected.map((line) => line.text).join('\n'))
    if (read.rejected.length === 0) props.onClose()
  }
  return (
    <div class="mb-3 border-b border-line pb-3">
      <Field label={t('routeTests.importLabel')} hint={t('routeTests.importHint')}>
        {(control) => (
          <textarea
            {...control}
            ref={area}
            class="input h-28 font-mono text-sm!"
            spellcheck={false}
            value={text()}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Escape' && props.onClose()}
          />
        )}
      </Field>
      <Show when={rejected().length > 0}>
        <div role="status" class="mt-2 text-sm">
          <p class="font-medium text-bad">{plural('routeTests.rejected', rejected().length)}</p>
          <ul class="space-y-1">
            <For each={rejected()}>
              {(line) => (
                <li class="wrap-anywhere">
                  <span class="font-mono text-xs">{line.text}</span>{' '}
                  <span class="text-muted">{problemSentence(line.problem)}</span>
                </li>
              )}
            </For>
          </ul>
        </div>
      </Show>
      <div class="mt-2 flex flex-wrap gap-2">
        <Button look="primary" onClick={take}>
          {t('routeTests.importTake')}
        </Button>
        <Button look="ghost" onClick={props.onClose}>
          {t('action.cancel')}
        </Button>
      </div>
    </div>
  )
}
