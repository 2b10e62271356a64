/** Beside the lists: where a URL would go by the draft as it stands, and where it goes today. */
import { createMemo, createSignal, Show } from 'solid-js'
import { limits } from '#core/config-document'
import { compileRoutes, type RouteCircumstances } from '#core/route'
import { t } from '../../locales/i18n.ts'
import { answerable } from '../../route/answerable.ts'
import { type Asked, nothingAsked, requestOf } from '../../route/asked.ts'
import { createCircumstances } from '../../route/circumstances.ts'
import { testOf } from '../../route/expectations.ts'
import type { RuleLinks } from '../../route/ruleLinks.tsx'
import { TryOne } from '../../route/TryOne.tsx'
import { Button } from '../../ui/Button.tsx'
import { CloseIcon, PlusIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { toast } from '../../ui/toast.tsx'
import { QueryPanel } from '../../words.tsx'
import { both, createFetched } from '../fetched.ts'
import { fetchDocument } from '../sides.ts'
import type { Draft, PlacedProblem } from './draft.ts'
import { editRouteTests } from './edits.ts'

interface TryPanelProps {
  readonly configId: string
  readonly draft: Draft
  /** What runs; null: nothing yet. */
  readonly running: { readonly id: string; readonly number: number } | null
  readonly links: RuleLinks
  /** Set: nothing can be kept, for this reason. */
  readonly why: string | undefined
  readonly onMend: (problem: PlacedProblem) => void
  readonly onClose: () => void
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
    return { document, answerable: answerable(document, problems), links: props.links }
  })
  const before = createMemo(() => {
    const document = running.data()?.document
    if (!document || !props.running) return undefined
    const side = { document, answerable: answerable(document, []), links: {} }
    return { title: t('try.nowOf', { number: props.running.number }), side }
  })
  const expectNow = (circumstances: RouteCircumstances) => {
    const known = draft().answerable
    if (!known.ok) return null
    return compileRoutes(known.document, circumstances).decide(requestOf(asked())).verdict
  }
  const whyNotKeep = (circumstances: RouteCircumstances) => {
    if (props.why !== undefined) return props.why
    if (props.draft.document().routeTests.length >= limits.routeTests) return t('routeTests.full')
    return expectNow(circumstances) === 'depends_on_address' ? t('try.keepDepends') : undefined
  }
  const keep = (circumstances: RouteCircumstances) => {
    const expect = expectNow(circumstances)
    if (expect === null || expect === 'depends_on_address') return
    props.draft.change(
      editRouteTests((all) => [...all, testOf(asked(), expect)]),
      { key: 'edit.testAdded', args: { count: 1 } },
    )
    toast('ok', t('try.kept'))
  }

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
                actions={
                  <Button why={whyNotKeep(data().before)} onClick={() => keep(data().before)}>
                    <PlusIcon size={15} aria-hidden="true" />
                    {t('try.keep')}
                  </Button>
                }
                // Not in the page yet.
                ref={(input) => queueMicrotask(() => input.focus())}
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
