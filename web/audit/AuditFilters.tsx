/** What narrows the audit trail: action, person and time as choices, anything else as a chip that can be taken away. */
import { createMemo, For, type JSX, Show } from 'solid-js'
import { auditActions } from '#core/vocabulary'
import { formatDateTime } from '../format.ts'
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
const nouns = [...new Set(auditActions.map((action) => action.split('.')[0] ?? ''))]

export function ActionSelect(props: {
  readonly value: string | undefined
  readonly onChoose: (action: string | undefined) => void
}) {
  return (
    <select
      class="input w-auto! max-w-full lg:max-w-60"
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
      class="input w-auto! max-w-60"
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
  /** An instant that the address names. */
  readonly since: string | undefined
  readonly onChoose: (time: string | undefined) => void
}) {
  return (
    <select
      class="input w-auto!"
      aria-label={t('audit.time')}
      onChange={(event) => props.onChoose(event.currentTarget.value || undefined)}
    >
      <option value="" selected={props.value === undefined}>
        {props.since === undefined
          ? t('audit.anyTime')
          : t('audit.since', { at: formatDateTime(locale(), props.since) })}
      </option>
      <For each={spanNames}>
        {(name) => (
          <option value={name} selected={props.value === name}>
            {t(spanKeys[name])}
          </option>
        )}
      </For>
    </select>
  )
}

export function Chip(props: { readonly onRemove: () => void; readonly children: JSX.Element }) {
  return (
    <span class="inline-flex h-8 max-w-full items-center gap-1 rounded-md border border-accent bg-accent-soft pr-1 pl-2.5 text-sm text-accent">
      <span class="truncate">{props.children}</span>
      <button
        type="button"
        aria-label={t('audit.clearOne')}
        title={t('audit.clearOne')}
        onClick={() => props.onRemove()}
        class="grid size-6 place-items-center rounded hover:bg-hover"
      >
        <CloseIcon size={13} aria-hidden="true" />
      </button>
    </span>
  )
}
