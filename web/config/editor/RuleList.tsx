/** The one ordered list of rules: typed in place, moved by button or Alt and an arrow key. */
import { createEffect, createMemo, createSignal, For, Show } from 'solid-js'
import { limits, type Rule } from '#core/config-document'
import { Route, RuleKind } from '#core/vocabulary'
import { plural, t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { ArrowDownIcon, ArrowUpIcon, PlusIcon, TrashIcon } from '../../ui/icons.ts'
import { nameIn } from '../document.ts'
import { type Draft, newRule } from './draft.ts'
import { type FieldProblems, fieldId } from './fields.ts'

interface RuleListProps {
  readonly draft: Draft
  readonly problems: FieldProblems
  /** Set: nothing can be edited, for this reason. */
  readonly why: string | undefined
}

/** Rows shown at once: a list of 100,000 stays usable. */
const pageRows = 100
const kinds = Object.values(RuleKind)
const actions = Object.values(Route)

export function RuleList(props: RuleListProps) {
  const rules = () => props.draft.content.document.rules
  const [page, setPage] = createSignal(0)
  const pages = () => Math.max(1, Math.ceil(rules().length / pageRows))
  const first = () => Math.min(page(), pages() - 1) * pageRows
  const shown = createMemo(() => rules().slice(first(), first() + pageRows))
  const [announcement, setAnnouncement] = createSignal('')
  let list: HTMLOListElement | undefined

  const add = () => {
    const rule = newRule()
    props.draft.change(({ document }) => void document.rules.push({ ...rule }))
    setPage(pages() - 1)
    document.getElementById(fieldId(`rules.${rules().length - 1}.value`))?.focus()
  }
  const remove = (index: number) => {
    props.draft.change(({ document }) => void document.rules.splice(index, 1))
    setAnnouncement(t('rules.removed', { row: index + 1 }))
    const next = Math.min(index, rules().length - 1)
    const target = document.getElementById(fieldId(next >= 0 ? `rules.${next}.value` : 'rules'))
    target?.focus()
  }
  const move = (index: number, step: -1 | 1) => {
    const focused = document.activeElement
    if (!props.draft.moveRule(index, step)) return
    setPage(Math.floor((index + step) / pageRows))
    // Moving an element takes the focus away from what is inside it.
    if (focused instanceof HTMLElement && list?.contains(focused)) focused.focus()
    setAnnouncement(t('rules.moved', { row: index + step + 1 }))
  }

  return (
    <div>
      <div class="sr-only" role="status">
        {announcement()}
      </div>
      <ol ref={list} class="divide-y divide-line border-y border-line" aria-label={t('rules.title')}>
        <For each={shown()}>
          {(rule, offset) => (
            <RuleRow
              rule={rule}
              index={first() + offset()}
              isLast={first() + offset() === rules().length - 1}
              problems={props.problems}
              why={props.why}
              onEdit={(edit) =>
                props.draft.change(({ document }) => {
                  const target = document.rules[first() + offset()]
                  if (target) Object.assign(target, edit)
                })
              }
              onMove={(step) => move(first() + offset(), step)}
              onRemove={() => remove(first() + offset())}
            />
          )}
        </For>
      </ol>
      <Show when={rules().length === 0}>
        <p class="border-b border-line px-4 py-5 text-muted">{t('rules.empty')}</p>
      </Show>
      <div class="flex flex-wrap items-center justify-between gap-3 px-4 py-3">
        <Button
          id={fieldId('rules')}
          onClick={add}
          why={props.why ?? (rules().length >= limits.rules ? t('rules.full') : undefined)}
        >
          <PlusIcon size={15} aria-hidden="true" />
          {t('rules.add')}
        </Button>
        <Show when={pages() > 1}>
          <span class="flex items-center gap-2">
            <Button onClick={() => setPage((now) => Math.max(0, Math.min(now, pages() - 1) - 1))}>
              {t('pager.previous')}
            </Button>
            <span class="text-muted">
              {t('rules.page', { from: first() + 1, to: first() + shown().length, of: rules().length })}
            </span>
            <Button onClick={() => setPage((now) => Math.min(pages() - 1, now + 1))}>
              {t('pager.next')}
            </Button>
          </span>
        </Show>
        <span class="text-xs text-muted">{plural('rules.count', rules().length)}</span>
      </div>
    </div>
  )
}

interface RuleRowProps {
  readonly rule: Rule
  readonly index: number
  readonly isLast: boolean
  readonly problems: FieldProblems
  readonly why: string | undefined
  readonly onEdit: (edit: Partial<Rule>) => void
  readonly onMove: (step: -1 | 1) => void
  readonly onRemove: () => void
}

function RuleRow(props: RuleRowProps) {
  const path = (field: keyof Rule) => `rules.${props.index}.${field}`
  const row = () => props.index + 1
  const sentence = (field: keyof Rule) => props.problems.sentence(path(field), `${props.rule.id}.${field}`)
  const errors = () =>
    (['kind', 'value', 'action', 'note', 'owner', 'expiresAt'] as const).flatMap(
      (field) => sentence(field) ?? [],
    )
  const errorId = () => `${fieldId(path('id'))}-errors`
  const control = (field: keyof Rule) => ({
    get id() {
      return fieldId(path(field))
    },
    get disabled() {
      return props.why !== undefined
    },
    get 'aria-invalid'() {
      return sentence(field) ? ('true' as const) : undefined
    },
    get 'aria-describedby'() {
      return sentence(field) ? errorId() : undefined
    },
    onBlur: () => props.problems.leave(`${props.rule.id}.${field}`),
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : undefined
    if (!event.altKey || step === undefined || props.why !== undefined) return
    event.preventDefault()
    props.onMove(step)
  }
  const hasDetails = () => props.rule.owner !== '' || props.rule.expiresAt !== null
  let details: HTMLDetailsElement | undefined
  createEffect(() => {
    // A problem inside a closed row of details would be out of sight.
    if (details && (sentence('owner') || sentence('expiresAt'))) details.open = true
  })

  return (
    <li class={`px-4 py-2.5 ${props.rule.enabled ? '' : 'bg-sunken'}`} onKeyDown={onKeyDown}>
      <div class="flex flex-wrap items-center gap-2">
        <span class="w-7 shrink-0 text-right text-xs text-muted" aria-hidden="true">
          {row()}
        </span>
        <select
          {...control('kind')}
          class="input w-28!"
          aria-label={t('rules.kindOf', { row: row() })}
          onChange={(event) => {
            const kind = kinds.find((word) => word === event.currentTarget.value)
            if (kind) props.onEdit({ kind })
          }}
        >
          <For each={kinds}>
            {(kind) => (
              <option value={kind} selected={props.rule.kind === kind}>
                {t(`ruleKind.${nameIn(RuleKind, kind)}`)}
              </option>
            )}
          </For>
        </select>
        <input
          {...control('value')}
          class="input min-w-40 flex-[2_1_10rem] font-mono text-sm!"
          aria-label={t('rules.valueOf', { row: row() })}
          placeholder={t(`rules.example.${nameIn(RuleKind, props.rule.kind)}`)}
          value={props.rule.value}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => props.onEdit({ value: event.currentTarget.value })}
        />
        <select
          {...control('action')}
          class="input w-28!"
          aria-label={t('rules.actionOf', { row: row() })}
          onChange={(event) => {
            const action = actions.find((word) => word === event.currentTarget.value)
            if (action) props.onEdit({ action })
          }}
        >
          <For each={actions}>
            {(action) => (
              <option value={action} selected={props.rule.action === action}>
                {t(`route.${nameIn(Route, action)}`)}
              </option>
            )}
          </For>
        </select>
        <input
          {...control('note')}
          class="input min-w-32 flex-[1_1_8rem]"
          aria-label={t('rules.noteOf', { row: row() })}
          placeholder={t('rules.note')}
          maxlength={limits.noteLength}
          value={props.rule.note}
          onInput={(event) => props.onEdit({ note: event.currentTarget.value })}
        />
        <span class="ml-auto flex items-center gap-1">
          <label class="mr-2 flex items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              id={fieldId(path('enabled'))}
              disabled={props.why !== undefined}
              checked={props.rule.enabled}
              aria-label={t('rules.enabledOf', { row: row() })}
              onChange={(event) => props.onEdit({ enabled: event.currentTarget.checked })}
            />
            <span aria-hidden="true">{t('rules.enabled')}</span>
          </label>
          <Button
            look="ghost"
            isIcon
            aria-label={t('rules.moveUp', { row: row() })}
            title={t('rules.moveUp', { row: row() })}
            why={props.why ?? (props.index === 0 ? t('rules.isFirst') : undefined)}
            onClick={() => props.onMove(-1)}
          >
            <ArrowUpIcon size={15} aria-hidden="true" />
          </Button>
          <Button
            look="ghost"
            isIcon
            aria-label={t('rules.moveDown', { row: row() })}
            title={t('rules.moveDown', { row: row() })}
            why={props.why ?? (props.isLast ? t('rules.isLast') : undefined)}
            onClick={() => props.onMove(1)}
          >
            <ArrowDownIcon size={15} aria-hidden="true" />
          </Button>
          <Button
            look="ghost"
            isIcon
            aria-label={t('rules.remove', { row: row() })}
            title={t('rules.remove', { row: row() })}
            why={props.why}
            onClick={() => props.onRemove()}
          >
            <TrashIcon size={15} aria-hidden="true" />
          </Button>
        </span>
      </div>
      <Show when={errors().length > 0}>
        <p id={errorId()} class="mt-1 ml-9 text-xs text-bad">
          {errors().join(' ')}
        </p>
      </Show>
      <details ref={details} class="mt-1 ml-9" open={hasDetails()}>
        <summary class="w-fit text-xs text-muted hover:text-text">{t('rules.details')}</summary>
        <div class="mt-2 grid gap-2 sm:grid-cols-2">
          <label class="text-xs text-muted">
            {t('rules.owner')}
            <input
              {...control('owner')}
              class="input mt-1 text-text!"
              maxlength={limits.ownerLength}
              value={props.rule.owner}
              onInput={(event) => props.onEdit({ owner: event.currentTarget.value })}
            />
          </label>
          <label class="text-xs text-muted">
            {t('rules.expires')}
            <input
              {...control('expiresAt')}
              class="input mt-1 text-text!"
              type="datetime-local"
              value={localInput(props.rule.expiresAt)}
              onChange={(event) => props.onEdit({ expiresAt: fromLocalInput(event.currentTarget.value) })}
            />
          </label>
        </div>
      </details>
    </li>
  )
}

/** An instant as `datetime-local` shows it: in the reader's zone, to the minute. */
function localInput(at: string | null): string {
  if (at === null) return ''
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

function fromLocalInput(value: string): string | null {
  return value === '' ? null : new Date(value).toISOString()
}
