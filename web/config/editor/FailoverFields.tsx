/** Failover as one sentence with its numbers in it, and what the choice of parent means. */
import { For, Show } from 'solid-js'
import { type Failover, limits } from '#core/config-document'
import { ParentSelection } from '#core/vocabulary'
import { t } from '../../locales/i18n.ts'
import { Field } from '../../ui/Field.tsx'
import { nameIn } from '../document.ts'
import { editDocument } from './edits.ts'
import { fieldId, type PartProps } from './fields.ts'

const numbers = ['failThreshold', 'connectTimeoutSeconds', 'retrySeconds'] as const
type NumberField = (typeof numbers)[number]
/** Stands in the sentence where a number is typed; no language uses it. */
const mark = '\u0000'

export function FailoverFields(props: PartProps) {
  const failover = () => props.draft.document().failover
  const edit = (change: Partial<Failover>, key?: string) =>
    props.draft.change(
      editDocument({ failover: { ...failover(), ...change } }),
      { key: 'edit.failover' },
      key,
    )
  const parts = () => {
    const blanks = Object.fromEntries(numbers.map((field) => [field, `${mark}${field}${mark}`]))
    return t('failover.sentence', blanks).split(mark)
  }
  const errors = () => numbers.flatMap((field) => props.problems.sentence(`failover.${field}`) ?? [])

  return (
    <fieldset disabled={props.why !== undefined} class="mt-4 space-y-3 border-t border-line pt-4">
      <legend class="sr-only">{t('failover.title')}</legend>
      <h3 class="font-semibold">{t('failover.title')}</h3>
      <p class="leading-9">
        <For each={parts()}>
          {(part) => (
            <Show when={numbers.find((field) => field === part)} fallback={part}>
              {(field) => (
                <NumberInput
                  field={field()}
                  value={failover()[field()]}
                  error={props.problems.sentence(`failover.${field()}`)}
                  onLeave={() => props.problems.leave(`failover.${field()}`)}
                  onType={(value) => edit({ [field()]: value }, `failover.${field()}`)}
                />
              )}
            </Show>
          )}
        </For>
      </p>
      <Show when={errors().length > 0}>
        <p id="failover-errors" class="text-xs text-bad">
          {errors().join(' ')}
        </p>
      </Show>
      <Field
        label={t('failover.selection')}
        hint={t(`selectionHint.${nameIn(ParentSelection, failover().selection)}`)}
        class="max-w-md"
      >
        {(control) => (
          <select
            {...control}
            class="input"
            onChange={(event) => {
              const selection = Object.values(ParentSelection).find(
                (word) => word === event.currentTarget.value,
              )
              if (selection) edit({ selection })
            }}
          >
            <For each={Object.values(ParentSelection)}>
              {(selection) => (
                <option value={selection} selected={failover().selection === selection}>
                  {t(`selection.${nameIn(ParentSelection, selection)}`)}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <label class="flex items-start gap-2">
        <input
          type="checkbox"
          class="mt-0.5"
          checked={failover().directWhenAllDown}
          onChange={(event) => edit({ directWhenAllDown: event.currentTarget.checked })}
        />
        <span>
          {t('failover.directWhenAllDown')}
          <span class="block text-xs text-muted">
            {t(failover().directWhenAllDown ? 'failover.directHint' : 'failover.notDirectHint')}
          </span>
        </span>
      </label>
    </fieldset>
  )
}

function NumberInput(props: {
  readonly field: NumberField
  readonly value: number
  readonly error: string | undefined
  readonly onLeave: () => void
  readonly onType: (value: number) => void
}) {
  return (
    <input
      id={fieldId(`failover.${props.field}`)}
      aria-label={t(`failover.${props.field}`)}
      aria-invalid={props.error ? 'true' : undefined}
      aria-describedby={props.error ? 'failover-errors' : undefined}
      class="input mx-1 w-20! leading-normal"
      type="number"
      min="1"
      max={limits[props.field]}
      value={props.value}
      onBlur={() => props.onLeave()}
      onInput={(event) => {
        const value = event.currentTarget.valueAsNumber
        props.onType(Number.isNaN(value) ? 0 : value)
      }}
    />
  )
}
