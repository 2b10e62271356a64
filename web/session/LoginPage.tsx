/** Logs a person in and leads back to where they were. */
import { useNavigate, useSearchParams } from '@solidjs/router'
import type { CombinedError } from '@urql/core'
import { createEffect, createSignal, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { codeOf, lineOf } from '../messages.ts'
import { safeNext } from '../paths.ts'
import { logIn, session } from '../session.ts'
import { LanguageChoice, ThemeChoice } from '../shell/Preferences.tsx'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { CircleAlertIcon, ClockIcon } from '../ui/icons.ts'
import { Notice } from '../ui/states.tsx'
import { setPageTitle } from '../words.tsx'
import { CodeField, codeProblem } from './CodeField.tsx'
import { PasswordField } from './PasswordField.tsx'

export function LoginPage() {
  const navigate = useNavigate()
  const [search] = useSearchParams<{ next?: string }>()
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const [asksCode, setAsksCode] = createSignal(false)
  const [codeFault, setCodeFault] = createSignal<string>()
  setPageTitle(() => t('login.title'))
  createEffect(() => {
    // Also when another tab logged in.
    if (session().kind === 'active') navigate(safeNext(search.next), { replace: true })
  })
  const end = () => {
    const state = session()
    return state.kind === 'none' && state.why !== 'logged_out' ? state.why : null
  }
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    const code = form.get('code')
    const error = await logIn(
      String(form.get('email')).trim(),
      String(form.get('password')),
      code === null ? null : String(code),
    )
    setBusy(false)
    const asked = codeProblem(error)
    if (asked) setAsksCode(true)
    setCodeFault(asked === 'CODE_WRONG' ? t('problem.CODE_WRONG') : undefined)
    setFault(asked || !error ? undefined : faultOf(error))
  }
  return (
    <main class="grid min-h-dvh place-items-center p-4">
      <div class="w-full max-w-sm">
        <div class="mb-6 flex items-center gap-3">
          <img src="/icon.svg" alt="" width="36" height="36" />
          <div>
            <h1>{t('app.name')}</h1>
            <p class="text-muted">{t('login.text')}</p>
          </div>
        </div>
        <Show when={end()}>
          {(why) => (
            <div class="mb-4" role="status">
              <Notice
                tone={why() === 'copied' ? 'bad' : 'info'}
                icon={<ClockIcon size={16} aria-hidden="true" />}
              >
                {t(`login.${why()}`)}
              </Notice>
            </div>
          )}
        </Show>
        <form onSubmit={(event) => void submit(event)} class="card space-y-4 p-5">
          <Field label={t('login.email')}>
            {(control) => (
              <input
                {...control}
                class="input"
                name="email"
                type="email"
                required
                autocomplete="username"
                autofocus
              />
            )}
          </Field>
          <PasswordField name="password" label={t('login.password')} kind="current-password" />
          <Show when={asksCode()}>
            <CodeField error={codeFault()} />
          </Show>
          <div role="alert" class="empty:hidden">
            <Show when={fault()}>
              <Notice tone="bad" icon={<CircleAlertIcon size={16} aria-hidden="true" />}>
                {fault()}
              </Notice>
            </Show>
          </div>
          <Button type="submit" look="primary" class="w-full" isBusy={isBusy()}>
            {t('login.submit')}
          </Button>
        </form>
        <div class="mt-6 flex flex-col gap-2">
          <ThemeChoice />
          <LanguageChoice />
        </div>
      </div>
    </main>
  )
}

function faultOf(error: CombinedError): string {
  return codeOf(error) === 'UNAUTHENTICATED' ? t('login.refused') : lineOf(error)
}
