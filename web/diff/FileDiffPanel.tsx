/** One file's diff: how many lines came and went, the changed ones with what is around them, every blank in sight. */
import { createMemo, createSignal, Match, onCleanup, Show, Switch } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { Badge } from '../ui/Badge.tsx'
import { ChevronRightIcon } from '../ui/icons.ts'
import { HashText } from '../words.tsx'
import type { FileDiffProps } from './FileDiff.tsx'
import { FileDiffLine, Fold } from './FileDiffLine.tsx'
import { LineCount } from './LineCount.tsx'
import { countLines, diffLines, linesOf } from './lines.ts'
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
  const before = createMemo(() => linesOf(props.before ?? ''))
  const after = createMemo(() => linesOf(props.after))
  const hunks = createMemo(() => diffLines(before(), after()))
  const isSame = () => props.before === props.after
  const isSplit = () => diffView() === 'split' && width() >= splitWidthPx && props.before !== null
  const [opened, setOpened] = createSignal<ReadonlySet<number>>(new Set<number>())
  const rows = createMemo(() =>
    diffRows(before(), after(), hunks(), { isSplit: isSplit(), opened: opened() }),
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
  const hasMarks = createMemo(() => [before(), after()].some(({ texts }) => texts.some(hasHiddenBlanks)))
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
          <Match when={props.before === null}>
            <Badge tone="info">{t('review.newFile')}</Badge>
            <LineCount {...countLines(hunks())} />
          </Match>
          <Match when={true}>
            <LineCount {...countLines(hunks())} />
          </Match>
        </Switch>
        <span class="ml-auto flex flex-wrap items-center gap-2">
          <Show when={isSame() && props.sha256}>{(hash) => <HashText value={hash()} />}</Show>
          <Show when={isAlone && isOpen() && !isSame() && width() >= splitWidthPx && props.before !== null}>
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
        <Show when={hasMarks()}>
          <p class="border-t border-line px-3 py-1 text-xs text-muted">{t('review.blanksLegend')}</p>
        </Show>
      </Show>
    </section>
  )
}
