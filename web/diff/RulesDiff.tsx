/**
 * Two documents compared as a person would: settings, then rules that went, came, changed field by field, or moved.
 * Where there is nothing to compare with, the one document reads as what it holds, not as a list of additions.
 */
import { createMemo, createSignal, For, Show } from 'solid-js'
import type { SideChanges } from '../config/sideChanges.ts'
import { formatNumber } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { ChangeRow } from './ChangeRow.tsx'
import { countIn, type Filter, filters, groupRows, rowKey } from './groups.ts'
import { createRulePages } from './rulePages.ts'
import { useStops } from './stops.tsx'
import { contentWords, summaryWords } from './summary.ts'
import { VirtualRows } from './VirtualRows.tsx'

interface RulesDiffProps {
  readonly changes: SideChanges
  /** Shown when nothing differs. */
  readonly sameText?: string
}

const rowHeightPx = 36

export function RulesDiff(props: RulesDiffProps) {
  return (
    <Show
      when={countIn(props.changes, 'all') > 0}
      fallback={<p class="px-4 py-3 text-muted">{props.sameText ?? t('review.noChanges')}</p>}
    >
      <p class="px-4 pt-3 pb-2 font-medium" data-testid="change-summary">
        {props.changes.isContent
          ? contentWords(props.changes.counts.added, props.changes.after)
          : summaryWords(props.changes)}
      </p>
      <ChangeList changes={props.changes} />
    </Show>
  )
}

function ChangeList(props: { readonly changes: SideChanges }) {
  let element: HTMLElement | undefined
  let showRow: ((index: number) => void) | undefined
  const [chosen, setFilter] = createSignal<Filter>('all')
  const counts = createMemo(() => new Map(filters.map((each) => [each, countIn(props.changes, each)])))
  const chips = () => filters.filter((each) => (counts().get(each) ?? 0) > 0)
  // A filter that lists nothing any more, after an edit, gives way to everything.
  const filter = () => ((counts().get(chosen()) ?? 0) > 0 ? chosen() : 'all')
  const rows = createMemo(() => groupRows(props.changes, filter()))
  const pages = createMemo(() => createRulePages(props.changes))
  const rowOfStop = createMemo(() => rows().flatMap((row, index) => (row.kind === 'heading' ? [] : [index])))
  const stops = useStops({
    element: () => element,
    count: () => rowOfStop().length,
    show: (index) => showRow?.(rowOfStop()[index] ?? 0),
  })
  const showRules = (first: number, last: number) => {
    const places = rows()
      .slice(first, last + 1)
      .flatMap((row) => (row.kind === 'rule' ? [row.place] : []))
    const [from, to] = [places[0], places.at(-1)]
    if (from !== undefined && to !== undefined) pages().show(from, to)
  }
  const number = (value: number) => formatNumber(locale(), value)
  return (
    <div
      ref={(target) => {
        element = target
      }}
    >
      {/* One kind beside "all" would be the same list twice. */}
      <Show when={!props.changes.isContent && countIn(props.changes, 'all') > 5 && chips().length > 2}>
        <fieldset class="flex flex-wrap gap-1.5 px-4 pb-3" aria-label={t('review.changeFilter')}>
          <For each={chips()}>
            {(each) => (
              <button
                type="button"
                aria-pressed={filter() === each}
                onClick={() => setFilter(each)}
                class={`inline-flex h-7 items-center gap-1.5 rounded-full border px-2.5 text-sm font-medium ${filter() === each ? 'border-accent bg-accent-soft text-accent' : 'border-line text-muted hover:bg-hover'}`}
              >
                {t(`changeFilter.${each}`)}
                <span class="tabular-nums">{number(counts().get(each) ?? 0)}</span>
              </button>
            )}
          </For>
        </fieldset>
      </Show>
      <VirtualRows
        rows={rows()}
        label={t('review.changeList')}
        rowHeight={rowHeightPx}
        rowKey={rowKey}
        onShow={showRules}
        onReady={(show) => {
          showRow = show
        }}
        class="border-t border-line"
      >
        {(row) =>
          row.kind === 'heading' ? (
            <h3 class="bg-sunken px-4 py-1.5 text-sm font-medium text-muted">
              {t(`changeGroup.${props.changes.isContent && row.group === 'added' ? 'rules' : row.group}`)}{' '}
              {/* A list that changed is one change, and so many lines. */}
              <Show when={row.group !== 'clients' && row.group !== 'tests'}>
                <span class="tabular-nums">({number(row.count)})</span>
              </Show>
            </h3>
          ) : (
            <Show
              when={row.kind === 'setting' ? row.change : pages().at(row.place)}
              fallback={
                <div class="border-b border-line px-4 py-2">
                  <div class="skeleton h-5 w-2/3" />
                </div>
              }
            >
              {(change) => (
                <ChangeRow
                  change={change()}
                  isCurrent={stops.isCurrent(row.stop)}
                  isContent={props.changes.isContent}
                />
              )}
            </Show>
          )
        }
      </VirtualRows>
    </div>
  )
}
