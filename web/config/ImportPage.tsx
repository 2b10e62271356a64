/** Makes a config from an ATS's own files: what they become is read here, as they come, before anything is sent. */
import { useNavigate, useSearchParams } from '@solidjs/router'
import type { CombinedError } from '@urql/core'
import { createMemo, createSignal, Show } from 'solid-js'
import { limits } from '#core/config-document'
import { type ImportedFile, importFiles } from '#core/import-files'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import type { SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { Panel } from '../ui/Panel.tsx'
import { Notice } from '../ui/states.tsx'
import { PageHeader, setPageTitle } from '../words.tsx'
import { FilesPanel } from './import/FilesPanel.tsx'
import { FindingsPanel } from './import/FindingsPanel.tsx'
import { SummaryPanel } from './import/SummaryPanel.tsx'
import { createReason } from './steps.ts'

const importDocument = graphql(`
  mutation ImportConfigFiles($input: ImportConfigFilesInput!) {
    importConfigFiles(input: $input) { config { id } }
  }
`)

const foundDocument = graphql(`
  query FoundFiles($id: ID!) { proxy(id: $id) { id hostname foundFiles { files { name content } } } }
`)

interface Refused {
  /** At the name. */
  readonly name?: string
  readonly line?: string
}

export function ImportPage(props: { readonly user: SessionUser }) {
  const navigate = useNavigate()
  const [search] = useSearchParams<{ proxy?: string }>()
  const source = createQuery(foundDocument, {
    variables: () => (search.proxy === undefined ? null : { id: search.proxy }),
    subjects: [],
  })
  const found = () => source.data()?.proxy.foundFiles?.files.filter(({ content }) => content.trim() !== '')
  const [chosen, setChosen] = createSignal<readonly ImportedFile[]>()
  const files = () => chosen() ?? found() ?? []
  const [isBusy, setBusy] = createSignal(false)
  const [refused, setRefused] = createSignal<Refused>({})
  const read = createMemo(() => importFiles(files()))
  const change = (next: readonly ImportedFile[]) => {
    setRefused({})
    setChosen(next)
  }
  const why = () => {
    if (files().length === 0) return t('import.whyNoFiles')
    if (read().isEmpty) return t('import.whyEmpty')
    if (requestLength(files()) > limits.bodyBytes) return t('import.whyTooLarge')
    return createReason(props.user)
  }
  const send = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    if (why() !== undefined || isBusy()) return
    const form = new FormData(event.currentTarget)
    const name = String(form.get('name')).trim()
    const description = String(form.get('description')).trim()
    setBusy(true)
    const input = { name, description, files: files().map(({ name, content }) => ({ name, content })) }
    const { data, error } = await client.mutation(importDocument, { input }).toPromise()
    setBusy(false)
    if (data) navigate(paths.config(data.importConfigFiles.config.id))
    else setRefused(refusalOf(error))
  }
  setPageTitle(() => t('import.title'))

  return (
    <>
      <PageHeader title={t('import.title')} subtitle={t('import.subtitle')} />
      <div class="space-y-4">
        <Show when={source.data()?.proxy}>
          {(proxy) => (
            <Notice tone="info">
              {t(proxy().foundFiles ? 'import.fromProxy' : 'import.fromProxyNothing', {
                hostname: proxy().hostname,
              })}
            </Notice>
          )}
        </Show>
        <Show when={source.error()}>{(error) => <Notice tone="bad">{lineOf(error())}</Notice>}</Show>
        <FilesPanel files={files()} onChange={change} />
        <Show when={files().length > 0}>
          <SummaryPanel document={read().document} isEmpty={read().isEmpty} />
          <FindingsPanel findings={read().findings} />
        </Show>
        <Panel title={t('import.newConfig')} note={t('import.newConfigNote')} class="max-w-3xl">
          <form onSubmit={(event) => void send(event)} class="space-y-4">
            <Field label={t('config.name')} error={refused().name}>
              {(control) => (
                <input
                  {...control}
                  class="input"
                  name="name"
                  required
                  maxlength={limits.nameLength}
                  autocomplete="off"
                  value={source.data()?.proxy.hostname ?? ''}
                  onInput={() => setRefused({})}
                />
              )}
            </Field>
            <Field label={t('config.description')}>
              {(control) => (
                <textarea
                  {...control}
                  class="input"
                  name="description"
                  rows="2"
                  maxlength={limits.descriptionLength}
                />
              )}
            </Field>
            <p role="alert" class="text-bad empty:hidden">
              {refused().line}
            </p>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
              <Button type="submit" look="primary" isBusy={isBusy()} why={why()}>
                {t('import.create')}
              </Button>
              <Show when={why()}>
                <span class="text-sm text-muted">{why()}</span>
              </Show>
            </div>
          </form>
        </Panel>
      </div>
    </>
  )
}

/** Bytes of the files in a request; the rest of it is a few hundred. */
function requestLength(files: readonly ImportedFile[]): number {
  return new TextEncoder().encode(JSON.stringify(files)).length + 2_000 + 4 * limits.descriptionLength
}

function refusalOf(error: CombinedError | undefined): Refused {
  const problems = problemsOf(error)
  const atName = problems.find(({ path }) => path === 'name')
  if (atName) return { name: atName.code === 'NAME_TAKEN' ? t('config.nameTaken') : problemSentence(atName) }
  const [problem] = problems
  if (problem) return { line: problemSentence(problem) }
  return error ? { line: lineOf(error) } : {}
}
