/** A proxy's captured logs, live: followed, paused, found in, filtered, joined, and taken away. */
import { useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, createSignal, on, Show } from 'solid-js'
import { link } from '../changes.ts'
import { formatNumber } from '../format.ts'
import { only } from '../lists.tsx'
import { locale, plural, t } from '../locales/i18n.ts'
import { Button } from '../ui/Button.tsx'
import { Check } from '../ui/Check.tsx'
import { Field } from '../ui/Field.tsx'
import { ScrollTextIcon } from '../ui/icons.ts'
import { Segmented } from '../ui/Segmented.tsx'
import { EmptyState, Notice, Skeleton } from '../ui/states.tsx'
import { Ago } from '../words.tsx'
import { CaptureState } from './CaptureState.tsx'
import { exportLines } from './exportLines.ts'
import { linesOfRequest, linesWith } from './find.ts'
import { LineDetails } from './LineDetails.tsx'
import { LogList } from './LogList.tsx'
import { createLogFeed, mostLines, type ShownLine } from './logFeed.ts'

interface LogsTabProps {
  readonly proxyId: string
  readonly hostname: string
  readonly whyNotStart: string | undefined
}

type Search = { [Name in 'line' | 'look' | 'filter' | 'wrap']?: string | undefined }

const looks = ['columns', 'raw'] as const

export function LogsTab(props: LogsTabProps) {
  const [search, setSearch] = useSearchParams<Search>()
  const wanted = search.line
  // Another proxy is another tab: the page makes it anew.
  const feed = createLogFeed(props.proxyId, wanted !== undefined)
  const [find, setFind] = createSignal('')
  const [joined, setJoined] = createSignal<ShownLine>()
  const [isBusy, setBusy] = createSignal(false)
  let reveal = (_cursor: string): boolean => false
  const change = (next: Search) => setSearch(next, { replace: true, scroll: false })
  const look = () => only(looks, search.look) ?? 'columns'
  const filter = () => search.filter ?? ''

  const shown = createMemo(() => {
    const one = joined()
    return linesWith(one ? linesOfRequest(feed.lines(), one) : feed.lines(), filter())
  })
  const found = createMemo(() => (find() === '' ? [] : linesWith(shown(), find())))
  const selected = createMemo(() => feed.lines().find(({ cursor }) => cursor === search.line))
  const place = () => found().findIndex(({ cursor }) => cursor === search.line)

  const select = (cursor: string) => change({ line: cursor })
  const step = (by: 1 | -1) => {
    const all = found()
    if (all.length === 0) return
    const at = place() < 0 ? (by > 0 ? 0 : all.length - 1) : (place() + by + all.length) % all.length
    const cursor = all[at]?.cursor
    if (cursor === undefined) return
    feed.pause()
    select(cursor)
    reveal(cursor)
  }
  // A link to a line opens at it.
  let isShown = wanted === undefined
  createEffect(
    on(selected, (line) => {
      if (isShown || line === undefined) return
      isShown = true
      feed.pause()
      requestAnimationFrame(() => reveal(line.cursor))
    }),
  )
  const take = async (format: 'text' | 'json') => {
    setBusy(true)
    await exportLines(props.proxyId, props.hostname, format)
    setBusy(false)
  }
  const lostAt = () => {
    const state = link()
    return state.kind === 'reconnecting' ? new Date(state.since).toISOString() : undefined
  }

  return (
    <div class="space-y-3">
      <CaptureState {...props} />
      <div class="flex flex-wrap items-end gap-x-4 gap-y-2">
        <Field label={t('logs.find')} class="w-56">
          {(control) => (
            <input
              {...control}
              type="search"
              class="input w-full"
              value={find()}
              onInput={(event) => setFind(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return
                event.preventDefault()
                step(event.shiftKey ? -1 : 1)
              }}
            />
          )}
        </Field>
        <Show when={find() !== ''}>
          <span class="flex items-center gap-2">
            <span class="text-sm text-muted tabular-nums" role="status">
              {t('logs.found', {
                at: formatNumber(locale(), place() + 1),
                count: formatNumber(locale(), found().length),
              })}
            </span>
            <Button onClick={() => step(-1)}>{t('logs.previous')}</Button>
            <Button onClick={() => step(1)}>{t('logs.next')}</Button>
          </span>
        </Show>
        <Field label={t('logs.filter')} class="w-56">
          {(control) => (
            <input
              {...control}
              type="search"
              class="input w-full"
              value={filter()}
              onInput={(event) => change({ filter: event.currentTarget.value || undefined })}
            />
          )}
        </Field>
        <Segmented
          label={t('logs.look')}
          options={looks.map((value) => ({ value, label: t(`logs.${value}`) }))}
          value={look()}
          onChange={(value) => change({ look: value === 'columns' ? undefined : value })}
        />
        <Check
          label={t('logs.wrap')}
          isOn={search.wrap === '1'}
          onChange={(isOn) => change({ wrap: isOn ? '1' : undefined })}
        />
        <span class="flex-1" />
        <span class="flex flex-wrap gap-2">
          <Button onClick={() => void take('text')} isBusy={isBusy()}>
            {t('logs.downloadText')}
          </Button>
          <Button onClick={() => void take('json')} isBusy={isBusy()}>
            {t('logs.downloadJson')}
          </Button>
        </span>
      </div>
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
            <span class="tabular-nums">{plural('logs.count', shown().length)}</span>
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
            proxyId={props.proxyId}
            line={line()}
            isJoined={joined() !== undefined}
            onJoin={() => setJoined((now) => (now === undefined ? line() : undefined))}
          />
        )}
      </Show>
    </div>
  )
}
