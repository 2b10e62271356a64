/** What approval would deliver to one generation of ATS, against what runs: the files and the records that we own. */
import { createMemo, createSignal, For, Show } from 'solid-js'
import { AtsGeneration } from '#core/vocabulary'
import { graphql } from '../../graphql.ts'
import { t } from '../../locales/i18n.ts'
import { createQuery } from '../../query.ts'
import { DiffView } from '../../ui/DiffView.tsx'
import { Code, QueryPanel } from '../../words.tsx'
import type { ReviewConfig } from './ReviewPage.tsx'

const recordsDocument = graphql(`
  query ReviewRecords($id: ID!, $generation: AtsGeneration!) {
    config(id: $id) {
      id
      records(generation: $generation) { name type value }
      activeVersion { id records(generation: $generation) { name type value } }
    }
  }
`)

type GenerationName = keyof typeof AtsGeneration
const generations = Object.keys(AtsGeneration) as GenerationName[]

export function FilesDiff(props: { readonly config: ReviewConfig }) {
  const [generation, setGeneration] = createSignal<GenerationName>('ATS_9_2')
  const running = (name: string) =>
    props.config.activeVersion?.files.find((file) => file.generation === generation() && file.name === name)
      ?.content
  const files = createMemo(() => props.config.files.filter((file) => file.generation === generation()))
  const records = createQuery(recordsDocument, {
    variables: () => ({ id: props.config.id, generation: generation() }),
    subjects: ['CONFIG', 'SETTINGS'],
  })
  return (
    <>
      <fieldset class="mb-3 flex flex-wrap gap-1" aria-label={t('review.generation')}>
        <For each={generations}>
          {(name) => (
            <button
              type="button"
              aria-pressed={generation() === name}
              onClick={() => setGeneration(name)}
              class={`h-8 rounded-md border px-3 text-sm font-medium ${generation() === name ? 'border-accent bg-accent-soft text-accent' : 'border-line text-muted hover:bg-hover'}`}
            >
              {t('review.ats', { version: AtsGeneration[name] })}
            </button>
          )}
        </For>
      </fieldset>
      <Show when={files().length > 0} fallback={<p class="text-muted">{t('review.noFiles')}</p>}>
        <div class="space-y-4">
          <For each={files()}>
            {(file) => <Compared name={file.name} before={running(file.name) ?? ''} after={file.content} />}
          </For>
          <QueryPanel query={records} rows={2}>
            {(data) => (
              <Compared
                name={t('review.records')}
                before={recordLines(data().config.activeVersion?.records ?? [])}
                after={recordLines(data().config.records)}
              />
            )}
          </QueryPanel>
        </div>
      </Show>
    </>
  )
}

function Compared(props: { readonly name: string; readonly before: string; readonly after: string }) {
  return (
    <div>
      <h3 class="mb-1 font-mono text-sm">{props.name}</h3>
      <Show
        when={props.before !== props.after}
        fallback={
          <>
            <p class="mb-1 text-sm text-muted">{t('review.sameFile')}</p>
            <Code text={props.after} label={props.name} />
          </>
        }
      >
        <DiffView
          before={props.before}
          after={props.after}
          label={t('review.diffOf', { file: props.name })}
          addedLabel={t('review.added')}
          removedLabel={t('review.removed')}
        />
      </Show>
    </div>
  )
}

interface ShownRecord {
  readonly name: string
  readonly type: string
  readonly value: string
}

function recordLines(records: readonly ShownRecord[]): string {
  return records.map(({ name, type, value }) => `${name} ${type} ${value}\n`).join('')
}
