/** Beside the lists: where a URL would go by the draft as it stands, and where it goes today. */
import { createMemo, createSignal, type JSX, onMount, Show } from 'solid-js'
import { t } from '../../locales/i18n.ts'
import { answerable } from '../../route/answerable.ts'
import { type Asked, nothingAsked } from '../../route/asked.ts'
import { createCircumstances } from '../../route/circumstances.ts'
import type { RuleTarget } from '../../route/ruleLinks.tsx'
import { TryOne } from '../../route/TryOne.tsx'
import { Button } from '../../ui/Button.tsx'
import { CloseIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { QueryPanel } from '../../words.tsx'
import { both, createFetched } from '../fetched.ts'
import { fetchDocument } from '../sides.ts'
import type { Draft, PlacedProblem } from './draft.ts'

interface TryPanelProps {
  readonly configId: string
  readonly draft: Draft
  /** What runs; null: nothing yet. */
  readonly running: { readonly id: string; readonly number: number } | null
  readonly onShow: (target: RuleTarget) => void
  readonly onMend: (problem: PlacedProblem) => void
  readonly onClose: () => void
  /** Below the answer to what is asked. */
  readonly actions?: (asked: Asked) => JSX.Element
}

export function TryPanel(props: TryPanelProps) {
  const [asked, setAsked] = createSignal<Asked>(nothingAsked)
  const circumstances = createCircumstances()
  const running = createFetched(
    () => props.running?.id ?? 'none',
    (side) => fetchDocument(props.configId, side),
  )
  const draft = createMemo(() => {
    const { document, problems } = props.draft.checked()
    return { document, answerable: answerable(document, problems), links: { show: props.onShow } }
  })
  const before = createMemo(() => {
    const document = running.data()?.document
    if (!document || !props.running) return undefined
    const side = { document, answerable: answerable(document, []), links: {} }
    return { title: t('try.nowOf', { number: props.running.number }), side }
  })
  let field: HTMLInputElement | undefined
  onMount(() => field?.focus())

  return (
    <Panel
      id="try-route"
      title={t('try.title')}
      class="max-xl:mb-4 xl:max-h-[calc(100dvh-6rem)] xl:overflow-y-auto"
      actions={
        <Button
          look="ghost"
          isIcon
          aria-label={t('try.close')}
          title={t('try.close')}
          onClick={props.onClose}
        >
          <CloseIcon size={15} aria-hidden="true" />
        </Button>
      }
    >
      <div
        role="none"
        onKeyDown={(event) => {
          if (event.key === 'Escape') props.onClose()
        }}
      >
        <QueryPanel query={both(circumstances, running)} rows={4}>
          {(data) => (
            <>
              <TryOne
                asked={asked()}
                onAsk={setAsked}
                side={draft()}
                before={before()}
                circumstances={data().before}
                isNarrow
                onMend={(problem) => props.onMend({ ...problem, ruleId: undefined })}
                actions={props.actions?.(asked())}
                ref={(input) => {
                  field = input
                  input.focus()
                }}
              />
              <Show when={!props.running}>
                <p class="mt-3 text-sm text-muted">{t('try.nothingRuns')}</p>
              </Show>
            </>
          )}
        </QueryPanel>
      </div>
    </Panel>
  )
}
