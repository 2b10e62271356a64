/** What narrows the audit trail: action, person and time as choices, anything else as a chip that can be taken away. */
import { createMemo, For, type JSX, Show } from 'solid-js'
import { auditActions } from '#core/vocabulary'
import { locale, t } from '../locales/i18n.ts'
import { session } from '../session.ts'
import { CloseIcon } from '../ui/icons.ts'
import { actionWords, kindWords } from './auditWords.ts'

/** The spans until now that a reader may choose. */
export const spansMs = { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 } as const
export const spanNames = Object.keys(spansMs) as readonly (keyof typeof spansMs)[]
const spanKeys = {
  hour: 'audit.lastHour',
  day: 'audit.lastDay',
  week: 'audit.lastWeek',
  month: 'audit.lastMonth',
} as const
/** The choice that asks for both ends. */
const spanChoice = 'span'
/** On a phone as wide as the grid's column. */
const selectClass = 'input min-w-0 md:w-auto! md:max-w-60'
const nouns = [...new Set(auditActions.map((action) => action.split('.')[0] ?? ''))]

export function ActionSelect(props: {
  readonly value: string | undefined
  readonly onChoose: (action: string | undefined) => void
}) {
  return (
    <select
      class={`${selectClass} max-md:col-span-2`}
      aria-label={t('audit.action')}
      onChange={(event) => props.onChoose(event.currentTarget.value || undefined)}
    >
      <option value="" selected={!props.value}>
        {t('audit.allActions')}
      </option>
      <For each={nouns}>
        {(noun) => (
          <optgroup label={kindWords(noun.toUpperCase())}>
            <For each={auditActions.filter((action) => action.startsWith(`${noun}.`))}>
              {(action) => (
                <option value={action} selected={props.value === action}>
                  {actionWords(action)}
                </option>
              )}
            </For>
          </optgroup>
        )}
      </For>
    </select>
  )
}

export function ActorSelect(props: {
  readonly value: string | undefined
  /** Names by id, of everybody met so far. */
  readonly known: ReadonlyMap<string, string>
  readonly onChoose: (actor: string | undefined) => void
}) {
  const me = () => {
    const state = session()
    return state.kind === 'active' ? state.user.id : undefined
  }
  const others = createMemo(() => {
    const names = [...props.known].filter(([id]) => id !== me())
    if (props.value && props.value !== me() && !props.known.has(props.value)) {
      names.push([props.value, t('audit.someone')])
    }
    return names.sort(([, a], [, b]) => a.localeCompare(b, locale()))
  })
  return (
    <select
      class={selectClass}
      aria-label={t('audit.actor')}
      onChange={(event) => props.onChoose(event.currentTarget.value || undefined)}
    >
      <option value="" selected={!props.value}>
        {t('audit.allActors')}
      </option>
      <Show when={me()}>
        {(id) => (
          <option value={id()} selected={props.value === id()}>
            {t('audit.me')}
          </option>
        )}
      </Show>
      <For each={others()}>
        {([id, name]) => (
          <option value={id} selected={props.value === id}>
            {name}
          </option>
        )}
      </For>
    </select>
  )
}

export function TimeSelect(props: {
  readonly value: keyof typeof spansMs | undefined
  /** From when to when is chosen, or being chosen. */
  readonly isSpan: boolean
  readonly onChoose: (time: string | undefined) => void
  readonly onSpan: () => void
  readonly ref: (select: HTMLSelectElement) => void
}) {
  const choose = (time: string) => (time === spanChoice ? props.onSpan() : props.onChoose(time || undefined))
  return (
    <select
      ref={props.ref}
      class={selectClass}
      aria-label={t('audit.time')}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="" selected={props.value === undefined && !props.isSpan}>
        {t('audit.anyTime')}
      </option>
      <For each={spanNames}>
        {(name) => (
          <option value={name} selected={props.value === name && !props.isSpan}>
            {t(spanKeys[name])}
          </option>
        )}
      </For>
      <option value={spanChoice} selected={props.isSpan}>
        {t('span.choose')}
      </option>
    </select>
  )
}

/** Something that narrows, and the way to take it away. */
export function Chip(props: {
  readonly onRemove: () => void
  /** Given: pressing it changes what it says. */
  readonly onChange?: () => void
  readonly children: JSX.Element
}) {
  return (
    <span class="inline-flex min-h-8 max-w-full items-center gap-1 rounded-md border border-accent bg-accent-soft pr-1 pl-2.5 text-sm text-accent">
      <Show when={props.onChange} fallback={<span class="min-w-0 wrap-anywhere">{props.children}</span>}>
        {(change) => (
          <button
            type="button"
            title={t('audit.changeSpan')}
            onClick={() => change()()}
            class="min-w-0 rounded py-1 text-left wrap-anywhere hover:underline"
          >
            {props.children}
          </button>
        )}
      </Show>
      <button
        type="button"
        aria-label={t('audit.clearOne')}
        title={t('audit.clearOne')}
        onClick={() => props.onRemove()}
        class="grid size-6 shrink-0 place-items-center rounded hover:bg-hover"
      >
        <CloseIcon size={13} aria-hidden="true" />
      </button>
    </span>
  )
}
