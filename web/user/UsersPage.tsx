/** Who may log in, and what they may do: for administrators. */
import { useSearchParams } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import { isAbove, isPermitted } from '#core/permissions'
import { Role } from '#core/vocabulary'
import { HistoryLink } from '../audit/HistoryLink.tsx'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { createMedia } from '../ui/createMedia.ts'
import { UsersIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { EmptyState } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import { Ago, PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { InviteForm } from './InviteForm.tsx'
import { type ListedUser, listedUser, UserDialog } from './UserDialog.tsx'

const usersDocument = graphql(
  `query Users($first: Int!, $search: String) {
    users(first: $first, search: $search) { edges { node { ...ListedUser } } pageInfo { hasNextPage } totalCount }
  }`,
  [listedUser],
)

// Fetched with this page: a small one on its own would split the chunk of what all pages share.
export { ChoosePasswordPage } from './ChoosePasswordPage.tsx'

/** Rows of the first page, and the most: further ones are found by searching. */
const firstRows = 50
const mostRows = 100

export function UsersPage(props: { readonly user: SessionUser }) {
  setPageTitle(() => t('users.title'))
  return (
    <>
      <PageHeader title={t('users.title')} subtitle={t('users.text')} />
      <Show
        when={isPermitted(grantOf(props.user), 'user.read')}
        fallback={
          <EmptyState
            icon={<UsersIcon size={28} aria-hidden="true" />}
            title={t('users.notAllowedTitle')}
            text={t('users.notAllowedText')}
          />
        }
      >
        <Everybody user={props.user} />
      </Show>
    </>
  )
}

function Everybody(props: { readonly user: SessionUser }) {
  const [search, setSearch] = useSearchParams<{ search?: string }>()
  const [rows, setRows] = createSignal(firstRows)
  const [chosen, setChosen] = createSignal<string>()
  const query = createQuery(usersDocument, {
    variables: () => ({ first: rows(), search: search.search ?? null }),
    subjects: ['USER'],
  })
  const listed = () => query.data()?.users.edges.map(({ node }) => node) ?? []
  return (
    <div class="flex flex-col gap-4">
      <Panel title={t('users.add')}>
        <InviteForm ownRole={props.user.role} onAdded={query.refetch} />
      </Panel>
      <input
        type="search"
        data-page-search
        class="input sm:max-w-80"
        aria-label={t('users.search')}
        placeholder={t('users.search')}
        value={search.search ?? ''}
        onChange={(event) => setSearch({ search: event.currentTarget.value.trim() || undefined })}
      />
      <QueryPanel query={query} rows={5} shape="table">
        {(data) => (
          <Show
            when={listed().length > 0}
            fallback={
              <EmptyState
                icon={<UsersIcon size={28} aria-hidden="true" />}
                title={t('users.emptyTitle')}
                text={t('users.emptyText')}
              />
            }
          >
            <TableFrame label={t('users.title')}>
              <UserTable users={listed()} self={props.user} onManage={setChosen} />
            </TableFrame>
            <Show when={data().users.pageInfo.hasNextPage && rows() < mostRows}>
              <Button class="mt-3" onClick={() => setRows(mostRows)}>
                {t('users.more')}
              </Button>
            </Show>
          </Show>
        )}
      </QueryPanel>
      <UserDialog
        subject={listed().find((user) => user.id === chosen())}
        user={props.user}
        onClose={() => setChosen(undefined)}
        onChanged={query.refetch}
      />
    </div>
  )
}

/** On a phone what the columns would say stands below the name, so that the button is in sight. */
function UserTable(props: {
  readonly users: readonly ListedUser[]
  readonly self: SessionUser
  readonly onManage: (id: string) => void
}) {
  const isNarrow = createMedia('(max-width: 639px)')
  const why = (user: ListedUser) => {
    if (user.id === props.self.id) return t('users.notSelf')
    return isAbove(Role[user.role], Role[props.self.role]) ? t('users.notAbove') : undefined
  }
  return (
    <table class="table">
      <thead class="max-sm:sr-only">
        <tr>
          <th scope="col">{t('users.name')}</th>
          <Show when={!isNarrow()}>
            <th scope="col">{t('users.role')}</th>
            <th scope="col">{t('users.state')}</th>
            <th scope="col">{t('users.lastSeen')}</th>
          </Show>
          <th scope="col">
            <span class="sr-only">{t('users.manage')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <For each={props.users}>
          {(user) => (
            <tr>
              <th scope="row">
                <span class="block font-medium wrap-anywhere">{user.name}</span>
                <span class="block text-xs wrap-anywhere text-muted">{user.email}</span>
                <Show when={isNarrow()}>
                  <span class="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs">
                    <StateBadge user={user} />
                    {t(`role.${user.role}`)}
                    <SecondFactor user={user} />
                    <Show when={user.lastSeenAt}>
                      {(at) => (
                        <span class="text-muted">
                          <Ago at={at()} />
                        </span>
                      )}
                    </Show>
                  </span>
                </Show>
              </th>
              <Show when={!isNarrow()}>
                <td>{t(`role.${user.role}`)}</td>
                <td>
                  <StateBadge user={user} />
                  <SecondFactor user={user} />
                </td>
                <td>
                  <Show when={user.lastSeenAt} fallback={<span class="text-muted">{t('users.never')}</span>}>
                    {(at) => <Ago at={at()} />}
                  </Show>
                </td>
              </Show>
              <td>
                <span class="flex items-center justify-end gap-3">
                  <Show when={!isNarrow()}>
                    <HistoryLink href={paths.auditAbout(user.id)} name={user.name} />
                  </Show>
                  <Button
                    why={why(user)}
                    aria-label={t('users.manageNamed', { name: user.name })}
                    onClick={() => props.onManage(user.id)}
                  >
                    {t('users.manage')}
                  </Button>
                </span>
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function StateBadge(props: { readonly user: ListedUser }) {
  return (
    <Show when={props.user.isActive} fallback={<Badge tone="bad">{t('users.disabled')}</Badge>}>
      <Show when={props.user.isInvited} fallback={<Badge tone="ok">{t('users.isActive')}</Badge>}>
        <Badge tone="warn">{t('users.invited')}</Badge>
      </Show>
    </Show>
  )
}

function SecondFactor(props: { readonly user: ListedUser }) {
  return (
    <Show when={props.user.hasSecondFactor}>
      <span class="block text-xs text-muted">{t('users.hasFactor')}</span>
    </Show>
  )
}
