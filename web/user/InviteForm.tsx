/** Invites somebody: makes the account, and shows the link with which they choose their password. */
import type { CombinedError } from '@urql/core'
import { createSignal, For, Show } from 'solid-js'
import { isAbove } from '#core/permissions'
import { Role } from '#core/vocabulary'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { confirmed } from '../session/confirmed.tsx'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { LinkShown, type ShownLink } from './LinkShown.tsx'

const createDocument = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) { user { id email } passwordLink { token expiresAt } }
  }
`)

export type RoleName = keyof typeof Role

/** The roles that somebody with `own` may give, the least first. */
export function rolesUpTo(own: RoleName): readonly RoleName[] {
  const names = Object.keys(Role) as RoleName[]
  return names.filter((name) => !isAbove(Role[name], Role[own])).reverse()
}

export function InviteForm(props: { readonly ownRole: RoleName; readonly onAdded: () => Promise<void> }) {
  const [isBusy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<CombinedError>()
  const [link, setLink] = createSignal<ShownLink | null>(null)
  const faultOf = (path: string) => {
    const problem = problemsOf(error()).find((each) => each.path === path)
    return problem && problemSentence(problem)
  }
  const add = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const target = event.currentTarget
    const form = new FormData(target)
    const input = {
      email: String(form.get('email')),
      name: String(form.get('name')),
      role: String(form.get('role')) as RoleName,
    }
    setBusy(true)
    const answer = await confirmed(() => client.mutation(createDocument, { input }).toPromise())
    setBusy(false)
    setError(answer.error)
    if (!answer.data) return
    target.reset()
    setLink(answer.data.createUser.passwordLink)
    toast('ok', t('users.added', { email: answer.data.createUser.user.email }))
    await props.onAdded()
  }
  return (
    <div class="space-y-3">
      <form onSubmit={(event) => void add(event)} class="flex flex-wrap items-start gap-3">
        <Field label={t('users.email')} error={faultOf('email')} class="min-w-48 flex-1">
          {(control) => (
            <input {...control} class="input" name="email" type="email" required autocomplete="off" />
          )}
        </Field>
        <Field label={t('users.name')} error={faultOf('name')} class="min-w-40 flex-1">
          {(control) => (
            <input {...control} class="input" name="name" required maxlength="100" autocomplete="off" />
          )}
        </Field>
        <Field label={t('users.role')} class="w-40">
          {(control) => (
            <select {...control} class="input" name="role">
              <For each={rolesUpTo(props.ownRole)}>
                {(role) => <option value={role}>{t(`role.${role}`)}</option>}
              </For>
            </select>
          )}
        </Field>
        <Button type="submit" isBusy={isBusy()} class="mt-6">
          {t('users.add')}
        </Button>
      </form>
      <Show when={error()}>
        {(refusal) => (
          <Show when={!faultOf('email') && !faultOf('name')}>
            <Notice tone="bad">{lineOf(refusal())}</Notice>
          </Show>
        )}
      </Show>
      <Show when={link()}>{(shown) => <LinkShown link={shown()} />}</Show>
    </div>
  )
}
