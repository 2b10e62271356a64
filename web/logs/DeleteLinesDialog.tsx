/** Deletes all captured lines of a proxy before their time, after saying what that means. */
import { createSignal, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'

const deleteDocument = graphql(`
  mutation DeleteLogLines($input: DeleteLogLinesInput!) { deleteLogLines(input: $input) { deletedCount } }
`)

interface DeleteLinesDialogProps {
  readonly proxyId: string
  readonly hostname: string
  readonly onClose: () => void
  readonly onDeleted: () => void
}

export function DeleteLinesDialog(props: DeleteLinesDialogProps) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const remove = async () => {
    setBusy(true)
    const { data, error } = await client
      .mutation(deleteDocument, { input: { proxyId: props.proxyId } })
      .toPromise()
    setBusy(false)
    if (error) return setFault(lineOf(error))
    toast('ok', plural('logs.deleted', data?.deleteLogLines.deletedCount ?? 0))
    props.onDeleted()
    props.onClose()
  }
  return (
    <Dialog
      isOpen
      onClose={() => props.onClose()}
      title={t('logs.deleteTitle', { hostname: props.hostname })}
      description={t('logs.deleteText')}
      closeLabel={t('action.close')}
    >
      <Show when={fault()}>{(text) => <Notice tone="bad">{text()}</Notice>}</Show>
      <div class="mt-4 flex justify-end gap-2">
        <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
        <Button look="danger" onClick={() => void remove()} isBusy={isBusy()}>
          {t('logs.deleteNow')}
        </Button>
      </div>
    </Dialog>
  )
}
