/** Chooses one side of a comparison: nothing, the working copy, or one of the newest versions. */
import { For, Show } from 'solid-js'
import { locale, t } from '../locales/i18n.ts'
import { Field } from '../ui/Field.tsx'
import type { Choices, Side } from './sides.ts'

export function SidePicker(props: {
  readonly label: string
  readonly value: Side
  readonly config: Choices
  /** Nothing can be chosen: the other side is then read on its own. */
  readonly hasNone?: boolean
  /** What choosing nothing means here. */
  readonly noneLabel?: string
  readonly onChoose: (side: Side) => void
}) {
  const versions = () => props.config.versions.edges.map((edge) => edge.node)
  const isListed = () => ['none', 'working', ...versions().map(({ id }) => id)].includes(props.value)
  return (
    <Field label={props.label}>
      {(control) => (
        <select {...control} class="input" onChange={(event) => props.onChoose(event.currentTarget.value)}>
          <Show when={props.hasNone}>
            <option value="none" selected={props.value === 'none'}>
              {props.noneLabel ?? t('compare.nothing')}
            </option>
          </Show>
          <option value="working" selected={props.value === 'working'}>
            {t('compare.working', { revision: props.config.revision })}
          </option>
          <Show when={!isListed()}>
            <option value={props.value} selected>
              {t('compare.olderVersion')}
            </option>
          </Show>
          <For each={versions()}>
            {(version) => (
              <option value={version.id} selected={props.value === version.id}>
                {t('compare.version', {
                  number: version.number,
                  at: minuteWords(version.approvedAt),
                })}
                {version.id === props.config.activeVersion?.id ? ` · ${t('versions.running')}` : ''}
              </option>
            )}
          </For>
        </select>
      )}
    </Field>
  )
}

/** Short enough for a choice among many, on a phone as well: the year only where it is another one. */
function minuteWords(at: string): string {
  const date = new Date(at)
  const isOfThisYear = date.getFullYear() === new Date().getFullYear()
  return new Intl.DateTimeFormat(locale(), {
    ...(!isOfThisYear && { year: 'numeric' }),
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(date)
}
