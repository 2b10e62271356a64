/** Asks for the password, and for the code of a second factor where there is one, over whatever is open. */
import type { CombinedError } from '@urql/core'
import { createSignal, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { CodeField, codeProblem } from './CodeField.tsx'
import { PasswordField } from './PasswordField.tsx'

interface IdentityFormProps {
  readonly submitLabel: string
  /** @param code null: none was asked for. @returns why not; undefined: it is them */
  readonly onSubmit: (password: string, code: string | null) => Promise<CombinedError | undefined>
  /** Of a refusal that is not about the code. */
  readonly faultWords: (error: CombinedError) => string
  /** They give up. */
  readonly onClose: () => void
}

interface IdentityDialogProps extends IdentityFormProps {
  readonly isOpen: boolean
  readonly title: string
  readonly description: string
}

export function IdentityDialog(props: IdentityDialogProps) {
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={props.title}
      description={props.description}
      closeLabel={t('action.close')}
    >
      <IdentityForm
        submitLabel={props.submitLabel}
        onSubmit={props.onSubmit}
        faultWords={props.faultWords}
        onClose={props.onClose}
      />
    </Dialog>
  )
}

/** Apart from the dialog: what was wrong last time is forgotten when it opens again. */
function IdentityForm(props: IdentityFormProps) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const [asksCode, setAsksCode] = createSignal(false)
  const [codeFault, setCodeFault] = createSignal<string>()
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    const error = await props.onSubmit(String(form.get('password')), form.get('code')?.toString() ?? null)
    setBusy(false)
    if (!error) return
    const asked = codeProblem(error)
    if (asked) setAsksCode(true)
    setCodeFault(asked === 'CODE_WRONG' ? t('problem.CODE_WRONG') : undefined)
    setFault(asked ? undefined : props.faultWords(error))
  }
  return (
    <form onSubmit={(event) => void submit(event)} class="space-y-4">
      <PasswordField
        name="password"
        label={t('confirm.password')}
        kind="current-password"
        error={fault()}
        hasFocus
      />
      <Show when={asksCode()}>
        <CodeField error={codeFault()} />
      </Show>
      <div class="flex flex-wrap justify-end gap-2">
        <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
        <Button type="submit" look="primary" isBusy={isBusy()}>
          {props.submitLabel}
        </Button>
      </div>
    </form>
  )
}
