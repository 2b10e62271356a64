/** One setting that is a whole number: its field, and the button that keeps it. */
import { createSignal } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'

interface NumberSettingProps {
  /** Names the unit too. */
  readonly label: string
  readonly hint?: string
  readonly min: number
  readonly max: number
  /** What is in force. */
  readonly value: number
  /** Whether the reader may change it. */
  readonly isOpen: boolean
  /** @returns why it was refused; undefined: it was taken */
  readonly onSave: (value: number) => Promise<string | undefined>
}

export function NumberSetting(props: NumberSettingProps) {
  const [fault, setFault] = createSignal<string>()
  const [isBusy, setBusy] = createSignal(false)
  let field: HTMLInputElement | undefined
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!field) return
    setBusy(true)
    setFault(await props.onSave(field.valueAsNumber))
    setBusy(false)
  }
  return (
    <form onSubmit={(event) => void save(event)}>
      <Field label={props.label} hint={props.hint} error={fault()}>
        {(control) => (
          <div class="flex gap-2">
            <input
              {...control}
              ref={field}
              class="input w-32"
              type="number"
              min={props.min}
              max={props.max}
              required
              disabled={!props.isOpen}
              value={props.value}
            />
            <Button type="submit" isBusy={isBusy()} why={props.isOpen ? undefined : t('settings.rootOnly')}>
              {t('settings.save')}
            </Button>
          </div>
        )}
      </Field>
    </form>
  )
}
