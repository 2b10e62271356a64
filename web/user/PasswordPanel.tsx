/** Changes one's own password. */
import type { CombinedError } from '@urql/core'
import { createSignal, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { PasswordField } from '../session/PasswordField.tsx'
import { Button } from '../ui/Button.tsx'
import { Panel } from '../ui/Panel.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'

const changeDocument = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }
`)

export function PasswordPanel() {
  const [isBusy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<CombinedError>()
  const faultOf = (path: string) => {
    const problem = problemsOf(error()).find((each) => each.path === path)
    return problem && problemSentence(problem)
  }
  const change = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const target = event.currentTarget
    const form = new FormData(target)
    const input = { currentPassword: String(form.get('current')), newPassword: String(form.get('new')) }
    setBusy(true)
    const answer = await client.mutation(changeDocument, { input }).toPromise()
    setBusy(false)
    setError(answer.error)
    if (answer.error) return
    target.reset()
    toast('ok', t('account.changed'))
  }
  return (
    <Panel title={t('account.password')}>
      <form onSubmit={(event) => void change(event)} class="max-w-sm space-y-3">
        <PasswordField
          name="current"
          label={t('account.current')}
          kind="current-password"
          error={faultOf('currentPassword')}
        />
        <PasswordField
          name="new"
          label={t('account.new')}
          kind="new-password"
          hint={t('account.newHint')}
          error={faultOf('newPassword')}
        />
        <Show when={error()}>
          {(refusal) => (
            <Show when={problemsOf(refusal()).length === 0}>
              <Notice tone="bad">{lineOf(refusal())}</Notice>
            </Show>
          )}
        </Show>
        <Button type="submit" isBusy={isBusy()}>
          {t('account.save')}
        </Button>
      </form>
    </Panel>
  )
}
