/** What may be done to one account: role, password link, sessions, and shutting it. */
import { createSignal, For, type JSX, Show } from 'solid-js'
import { client } from '../client.ts'
import type { ResultOf } from '../graphql.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { confirmed } from '../session/confirmed.tsx'
import { SessionList } from '../session/SessionList.tsx'
import type { SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { toast } from '../ui/toast.tsx'
import { rolesUpTo } from './InviteForm.tsx'
import { LinkShown, type ShownLink } from './LinkShown.tsx'

export const listedUser = graphql(`
  fragment ListedUser on User @_unmask { id email name role isActive isInvited hasSecondFactor createdAt lastSeenAt }
`)
export type ListedUser = ResultOf<typeof listedUser>

const roleDocument = graphql(`
  mutation ChangeUserRole($input: ChangeUserRoleInput!) { changeUserRole(input: $input) { user { id } } }
`)
const disableDocument = graphql(
  'mutation DisableUser($input: UserInput!) { disableUser(input: $input) { user { id } } }',
)
const enableDocument = graphql(
  'mutation EnableUser($input: UserInput!) { enableUser(input: $input) { user { id } } }',
)
const resetFactorDocument = graphql(
  'mutation ResetSecondFactor($input: UserInput!) { resetSecondFactor(input: $input) { user { id } } }',
)
const linkDocument = graphql(`
  mutation CreatePasswordLink($input: UserInput!) {
    createPasswordLink(input: $input) { passwordLink { token expiresAt } }
  }
`)

interface UserDialogProps {
  /** Undefined: closed. */
  readonly subject: ListedUser | undefined
  readonly user: SessionUser
  readonly onClose: () => void
  readonly onChanged: () => Promise<void>
}

export function UserDialog(props: UserDialogProps) {
  return (
    <Dialog
      isOpen={props.subject !== undefined}
      onClose={() => props.onClose()}
      title={props.subject?.name ?? ''}
      description={props.subject?.email}
      closeLabel={t('action.close')}
      isWide
    >
      <Show when={props.subject}>
        {(subject) => <Account subject={subject()} user={props.user} onChanged={props.onChanged} />}
      </Show>
    </Dialog>
  )
}

function Account(props: Pick<UserDialogProps, 'user' | 'onChanged'> & { readonly subject: ListedUser }) {
  const [isBusy, setBusy] = createSignal(false)
  const [link, setLink] = createSignal<ShownLink>()
  const input = () => ({ id: props.subject.id })
  /** Runs one change, says how it went, and has the list looked at again. */
  const change = async <Answer extends Parameters<typeof confirmed>[0]>(run: Answer) => {
    setBusy(true)
    const { error } = await confirmed(run)
    setBusy(false)
    toast(error ? 'bad' : 'ok', error ? lineOf(error) : t('users.saved'))
    await props.onChanged()
  }
  const saveRole = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const role = String(new FormData(event.currentTarget).get('role')) as ListedUser['role']
    void change(() => client.mutation(roleDocument, { input: { ...input(), role } }).toPromise())
  }
  const makeLink = () =>
    change(async () => {
      const answer = await client.mutation(linkDocument, { input: input() }).toPromise()
      setLink(answer.data?.createPasswordLink.passwordLink)
      return answer
    })
  const resetFactor = () => {
    void change(() => client.mutation(resetFactorDocument, { input: input() }).toPromise())
  }
  const toggle = () => {
    const document = props.subject.isActive ? disableDocument : enableDocument
    void change(() => client.mutation(document, { input: input() }).toPromise())
  }
  return (
    <div class="divide-y divide-line">
      <form onSubmit={saveRole} class="flex flex-wrap items-start gap-3 pb-4">
        <Field label={t('users.role')} hint={t('users.roleText')} class="min-w-48 flex-1">
          {(control) => (
            <select {...control} class="input" name="role">
              <For each={rolesUpTo(props.user.role)}>
                {(role) => (
                  <option value={role} selected={role === props.subject.role}>
                    {t(`role.${role}`)}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
        <Button type="submit" isBusy={isBusy()} class="mt-6">
          {t('users.saveRole')}
        </Button>
      </form>
      <Part text={t('users.makeLinkText')}>
        <Button
          isBusy={isBusy()}
          why={props.subject.isActive ? undefined : t('users.disabled')}
          onClick={() => void makeLink()}
        >
          {t('users.makeLink')}
        </Button>
      </Part>
      <Show when={link()}>
        {(shown) => (
          <div class="py-3">
            <LinkShown link={shown()} />
          </div>
        )}
      </Show>
      <Show when={props.subject.hasSecondFactor}>
        <Part text={t('users.resetFactorText')}>
          <Button look="danger" isBusy={isBusy()} onClick={resetFactor}>
            {t('users.resetFactor')}
          </Button>
        </Part>
      </Show>
      <Part text={t(props.subject.isActive ? 'users.disableText' : 'users.enableText')}>
        <Button look={props.subject.isActive ? 'danger' : 'secondary'} isBusy={isBusy()} onClick={toggle}>
          {t(props.subject.isActive ? 'users.disable' : 'users.enable')}
        </Button>
      </Part>
      <section class="pt-3" aria-label={t('users.sessions')}>
        <h3 class="mb-1 text-sm font-medium">{t('users.sessions')}</h3>
        <SessionList userId={props.subject.id} />
      </section>
    </div>
  )
}

function Part(props: { readonly text: string; readonly children: JSX.Element }) {
  return (
    <div class="flex flex-wrap items-center gap-3 py-3">
      <p class="min-w-48 flex-1 text-sm text-muted">{props.text}</p>
      {props.children}
    </div>
  )
}
