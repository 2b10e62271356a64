/** One route test: typed in place, with what became of it. */
import { createSignal, For, Show } from 'solid-js'
import { limits } from '#core/config-document'
import type { RouteTestResult } from '#core/route-test'
import type { RouteTest } from '#core/route-test-shape'
import { RouteExpectation } from '#core/vocabulary'
import { t } from '../../locales/i18n.ts'
import { OutcomeMark, OutcomeReason } from '../../route/RouteTestOutcome.tsx'
import type { RuleLinks } from '../../route/ruleLinks.tsx'
import { Button } from '../../ui/Button.tsx'
import { ChevronRightIcon, TrashIcon } from '../../ui/icons.ts'
import { type FieldProblems, fieldId } from './fields.ts'

interface RouteTestRowProps {
  readonly test: RouteTest
  readonly index: number
  readonly result: RouteTestResult | undefined
  readonly problems: FieldProblems
  readonly why: string | undefined
  readonly links: RuleLinks
  readonly onEdit: (change: Partial<RouteTest>) => void
  readonly onRemove: () => void
}

export function RouteTestRow(props: RouteTestRowProps) {
  const [isOpen, setOpen] = createSignal(false)
  const row = () => props.index + 1
  const path = (field: keyof RouteTest) => `routeTests.${props.index}.${field}`
  const sentence = () =>
    (['target', 'method', 'clientAddress', 'resolvedAddress', 'note', 'expect'] as const)
      .map((field) => props.problems.sentence(path(field)))
      .find((found) => found !== undefined)
  const hasMore = () =>
    props.test.clientAddress !== null || props.test.resolvedAddress !== null || props.test.note !== ''
  return (
    <li class="py-2" data-test={props.index}>
      <fieldset class="flex flex-wrap items-center gap-2" disabled={props.why !== undefined}>
        <legend class="sr-only">{t('routeTests.row', { row: row() })}</legend>
        <span class="w-20">
          <OutcomeMark result={props.result} />
        </span>
        <input
          id={fieldId(path('target'))}
          class="input w-auto! min-w-40 flex-1 font-mono text-sm!"
          aria-label={t('routeTests.targetOf', { row: row() })}
          aria-invalid={sentence() ? 'true' : undefined}
          aria-describedby={sentence() ? `${fieldId(path('target'))}-error` : undefined}
          placeholder={t('routeTests.example')}
          autocomplete="off"
          spellcheck={false}
          value={props.test.target}
          onBlur={() => props.problems.leave(path('target'))}
          onInput={(event) => props.onEdit({ target: event.currentTarget.value })}
        />
        <select
          class="input w-auto! max-w-full"
          aria-label={t('routeTests.expectOf', { row: row() })}
          onChange={(event) => {
            const expect = Object.values(RouteExpectation).find((word) => word === event.currentTarget.value)
            if (expect) props.onEdit({ expect })
          }}
        >
          <For each={Object.values(RouteExpectation)}>
            {(expect) => (
              <option value={expect} selected={props.test.expect === expect}>
                {t(`routeExpect.${expect}`)}
              </option>
            )}
          </For>
        </select>
        <span class="flex">
          <Button
            look="ghost"
            isIcon
            aria-expanded={isOpen()}
            aria-label={t('routeTests.detailsOf', { row: row() })}
            title={t('routeTests.detailsOf', { row: row() })}
            onClick={() => setOpen((open) => !open)}
          >
            <ChevronRightIcon
              size={15}
              class={`transition-transform ${isOpen() ? 'rotate-90' : ''} ${hasMore() ? 'text-accent' : ''}`}
              aria-hidden="true"
            />
          </Button>
          <Button
            look="ghost"
            isIcon
            aria-label={t('routeTests.remove', { row: row() })}
            title={t('routeTests.remove', { row: row() })}
            why={props.why}
            onClick={props.onRemove}
          >
            <TrashIcon size={15} aria-hidden="true" />
          </Button>
        </span>
      </fieldset>
      <Show when={isOpen()}>
        <fieldset
          class="mt-2 grid gap-2 sm:grid-cols-2 sm:pl-22 lg:grid-cols-4"
          disabled={props.why !== undefined}
        >
          <legend class="sr-only">{t('routeTests.detailsOf', { row: row() })}</legend>
          <Detail
            label={t('try.method')}
            name={t('routeTests.methodOf', { row: row() })}
            value={props.test.method}
            onLeave={() => props.problems.leave(path('method'))}
            onInput={(method) => props.onEdit({ method })}
          />
          <Detail
            label={t('try.client')}
            name={t('routeTests.clientOf', { row: row() })}
            value={props.test.clientAddress ?? ''}
            onLeave={() => props.problems.leave(path('clientAddress'))}
            onInput={(text) => props.onEdit({ clientAddress: text === '' ? null : text })}
          />
          <Detail
            label={t('try.resolved')}
            name={t('routeTests.resolvedOf', { row: row() })}
            value={props.test.resolvedAddress ?? ''}
            onLeave={() => props.problems.leave(path('resolvedAddress'))}
            onInput={(text) => props.onEdit({ resolvedAddress: text === '' ? null : text })}
          />
          <Detail
            label={t('routeTests.note')}
            name={t('routeTests.noteOf', { row: row() })}
            value={props.test.note}
            maxLength={limits.noteLength}
            onLeave={() => props.problems.leave(path('note'))}
            onInput={(note) => props.onEdit({ note })}
          />
        </fieldset>
      </Show>
      <Show when={sentence()}>
        {(words) => (
          <p id={`${fieldId(path('target'))}-error`} class="mt-1 text-xs text-bad sm:pl-22">
            {words()}
          </p>
        )}
      </Show>
      <Show when={props.result?.passed === false && props.result}>
        {(result) => (
          <div class="mt-1 sm:pl-22">
            <OutcomeReason test={props.test} result={result()} links={props.links} />
          </div>
        )}
      </Show>
    </li>
  )
}

function Detail(props: {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly maxLength?: number
  readonly onLeave: () => void
  readonly onInput: (text: string) => void
}) {
  return (
    <label class="min-w-0 text-xs text-muted">
      {props.label}
      <input
        class="input mt-0.5 text-sm! text-text"
        aria-label={props.name}
        autocomplete="off"
        spellcheck={false}
        maxlength={props.maxLength}
        value={props.value}
        onBlur={props.onLeave}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </label>
  )
}
