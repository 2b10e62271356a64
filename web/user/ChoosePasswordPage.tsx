/** What a one-time link opens: the person it was made for chooses their password. Needs no session. */
import { A } from '@solidjs/router'
import type { CombinedError } from '@urql/core'
import { createSignal, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { codeOf, lineOf, problemSentence, problemsOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { PasswordField } from '../session/PasswordField.tsx'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/states.tsx'
import { setPageTitle } from '../words.tsx'

const chooseDocument = graphql(`
  mutation ChoosePassword($input: ChoosePasswordInput!) { choosePassword(input: $input) { user { email } } }
`)

export function ChoosePasswordPage() {
  setPageTitle(() => t('choose.title'), { isNoted: false })
  // After `#`: what stands there is sent to no server, and so is in no log.
  const token = location.hash.slice(1)
  const [isBusy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<CombinedError>()
  const [email, setEmail] = createSignal<string>()
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password'))
    setBusy(true)
    const answer = await client.mutation(chooseDocument, { input: { token, password } }).toPromise()
    setBusy(false)
    setError(answer.error)
    setEmail(answer.data?.choosePassword.user.email)
  }
  const isDead = () => token === '' || codeOf(error()) === 'UNAUTHENTICATED'
  const problem = () => problemsOf(error())[0]
  return (
    <main class="grid min-h-dvh place-items-center p-4">
      <div class="w-full max-w-sm">
        <p class="mb-6 flex items-center gap-3 font-semibold">
          <img src="/icon.svg" alt="" width="36" height="36" />
          {t('app.name')}
        </p>
        <h1>{t('choose.title')}</h1>
        <p class="mb-4 text-muted">{t('choose.text')}</p>
        <div role="status" class="space-y-4">
          <Show when={email()}>
            {(address) => <Notice tone="ok">{t('choose.done', { email: address() })}</Notice>}
          </Show>
          <Show when={isDead()}>
            <Notice tone="bad">{t('choose.dead')}</Notice>
          </Show>
        </div>
        <Show
          when={email() === undefined && !isDead()}
          fallback={
            <p class="mt-4">
              <A href={paths.login} class="font-medium underline">
                {t('choose.back')}
              </A>
            </p>
          }
        >
          <form onSubmit={(event) => void submit(event)} class="card space-y-4 p-5">
            <PasswordField
              name="password"
              label={t('account.new')}
              kind="new-password"
              hint={t('account.newHint')}
              error={(() => {
                const [found, refusal] = [problem(), error()]
                return found ? problemSentence(found) : refusal && lineOf(refusal)
              })()}
              hasFocus
            />
            <Button type="submit" look="primary" class="w-full" isBusy={isBusy()}>
              {t('choose.submit')}
            </Button>
          </form>
        </Show>
      </div>
    </main>
  )
}
