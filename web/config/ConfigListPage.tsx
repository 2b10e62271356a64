/** All configs: what each is, whether it waits for somebody, and the way to a new one. */
import { A, useNavigate, useSearchParams } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import { limits } from '#core/config-document'
import { isPermitted } from '#core/permissions'
import { ConfigStatus } from '#core/vocabulary'
import { client } from '../client.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { FilterBar, only, Pager } from '../lists.tsx'
import { plural, t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { FileSlidersIcon, PlusIcon } from '../ui/icons.ts'
import { EmptyState } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import { Ago, PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { ConfigStatusBadge, type ConfigStatusName } from './ConfigStatusBadge.tsx'
import { problemAt } from './editor/draft.ts'

const configsDocument = graphql(`
  query Configs($first: Int!, $after: String, $search: String, $status: ConfigStatus) {
    configs(first: $first, after: $after, search: $search, status: $status) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node {
        id name description status revision updatedAt submittedBy { id name }
        proxies(first: 1) { totalCount }
        activeVersion { id number }
      } }
    }
  }
`)
const createDocument = graphql(`
  mutation CreateConfig($input: CreateConfigInput!) { createConfig(input: $input) { config { id name } } }
`)
type ListedConfig = ResultOf<typeof configsDocument>['configs']['edges'][number]['node']

const pageSize = 100
const statuses = Object.keys(ConfigStatus) as ConfigStatusName[]

export function ConfigListPage(props: { readonly user: SessionUser }) {
  const [search, setSearch] = useSearchParams<{ search?: string; status?: string; after?: string }>()
  const [isCreating, setCreating] = createSignal(false)
  const configs = createQuery(configsDocument, {
    variables: () => ({
      first: pageSize,
      after: search.after ?? null,
      search: search.search ?? null,
      status: only(statuses, search.status) ?? null,
    }),
    subjects: ['CONFIG', 'PROXY'],
  })
  const isFiltered = () => Boolean(search.search ?? search.status)
  const createButton = () => (
    <Button
      look="primary"
      onClick={() => setCreating(true)}
      why={isPermitted(grantOf(props.user), 'config.create') ? undefined : t('reason.NO_PERMISSION')}
    >
      <PlusIcon size={15} aria-hidden="true" />
      {t('configs.create')}
    </Button>
  )
  setPageTitle(() => t('configs.title'))

  return (
    <>
      <PageHeader
        title={t('configs.title')}
        subtitle={
          <Show when={configs.data()}>{(data) => plural('configs.count', data().configs.totalCount)}</Show>
        }
        actions={createButton()}
      />
      <FilterBar
        searchLabel={t('configs.search')}
        search={search.search ?? ''}
        onSearch={(text) => setSearch({ search: text || undefined, after: undefined }, { replace: true })}
        status={search.status ?? ''}
        statuses={statuses.map((status) => ({ value: status, label: t(`configStatus.${status}`) }))}
        onStatus={(status) => setSearch({ status: status || undefined, after: undefined })}
      />
      <TableFrame label={t('configs.title')}>
        <QueryPanel query={configs} rows={5}>
          {(data) => (
            <Show
              when={data().configs.edges.length > 0}
              fallback={
                <EmptyState
                  icon={<FileSlidersIcon size={28} aria-hidden="true" />}
                  title={t(isFiltered() ? 'configs.noMatchTitle' : 'configs.emptyTitle')}
                  text={t(isFiltered() ? 'configs.noMatchText' : 'configs.emptyText')}
                  action={isFiltered() ? undefined : createButton()}
                />
              }
            >
              <ConfigTable configs={data().configs.edges.map((edge) => edge.node)} />
            </Show>
          )}
        </QueryPanel>
      </TableFrame>
      <Show when={configs.data()}>
        {(data) => (
          <Pager
            hasNext={data().configs.pageInfo.hasNextPage}
            isFirst={search.after === undefined}
            onNext={() => setSearch({ after: data().configs.pageInfo.endCursor ?? undefined })}
            onFirst={() => setSearch({ after: undefined })}
          />
        )}
      </Show>
      <CreateDialog isOpen={isCreating()} onClose={() => setCreating(false)} />
    </>
  )
}

function ConfigTable(props: { readonly configs: readonly ListedConfig[] }) {
  return (
    <table class="table">
      <thead>
        <tr>
          <th>{t('config.name')}</th>
          <th>{t('config.status')}</th>
          <th class="max-sm:hidden">{t('config.running')}</th>
          <th class="max-md:hidden">{t('config.proxies')}</th>
          <th class="max-sm:hidden">{t('config.updated')}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.configs}>
          {(config) => (
            <tr>
              <td class="max-w-96">
                <A href={paths.config(config.id)} class="link break-words">
                  {config.name}
                </A>
                <Show when={config.description}>
                  <p class="line-clamp-2 text-xs text-muted">{config.description}</p>
                </Show>
              </td>
              <td>
                <ConfigStatusBadge status={config.status} />
                <Show when={config.status === 'PENDING_APPROVAL'}>
                  <p class="mt-1 text-xs">
                    <A href={paths.review(config.id)} class="link">
                      {t('config.review')}
                    </A>
                  </p>
                </Show>
              </td>
              <td class="whitespace-nowrap max-sm:hidden">
                <Show
                  when={config.activeVersion}
                  fallback={<span class="text-muted">{t('config.notRunning')}</span>}
                >
                  {(version) => t('config.versionNumber', { number: version().number })}
                </Show>
              </td>
              <td class="max-md:hidden">{config.proxies.totalCount}</td>
              <td class="text-muted max-sm:hidden">
                <Ago at={config.updatedAt} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function CreateDialog(props: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const navigate = useNavigate()
  const [isBusy, setBusy] = createSignal(false)
  const [refusal, setRefusal] = createSignal<{ readonly name?: string | undefined; readonly line?: string }>(
    {},
  )
  const create = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    const { data, error } = await client
      .mutation(createDocument, {
        input: {
          name: String(form.get('name')).trim(),
          description: String(form.get('description')).trim(),
          defaultAction: 'DIRECT',
        },
      })
      .toPromise()
    setBusy(false)
    if (data) return navigate(paths.config(data.createConfig.config.id))
    const problem = problemAt(problemsOf(error), 'name')
    setRefusal(problem ? { name: problemSentence(problem) } : error ? { line: lineOf(error) } : {})
  }
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={() => props.onClose()}
      title={t('configs.createTitle')}
      description={t('configs.createText')}
      closeLabel={t('action.close')}
    >
      <form onSubmit={(event) => void create(event)} class="space-y-4">
        <Field label={t('config.name')} error={refusal().name}>
          {(control) => (
            <input
              {...control}
              class="input"
              name="name"
              required
              maxlength={limits.nameLength}
              autocomplete="off"
            />
          )}
        </Field>
        <Field label={t('config.description')}>
          {(control) => (
            <textarea
              {...control}
              class="input"
              name="description"
              rows="3"
              maxlength={limits.descriptionLength}
            />
          )}
        </Field>
        <div class="flex flex-wrap items-center justify-end gap-3">
          <p role="alert" class="flex-1 text-bad">
            {refusal().line}
          </p>
          <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" isBusy={isBusy()}>
            {t('configs.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
