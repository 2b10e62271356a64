/** The answers to many requests: counted by what changes, filtered, a row each, and to download. */
import { createMemo, For, onCleanup, Show } from 'solid-js'
import type { RouteDecision } from '#core/route'
import { VirtualRows } from '../diff/VirtualRows.tsx'
import { formatNumber } from '../format.ts'
import { locale, plural, t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { ArrowRightIcon, DownloadIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { fileTime, saveFile } from '../ui/saveFile.ts'
import { parentWords, type RowOf, rowsOf } from './answers.ts'
import { methodOf } from './asked.ts'
import { bulkCsv } from './bulkCsv.ts'
import type { BulkRow, BulkRun } from './bulkRun.ts'
import { ruleWords } from './reasonWords.ts'
import type { RouteSearch } from './routeSearch.ts'
import { RuleLink, type RuleLinks } from './ruleLinks.tsx'
import type { TrySide } from './TryOne.tsx'
import { VerdictBadge } from './VerdictBadge.tsx'

interface BulkTableProps {
  readonly run: BulkRun
  readonly before: TrySide | undefined
  readonly after: TrySide
  readonly search: RouteSearch
}

/** Pause after the last key before the address follows. */
const typingMs = 200

export function BulkTable(props: BulkTableProps) {
  const isCompared = () => props.before !== undefined
  const isAll = () => props.search.isAll() || !isCompared()
  const relevant = createMemo(() =>
    isAll() ? props.run.rows : props.run.rows.filter(({ isDifferent }) => isDifferent),
  )
  const differing = createMemo(() => props.run.rows.reduce((sum, row) => sum + (row.isDifferent ? 1 : 0), 0))
  /** How many rows of each change, the most first. */
  const changes = createMemo(() => {
    const counts = new Map<string, number>()
    for (const row of relevant()) counts.set(changeOf(row), (counts.get(changeOf(row)) ?? 0) + 1)
    return [...counts].sort(([, a], [, b]) => b - a)
  })
  const chosen = () =>
    changes().some(([name]) => name === props.search.change()) ? props.search.change() : ''
  const shown = createMemo(() => {
    const [change, find] = [chosen(), props.search.find().trim().toLowerCase()]
    return relevant().filter(
      (row) =>
        (change === '' || changeOf(row) === change) &&
        (find === '' || row.request.url.toLowerCase().includes(find)),
    )
  })
  const number = (count: number) => formatNumber(locale(), count)
  const beforeRows = () => (props.before ? rowsOf(props.before.document) : () => 0)
  const afterRows = () => rowsOf(props.after.document)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))

  return (
    <Panel
      title={t('bulk.results')}
      note={<span role="status">{summary()}</span>}
      isFlush
      actions={
        <Button
          onClick={() =>
            saveFile(`routes-${fileTime()}.csv`, 'text/csv', bulkCsv(shown(), beforeRows(), afterRows()))
          }
        >
          <DownloadIcon size={15} aria-hidden="true" />
          {t('bulk.download')}
        </Button>
      }
    >
      <div class="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <Show when={isCompared()}>
          <Segmented
            label={t('bulk.show')}
            options={[
              { value: 'differences', label: t('bulk.differences') },
              { value: 'all', label: t('bulk.all') },
            ]}
            value={isAll() ? 'all' : 'differences'}
            onChange={(show) => props.search.filter({ show: show === 'all' ? 'all' : null, change: '' })}
          />
        </Show>
        <select
          class="input w-auto! max-w-full"
          aria-label={t('bulk.change')}
          onChange={(event) => props.search.filter({ change: event.currentTarget.value })}
        >
          <option value="" selected={chosen() === ''}>
            {t(isCompared() ? 'bulk.every' : 'bulk.everyVerdict')}
          </option>
          <For each={changes()}>
            {([name, count]) => (
              <option value={name} selected={chosen() === name}>
                {changeWords(name, number(count))}
              </option>
            )}
          </For>
        </select>
        <input
          type="search"
          data-page-search
          class="input min-w-40 flex-1 sm:max-w-80"
          aria-label={t('bulk.filter')}
          placeholder={t('bulk.filter')}
          value={props.search.find()}
          onInput={(event) => {
            const find = event.currentTarget.value
            clearTimeout(timer)
            timer = setTimeout(() => props.search.filter({ find }), typingMs)
          }}
        />
      </div>
      <Show
        when={shown().length > 0}
        fallback={
          <p class="px-4 py-8 text-center text-muted">
            {relevant().length === 0 && isCompared() && props.run.state === 'finished'
              ? t('bulk.nothingDiffers', { total: number(props.run.rows.length) })
              : t('bulk.none')}
          </p>
        }
      >
        <VirtualRows
          rows={shown()}
          label={t('bulk.results')}
          rowHeight={57}
          rowKey={(row) => String(row.line)}
        >
          {(row) => (
            <Row
              row={row}
              beforeRows={beforeRows()}
              afterRows={afterRows()}
              beforeLinks={props.before?.links ?? {}}
              afterLinks={props.after.links}
              onExplain={() =>
                props.search.explain({
                  url: row.request.url,
                  method: row.request.method === methodOf(row.request.url) ? '' : row.request.method,
                  client: row.request.clientAddress ?? '',
                  resolved: row.request.resolvedAddress ?? '',
                })
              }
            />
          )}
        </VirtualRows>
      </Show>
    </Panel>
  )

  function summary(): string {
    const total = props.run.rows.length
    if (props.run.state === 'running') return ''
    return isCompared() && differing() > 0
      ? plural('bulk.differ', differing(), { total: number(total) })
      : t('bulk.progress', { done: number(total), total: number(props.run.total) })
  }
}

function Row(props: {
  readonly row: BulkRow
  readonly beforeRows: RowOf
  readonly afterRows: RowOf
  readonly beforeLinks: RuleLinks
  readonly afterLinks: RuleLinks
  readonly onExplain: () => void
}) {
  return (
    <div class="grid gap-x-4 gap-y-1 border-b border-line px-4 py-2 md:grid-cols-[3rem_minmax(0,1fr)_minmax(0,1fr)_auto]">
      <span class="text-xs text-muted tabular-nums max-md:hidden">{props.row.line}</span>
      <span class="min-w-0">
        <span class="block font-mono text-xs wrap-anywhere">{props.row.request.url}</span>
        <Show when={addressesOf(props.row)}>
          {(words) => <span class="block font-mono text-xs text-muted">{words()}</span>}
        </Show>
      </span>
      <span class="flex min-w-0 flex-wrap items-start gap-x-2 gap-y-1">
        <Show when={props.row.before}>
          {(before) => (
            <>
              <Decision decision={before()} rowOf={props.beforeRows} links={props.beforeLinks} />
              <ArrowRightIcon size={14} class="mt-1 shrink-0 text-muted" aria-hidden="true" />
            </>
          )}
        </Show>
        <Decision decision={props.row.after} rowOf={props.afterRows} links={props.afterLinks} />
      </span>
      <span>
        <Button
          look="ghost"
          aria-label={t('bulk.explainOf', { line: props.row.line })}
          onClick={props.onExplain}
        >
          {t('bulk.explain')}
        </Button>
      </span>
    </div>
  )
}

function Decision(props: {
  readonly decision: RouteDecision
  readonly rowOf: RowOf
  readonly links: RuleLinks
}) {
  return (
    <span class="min-w-0">
      <span title={parentWords(props.decision.parents)}>
        <VerdictBadge verdict={props.decision.verdict} />
      </span>
      <Show when={props.decision.rule}>
        {(rule) => (
          <span class="block text-xs">
            <RuleLink links={props.links} target={{ kind: 'rule', id: rule().id, row: props.rowOf(rule()) }}>
              {t('try.rule', { row: props.rowOf(rule()), rule: ruleWords(rule()) })}
            </RuleLink>
          </span>
        )}
      </Show>
    </span>
  )
}

function addressesOf({ request }: BulkRow): string {
  const { clientAddress, resolvedAddress } = request
  return [clientAddress && `← ${clientAddress}`, resolvedAddress && `= ${resolvedAddress}`]
    .filter(Boolean)
    .join(' ')
}

/** `direct-parent`: names a change in the address. */
function changeOf({ before, after }: BulkRow): string {
  return before === null ? after.verdict : `${before.verdict}-${after.verdict}`
}

function changeWords(name: string, count: string): string {
  const [before = '', after] = name.split('-')
  const words = (verdict: string) => t(`verdict.${verdict}` as 'verdict.direct')
  return after === undefined
    ? t('bulk.verdictOf', { verdict: words(before), count })
    : t('bulk.transitionOf', { before: words(before), after: words(after), count })
}
