/** The way back: an older version's rules as a submission, which is then reviewed and approved as any other. */
import { useNavigate } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { client } from '../../client.ts'
import { graphql } from '../../graphql.ts'
import { t } from '../../locales/i18n.ts'
import { lineOf } from '../../messages.ts'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'

const restoreDocument = graphql(`
  mutation RestoreForReview($input: RestoreVersionInput!) {
    restoreVersion(input: $input) { config { id status } }
  }
`)

interface RestoreButtonProps {
  readonly config: { readonly id: string; readonly revision: number; readonly status: string }
  readonly version: { readonly id: string; readonly number: number }
  /** Set: not open, for this reason. */
  readonly why: string | undefined
  readonly onRestored?: () => Promise<void>
}

export function RestoreButton(props: RestoreButtonProps) {
  const navigate = useNavigate()
  const [isOpen, setOpen] = createSignal(false)
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const close = () => {
    setFault(undefined)
    setOpen(false)
  }
  const restore = async () => {
    setBusy(true)
    const input = { versionId: props.version.id, revision: props.config.revision }
    const { error } = await client.mutation(restoreDocument, { input }).toPromise()
    setBusy(false)
    if (error) return void setFault(lineOf(error))
    close()
    navigate(paths.review(props.config.id))
    await props.onRestored?.()
  }
  return (
    <>
      <Button onClick={() => setOpen(true)} why={props.why}>
        {t('restore.button', { number: props.version.number })}
      </Button>
      <Dialog
        isOpen={isOpen()}
        onClose={close}
        title={t('restore.title', { number: props.version.number })}
        description={t('restore.text')}
        closeLabel={t('action.close')}
        actions={
          <>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button look="primary" isBusy={isBusy()} onClick={() => void restore()}>
              {t('restore.confirm')}
            </Button>
          </>
        }
      >
        <Show when={props.config.status !== 'ACTIVE'}>
          <p class="text-warn">{t('restore.overwrites')}</p>
        </Show>
        <p role="alert" class="text-bad empty:hidden">
          {fault()}
        </p>
      </Dialog>
    </>
  )
}
