/** Captured lines, live: followed, paused, found in, filtered, and joined. */
import { useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, createSignal, type JSX, on, Show } from 'solid-js'
import { link } from '../changes.ts'
import { formatNumber } from '../format.ts'
import { only } from '../lists.tsx'
import { locale, plural, t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { ScrollTextIcon } from '../ui/icons.ts'
import { EmptyState, Notice, Skeleton } from '../ui/states.tsx'
import { Ago } from '../words.tsx'
import { filtered, linesOfRequest, linesWith } from './find.ts'
import { LineDetails } from './LineDetails.tsx'
import { LogList } from './LogList.tsx'
import { LogToolbar, looks } from './LogToolbar.tsx'
import { createLogFeed, mostLines } from './logFeed.ts'
import type { ShownLine, ShownProxy } from './shownLine.ts'

interface LogViewProps {
  /** Whose lines; others are another view. */
  readonly proxies: readonly ShownProxy[]
  /** Of those, the ones whose lines are left out. */
  readonly hidden?: ReadonlySet<string>
  /** The path of a page that opens at a line. */
  readonly addressOf: (line: ShownLine) => string
  /** At the end of the toolbar. */
  readonly children?: JSX.Element
}

type Search = { [Name in 'line' | 'look' | 'filter' | 'wrap']?: string | undefined }

export function LogView(props: LogViewProps) {
  const [search, setSearch] = useSearchParams<Search>()
  const wanted = search.line
  const feed = createLogFeed(props.proxies, wanted !== undefined)
  const [find, setFind] = createSignal('')
  const [joined, setJoined] = createSignal<ShownLine>()
  let reveal = (_key: string): boolean => false
  const change = (next: Search) => setSearch(next, { replace: true, scroll: false })
  const look = () => only(looks, search.look) ?? 'columns'
  const filter = () => search.filter ?? ''

  const shown = createMemo(() => {
    const one = joined()
    const { hidden } = props
    const lines = one ? linesOfRequest(feed.lines(), one) : feed.lines()
    return filtered(hidden?.size ? lines.filter(({ proxyId }) => !hidden.has(proxyId)) : lines, filter())
  })
  const count = createMemo(() => shown().filter(({ gap }) => gap === null).length)
  const found = createMemo(() => (find() === '' ? [] : linesWith(shown(), find())))
  const selected = createMemo(() =>
    search.line === undefined ? undefined : feed.lines().find(({ key }) => key === search.line),
  )
  const place = () => found().findIndex(({ key }) => key === search.line)

  const select = (key: string) => change({ line: key })
  const step = (by: 1 | -1) => {
    const all = found()
    if (all.length === 0) return
    const at = place() < 0 ? (by > 0 ? 0 : all.length - 1) : (place() + by + all.length) % all.length
    const key = all[at]?.key
    if (key === undefined) return
    feed.pause()
    select(key)
    reveal(key)
  }
  // A link to a line opens at it.
  let isShown = wanted === undefined
  createEffect(
    on(selected, (line) => {
      if (isShown || line === undefined) return
      isShown = true
      feed.pause()
      requestAnimationFrame(() => reveal(line.key))
    }),
  )
  const lostAt = () => {
    const state = link()
    return state.kind === 'reconnecting' ? new Date(state.since).toISOString() : undefined
  }
  const hostnameOf = (line: ShownLine) =>
    props.proxies.length > 1 ? props.proxies.find(({ id }) => id === line.proxyId)?.hostname : undefined

  return (
    <div class="space-y-3">
      <Show when={feed.lines().length > 0}>
        <LogToolbar
          find={find()}
          place={place() + 1}
          foundCount={found().length}
          filter={filter()}
          look={look()}
          isWrapped={search.wrap === '1'}
          onFind={setFind}
          onStep={step}
          onFilter={(text) => change({ filter: text || undefined })}
          onLook={(value) => change({ look: value === 'columns' ? undefined : value })}
          onWrap={(isOn) => change({ wrap: isOn ? '1' : undefined })}
        >
          {props.children}
        </LogToolbar>
      </Show>
      <Show when={joined()}>
        <Notice
          tone="info"
          action={<Button onClick={() => setJoined(undefined)}>{t('logs.allLines')}</Button>}
        >
          {t('logs.joined')}
        </Notice>
      </Show>
      <Show when={wanted !== undefined && feed.lines().length > 0 && selected() === undefined && !isShown}>
        <Notice tone="info">{t('logs.lineGone')}</Notice>
      </Show>
      <Show when={feed.isLoaded()} fallback={<Skeleton rows={12} label={t('state.loading')} />}>
        <Show
          when={feed.lines().length > 0}
          fallback={
            <EmptyState
              icon={<ScrollTextIcon size={24} aria-hidden="true" />}
              title={t('logs.none')}
              text={t('logs.noneText')}
            />
          }
        >
          <LogList
            lines={shown()}
            proxies={props.proxies}
            look={look()}
            isWrapped={search.wrap === '1'}
            find={find()}
            selected={search.line}
            isFollowing={!feed.isPaused() && joined() === undefined}
            onSelect={select}
            onPause={feed.pause}
            onReady={(way) => {
              reveal = way
            }}
          />
          <div class="flex flex-wrap items-center gap-3 text-sm text-muted">
            <span>
              <Show when={lostAt()} fallback={t(feed.isPaused() ? 'logs.paused' : 'logs.live')}>
                {(at) => (
                  <>
                    {t('logs.stale')} <Ago at={at()} />
                  </>
                )}
              </Show>
            </span>
            <span class="tabular-nums">{plural('logs.count', count())}</span>
            <Show when={feed.lines().length >= mostLines}>
              <span>{t('logs.full', { count: formatNumber(locale(), mostLines) })}</span>
            </Show>
            <span class="flex-1" />
            <Show when={feed.isPaused()} fallback={<Button onClick={feed.pause}>{t('logs.pause')}</Button>}>
              <Button look="primary" onClick={feed.follow}>
                {feed.heldCount() === 0 ? t('logs.follow') : plural('logs.new', feed.heldCount())}
              </Button>
            </Show>
          </div>
        </Show>
      </Show>
      <Show when={selected()?.gap === null && selected()}>
        {(line) => (
          <LineDetails
            line={line()}
            hostname={hostnameOf(line())}
            address={props.addressOf(line())}
            isJoined={joined() !== undefined}
            onJoin={() => setJoined((now) => (now === undefined ? line() : undefined))}
          />
        )}
      </Show>
    </div>
  )
}
