/** One file's diff: how many lines came and went, the changed ones with what is around them, every blank in sight. */
import { createMemo, createResource, createSignal, Match, onCleanup, Show, Switch } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { turn } from '../turns.ts'
import { Badge } from '../ui/Badge.tsx'
import { ChevronRightIcon } from '../ui/icons.ts'
import { HashText } from '../words.tsx'
import type { FileDiffProps } from './FileDiff.tsx'
import { FileDiffLine, Fold } from './FileDiffLine.tsx'
import { LineCount } from './LineCount.tsx'
import { countLines, diffLines, type Hunk, type Lines, linesOf } from './lines.ts'
import { diffRows, hasHiddenBlanks, rowKey } from './rows.ts'
import { hasStops, useStops } from './stops.tsx'
import { VirtualRows } from './VirtualRows.tsx'
import { DiffViewSwitch, diffView } from './view.tsx'

/** Narrower than this, two columns would wrap nearly every line. */
const splitWidthPx = 720
const lineHeightPx = 20

export function FileDiffPanel(props: FileDiffProps) {
  let element: HTMLElement | undefined
  const isAlone = !hasStops()
  const [width, setWidth] = createSignal(splitWidthPx)
  const [resource] = createResource(() => ({ before: props.before, after: props.after }), compare)
  // The last comparison stays until the next one is there.
  const compared = createMemo(() => resource.latest ?? nothingCompared)
  const hunks = () => compared().hunks
  const isNew = () => compared().isNew
  const isSame = () => compared().isSame
  const isSplit = () => diffView() === 'split' && width() >= splitWidthPx && !isNew()
  const [opened, setOpened] = createSignal<ReadonlySet<number>>(new Set<number>())
  const rows = createMemo(() =>
    diffRows(compared().before, compared().after, hunks(), { isSplit: isSplit(), opened: opened() }),
  )
  const rowOfStop = createMemo(() =>
    rows().flatMap((row, index) => (row.kind === 'changed' && row.stop !== null ? [index] : [])),
  )
  const [chosen, setChosen] = createSignal<boolean>()
  const isOpen = () => chosen() ?? !isSame()
  let showRow: ((index: number) => void) | undefined
  const stops = useStops({
    element: () => element,
    count: () => (isOpen() ? hunks().length : 0),
    show: (index) => showRow?.(rowOfStop()[index] ?? 0),
  })
  const watchWidth = (target: HTMLElement) => {
    element = target
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width))
    observer.observe(target)
    onCleanup(() => observer.disconnect())
  }
  return (
    <section
      ref={watchWidth}
      aria-label={t('review.diffOf', { file: props.name })}
      class="overflow-hidden rounded-lg border border-line"
    >
      <header class="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 bg-sunken px-2 py-1">
        <h3 class="min-w-0">
          <button
            type="button"
            aria-expanded={isOpen()}
            onClick={() => setChosen(!isOpen())}
            class="inline-flex max-w-full items-center gap-1 rounded px-1 py-1 font-mono text-sm font-medium hover:bg-hover"
          >
            <ChevronRightIcon
              size={14}
              class={`shrink-0 text-muted transition-transform ${isOpen() ? 'rotate-90' : ''}`}
              aria-hidden="true"
            />
            <span class="break-all">{props.name}</span>
          </button>
        </h3>
        <Switch>
          <Match when={isSame()}>
            <span class="text-sm text-muted">{t('review.sameFile')}</span>
          </Match>
          <Match when={isNew()}>
            <Badge tone="info">{t('review.newFile')}</Badge>
            <LineCount {...countLines(hunks())} />
          </Match>
          <Match when={true}>
            <LineCount {...countLines(hunks())} />
          </Match>
        </Switch>
        <span class="ml-auto flex flex-wrap items-center gap-2">
          <Show when={isSame() && props.sha256}>{(hash) => <HashText value={hash()} />}</Show>
          <Show when={isAlone && isOpen() && !isSame() && width() >= splitWidthPx && !isNew()}>
            <DiffViewSwitch />
          </Show>
        </span>
      </header>
      <Show when={isOpen()}>
        <Show when={!isSame() && isSplit() && (props.beforeLabel || props.afterLabel)}>
          <div class="grid grid-cols-2 border-t border-line text-xs font-medium text-muted">
            <span class="px-3 py-1">{props.beforeLabel}</span>
            <span class="border-l border-line px-3 py-1">{props.afterLabel}</span>
          </div>
        </Show>
        <Show
          when={rows().length > 0}
          fallback={<p class="border-t border-line px-3 py-2 text-sm text-muted">{t('review.emptyFile')}</p>}
        >
          <VirtualRows
            rows={rows()}
            label={t('review.linesOf', { file: props.name })}
            rowHeight={lineHeightPx}
            rowKey={(row) => `${isSplit() ? 'split' : 'unified'} ${rowKey(row)}`}
            onReady={(show) => {
              showRow = show
            }}
            class="border-t border-line bg-surface font-mono text-xs leading-5"
          >
            {(row) =>
              row.kind === 'fold' ? (
                <Fold count={row.count} onOpen={() => setOpened((known) => new Set(known).add(row.from))} />
              ) : (
                <FileDiffLine
                  row={row}
                  isSplit={isSplit()}
                  isCurrent={row.kind === 'changed' && row.stop !== null && stops.isCurrent(row.stop)}
                />
              )
            }
          </VirtualRows>
        </Show>
        <Show when={compared().hasMarks}>
          <p class="border-t border-line px-3 py-1 text-xs text-muted">{t('review.blanksLegend')}</p>
        </Show>
      </Show>
    </section>
  )
}

interface Comparison {
  readonly before: Lines
  readonly after: Lines
  readonly hunks: readonly Hunk[]
  /** There was no such file. */
  readonly isNew: boolean
  readonly isSame: boolean
  readonly hasMarks: boolean
}

const nothingCompared: Comparison = {
  before: linesOf(''),
  after: linesOf(''),
  hunks: [],
  isNew: false,
  isSame: true,
  hasMarks: false,
}

/** A step at a time: the files of 10,000 rules would hold up the page at once. */
async function compare(texts: {
  readonly before: string | null
  readonly after: string
}): Promise<Comparison> {
  await turn()
  const [before, after] = [linesOf(texts.before ?? ''), linesOf(texts.after)]
  await turn()
  const hunks = diffLines(before, after)
  await turn()
  const hasMarks = [before, after].some(({ texts }) => texts.some(hasHiddenBlanks))
  return {
    before,
    after,
    hunks,
    isNew: texts.before === null,
    isSame: texts.before === texts.after,
    hasMarks,
  }
}
