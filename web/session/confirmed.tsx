/** What asks for the password once more: asks, and goes on. */
import type { CombinedError } from '@urql/core'
import { createSignal, Show } from 'solid-js'
import { render } from 'solid-js/web'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { loadTexts, t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { CodeField, codeProblem } from './CodeField.tsx'
import { PasswordField } from './PasswordField.tsx'

const confirmDocument = graphql(`
  mutation ConfirmIdentity($input: ConfirmIdentityInput!) { confirmIdentity(input: $input) { confirmedUntil } }
`)

/** Runs a mutation; when the server wants the password first, asks the person and runs it again. */
export async function confirmed<Answer extends { readonly error?: CombinedError | undefined }>(
  run: () => Promise<Answer>,
): Promise<Answer> {
  const answer = await run()
  if (!problemsOf(answer.error).some((problem) => problem.code === 'CONFIRM_IDENTITY')) return answer
  await loadTexts('users')
  return (await askForPassword()) ? run() : answer
}

/** Opens a dialog over whatever is there. @returns whether the password was right; false: they gave up */
function askForPassword(): Promise<boolean> {
  return new Promise((resolve) => {
    const host = document.body.appendChild(document.createElement('div'))
    const close = (isConfirmed: boolean) => {
      dispose()
      host.remove()
      resolve(isConfirmed)
    }
    const dispose = render(() => <ConfirmIdentity onDone={close} />, host)
  })
}

function ConfirmIdentity(props: { readonly onDone: (isConfirmed: boolean) => void }) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const [asksCode, setAsksCode] = createSignal(false)
  const [codeFault, setCodeFault] = createSignal<string>()
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const input = { password: String(form.get('password')), code: form.get('code')?.toString() ?? null }
    setBusy(true)
    const { error } = await client.mutation(confirmDocument, { input }).toPromise()
    setBusy(false)
    if (!error) return props.onDone(true)
    const asked = codeProblem(error)
    if (asked) setAsksCode(true)
    setCodeFault(asked === 'CODE_WRONG' ? t('problem.CODE_WRONG') : undefined)
    const [problem] = problemsOf(error)
    setFault(asked ? undefined : problem ? problemSentence(problem) : lineOf(error))
  }
  return (
    <Dialog
      isOpen
      onClose={() => props.onDone(false)}
      title={t('confirm.title')}
      description={t('confirm.text')}
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
          <Button onClick={() => props.onDone(false)}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" isBusy={isBusy()}>
            {t('confirm.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
