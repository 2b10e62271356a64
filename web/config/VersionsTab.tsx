/** Every version that was approved, newest first, under the working copy: compare any two, read, restore, clone. */
import { useNavigate, useSearchParams } from '@solidjs/router'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { graphql, type ResultOf } from '../graphql.ts'
import { Pager } from '../lists.tsx'
import { t } from '../locales/i18n.ts'
import { usePaletteActions } from '../palette.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import type { SessionUser } from '../session.ts'
import { useShortcuts } from '../shortcuts.ts'
import { Button } from '../ui/Button.tsx'
import { GitCompareIcon, HistoryIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { EmptyState } from '../ui/states.tsx'
import { QueryPanel } from '../words.tsx'
import type { ConfigFrame } from './ConfigPage.tsx'
import { type CloneSource, NewConfigDialog } from './NewConfigDialog.tsx'
import { RestoreDialog } from './RestoreDialog.tsx'
import { VersionRow, WorkingCopyRow } from './VersionRow.tsx'

const versionsDocument = graphql(`
  query Versions($id: ID!, $first: Int!, $after: String) {
    config(id: $id) {
      id
      versions(first: $first, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        edges { cursor node {
          id number status configHash proxyCount
          approvedAt approvedBy { id name } submittedAt submittedBy { id name }
        } }
      }
    }
  }
`)
type VersionPage = ResultOf<typeof versionsDocument>['config']['versions']
export type ListedVersion = VersionPage['edges'][number]['node']

const pageSize = 50

interface VersionsTabProps {
  readonly frame: ConfigFrame
  readonly user: SessionUser
}

export function VersionsTab(props: VersionsTabProps) {
  const navigate = useNavigate()
  const [search, setSearch] = useSearchParams<{ after?: string | undefined }>()
  const [picked, setPicked] = createSignal<readonly Pick[]>([])
  const [restoring, setRestoring] = createSignal<ListedVersion>()
  const [cloning, setCloning] = createSignal<CloneSource>()
  const config = () => props.frame.config
  const query = createQuery(versionsDocument, {
    // One more than is shown: the oldest of the page is compared with the one before it, too.
    variables: () => ({ id: config().id, first: pageSize + 1, after: search.after ?? null }),
    subjects: ['CONFIG', 'PROXY'],
  })
  const all = createMemo(() => query.data()?.config.versions.edges.map((edge) => edge.node) ?? [])
  const shown = () => all().slice(0, pageSize)

  // The third one picked takes the place of the one picked first.
  const pick = (version: Pick, isPicked: boolean) =>
    setPicked((before) => {
      const others = before.filter(({ id }) => id !== version.id)
      return isPicked ? [...others.slice(-1), version] : others
    })
  const isPicked = (id: string) => picked().some((each) => each.id === id)
  const compare = () => {
    const [older, newer] = [...picked()].sort((a, b) => a.age - b.age)
    if (older && newer) navigate(paths.compare(config().id, older.id, newer.id))
  }
  const whyNotCompare = () => (picked().length === 2 ? undefined : t('versions.pickTwo'))
  useShortcuts(() => [
    { keys: 'c', label: t('versions.compare'), run: () => picked().length === 2 && compare() },
  ])
  usePaletteActions(() => [
    { id: 'versions.compare', label: t('versions.compare'), run: compare, why: whyNotCompare() },
  ])

  return (
    <Panel
      title={t('versions.title')}
      note={t('versions.note')}
      isFlush
      actions={
        <Button onClick={compare} why={whyNotCompare()} aria-keyshortcuts="c">
          <GitCompareIcon size={15} aria-hidden="true" />
          {t('versions.compare')}
        </Button>
      }
    >
      <QueryPanel query={query} rows={6}>
        {(data) => (
          <>
            <ol>
              <Show when={search.after === undefined && config().retiredAt === null}>
                <WorkingCopyRow
                  frame={props.frame}
                  isPicked={isPicked('working')}
                  onPick={(on) => pick({ id: 'working', age: Number.POSITIVE_INFINITY }, on)}
                />
              </Show>
              <For each={shown()}>
                {(version, index) => (
                  <VersionRow
                    frame={props.frame}
                    user={props.user}
                    version={version}
                    previous={all()[index() + 1]}
                    isPicked={isPicked(version.id)}
                    onPick={(on) => pick({ id: version.id, age: version.number }, on)}
                    onRestore={() => setRestoring(version)}
                    onClone={() => setCloning({ id: config().id, name: config().name, version })}
                  />
                )}
              </For>
            </ol>
            <Show when={data().config.versions.totalCount === 0}>
              <EmptyState
                icon={<HistoryIcon size={28} aria-hidden="true" />}
                title={t('versions.emptyTitle')}
                text={t('versions.emptyText')}
              />
            </Show>
            <div class="px-4 pb-3 empty:hidden">
              <Pager
                hasNext={all().length > pageSize}
                isFirst={search.after === undefined}
                onNext={() => setSearch({ after: data().config.versions.edges[pageSize - 1]?.cursor })}
                onFirst={() => setSearch({ after: undefined })}
              />
            </div>
          </>
        )}
      </QueryPanel>
      <RestoreDialog config={config()} version={restoring()} onClose={() => setRestoring(undefined)} />
      <NewConfigDialog
        isOpen={cloning() !== undefined}
        source={cloning()}
        onClose={() => setCloning(undefined)}
      />
    </Panel>
  )
}

/** A version, or the working copy, chosen for comparing; a higher age is newer. */
interface Pick {
  readonly id: string
  readonly age: number
}
