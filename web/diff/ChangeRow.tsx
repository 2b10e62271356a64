/** One change of a document as a row: where, what sign, and before and after of each field that differs. */
import { For, type JSX, Show } from 'solid-js'
import type { Rule } from '#core/config-document'
import type { DocumentChange } from '#core/diff'
import { formatDateTime } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { Badge } from '../ui/Badge.tsx'
import {
  clientWords,
  type FieldChange,
  failoverChanges,
  fieldWords,
  kindWords,
  type ListChange,
  listChanges,
  parentWords,
  routeWords,
  testWords,
} from './words.ts'

type Sign = 'added' | 'removed' | 'changed' | 'moved'

const looks: Readonly<Record<Sign, { readonly text: string; readonly look: string }>> = {
  added: { text: '+', look: 'text-ok' },
  removed: { text: '−', look: 'text-bad' },
  changed: { text: '~', look: 'text-info' },
  moved: { text: '↕', look: 'text-info' },
}

interface ChangeRowProps {
  readonly change: DocumentChange
  readonly isCurrent: boolean
  /** There is nothing that it changed from: no sign. */
  readonly isContent: boolean
}

export function ChangeRow(props: ChangeRowProps) {
  return (
    <div
      aria-current={props.isCurrent ? 'true' : undefined}
      class={`flex items-baseline gap-3 border-b border-line px-4 py-1.5 ${props.isCurrent ? 'bg-accent-soft shadow-[inset_3px_0_0_var(--accent)]' : ''}`}
    >
      <Show when={!props.isContent}>
        <span class={`w-3 shrink-0 text-center font-mono font-semibold ${looks[signOf(props.change)].look}`}>
          <span aria-hidden="true">{looks[signOf(props.change)].text}</span>
          <span class="sr-only">{t(`changeSign.${signOf(props.change)}`)} </span>
        </span>
      </Show>
      <div class="min-w-0 flex-1">{contentOf(props.change, props.isContent)}</div>
    </div>
  )
}

function signOf({ kind }: DocumentChange): Sign {
  if (kind.endsWith('-added')) return 'added'
  if (kind.endsWith('-removed')) return 'removed'
  return kind === 'rule-moved' ? 'moved' : 'changed'
}

function contentOf(change: DocumentChange, isContent: boolean): JSX.Element {
  switch (change.kind) {
    case 'rule-added':
    case 'rule-removed':
      return <RuleLine rule={change.rule} position={String(change.row)} />
    case 'rule-moved':
      return <RuleLine rule={change.rule} position={`${change.fromRow} → ${change.toRow}`} />
    case 'rule-changed':
      return (
        <>
          <RuleLine rule={change.after} position={String(change.row)} />
          <Fields
            isUnderRule
            fields={change.fields.map((field) => ({
              field: t(`ruleField.${field}`),
              before: fieldWords(change.before, field),
              after: fieldWords(change.after, field),
            }))}
          />
        </>
      )
    case 'default-changed':
      return (
        <Fields
          isContent={isContent}
          fields={[
            {
              field: t('changeGroup.default'),
              before: routeWords(change.before),
              after: routeWords(change.after),
            },
          ]}
        />
      )
    case 'parent-added':
    case 'parent-removed':
      return <span class="wrap-anywhere">{parentWords(change.parent)}</span>
    case 'parent-changed':
      return (
        <Fields
          fields={[
            {
              field: change.after.host,
              before: parentWords(change.before),
              after: parentWords(change.after),
            },
          ]}
        />
      )
    case 'failover-changed':
      return <Fields isContent={isContent} fields={failoverChanges(change.before, change.after)} />
    case 'client-rules-changed':
      return (
        <Listed
          isContent={isContent}
          onlyOrder={t('change.clientsOrder')}
          changes={listChanges(change.before.map(clientWords), change.after.map(clientWords))}
        />
      )
    case 'route-tests-changed':
      return (
        <Listed
          isContent={isContent}
          onlyOrder={t('change.testsOrder')}
          changes={listChanges(change.before.map(testWords), change.after.map(testWords))}
        />
      )
  }
}

function RuleLine(props: { readonly rule: Rule; readonly position: string }) {
  return (
    <div class="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
      <span class="min-w-6 sm:min-w-10 text-right text-muted tabular-nums" title={t('change.position')}>
        <span class="sr-only">{t('change.position')} </span>
        {props.position}
      </span>
      <span class="shrink-0 text-muted sm:w-24">{kindWords(props.rule.kind)}</span>
      <span class="min-w-0 flex-auto font-mono text-sm wrap-anywhere max-sm:order-1 max-sm:basis-full sm:basis-48">
        {props.rule.value}
      </span>
      <span class="w-24 shrink-0">→ {routeWords(props.rule.action)}</span>
      <span class="min-w-0 text-sm wrap-anywhere text-muted max-sm:order-2 max-sm:empty:hidden max-sm:basis-full sm:flex-1 sm:basis-48">
        <Show when={!props.rule.enabled}>
          <Badge tone="idle">{t('change.disabled')}</Badge>{' '}
        </Show>
        {remarks(props.rule).join(' · ')}
      </span>
    </div>
  )
}

/** What is said about a rule beside what it does. */
function remarks({ note, owner, expiresAt }: Rule): readonly string[] {
  return [
    ...(note ? [note] : []),
    ...(owner ? [t('change.ownerIs', { owner })] : []),
    ...(expiresAt ? [t('change.until', { at: formatDateTime(locale(), expiresAt) })] : []),
  ]
}

/** What of a list came and went, a line each; its heading says what it is a list of. */
function Listed(props: {
  readonly changes: readonly ListChange[]
  readonly onlyOrder: string
  readonly isContent: boolean
}) {
  return (
    <ul class="space-y-0.5">
      <For each={props.changes} fallback={<li>{props.onlyOrder}</li>}>
        {({ sign, words }) => (
          <li class="wrap-anywhere">
            <Show when={!props.isContent} fallback={words}>
              <Show
                when={sign === '+'}
                fallback={
                  <del class="rounded-sm bg-bad-soft px-1 text-bad no-underline">
                    <span class="sr-only">{t('changeSign.removed')} </span>
                    {words}
                  </del>
                }
              >
                <ins class="rounded-sm bg-ok-soft px-1 text-ok no-underline">
                  <span class="sr-only">{t('changeSign.added')} </span>
                  {words}
                </ins>
              </Show>
            </Show>
          </li>
        )}
      </For>
    </ul>
  )
}

interface FieldsProps {
  readonly fields: readonly FieldChange[]
  readonly isUnderRule?: boolean
  /** Only what is, as nothing was before. */
  readonly isContent?: boolean
}

function Fields(props: FieldsProps) {
  return (
    <dl class={`space-y-0.5 ${props.isUnderRule ? 'mt-0.5 sm:pl-13' : ''}`}>
      <For each={props.fields}>
        {({ field, before, after }) => (
          <div class="flex flex-wrap gap-x-2">
            <dt class="text-muted">{field}:</dt>
            <dd class="min-w-0 wrap-anywhere">
              <Show when={!props.isContent} fallback={after}>
                <del class="rounded-sm bg-bad-soft px-1 text-bad no-underline">
                  <span class="sr-only">{t('change.before')} </span>
                  {before}
                </del>{' '}
                <span class="text-muted" aria-hidden="true">
                  →
                </span>{' '}
                <ins class="rounded-sm bg-ok-soft px-1 text-ok no-underline">
                  <span class="sr-only">{t('change.after')} </span>
                  {after}
                </ins>
              </Show>
            </dd>
          </div>
        )}
      </For>
    </dl>
  )
}
