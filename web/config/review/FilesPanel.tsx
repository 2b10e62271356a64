/** What approval would deliver to one generation of ATS, against what it has: the files, and the records that we own. */
import { createMemo, For, Show } from 'solid-js'
import { AtsGeneration } from '#core/vocabulary'
import { FileDiff } from '../../diff/FileDiff.tsx'
import { DiffViewSwitch } from '../../diff/view.tsx'
import { t } from '../../locales/i18n.ts'
import type { LiveQuery } from '../../query.ts'
import { InTurn } from '../../ui/InTurn.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { QueryPanel } from '../../words.tsx'
import type { ReviewFiles } from './queries.ts'
import { RecordsDiff } from './RecordsDiff.tsx'
import type { GenerationName } from './ReviewPage.tsx'

interface FilesPanelProps {
  readonly query: LiveQuery<ReviewFiles>
  readonly generation: GenerationName
  readonly generations: readonly GenerationName[]
  readonly onGeneration: (name: GenerationName) => void
}

export function FilesPanel(props: FilesPanelProps) {
  return (
    <Panel
      title={t('review.files')}
      note={t('review.filesNote')}
      class="mb-4"
      actions={
        <>
          <Segmented<GenerationName>
            label={t('review.generation')}
            value={props.generation}
            onChange={(name) => props.onGeneration(name)}
            options={props.generations.map((name) => ({
              value: name,
              label: AtsGeneration[name],
              title: t('review.ats', { version: AtsGeneration[name] }),
            }))}
          />
          <span class="max-lg:hidden">
            <DiffViewSwitch />
          </span>
        </>
      }
    >
      <QueryPanel query={props.query} rows={6}>
        {(answer) => <Files answer={answer()} isStale={props.query.isFetching()} />}
      </QueryPanel>
    </Panel>
  )
}

function Files(props: { readonly answer: ReviewFiles; readonly isStale: boolean }) {
  const before = (name: string) => props.answer.configVersion?.files.find((file) => file.name === name)
  const after = (name: string) => props.answer.config.files.find((file) => file.name === name)
  // By name: another generation's files take the same places, so that the reader stays where they are.
  const names = createMemo(() => props.answer.config.files.map(({ name }) => name), undefined, {
    equals: (a, b) => a.join() === b.join(),
  })
  return (
    <Show when={names().length > 0} fallback={<p class="text-muted">{t('review.noFiles')}</p>}>
      <div
        class={`space-y-3 transition-opacity ${props.isStale ? 'opacity-60' : ''}`}
        aria-busy={props.isStale}
      >
        <For each={names()}>
          {(name) => (
            <InTurn>
              <FileDiff
                name={name}
                before={before(name)?.content ?? null}
                after={after(name)?.content ?? ''}
                sha256={after(name)?.sha256}
              />
            </InTurn>
          )}
        </For>
        <RecordsDiff
          before={props.answer.configVersion?.records ?? null}
          after={props.answer.config.records}
        />
      </div>
    </Show>
  )
}
