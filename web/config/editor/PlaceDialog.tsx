/** Asks for the number that a rule, or a block of them, is to have in the list. */
import { Show } from 'solid-js'
import { plural, t } from '../../locales/i18n.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'

interface PlaceDialogProps {
  /** Undefined: closed. */
  readonly ids: ReadonlySet<string> | undefined
  readonly count: number
  readonly onClose: () => void
  /** `row` is the number of the first of them afterwards. */
  readonly onPlace: (ids: ReadonlySet<string>, row: number) => void
}

export function PlaceDialog(props: PlaceDialogProps) {
  const last = () => props.count - (props.ids?.size ?? 1) + 1
  return (
    <Dialog
      isOpen={props.ids !== undefined}
      onClose={props.onClose}
      title={plural('rules.placeTitle', props.ids?.size ?? 1)}
      description={t('rules.placeText')}
      closeLabel={t('action.close')}
    >
      <Show when={props.ids}>
        {(ids) => (
          <form
            class="flex items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault()
              const block = ids()
              const row = Number(new FormData(event.currentTarget).get('row'))
              props.onClose()
              props.onPlace(block, row)
            }}
          >
            <Field label={t('rules.newNumber', { last: last() })} class="flex-1">
              {(control) => (
                <input {...control} class="input" name="row" type="number" min="1" max={last()} required />
              )}
            </Field>
            <Button type="submit" look="primary">
              {t('rules.move')}
            </Button>
          </form>
        )}
      </Show>
    </Dialog>
  )
}
