/** Sends a submission back to draft, with a reason for whoever submitted it. */
import { createSignal } from 'solid-js'
import { client } from '../../client.ts'
import { graphql } from '../../graphql.ts'
import { t } from '../../locales/i18n.ts'
import { lineOf } from '../../messages.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { toast } from '../../ui/toast.tsx'

const rejectDocument = graphql(`
  mutation RejectConfig($input: RejectConfigInput!) { rejectConfig(input: $input) { config { id status } } }
`)

interface RejectDialogProps {
  readonly id: string
  readonly revision: number
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onDone: () => Promise<void>
}

export function RejectDialog(props: RejectDialogProps) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const reject = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason')).trim()
    if (reason === '') return setFault(t('review.reasonNeeded'))
    setBusy(true)
    const input = { id: props.id, revision: props.revision, reason }
    const { error } = await client.mutation(rejectDocument, { input }).toPromise()
    setBusy(false)
    setFault(error && lineOf(error))
    if (error) return
    props.onClose()
    toast('ok', t('review.rejectDone'))
    await props.onDone()
  }
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={() => props.onClose()}
      title={t('review.rejectTitle')}
      description={t('review.rejectText')}
      closeLabel={t('action.close')}
    >
      <form onSubmit={(event) => void reject(event)} class="space-y-3" novalidate>
        <Field label={t('review.reason')} error={fault()}>
          {(control) => <textarea {...control} class="input" name="reason" rows="3" maxlength="500" />}
        </Field>
        <div class="flex justify-end gap-2">
          <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
          <Button type="submit" look="danger" isBusy={isBusy()}>
            {t('review.reject')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
