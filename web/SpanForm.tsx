/** From when to when, by date and time in the reader's own zone. */
import { createSignal, createUniqueId, onMount } from 'solid-js'
import { t } from './locales/i18n.ts'
import { fromLocalInput, localInput } from './localInput.ts'
import { Button } from './ui/Button.tsx'
import { Field } from './ui/Field.tsx'

/** ISO instants; null: as far as there is anything. */
export interface OpenSpan {
  readonly since: string | null
  readonly until: string | null
}

interface SpanFormProps {
  readonly since: string | undefined
  readonly until: string | undefined
  /** Either may be left empty. */
  readonly isOpenEnded?: boolean
  /** The first field takes the focus. */
  readonly hasFocus?: boolean
  readonly onChoose: (span: OpenSpan) => void
  readonly onCancel: () => void
}

const names = ['since', 'until'] as const
type Name = (typeof names)[number]

interface SpanFault {
  readonly field: Name
  readonly kind: 'unfinished' | 'noneGiven' | 'reversed'
}

export function SpanForm(props: SpanFormProps) {
  const zoneId = createUniqueId()
  const [fault, setFault] = createSignal<SpanFault>()
  const fields: { [name in Name]?: HTMLInputElement } = {}

  const check = (): SpanFault | undefined => {
    const { since, until } = fields
    if (!since || !until) return
    const unfinished = names.find((name) => fields[name]?.validity.badInput)
    if (unfinished) return { field: unfinished, kind: 'unfinished' }
    const missing = names.filter((name) => fields[name]?.value === '')
    if (props.isOpenEnded && missing.length > 1) return { field: 'since', kind: 'noneGiven' }
    if (!props.isOpenEnded && missing[0]) return { field: missing[0], kind: 'unfinished' }
    if (Date.parse(until.value) <= Date.parse(since.value)) return { field: 'until', kind: 'reversed' }
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const found = check()
    setFault(found)
    if (found) return fields[found.field]?.focus()
    props.onChoose({
      since: fromLocalInput(fields.since?.value ?? ''),
      until: fromLocalInput(fields.until?.value ?? ''),
    })
  }
  onMount(() => {
    // An address may hold anything.
    if (props.since !== undefined && props.until !== undefined) setFault(check())
    if (props.hasFocus) fields.since?.focus()
  })
  const words = (name: Name) => {
    const found = fault()
    return found?.field === name ? t(`span.${found.kind}`) : undefined
  }
  const field = (name: Name) => (
    <Field label={t(`span.${name}`)} error={words(name)} class="w-full sm:w-56">
      {(control) => (
        <input
          {...control}
          ref={(input) => {
            fields[name] = input
          }}
          class="input"
          type="datetime-local"
          step="any"
          // Else a year may have six digits.
          max="9999-12-31T23:59"
          aria-describedby={[control['aria-describedby'], zoneId].filter(Boolean).join(' ')}
          value={localInput(props[name])}
          // What was wrong is looked at again as it is mended.
          onInput={() => fault() && setFault(check())}
        />
      )}
    </Field>
  )
  return (
    <form
      novalidate
      aria-label={t('span.title')}
      onSubmit={submit}
      class="flex flex-wrap items-start gap-x-3 gap-y-2"
    >
      {field('since')}
      {field('until')}
      <div class="flex gap-2 sm:pt-6">
        <Button type="submit" look="primary">
          {t('span.show')}
        </Button>
        <Button onClick={() => props.onCancel()}>{t('action.cancel')}</Button>
      </div>
      <p id={zoneId} class="w-full text-xs text-muted">
        {t('span.zone', { zone: new Intl.DateTimeFormat().resolvedOptions().timeZone })}
      </p>
    </form>
  )
}
