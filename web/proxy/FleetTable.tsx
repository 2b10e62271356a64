/** The fleet as one long grid of which only the rows in sight exist; moved through, selected and opened by keyboard too. */
import { useNavigate } from '@solidjs/router'
import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { useShortcuts } from '../shortcuts.ts'
import { createMedia } from '../ui/createMedia.ts'
import { createRowSlots, type RowSlot } from '../ui/createRowSlots.ts'
import { ArrowDownIcon, ArrowUpIcon } from '../ui/icons.ts'
import { FleetCard, FleetRow } from './FleetRow.tsx'
import { type Column, columns } from './fleetColumns.tsx'
import { createFleetLive } from './fleetLive.ts'
import type { FleetRows } from './fleetRows.ts'
import { type ColumnName, type FleetView, liveColumns, type Sort } from './fleetView.ts'
import { createRowWindow } from './rowWindow.ts'
import type { Selection } from './selection.ts'

interface FleetTableProps {
  readonly rows: FleetRows
  readonly view: FleetView
  readonly selection: Selection
  readonly onSort: (sort: Sort, isDescending: boolean) => void
}

/** CSS pixels; a card holds on four lines what a row holds side by side. */
const rowHeightPx = 52
const cardHeightPx = 128
/** As the class of the header's row says: a constant here would become a style attribute, which our policy forbids. */
const headHeightPx = 34
/** How many columns beside the hostname fit while the window is narrower than a laptop's. */
const columnsOnTablet = 2

export function FleetTable(props: FleetTableProps) {
  const navigate = useNavigate()
  const isNarrow = createMedia('(max-width: 639px)')
  const isTablet = createMedia('(max-width: 1023px)')
  const rowHeight = () => (isNarrow() ? cardHeightPx : rowHeightPx)
  const total = () => props.rows.total() ?? 0
  const shownColumns = createMemo((): readonly ColumnName[] =>
    isTablet() ? props.view.columns.slice(0, columnsOnTablet) : props.view.columns,
  )
  const tracks = () =>
    ['2.5rem', 'minmax(17rem, 2fr)', ...shownColumns().map((name) => columns[name].track)].join(' ')

  // The row that the keyboard is at: by id, so that it stays at its proxy when others come and go before it.
  const [active, setActive] = createSignal<{ readonly index: number; readonly id: string | undefined }>()
  const activeIndex = createMemo(() => {
    const known = active()
    if (!known || total() === 0) return undefined
    const moved = known.id === undefined ? -1 : props.rows.indexOf(known.id)
    return Math.min(moved >= 0 ? moved : known.index, total() - 1)
  })
  const list = createRowWindow({
    count: total,
    rowHeight,
    headHeight: () => (isNarrow() ? 0 : headHeightPx),
    kept: activeIndex,
  })
  const shown = createMemo(() => list.indices().map((index) => props.rows.idAt(index) ?? `at ${index}`))
  const places = createMemo(() => new Map(shown().map((key, order) => [key, list.indices()[order] ?? 0])))
  const [box, setBox] = createSignal<HTMLElement>()
  const slots = createRowSlots(shown, box)

  let grid: HTMLTableElement | undefined
  /** The focus is on a row, also while that row's element is being replaced. */
  let isFocused = false
  const focusActive = () => {
    grid?.querySelector<HTMLElement>('tbody > tr[tabindex="0"]')?.focus({ preventScroll: true })
  }
  const moveTo = (index: number) => {
    if (total() === 0) return
    const target = Math.max(0, Math.min(total() - 1, index))
    setActive({ index: target, id: props.rows.idAt(target) })
    list.reveal(target)
    isFocused = true
    focusActive()
  }
  const step = (by: number) => {
    const from = activeIndex()
    moveTo(from === undefined ? list.first() : from + by)
  }
  const toggle = (index: number) => {
    const id = props.rows.idAt(index)
    if (id !== undefined) props.selection.toggle(id, index)
  }
  const extendTo = async (index: number) => {
    props.selection.add(await props.rows.idsBetween(props.selection.anchor() ?? index, index))
  }
  const idsInSight = () => {
    const indices = Array.from({ length: list.last() - list.first() + 1 }, (_, at) => list.first() + at)
    return indices.map((index) => props.rows.idAt(index)).filter((id) => id !== undefined)
  }
  const live = createFleetLive(() => {
    const isShown = isNarrow() || shownColumns().some((name) => liveColumns.includes(name))
    return isShown ? idsInSight() : []
  })
  const selectedInSight = createMemo(() => {
    const ids = idsInSight()
    const count = ids.filter((id) => props.selection.has(id)).length
    if (count === 0) return 'none'
    return count === ids.length ? 'all' : 'some'
  })
  const toggleInSight = () => {
    if (selectedInSight() === 'all') props.selection.remove(idsInSight())
    else props.selection.add(idsInSight())
  }
  const open = (index: number) => {
    const id = props.rows.idAt(index)
    if (id !== undefined) navigate(paths.proxy(id))
  }

  const leave = (event: PointerEvent) => {
    if (event.target instanceof Node && !grid?.contains(event.target)) isFocused = false
  }
  document.addEventListener('pointerdown', leave)
  onCleanup(() => document.removeEventListener('pointerdown', leave))
  createEffect(() => props.rows.show(list.first(), list.last()))
  createEffect(
    on(
      () => props.rows.generation(),
      () => {
        setActive(undefined)
        list.scrollToTop()
      },
      { defer: true },
    ),
  )
  createEffect(
    on(shown, () => {
      if (isFocused && document.activeElement === document.body) focusActive()
    }),
  )
  // What was a gap when the keyboard came there has its proxy now: from here on it is that proxy's row.
  createEffect(() => {
    const known = active()
    const index = activeIndex()
    if (!known || index === undefined || known.id !== undefined) return
    const id = props.rows.idAt(index)
    if (id !== undefined) setActive({ index, id })
  })

  useShortcuts(() => [
    { keys: 'j', label: t('fleet.keyNext'), run: () => step(1) },
    { keys: 'k', label: t('fleet.keyPrevious'), run: () => step(-1) },
    {
      keys: 'x',
      label: t('fleet.keySelect'),
      run: () => {
        const index = activeIndex()
        if (index !== undefined) toggle(index)
      },
    },
  ])

  const onKeyDown = (event: KeyboardEvent) => {
    const row = event.target instanceof HTMLTableRowElement
    const index = activeIndex()
    if (!row || index === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const act = actions[event.key]
    if (!act) return
    event.preventDefault()
    act(index, event)
  }
  const walk = (by: number) => (index: number, event: KeyboardEvent) => {
    if (event.shiftKey && props.selection.anchor() === undefined) toggle(index)
    moveTo(index + by)
    if (event.shiftKey) void extendTo(Math.max(0, Math.min(total() - 1, index + by)))
  }
  const actions: Readonly<Record<string, (index: number, event: KeyboardEvent) => void>> = {
    ArrowDown: walk(1),
    ArrowUp: walk(-1),
    PageDown: (index) => moveTo(index + list.perPage()),
    PageUp: (index) => moveTo(index - list.perPage()),
    Home: () => moveTo(0),
    End: () => moveTo(total() - 1),
    Enter: open,
    ' ': toggle,
    Escape: () => props.selection.clear(),
  }

  return (
    <div
      ref={(element) => {
        setBox(element)
        list.attach(element)
      }}
      class={`card overflow-x-hidden overflow-y-auto overscroll-contain ${props.selection.ids().size > 0 ? 'max-h-[calc(100dvh-9rem)] sm:max-h-[max(24rem,calc(100dvh-18rem))]' : 'max-h-[calc(100dvh-5rem)] sm:max-h-[max(24rem,calc(100dvh-14rem))]'} ${props.rows.isSwitching() ? 'opacity-60' : ''}`}
    >
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows take the focus and are selected, so it is a grid.
        role="grid"
        aria-label={t('fleet.title')}
        aria-rowcount={total() + 1}
        aria-colcount={shownColumns().length + 2}
        aria-multiselectable="true"
        aria-busy={props.rows.isSwitching()}
        onKeyDown={onKeyDown}
        onFocusIn={(event) => {
          isFocused = event.target.closest('tbody') !== null
        }}
        onFocusOut={(event) => {
          if (event.relatedTarget !== null) isFocused = false
        }}
        class="block"
      >
        <Show when={!isNarrow()}>
          <thead class="sticky top-0 z-10 block rounded-t-[9px] border-b border-line bg-surface text-xs text-muted">
            <tr
              aria-rowindex={1}
              class="grid h-[34px] items-center"
              style={{ 'grid-template-columns': tracks() }}
            >
              <th scope="col" class="grid place-items-center">
                <input
                  type="checkbox"
                  aria-label={t('fleet.selectInSight')}
                  title={t('fleet.selectInSight')}
                  checked={selectedInSight() === 'all'}
                  prop:indeterminate={selectedInSight() === 'some'}
                  onChange={toggleInSight}
                />
              </th>
              <SortHeader
                column={{ label: () => t('proxy.hostname'), sort: 'HOSTNAME' }}
                view={props.view}
                onSort={props.onSort}
              />
              <For each={shownColumns()}>
                {(name) => <SortHeader column={columns[name]} view={props.view} onSort={props.onSort} />}
              </For>
            </tr>
          </thead>
        </Show>
        <tbody class="relative block" style={{ height: `${total() * rowHeight()}px` }}>
          <For each={slots.slots()}>{(slot) => <Row slot={slot} />}</For>
        </tbody>
      </table>
    </div>
  )

  function Row(own: { readonly slot: RowSlot }) {
    const key = createMemo(() => slots.keyOf(own.slot))
    const index = createMemo((before: number) => places().get(key()) ?? before, 0)
    const common = {
      ref: (row: HTMLElement) => slots.place(own.slot, row),
      get index() {
        return index()
      },
      get proxy() {
        return props.rows.proxy(key())
      },
      get live() {
        return live(key())
      },
      get isTabStop() {
        return index() === (activeIndex() ?? list.first())
      },
      get isSelected() {
        return props.selection.has(key())
      },
      get height() {
        return rowHeight()
      },
      onActivate: () => setActive({ index: index(), id: props.rows.idAt(index()) }),
      onToggle: () => toggle(index()),
      onExtend: () => void extendTo(index()),
    }
    return (
      <Show when={isNarrow()} fallback={<FleetRow {...common} columns={shownColumns()} tracks={tracks()} />}>
        <FleetCard {...common} />
      </Show>
    )
  }
}

interface SortHeaderProps {
  readonly column: Pick<Column, 'label' | 'head' | 'sort'>
  readonly view: FleetView
  readonly onSort: (sort: Sort, isDescending: boolean) => void
}

function SortHeader(props: SortHeaderProps) {
  const isSorted = () => props.column.sort === props.view.sort
  const order = () => (props.view.isDescending ? 'descending' : 'ascending')
  return (
    <th
      scope="col"
      class="min-w-0 px-3 text-left font-medium"
      aria-sort={props.column.sort === null ? undefined : isSorted() ? order() : 'none'}
    >
      <Show when={props.column.sort} fallback={props.column.label()}>
        {(sort) => (
          <button
            type="button"
            class={`-mx-1.5 inline-flex max-w-full items-center gap-1 rounded px-1.5 py-1 hover:bg-hover hover:text-text ${isSorted() ? 'text-text' : ''}`}
            aria-label={props.column.head && props.column.label()}
            title={props.column.head && props.column.label()}
            onClick={() => props.onSort(sort(), isSorted() && !props.view.isDescending)}
          >
            <span class="truncate">{props.column.head ?? props.column.label()}</span>
            <Show when={isSorted()}>
              <Show when={props.view.isDescending} fallback={<ArrowUpIcon size={12} aria-hidden="true" />}>
                <ArrowDownIcon size={12} aria-hidden="true" />
              </Show>
            </Show>
          </button>
        )}
      </Show>
    </th>
  )
}
