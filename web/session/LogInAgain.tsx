/** Logs in anew over whatever is open, before the session ends: the page below stays as it is. */
import { createSignal, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { codeOf, lineOf } from '../messages.ts'
import { logIn, session } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { CodeField, codeProblem } from './CodeField.tsx'
import { PasswordField } from './PasswordField.tsx'

export function LogInAgain(props: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const [asksCode, setAsksCode] = createSignal(false)
  const [codeFault, setCodeFault] = createSignal<string>()
  const email = () => {
    const state = session()
    return state.kind === 'active' ? state.user.email : ''
  }
  const close = () => {
    setFault(undefined)
    setAsksCode(false)
    setCodeFault(undefined)
    props.onClose()
  }
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    const error = await logIn(email(), String(form.get('password')), form.get('code')?.toString() ?? null)
    setBusy(false)
    if (!error) return close()
    const asked = codeProblem(error)
    if (asked) setAsksCode(true)
    setCodeFault(asked === 'CODE_WRONG' ? t('problem.CODE_WRONG') : undefined)
    if (asked) return setFault(undefined)
    setFault(codeOf(error) === 'UNAUTHENTICATED' ? t('problem.PASSWORD_WRONG') : lineOf(error))
  }
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={close}
      title={t('sessionEnd.again')}
      description={t('sessionEnd.againText', { email: email() })}
      closeLabel={t('action.close')}
    >
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
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" isBusy={isBusy()}>
            {t('login.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
