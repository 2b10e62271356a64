/** What lies on a proxy's disk, how we know, and how it differs from what should lie there. */
import { A, useSearchParams } from '@solidjs/router'
import { createMemo, For, Match, Show, Switch } from 'solid-js'
import { FileDiff } from '../diff/FileDiff.tsx'
import { graphql, type ResultOf } from '../graphql.ts'
import { only } from '../lists.tsx'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { FileSlidersIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Ago, Code, HashText, QueryPanel } from '../words.tsx'

const generationDocument = graphql('query ProxyGeneration($id: ID!) { proxy(id: $id) { id atsGeneration } }')
const filesDocument = graphql(`
  query ProxyFiles($id: ID!, $generation: AtsGeneration, $hasGeneration: Boolean!) {
    proxy(id: $id) {
      id runningHash desiredHash
      version { id number files(generation: $generation) @include(if: $hasGeneration) { name content sha256 } }
      attempted {
        hash outcome at
        version { id number files(generation: $generation) @include(if: $hasGeneration) { name content sha256 } }
      }
      runningVersion { id number }
      runningFiles { source at files { name content sha256 } records { name type value } }
      foundFiles { at files { name content sha256 } }
    }
  }
`)
type Shown = ResultOf<typeof filesDocument>['proxy']
interface File {
  readonly name: string
  readonly content: string
  readonly sha256: string
}

/** The files themselves, or a comparison of two of the four sets. */
const showings = ['disk', 'should', 'tried', 'found'] as const
type Showing = (typeof showings)[number]

export function FilesTab(props: { readonly proxyId: string }) {
  const generation = createQuery(generationDocument, {
    variables: () => ({ id: props.proxyId }),
    subjects: ['PROXY'],
  })
  const query = createQuery(filesDocument, {
    variables: () => {
      const known = generation.data()?.proxy
      if (!known) return null
      const { atsGeneration } = known
      return { id: props.proxyId, generation: atsGeneration, hasGeneration: atsGeneration !== null }
    },
    subjects: ['PROXY', 'CONFIG'],
  })
  return (
    <Show
      when={!generation.error() || generation.data()}
      fallback={<QueryPanel query={generation}>{() => null}</QueryPanel>}
    >
      <QueryPanel query={query} rows={10}>
        {(data) => <Files proxy={data().proxy} />}
      </QueryPanel>
    </Show>
  )
}

function Files(props: { readonly proxy: Shown }) {
  const [search, setSearch] = useSearchParams<{ show?: string }>()
  const disk = createMemo(() => props.proxy.runningFiles?.files)
  const should = createMemo(() => props.proxy.version?.files)
  const tried = createMemo(() => props.proxy.attempted?.version?.files)
  const found = createMemo(() => props.proxy.foundFiles?.files)
  const isDrifted = () => differ(should(), disk())
  const isOtherTried = () => differ(tried(), should())
  const options = createMemo(() =>
    [
      { value: 'disk' as const, label: t('proxyFiles.disk'), isOpen: true },
      { value: 'should' as const, label: t('proxyFiles.should'), isOpen: isDrifted() },
      { value: 'tried' as const, label: t('proxyFiles.tried'), isOpen: isOtherTried() },
      { value: 'found' as const, label: t('proxyFiles.found'), isOpen: differ(disk(), found()) },
    ].filter((option) => option.isOpen),
  )
  /** What differs is what people come for; the address may ask for something else, as long as that is there. */
  const showing = (): Showing => {
    const asked = only(showings, search.show)
    if (asked && options().some((option) => option.value === asked)) return asked
    return isDrifted() ? 'should' : 'disk'
  }
  return (
    <div class="space-y-4">
      <Show when={options().length > 1}>
        <Segmented
          label={t('proxyFiles.showing')}
          options={options()}
          value={showing()}
          onChange={(show) => setSearch({ show })}
        />
      </Show>
      <Show when={props.proxy.foundFiles}>
        {(found) => (
          <p class="flex flex-wrap items-center gap-x-3 gap-y-2 text-muted">
            <Show when={differ(disk(), found().files)}>
              <span>
                {t('proxyFiles.foundNote')} <Show when={found().at}>{(at) => <Ago at={at()} />}</Show>
              </span>
            </Show>
            <A href={paths.importFromProxy(props.proxy.id)} class="link-button">
              {t('proxyFiles.import')}
            </A>
          </p>
        )}
      </Show>
      <Switch>
        <Match when={showing() === 'disk'}>
          <OnDisk proxy={props.proxy} />
        </Match>
        <Match when={showing() === 'should'}>
          <Diffs
            before={should() ?? []}
            after={disk() ?? []}
            beforeLabel={t('proxyFiles.shouldLabel', { number: props.proxy.version?.number ?? '' })}
            afterLabel={t('proxyFiles.diskLabel')}
          />
        </Match>
        <Match when={showing() === 'tried'}>
          <Diffs
            before={tried() ?? []}
            after={should() ?? []}
            beforeLabel={t('proxyFiles.triedLabel', { number: props.proxy.attempted?.version?.number ?? '' })}
            afterLabel={t('proxyFiles.shouldLabel', { number: props.proxy.version?.number ?? '' })}
          />
        </Match>
        <Match when={showing() === 'found'}>
          <Diffs
            before={disk() ?? []}
            after={found() ?? []}
            beforeLabel={t('proxyFiles.diskLabel')}
            afterLabel={t('proxyFiles.foundLabel')}
          />
        </Match>
      </Switch>
    </div>
  )
}

function OnDisk(props: { readonly proxy: Shown }) {
  return (
    <Show
      when={props.proxy.runningFiles}
      fallback={
        <div class="card">
          <EmptyState
            icon={<FileSlidersIcon size={28} aria-hidden="true" />}
            title={t('proxyFiles.unknownTitle')}
            text={
              props.proxy.runningHash === null ? t('proxyFiles.nothingText') : t('proxyFiles.unknownText')
            }
          />
        </div>
      }
    >
      {(running) => (
        <>
          <p class="text-muted">
            <Show
              when={running().source === 'VERSION' && props.proxy.runningVersion}
              fallback={
                <>
                  {props.proxy.runningHash === null ? t('proxyFiles.own') : t('proxyFiles.reported')}
                  <Show when={running().at}>
                    {(at) => (
                      <>
                        {' · '}
                        <Ago at={at()} />
                      </>
                    )}
                  </Show>
                </>
              }
            >
              {(version) => t('proxyFiles.fromVersion', { number: version().number })}
            </Show>
          </p>
          <For each={running().files}>
            {(file) => (
              <Panel
                title={<span class="font-mono text-sm">{file.name}</span>}
                actions={<HashText value={file.sha256} />}
              >
                <Show when={file.content} fallback={<p class="text-muted">{t('proxyFiles.empty')}</p>}>
                  <Code text={file.content} label={file.name} />
                </Show>
              </Panel>
            )}
          </For>
          <Show when={running().records.length > 0}>
            <Panel title={t('proxyFiles.records')} note={t('proxyFiles.recordsNote')} isFlush>
              <ul class="divide-y divide-line">
                <For each={running().records}>
                  {(record) => (
                    <li class="flex flex-wrap justify-between gap-x-4 px-4 py-2 font-mono text-xs">
                      <span class="wrap-anywhere">{record.name}</span>
                      <span>
                        {record.value} <span class="text-muted">{record.type}</span>
                      </span>
                    </li>
                  )}
                </For>
              </ul>
            </Panel>
          </Show>
        </>
      )}
    </Show>
  )
}

interface DiffsProps {
  readonly before: readonly File[]
  readonly after: readonly File[]
  readonly beforeLabel: string
  readonly afterLabel: string
}

function Diffs(props: DiffsProps) {
  const before = (name: string) => props.before.find((file) => file.name === name)?.content ?? null
  return (
    <div class="space-y-3">
      <p class="text-muted">
        {t('proxyFiles.direction', { before: props.beforeLabel, after: props.afterLabel })}
      </p>
      <For each={props.after}>
        {(file) => (
          <FileDiff
            name={file.name}
            before={before(file.name)}
            after={file.content}
            sha256={file.sha256}
            beforeLabel={props.beforeLabel}
            afterLabel={props.afterLabel}
          />
        )}
      </For>
    </div>
  )
}

/** False also while one of the two is not known. */
function differ(one: readonly File[] | undefined, other: readonly File[] | undefined): boolean {
  if (!one || !other) return false
  const sums = new Map(one.map((file) => [file.name, file.sha256]))
  return other.some((file) => sums.get(file.name) !== file.sha256)
}
