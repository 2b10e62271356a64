/** Any two states of a config side by side, or one of them on its own; the address names both. */
import { A, useParams, useSearchParams } from '@solidjs/router'
import { createMemo, For, Show } from 'solid-js'
import { AtsGeneration } from '#core/vocabulary'
import { FileDiff } from '../diff/FileDiff.tsx'
import { ChangeNav, ChangeStops } from '../diff/stops.tsx'
import { DiffViewSwitch } from '../diff/view.tsx'
import { only } from '../lists.tsx'
import { t } from '../locales/i18n.ts'
import { Missing } from '../Missing.tsx'
import { usePaletteActions } from '../palette.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { useShortcuts } from '../shortcuts.ts'
import { Button } from '../ui/Button.tsx'
import { SwapIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { both, createFetched } from './fetched.ts'
import { SidePicker } from './SidePicker.tsx'
import { SidesDiff } from './SidesDiff.tsx'
import { createSideChanges } from './sideChanges.ts'
import { choicesDocument, fetchFiles, type GenerationName, type Side, type SideFile } from './sides.ts'

const generations = Object.keys(AtsGeneration) as readonly GenerationName[]

type CompareSearch = { [Name in 'from' | 'to' | 'ats']?: string | undefined }

export function ComparePage() {
  const params = useParams<{ id: string }>()
  const [search, setSearch] = useSearchParams<CompareSearch>()
  const choices = createQuery(choicesDocument, {
    variables: () => ({ id: params.id }),
    subjects: ['CONFIG'],
  })
  setPageTitle(() => {
    const name = choices.data()?.config.name
    return name && t('compare.title', { name })
  })
  return (
    <QueryPanel query={choices} rows={8} missing={<Missing kind="config" />}>
      {(data) => {
        const config = () => data().config
        const from = (): Side => search.from ?? config().activeVersion?.id ?? 'none'
        const to = (): Side => (search.to && search.to !== 'none' ? search.to : 'working')
        const swap = () => from() !== 'none' && setSearch({ from: to(), to: from() })
        const whyNotSwap = () => (from() === 'none' ? t('compare.whyNoSwap') : undefined)
        useShortcuts(() => [{ keys: 's', label: t('compare.swap'), run: swap }])
        usePaletteActions(() => [
          { id: 'compare.swap', label: t('compare.swap'), run: swap, why: whyNotSwap() },
        ])
        return (
          <ChangeStops>
            <PageHeader
              title={
                <>
                  <A href={paths.configVersions(params.id)} class="link font-semibold underline">
                    {config().name}
                  </A>{' '}
                  <span class="text-muted">/ {t('compare.heading')}</span>
                </>
              }
              subtitle={t(from() === 'none' ? 'compare.textOne' : 'compare.text')}
              actions={<ChangeNav />}
            />
            <div class="mb-4 grid grid-cols-[minmax(0,1fr)_auto] items-end gap-2 sm:max-w-3xl sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)]">
              <SidePicker
                label={t('compare.from')}
                value={from()}
                config={config()}
                hasNone
                onChoose={(side) => setSearch({ from: side })}
              />
              <Button
                isIcon
                class="max-sm:row-span-2 max-sm:self-center"
                aria-label={t('compare.swap')}
                title={t('compare.swap')}
                aria-keyshortcuts="s"
                why={whyNotSwap()}
                onClick={swap}
              >
                <SwapIcon size={15} class="max-sm:rotate-90" aria-hidden="true" />
              </Button>
              <SidePicker
                label={t('compare.to')}
                value={to()}
                config={config()}
                onChoose={(side) => setSearch({ to: side })}
              />
            </div>
            <Comparison
              configId={params.id}
              // Another revision is another working copy.
              revision={config().revision}
              from={from()}
              to={to()}
              generation={only(generations, search.ats) ?? 'ATS_9_2'}
              onGeneration={(ats) =>
                setSearch({ ats: ats === 'ATS_9_2' ? undefined : ats }, { replace: true })
              }
            />
          </ChangeStops>
        )
      }}
    </QueryPanel>
  )
}

interface ComparisonProps {
  readonly configId: string
  readonly revision: number
  readonly from: Side
  readonly to: Side
  readonly generation: GenerationName
  readonly onGeneration: (generation: GenerationName) => void
}

function Comparison(props: ComparisonProps) {
  const keyOf = (side: Side) => (side === 'working' ? `working ${props.revision}` : side)
  const filesOf = (side: () => Side) =>
    createFetched(
      () => `${keyOf(side())} ${props.generation}`,
      () => fetchFiles(props.configId, side(), props.generation),
    )
  const changes = createSideChanges(
    () => props.configId,
    () => props.from,
    () => props.to,
    keyOf,
  )
  const files = both(
    filesOf(() => props.from),
    filesOf(() => props.to),
  )
  return (
    <div class="space-y-4">
      <Panel title={t('compare.rules')} isFlush>
        <SidesDiff changes={changes} rows={4} />
      </Panel>
      <Panel
        title={t('compare.files')}
        actions={
          <>
            <Segmented
              label={t('compare.generation')}
              value={props.generation}
              options={generations.map((name) => ({ value: name, label: AtsGeneration[name] }))}
              onChange={props.onGeneration}
            />
            <span class="max-lg:hidden">
              <DiffViewSwitch />
            </span>
          </>
        }
      >
        <QueryPanel query={files} rows={4}>
          {(data) => (
            <Files
              before={data().before}
              after={data().after}
              beforeLabel={changes.data()?.beforeLabel ?? ''}
              afterLabel={changes.data()?.afterLabel ?? ''}
            />
          )}
        </QueryPanel>
      </Panel>
    </div>
  )
}

function Files(props: {
  readonly before: readonly SideFile[]
  readonly after: readonly SideFile[]
  readonly beforeLabel: string
  readonly afterLabel: string
}) {
  const names = createMemo(() => [...new Set([...props.after, ...props.before].map(({ name }) => name))])
  const find = (files: readonly SideFile[], name: string) => files.find((file) => file.name === name)
  return (
    <Show when={props.after.length > 0} fallback={<p class="text-muted">{t('compare.noFiles')}</p>}>
      <div class="space-y-3">
        <For each={names()}>
          {(name) => (
            <FileDiff
              name={name}
              before={find(props.before, name)?.content ?? null}
              after={find(props.after, name)?.content ?? ''}
              sha256={find(props.after, name)?.sha256}
              beforeLabel={props.beforeLabel}
              afterLabel={props.afterLabel}
            />
          )}
        </For>
      </div>
    </Show>
  )
}
