/** The lines themselves: only those in sight are in the page, and the arrow keys move among them. */
import { createEffect, createMemo, createSignal, For, on, onMount, Show } from 'solid-js'
import { formatNumber, formatTime } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { createRowWindow } from '../ui/createRowWindow.ts'
import { piecesOf } from './find.ts'
import { colourOf } from './proxyColours.ts'
import type { ShownLine, ShownProxy } from './shownLine.ts'
import { gapWords } from './words.ts'

interface LogListProps {
  readonly lines: readonly ShownLine[]
  /** Whose; of several, each line says whose it is. */
  readonly proxies: readonly ShownProxy[]
  readonly look: 'columns' | 'raw'
  readonly isWrapped: boolean
  /** Marked wherever it stands. */
  readonly find: string
  readonly selected: string | undefined
  readonly isFollowing: boolean
  readonly onSelect: (key: string) => void
  /** The reader scrolls up, or picks a line. */
  readonly onPause: () => void
  readonly onReady: (reveal: (key: string) => boolean) => void
}

const rowPx = 22
const pageRows = 20

export function LogList(props: LogListProps) {
  let element: HTMLElement | undefined
  const [frame, setFrame] = createSignal<HTMLElement>()
  onMount(() => setFrame(element))
  const keys = createMemo(() => props.lines.map(({ key }) => key))
  const view = createRowWindow({ keys, scroller: frame, usualPx: () => rowPx })
  const toEnd = () => {
    const scroller = frame()
    if (scroller) scroller.scrollTop = scroller.scrollHeight
  }
  createEffect(
    on([() => props.lines, () => props.isFollowing, frame, () => props.isWrapped, view.heightPx], () => {
      if (props.isFollowing) requestAnimationFrame(toEnd)
    }),
  )
  onMount(() => props.onReady((key) => view.reveal(key, 'center')))
  const isHere = (key: string | undefined) => key !== undefined && view.places().has(key)
  // The list names it as its active one, wherever it stands: it has to be in the page.
  createEffect(() => view.keep(props.selected))
  const indexOf = (key: string | undefined) => (key === undefined ? undefined : view.places().get(key))
  const move = (to: number) => {
    const key = props.lines[Math.min(Math.max(to, 0), props.lines.length - 1)]?.key
    if (key === undefined) return
    props.onSelect(key)
    view.reveal(key)
  }
  const steps: Readonly<Record<string, (at: number) => number>> = {
    ArrowDown: (at) => at + 1,
    ArrowUp: (at) => at - 1,
    PageDown: (at) => at + pageRows,
    PageUp: (at) => at - pageRows,
    Home: () => 0,
    End: () => props.lines.length - 1,
  }
  return (
    // biome-ignore lint/a11y/useAriaActivedescendantWithTabindex: it is tabbable; the rule knows React's spelling.
    <div
      ref={(target) => {
        element = target
      }}
      role="listbox"
      tabindex="0"
      aria-label={t('logs.lines')}
      aria-activedescendant={isHere(props.selected) ? rowId(props.selected ?? '') : undefined}
      class={`h-[55vh] min-h-80 overflow-y-auto rounded-lg border border-line bg-surface font-mono text-xs ${props.isWrapped ? 'overflow-x-hidden' : 'overflow-x-auto'}`}
      onWheel={(event) => event.deltaY < 0 && props.onPause()}
      onKeyDown={(event) => {
        const step = steps[event.key]
        if (!step) return
        event.preventDefault()
        props.onPause()
        move(step(indexOf(props.selected) ?? (event.key === 'ArrowDown' ? -1 : props.lines.length)))
      }}
    >
      <div role="presentation" class="relative w-full min-w-max" style={{ height: `${view.heightPx()}px` }}>
        <For each={view.slots()}>
          {(slot) => {
            const key = createMemo(() => view.keyOf(slot))
            const line = createMemo(() => props.lines[view.places().get(key()) ?? -1])
            return (
              <div
                role="presentation"
                data-row-key={key()}
                ref={(row) => view.place(slot, row)}
                class="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${view.startPx(key())}px)` }}
              >
                <Show when={line()}>{(known) => <Row {...props} line={known()} />}</Show>
              </div>
            )
          }}
        </For>
      </div>
    </div>
  )
}

const rowId = (key: string) => `log-${key.replaceAll(/[^\w-]/g, '_')}`

function Row(props: LogListProps & { readonly line: ShownLine }) {
  const isSelected = () => props.line.key === props.selected
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys.
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names its active option.
    <div
      id={rowId(props.line.key)}
      role="option"
      aria-selected={isSelected()}
      onClick={() => {
        props.onPause()
        props.onSelect(props.line.key)
      }}
      class={`flex min-h-[22px] cursor-default gap-3 px-3 py-0.5 leading-[18px] ${isSelected() ? 'bg-accent-soft' : 'hover:bg-hover'} ${props.isWrapped ? 'wrap-anywhere whitespace-pre-wrap' : 'whitespace-pre'}`}
    >
      <Show when={props.proxies.length > 1}>
        <Whose line={props.line} proxies={props.proxies} />
      </Show>
      <Show
        when={props.line.gap}
        fallback={
          <Show
            when={props.look === 'columns'}
            fallback={<Marked text={props.line.text} find={props.find} />}
          >
            <Columns line={props.line} find={props.find} />
          </Show>
        }
      >
        {(gap) => (
          <span class="w-full bg-warn-soft px-2 text-center whitespace-normal text-warn">
            {gapWords(gap(), props.line.lost)}
          </span>
        )}
      </Show>
    </div>
  )
}

function Whose(props: { readonly line: ShownLine; readonly proxies: readonly ShownProxy[] }) {
  const index = () => props.proxies.findIndex(({ id }) => id === props.line.proxyId)
  const hostname = () => props.proxies[index()]?.hostname ?? ''
  return (
    <span
      class="-my-0.5 -ml-3 w-36 shrink-0 truncate border-l-4 py-0.5 pl-2 text-muted"
      style={{ 'border-color': colourOf(index()) }}
      title={hostname()}
    >
      {hostname()}
    </span>
  )
}

function Columns(props: { readonly line: ShownLine; readonly find: string }) {
  const isBad = () => props.line.parent === 'NONE' || (props.line.status ?? 0) >= 400
  return (
    <>
      <span class="w-20 shrink-0 text-muted tabular-nums">
        {formatTime(locale(), Date.parse(props.line.at ?? props.line.storedAt))}
      </span>
      <span class={`w-8 shrink-0 tabular-nums ${isBad() ? 'font-semibold text-bad' : ''}`}>
        {props.line.status ?? ''}
      </span>
      <span class="w-40 shrink-0 truncate max-sm:hidden" title={props.line.parent ?? undefined}>
        {props.line.parent ?? ''}
      </span>
      <span class="w-16 shrink-0 text-right text-muted tabular-nums max-sm:hidden">
        <Show when={props.line.durationMs !== null} fallback={ruleOf(props.line)}>
          {t('logs.duration', { ms: formatNumber(locale(), props.line.durationMs ?? 0) })}
        </Show>
      </span>
      <span class="min-w-0 flex-1">
        <Marked text={messageOf(props.line)} find={props.find} />
      </span>
    </>
  )
}

function ruleOf({ ruleLine }: ShownLine): string {
  return ruleLine === null ? '' : t('logs.rule', { line: ruleLine })
}

/** Without what the columns say. */
function messageOf({ source, text, method, url, client }: ShownLine): string {
  if (source === 'ACCESS' && url !== null) return `${client} ${method} ${url}`
  return text.replace(/^\[[^\]]*\] \[[^\]]*\] \w+: (<[^>]*> )?/, '')
}

function Marked(props: { readonly text: string; readonly find: string }) {
  return (
    <For each={piecesOf(props.text, props.find)}>
      {(piece) => (
        <Show when={piece.isFound} fallback={piece.text}>
          <mark class="rounded-sm bg-warn-soft text-warn">{piece.text}</mark>
        </Show>
      )}
    </For>
  )
}
