/** What the rules have to do, as tests that run while anything is typed. */
import { createSignal, Index, Show } from 'solid-js'
import { limits } from '#core/config-document'
import { compileRoutes } from '#core/route'
import type { RouteTest } from '#core/route-test-shape'
import { plural, t } from '../../locales/i18n.ts'
import { answerable } from '../../route/answerable.ts'
import { createCircumstances } from '../../route/circumstances.ts'
import { exampleUrls } from '../../route/exampleUrls.ts'
import { expectationOf, newTest } from '../../route/expectations.ts'
import type { RuleLinks } from '../../route/ruleLinks.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { CircleCheckIcon, CircleXIcon, ClipboardPasteIcon, PlusIcon } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { createTestResults } from './createTestResults.ts'
import { changedAt, editRouteTests } from './edits.ts'
import { fieldId, type PartProps } from './fields.ts'
import { RouteTestImport } from './RouteTestImport.tsx'
import { RouteTestRow } from './RouteTestRow.tsx'

/** Drawn at first; a thousand of them would hold up the page. */
const drawnFirst = 50
const suggested = 3

export function RouteTestFields(props: PartProps & { readonly links: RuleLinks }) {
  const tests = () => props.draft.document().routeTests
  const circumstances = createCircumstances()
  const results = createTestResults(props.draft, circumstances.data)
  const [drawn, setDrawn] = createSignal(drawnFirst)
  const [isImporting, setImporting] = createSignal(false)
  const whyFull = () => props.why ?? (tests().length >= limits.routeTests ? t('routeTests.full') : undefined)
  const edit = (index: number, change: Partial<RouteTest>) =>
    props.draft.change(
      editRouteTests((all) => changedAt(all, index, change)),
      { key: 'edit.test', args: { row: index + 1 } },
      `routeTests.${index}.${Object.keys(change).join()}`,
    )
  const add = (added: readonly RouteTest[]) => {
    const room = limits.routeTests - tests().length
    props.draft.change(
      editRouteTests((all) => [...all, ...added.slice(0, room)]),
      { key: 'edit.testAdded', args: { count: Math.min(added.length, room) } },
    )
  }
  const addOne = () => {
    const index = tests().length
    setDrawn((count) => Math.max(count, index + 1))
    add([newTest()])
    focusTarget(index)
  }
  const remove = (index: number) => {
    props.draft.change(
      editRouteTests((all) => all.filter((_, at) => at !== index)),
      { key: 'edit.testRemoved', args: { row: index + 1 } },
    )
    const next = Math.min(index, tests().length - 1)
    if (next < 0) document.getElementById(fieldId('routeTests'))?.focus()
    else focusTarget(next)
  }
  /** Where a request goes by the draft as it stands. */
  const expectNow = (test: Omit<RouteTest, 'expect'>) => {
    const { document, problems } = props.draft.checked()
    const asked = answerable(document, problems)
    const known = circumstances.data()
    return asked.ok && known ? expectationOf(compileRoutes(asked.document, known), test) : null
  }
  const suggest = () =>
    add(
      exampleUrls(props.draft.document(), suggested).flatMap((target) => {
        const test = newTest(target)
        const expect = expectNow(test)
        return expect === null ? [] : [{ ...test, expect }]
      }),
    )
  const showNextFailing = () => {
    const focused = document.activeElement?.closest('[data-test]')?.getAttribute('data-test')
    const from = focused === null || focused === undefined ? -1 : Number(focused)
    const places = tests().flatMap((_, index) => (results().at(index)?.passed === false ? [index] : []))
    const next = places.find((index) => index > from) ?? places[0]
    if (next === undefined) return
    setDrawn((count) => Math.max(count, next + 1))
    focusTarget(next)
  }

  return (
    <Panel
      title={t('routeTests.title')}
      note={
        <span role="status" class="flex flex-wrap items-center gap-2">
          <Show when={tests().length > 0} fallback={t('routeTests.text')}>
            <Show when={!results().isBlocked} fallback={t('routeTests.noAnswer')}>
              <Badge tone="ok" icon={<CircleCheckIcon size={13} aria-hidden="true" />}>
                {plural('routeTests.passing', results().passed)}
              </Badge>
              <Show when={results().failed > 0}>
                <Badge tone="bad" icon={<CircleXIcon size={13} aria-hidden="true" />}>
                  {plural('routeTests.failing', results().failed)}
                </Badge>
                {t('routeTests.mustPass')}
              </Show>
            </Show>
          </Show>
        </span>
      }
      class="mb-4"
      actions={
        <>
          <Show when={results().failed > 0}>
            <Button onClick={showNextFailing}>{t('routeTests.next')}</Button>
          </Show>
          <Button why={whyFull()} onClick={() => setImporting(true)}>
            <ClipboardPasteIcon size={15} aria-hidden="true" />
            {t('routeTests.import')}
          </Button>
        </>
      }
    >
      <Show when={isImporting()}>
        <RouteTestImport expectNow={expectNow} onTake={add} onClose={() => setImporting(false)} />
      </Show>
      <Show when={tests().length === 0}>
        <div class="py-2">
          <p class="font-medium">{t('routeTests.empty')}</p>
          <p class="mt-1 max-w-3xl text-muted">{t('routeTests.emptyText')}</p>
        </div>
      </Show>
      <ol
        class="max-h-120 divide-y divide-line overflow-y-auto empty:hidden"
        aria-label={t('routeTests.title')}
      >
        <Index each={tests().slice(0, drawn())}>
          {(test, index) => (
            <RouteTestRow
              test={test()}
              index={index}
              result={results().at(index)}
              problems={props.problems}
              why={props.why}
              links={props.links}
              onEdit={(change) => edit(index, change)}
              onRemove={() => remove(index)}
            />
          )}
        </Index>
      </ol>
      <Show when={tests().length > drawn()}>
        <button type="button" class="link mt-1 text-sm" onClick={() => setDrawn(tests().length)}>
          {plural('routeTests.more', tests().length - drawn())}
        </button>
      </Show>
      <Show when={props.problems.sentence('routeTests')}>
        {(sentence) => <p class="mt-2 text-xs text-bad">{sentence()}</p>}
      </Show>
      <div class="mt-2 flex flex-wrap gap-2">
        <Button id={fieldId('routeTests')} why={whyFull()} onClick={addOne}>
          <PlusIcon size={15} aria-hidden="true" />
          {t('routeTests.add')}
        </Button>
        <Show when={tests().length === 0 && props.draft.document().rules.length > 0}>
          <Button why={whyFull()} onClick={suggest}>
            {t('routeTests.suggest')}
          </Button>
        </Show>
      </div>
    </Panel>
  )
}

function focusTarget(index: number): void {
  document.getElementById(fieldId(`routeTests.${index}.target`))?.focus()
}
