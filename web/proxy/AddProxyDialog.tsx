/** Adding a proxy from anywhere: the enrolment form and its waiting, as a dialog. */
import { createSignal, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { EnrolPanel, type MadeToken } from './EnrolPanel.tsx'

export function AddProxyDialog(props: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const [made, setMade] = createSignal<MadeToken>()
  const close = () => {
    setMade(undefined)
    props.onClose()
  }
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={close}
      title={t('enrol.title')}
      description={made() ? t('enrol.commandText') : t('enrol.text')}
      closeLabel={t('action.close')}
      isWide
    >
      <Show when={props.isOpen}>
        <EnrolPanel made={made()} onMade={setMade} onDone={close} onCancel={close} />
      </Show>
    </Dialog>
  )
}
