/** One rule of the list: its fields in aligned cells, its problems below, and what is rarely needed on demand. */
import { createMemo, type JSX, Show } from 'solid-js'
import { limits, type Rule } from '#core/config-document'
import { Route, RuleKind } from '#core/vocabulary'
import { t } from '../../locales/i18n.ts'
import { ChevronRightIcon, TrashIcon } from '../../ui/icons.ts'
import { nameIn } from '../document.ts'
import { type FieldProblems, fieldId, type RuleField, ruleKey } from './fields.ts'
import { type RuleCommand, RuleDetails } from './RuleDetails.tsx'

interface RuleRowProps {
  readonly rule: Rule
  /** Counted from 0 in the whole list. */
  readonly index: number
  readonly count: number
  readonly isSelected: boolean
  readonly isOpen: boolean
  /** The one that find has come to. */
  readonly isFound: boolean
  readonly problems: FieldProblems
  readonly why: string | undefined
  /** Pixels from the top of the list. */
  readonly startPx: number
  readonly ref: (row: HTMLLIElement) => void
  readonly onEdit: (field: RuleField, change: Partial<Rule>) => void
  readonly onMark: (isSelected: boolean, isRange: boolean) => void
  readonly onCommand: (command: RuleCommand) => void
}

const kinds = Object.values(RuleKind)
const actions = Object.values(Route)
const noFaults: ReadonlyMap<RuleField, string> = new Map()
const shownFields = ['kind', 'value', 'action', 'note', 'owner', 'expiresAt'] as const

/** Cells of one list have the same columns. Where it is narrow, notes go below; where it is a phone's, what is chosen too. */
export const ruleColumns =
  'grid grid-cols-[1.75rem_2rem_minmax(0,1.15fr)_minmax(0,1fr)_1.75rem_2rem] items-center gap-x-1 @2xl:gap-x-1.5 @2xl:grid-cols-[1.75rem_3rem_7.25rem_minmax(0,1fr)_6.5rem_2rem_3.75rem] @4xl:grid-cols-[1.75rem_3rem_7.25rem_minmax(8rem,2fr)_6.5rem_minmax(6rem,1.3fr)_2rem_3.75rem]'
const cell =
  'h-8 w-full min-w-0 text-ellipsis rounded-md border border-transparent bg-transparent px-1.5 text-text placeholder:text-muted hover:border-line-strong focus:border-accent focus:bg-surface focus-visible:outline-offset-0 disabled:text-muted disabled:hover:border-transparent aria-invalid:border-bad'

export function RuleRow(props: RuleRowProps) {
  const row = () => props.index + 1
  /** The sentences of those fields that have one. */
  const faults = createMemo((): ReadonlyMap<RuleField, string> => {
    const found = new Map<RuleField, string>()
    for (const field of shownFields) {
      const sentence = props.problems.sentence(ruleKey(props.rule.id, field))
      if (sentence !== undefined) found.set(field, sentence)
    }
    return found.size === 0 ? noFaults : found
  })
  const errorId = () => `${fieldId(props.rule.id)}-errors`
  const detailsId = () => `${fieldId(props.rule.id)}-details`
  const idOf = (field: RuleField) => fieldId(ruleKey(props.rule.id, field))
  const isOff = () => props.why !== undefined
  const invalid = (field: RuleField) => (faults().has(field) ? 'true' : undefined)
  const describedBy = (field: RuleField) => (faults().has(field) ? errorId() : undefined)
  const control = (field: RuleField) => ({
    get id() {
      return idOf(field)
    },
    'data-field': field,
    get disabled() {
      return isOff()
    },
    get 'aria-invalid'() {
      return invalid(field)
    },
    get 'aria-describedby'() {
      return describedBy(field)
    },
  })
  const mark: JSX.EventHandler<HTMLInputElement, MouseEvent> = (event) =>
    props.onMark(event.currentTarget.checked, event.shiftKey)

  return (
    <li
      ref={(element) => props.ref(element)}
      data-rule={props.rule.id}
      data-row-key={props.rule.id}
      aria-posinset={row()}
      aria-setsize={props.count}
      class={`absolute top-0 left-0 w-full border-b border-line px-2 py-0.5 ${props.isSelected ? 'bg-accent-soft' : props.rule.enabled ? 'bg-surface' : 'bg-sunken'} ${props.isFound ? 'shadow-[inset_3px_0_0_var(--accent)]' : ''}`}
      style={{ transform: `translateY(${props.startPx}px)` }}
    >
      <div class={ruleColumns}>
        <span class="grid size-7 place-items-center">
          <input
            type="checkbox"
            data-field="select"
            id={fieldId(`${props.rule.id}.select`)}
            checked={props.isSelected}
            disabled={isOff()}
            aria-label={t('rules.selectOf', { row: row() })}
            onClick={mark}
          />
        </span>
        <span class="pr-1 text-right text-xs text-muted" aria-hidden="true">
          {row()}
        </span>
        <select
          id={idOf('kind')}
          data-field="kind"
          disabled={isOff()}
          aria-invalid={invalid('kind')}
          aria-describedby={describedBy('kind')}
          class={`${cell} @max-2xl:order-5 @max-2xl:col-start-3 @max-2xl:px-0.5 @max-2xl:text-sm`}
          aria-label={t('rules.kindOf', { row: row() })}
          value={props.rule.kind}
          onChange={(event) => {
            const kind = kinds.find((word) => word === event.currentTarget.value)
            if (kind) props.onEdit('kind', { kind })
          }}
        >
          <option value="domain">{t('ruleKind.DOMAIN')}</option>
          <option value="host">{t('ruleKind.HOST')}</option>
          <option value="ip_range">{t('ruleKind.IP_RANGE')}</option>
        </select>
        <input
          id={idOf('value')}
          data-field="value"
          disabled={isOff()}
          aria-invalid={invalid('value')}
          aria-describedby={describedBy('value')}
          class={`${cell} font-mono text-sm @max-2xl:col-span-3 ${props.rule.enabled ? '' : 'text-muted'}`}
          aria-label={t('rules.valueOf', { row: row() })}
          placeholder={t(`rules.example.${nameIn(RuleKind, props.rule.kind)}`)}
          value={props.rule.value}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onInput={(event) => props.onEdit('value', { value: event.currentTarget.value })}
        />
        <select
          id={idOf('action')}
          data-field="action"
          disabled={isOff()}
          aria-invalid={invalid('action')}
          aria-describedby={describedBy('action')}
          class={`${cell} @max-2xl:order-6 @max-2xl:px-0.5 @max-2xl:text-sm`}
          aria-label={t('rules.actionOf', { row: row() })}
          value={props.rule.action}
          onChange={(event) => {
            const action = actions.find((word) => word === event.currentTarget.value)
            if (action) props.onEdit('action', { action })
          }}
        >
          <option value="direct">{t('route.DIRECT')}</option>
          <option value="parent">{t('route.PARENT')}</option>
        </select>
        <input
          id={idOf('note')}
          data-field="note"
          disabled={isOff()}
          aria-invalid={invalid('note')}
          aria-describedby={describedBy('note')}
          class={`${cell} ${props.isOpen ? '' : 'placeholder:text-transparent hover:placeholder:text-muted focus:placeholder:text-muted'} @max-4xl:order-8 @max-4xl:h-7 @max-4xl:text-sm @max-4xl:text-muted @max-4xl:col-span-4 @max-4xl:col-start-3 ${props.isOpen || props.rule.note !== '' ? '' : '@max-4xl:hidden'}`}
          aria-label={t('rules.noteOf', { row: row() })}
          placeholder={t('rules.note')}
          maxlength={limits.noteLength}
          value={props.rule.note}
          onInput={(event) => props.onEdit('note', { note: event.currentTarget.value })}
        />
        <span class="grid size-7 place-items-center @max-2xl:order-7">
          <input
            type="checkbox"
            data-field="enabled"
            id={idOf('enabled')}
            disabled={isOff()}
            checked={props.rule.enabled}
            title={t('rules.enabled')}
            aria-label={t('rules.enabledOf', { row: row() })}
            onChange={(event) => props.onEdit('enabled', { enabled: event.currentTarget.checked })}
          />
        </span>
        <span class="flex justify-end">
          <button
            type="button"
            data-field="details"
            aria-expanded={props.isOpen}
            aria-controls={props.isOpen ? detailsId() : undefined}
            aria-label={t('rules.detailsOf', { row: row() })}
            title={t('rules.details')}
            class="grid size-7 place-items-center rounded-md text-muted hover:bg-hover hover:text-text"
            onClick={() => props.onCommand('details')}
          >
            <ChevronRightIcon
              size={15}
              class={`transition-transform ${props.isOpen ? 'rotate-90' : ''}`}
              aria-hidden="true"
            />
          </button>
          <Show when={props.why === undefined}>
            <button
              type="button"
              data-field="remove"
              aria-label={t('rules.remove', { row: row() })}
              title={t('rules.remove', { row: row() })}
              class="hidden size-7 place-items-center rounded-md text-muted hover:bg-hover hover:text-bad @2xl:grid"
              onClick={() => props.onCommand('remove')}
            >
              <TrashIcon size={14} aria-hidden="true" />
            </button>
          </Show>
        </span>
      </div>
      <Show when={faults().size > 0}>
        <p id={errorId()} class="pb-1 pl-18 text-xs text-bad @2xl:pl-24">
          {[...faults().values()].join(' ')}
        </p>
      </Show>
      <Show when={props.isOpen}>
        <RuleDetails
          id={detailsId()}
          rule={props.rule}
          index={props.index}
          count={props.count}
          why={props.why}
          owner={control('owner')}
          expiresAt={control('expiresAt')}
          onEdit={props.onEdit}
          onCommand={props.onCommand}
        />
      </Show>
    </li>
  )
}
