/** The audit trail as a timeline, newest first: days, entries, what is new at the top, and older ones on demand. */
import { createEffect, createMemo, createSignal, For, on, Show, untrack } from 'solid-js'
import { serverNow } from '../clock.ts'
import { formatNumber } from '../format.ts'
import { locale, plural, t } from '../locales/i18n.ts'
import { useShortcuts } from '../shortcuts.ts'
import { Button } from '../ui/Button.tsx'
import { DomainName } from '../ui/DomainName.tsx'
import { ArrowUpIcon, ScrollTextIcon } from '../ui/icons.ts'
import { EmptyState } from '../ui/states.tsx'
import { QueryPanel } from '../words.tsx'
import { AuditItem } from './AuditItem.tsx'
import { type AuditFilter, createFeed, type Entry, type Feed } from './feed.ts'
import { dayWords, placesOf } from './timeline.ts'

interface AuditListProps {
  /** Narrows it to one thing, whose name is then not repeated. */
  readonly entityId?: string
  /** Narrows it further. */
  readonly filter?: AuditFilter
  /** Id of an entry to scroll to and to mark. */
  readonly marked?: string | undefined
  /** Given: an actor's name is a button. */
  readonly onActor?: (actor: Entry['actor']) => void
  /** Given: the way out of a filter that nothing matches. */
  readonly onClear?: (() => void) | undefined
  /** Hears what is shown, as it grows. */
  readonly onEntries?: (entries: readonly Entry[]) => void
}

export function AuditList(props: AuditListProps) {
  const filter = createMemo(
    (): AuditFilter => ({
      ...(props.entityId !== undefined && { entityId: props.entityId }),
      ...props.filter,
    }),
  )
  return (
    <section class="card min-w-0" aria-label={t('audit.title')}>
      <Show when={JSON.stringify(filter())} keyed>
        {(_narrowing) => {
          const feed = createFeed(untrack(filter))
          return <Trail {...props} feed={feed} />
        }}
      </Show>
    </section>
  )
}

/** Pages that are loaded in search of an entry that the address asks for. */
const soughtPages = 4

function Trail(props: AuditListProps & { readonly feed: Feed }) {
  const feed = () => props.feed
  const [opened, setOpened] = createSignal<ReadonlySet<string>>(new Set<string>())
  const places = createMemo(() => placesOf(feed().entries() ?? [], opened(), props.marked))
  let list: HTMLDivElement | undefined

  let pages = 0
  createEffect(
    on(feed().entries, (entries) => {
      if (!entries) return
      props.onEntries?.(entries)
      if (props.marked === undefined || entries.some(({ id }) => id === props.marked)) return
      pages += 1
      if (pages <= soughtPages) void feed().loadOlder()
    }),
  )
  createEffect(
    on(
      () => places().has(props.marked ?? ''),
      (isThere) => isThere && queueMicrotask(() => focusEntry(list?.querySelector('[aria-current]'))),
    ),
  )
  const step = (by: 1 | -1) => {
    const all = [...(list?.querySelectorAll<HTMLElement>('[data-entry]') ?? [])]
    const at = all.findIndex((each) => each.contains(document.activeElement))
    focusEntry(at < 0 ? all[0] : all[at + by])
  }
  useShortcuts(() => [
    { keys: 'j', label: t('audit.newer'), run: () => step(1) },
    { keys: 'k', label: t('audit.previous'), run: () => step(-1) },
  ])

  return (
    <QueryPanel query={feed().head} rows={8}>
      {() => (
        <div ref={list}>
          <div role="status" class="empty:hidden">
            <Show when={feed().freshCount() > 0 && feed().entries()}>
              <div class="flex justify-center border-b border-line px-4 py-2">
                <Button onClick={() => feed().reveal()}>
                  <ArrowUpIcon size={14} aria-hidden="true" />
                  {feed().isFreshFull()
                    ? t('audit.freshMany', { count: feed().freshCount() })
                    : plural('audit.fresh', feed().freshCount())}
                </Button>
              </div>
            </Show>
          </div>
          <Show
            when={feed().entries()?.length !== 0}
            fallback={<Nothing isNarrowed={props.onClear !== undefined} onClear={props.onClear} />}
          >
            <ol>
              <For each={feed().entries()}>
                {(entry) => (
                  <Show when={!places().get(entry.id)?.isFolded}>
                    <li class="overflow-hidden border-line not-first:border-t first:rounded-t-[9px]">
                      <Show when={places().get(entry.id)?.day}>
                        {(day) => (
                          <h2 class="bg-sunken px-4 py-1.5 text-xs! text-muted">
                            {dayWords(locale(), day(), serverNow())}
                          </h2>
                        )}
                      </Show>
                      <AuditItem
                        entry={entry}
                        isNamed={props.entityId === undefined}
                        isMarked={entry.id === props.marked}
                        onActor={props.onActor}
                      />
                      <Folded
                        entries={places().get(entry.id)?.folded ?? []}
                        onOpen={() => setOpened((known) => new Set(known).add(entry.id))}
                      />
                    </li>
                  </Show>
                )}
              </For>
            </ol>
            <Foot feed={feed()} />
          </Show>
        </div>
      )}
    </QueryPanel>
  )
}

function focusEntry(entry: HTMLElement | null | undefined): void {
  entry?.focus({ preventScroll: true })
  entry?.scrollIntoView({ block: 'nearest' })
}

/** Names shown of what is folded. */
const namesShown = 4

function Folded(props: { readonly entries: readonly Entry[]; readonly onOpen: () => void }) {
  const names = () => {
    const shown = props.entries.slice(0, namesShown).map(({ entityName }) => entityName)
    return shown.join(', ') + (props.entries.length > namesShown ? '…' : '')
  }
  return (
    <Show when={props.entries.length > 0}>
      <button
        type="button"
        aria-expanded="false"
        onClick={() => props.onOpen()}
        class="mb-2 ml-3 block max-w-[calc(100%-1.5rem)] rounded md:ml-[6.5rem] md:max-w-[calc(100%-7.75rem)] px-1 py-0.5 text-left text-sm hover:bg-hover"
      >
        <span class="font-medium text-accent">{plural('audit.groupMore', props.entries.length)}</span>{' '}
        <span class="text-muted">
          <DomainName name={names()} />
        </span>
      </button>
    </Show>
  )
}

function Nothing(props: { readonly isNarrowed: boolean; readonly onClear: (() => void) | undefined }) {
  return (
    <EmptyState
      icon={<ScrollTextIcon size={28} aria-hidden="true" />}
      title={props.isNarrowed ? t('audit.noMatchTitle') : t('audit.emptyTitle')}
      text={props.isNarrowed ? t('audit.noMatchText') : t('audit.emptyText')}
      action={
        <Show when={props.onClear}>
          {(clear) => <Button onClick={() => clear()()}>{t('audit.clear')}</Button>}
        </Show>
      }
    />
  )
}

function Foot(props: { readonly feed: Feed }) {
  const number = (value: number) => formatNumber(locale(), value)
  return (
    <footer class="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-2.5 text-sm text-muted">
      <span role="status">
        {t('audit.shown', {
          shown: number(props.feed.entries()?.length ?? 0),
          total: number(props.feed.totalCount()),
        })}
      </span>
      <Show when={props.feed.hasOlder()} fallback={<span>{t('audit.end')}</span>}>
        <Button onClick={() => void props.feed.loadOlder()} isBusy={props.feed.isLoadingOlder()}>
          {t('audit.older')}
        </Button>
      </Show>
    </footer>
  )
}
