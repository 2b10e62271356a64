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

export function ChangeRow(props: { readonly change: DocumentChange; readonly isCurrent: boolean }) {
  return (
    <div
      aria-current={props.isCurrent ? 'true' : undefined}
      class={`flex items-baseline gap-3 border-b border-line px-4 py-1.5 ${props.isCurrent ? 'bg-accent-soft shadow-[inset_3px_0_0_var(--accent)]' : ''}`}
    >
      <span class={`w-3 shrink-0 text-center font-mono font-semibold ${looks[signOf(props.change)].look}`}>
        <span aria-hidden="true">{looks[signOf(props.change)].text}</span>
        <span class="sr-only">{t(`changeSign.${signOf(props.change)}`)} </span>
      </span>
      <div class="min-w-0 flex-1">{contentOf(props.change)}</div>
    </div>
  )
}

function signOf({ kind }: DocumentChange): Sign {
  if (kind.endsWith('-added')) return 'added'
  if (kind.endsWith('-removed')) return 'removed'
  return kind === 'rule-moved' ? 'moved' : 'changed'
}

function contentOf(change: DocumentChange): JSX.Element {
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
      return <Fields fields={failoverChanges(change.before, change.after)} />
    case 'client-rules-changed':
      return (
        <Fields
          fields={[
            {
              field: t('changeGroup.clients'),
              before: clientWords(change.before),
              after: clientWords(change.after),
            },
          ]}
        />
      )
    case 'route-tests-changed':
      return (
        <Fields
          fields={[
            {
              field: t('changeGroup.tests'),
              before: testWords(change.before),
              after: testWords(change.after),
            },
          ]}
        />
      )
  }
}

function RuleLine(props: { readonly rule: Rule; readonly position: string }) {
  return (
    <div class="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
      <span class="min-w-10 text-right text-muted tabular-nums" title={t('change.position')}>
        <span class="sr-only">{t('change.position')} </span>
        {props.position}
      </span>
      <span class="w-18 shrink-0 text-muted">{kindWords(props.rule.kind)}</span>
      <span class="min-w-0 flex-auto font-mono text-sm wrap-anywhere sm:basis-48">{props.rule.value}</span>
      <span class="w-24 shrink-0">→ {routeWords(props.rule.action)}</span>
      <span class="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm text-muted sm:flex-1 sm:basis-48">
        <Show when={!props.rule.enabled}>
          <Badge tone="idle">{t('change.disabled')}</Badge>
        </Show>
        <Show when={props.rule.note}>
          <span class="wrap-anywhere">{props.rule.note}</span>
        </Show>
        <Show when={props.rule.owner}>
          <span class="wrap-anywhere">{t('change.ownerIs', { owner: props.rule.owner })}</span>
        </Show>
        <Show when={props.rule.expiresAt}>
          {(at) => <span>{t('change.until', { at: formatDateTime(locale(), at()) })}</span>}
        </Show>
      </span>
    </div>
  )
}

function Fields(props: { readonly fields: readonly FieldChange[]; readonly isUnderRule?: boolean }) {
  return (
    <dl class={`space-y-0.5 ${props.isUnderRule ? 'mt-0.5 sm:pl-13' : ''}`}>
      <For each={props.fields}>
        {({ field, before, after }) => (
          <div class="flex flex-wrap gap-x-2">
            <dt class="text-muted">{field}:</dt>
            <dd class="min-w-0 wrap-anywhere">
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
            </dd>
          </div>
        )}
      </For>
    </dl>
  )
}
