/** Puts an older version's rules into a submitted working copy: says what is overwritten, and what is not touched. */
import { useNavigate } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { TriangleAlertIcon } from '../ui/icons.ts'
import { Notice } from '../ui/states.tsx'
import type { ConfigState } from './steps.ts'

const restoreDocument = graphql(`
  mutation RestoreVersion($input: RestoreVersionInput!) { restoreVersion(input: $input) { config { id status } } }
`)

export interface RestoreTarget extends ConfigState {
  readonly id: string
  readonly name: string
  readonly revision: number
}

interface RestoreDialogProps {
  readonly config: RestoreTarget
  readonly version: { readonly id: string; readonly number: number } | undefined
  readonly onClose: () => void
}

export function RestoreDialog(props: RestoreDialogProps) {
  const navigate = useNavigate()
  const [isBusy, setBusy] = createSignal(false)
  const [refusal, setRefusal] = createSignal<string>()
  const close = () => {
    setRefusal(undefined)
    props.onClose()
  }
  const restore = async () => {
    const { version, config } = props
    if (version === undefined) return
    setBusy(true)
    const input = { versionId: version.id, revision: config.revision }
    const { error } = await client.mutation(restoreDocument, { input }).toPromise()
    setBusy(false)
    if (error) return setRefusal(lineOf(error))
    close()
    navigate(paths.review(config.id))
  }
  const number = () => props.version?.number ?? 0
  return (
    <Dialog
      isOpen={props.version !== undefined}
      onClose={close}
      title={t('restore.title', { number: number() })}
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
      <div class="space-y-3">
        <ul class="list-disc space-y-1 pl-5">
          <li>{t('restore.document', { number: number(), revision: props.config.revision + 1 })}</li>
          <li>{t('restore.proxies')}</li>
          <li>{t('restore.approval')}</li>
          <li>{t('restore.unsaved')}</li>
        </ul>
        <Show when={props.config.status !== 'ACTIVE'}>
          <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
            {overwritten(props.config)}
          </Notice>
        </Show>
        <Show when={refusal()}>
          {(line) => (
            <div role="alert">
              <Notice tone="bad">{line()}</Notice>
            </div>
          )}
        </Show>
      </div>
    </Dialog>
  )
}

/** Whose content that was never approved goes. */
function overwritten(config: RestoreTarget): string {
  const names = config.authors.map(({ name }) => name).join(', ')
  const by = names || (config.submittedBy?.name ?? t('config.somebody'))
  const key = config.status === 'PENDING_APPROVAL' ? 'restore.overwritesPending' : 'restore.overwritesDraft'
  return t(key, { revision: config.revision, by })
}
