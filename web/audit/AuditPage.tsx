/** Everything that was changed by anybody: who, what, about what and when narrow it, and the address holds all of that. */
import { useSearchParams } from '@solidjs/router'
import { createMemo, createSignal, Show } from 'solid-js'
import { formatDateTime, formatDateTimeSpan, formatNumber } from '../format.ts'
import { only, SearchField } from '../lists.tsx'
import { locale, t } from '../locales/i18n.ts'
import { usePaletteActions } from '../palette.ts'
import { SpanForm } from '../SpanForm.tsx'
import { Button } from '../ui/Button.tsx'
import { CloseIcon, DownloadIcon } from '../ui/icons.ts'
import { Menu } from '../ui/Menu.tsx'
import { PageHeader, setPageTitle } from '../words.tsx'
import { ActionSelect, ActorSelect, Chip, spanNames, spansMs, TimeSelect } from './AuditFilters.tsx'
import { AuditList } from './AuditList.tsx'
import { actorWords } from './auditWords.ts'
import { createDownload } from './download.ts'
import type { AuditFilter, Entry } from './feed.ts'

type SearchName =
  | 'action'
  | 'actor'
  | 'entity'
  /** A span until now, such as `day`; else `since` and `until` are instants. */
  | 'time'
  | 'since'
  | 'until'
  /** Anywhere in names, reasons and values. */
  | 'text'
  /** The entry that a link is about. */
  | 'entry'
type AuditSearch = { [Name in SearchName]?: string | undefined }

/** ISO instants, of which one may be left out. */
interface Ends {
  readonly since: string | undefined
  readonly until: string | undefined
}

const noTime = { time: undefined, since: undefined, until: undefined } as const

export function AuditPage() {
  const [search, setSearch] = useSearchParams<AuditSearch>()
  const [shown, setShown] = createSignal<readonly Entry[]>([])
  const [actors, setActors] = createSignal<ReadonlyMap<string, string>>(new Map())
  const span = () => only(spanNames, search.time)
  /** Both ends as the address names them, where no span until now is chosen. */
  const ends = createMemo((): Ends | undefined => {
    const [since, until] = [instant(search.since), instant(search.until)]
    return span() === undefined && (since ?? until) !== undefined ? { since, until } : undefined
  })
  // From when it was chosen on: a beginning that moves with the clock would ask anew each second.
  const since = createMemo(() => {
    const name = span()
    return name === undefined ? ends()?.since : new Date(Date.now() - spansMs[name]).toISOString()
  })
  /** What opened the fields of both ends; undefined: they are closed. */
  const [asking, setAsking] = createSignal<'select' | 'chip' | 'address' | undefined>(
    isReversed(ends()) ? 'address' : undefined,
  )
  let timeSelect: HTMLSelectElement | undefined
  const filter = createMemo((): AuditFilter => {
    const from = since()
    const until = ends()?.until
    return {
      ...(search.entity && { entityId: search.entity }),
      ...(search.actor && { actorId: search.actor }),
      ...(search.action && { action: search.action }),
      ...(from && { since: from }),
      ...(until && { until }),
      ...(search.text && { text: search.text }),
    }
  })
  const isNarrowed = () => Object.keys(filter()).length > 0
  const narrow = (change: AuditSearch) => setSearch({ ...change, entry: undefined })
  const stopAsking = () => {
    setAsking(undefined)
    // What had the focus goes.
    timeSelect?.focus()
  }
  const narrowTime = (change: Pick<AuditSearch, 'time' | 'since' | 'until'>) => {
    narrow({ ...noTime, ...change })
    stopAsking()
  }
  const clear = () => {
    narrow({ ...noTime, action: undefined, actor: undefined, entity: undefined, text: undefined })
    setAsking(undefined)
  }
  const learn = (entries: readonly Entry[]) => {
    setShown(entries)
    setActors((known) => {
      const people = entries.flatMap(({ actor }) =>
        actor.id ? [[actor.id, actorWords(actor)] as const] : [],
      )
      return new Map([...known, ...people])
    })
  }
  const download = createDownload(filter)

  setPageTitle(() => t('audit.title'))
  usePaletteActions(() => [
    { id: 'audit.exportCsv', label: t('audit.exportCsv'), run: () => void download.start('csv') },
    { id: 'audit.exportJson', label: t('audit.exportJson'), run: () => void download.start('json') },
    ...(isNarrowed() ? [{ id: 'audit.clear', label: t('audit.clear'), run: clear }] : []),
  ])

  return (
    <>
      <PageHeader
        title={t('audit.title')}
        subtitle={t('audit.text')}
        actions={
          <Show
            when={download.loadedBytes() === undefined}
            fallback={
              <Button onClick={download.stop}>
                <CloseIcon size={15} aria-hidden="true" />
                {t('audit.exportStop', { megabytes: megabytes(download.loadedBytes() ?? 0) })}
              </Button>
            }
          >
            <Menu
              label={t('audit.export')}
              triggerClass="inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-3 font-medium hover:bg-hover aria-expanded:bg-hover"
              trigger={
                <>
                  <DownloadIcon size={15} aria-hidden="true" />
                  {t('audit.export')}
                </>
              }
              items={[
                { label: t('audit.exportCsv'), onSelect: () => void download.start('csv') },
                { label: t('audit.exportJson'), onSelect: () => void download.start('json') },
              ]}
            />
          </Show>
        }
      />
      <search
        class="mb-3 grid grid-cols-2 gap-2 md:flex md:flex-wrap md:items-center"
        aria-label={t('audit.filters')}
      >
        <div class="col-span-2 flex md:contents">
          <SearchField
            label={t('audit.search')}
            text={search.text ?? ''}
            onSearch={(text) => narrow({ text: text || undefined })}
          />
        </div>
        <ActionSelect value={search.action} onChoose={(action) => narrow({ action })} />
        <ActorSelect value={search.actor} known={actors()} onChoose={(actor) => narrow({ actor })} />
        <TimeSelect
          value={span()}
          ref={(select) => {
            timeSelect = select
          }}
          isSpan={asking() !== undefined || ends() !== undefined}
          onChoose={(time) => narrowTime({ time })}
          onSpan={() => setAsking('select')}
        />
        <div class="col-span-2 flex flex-wrap items-center gap-2 empty:hidden md:contents">
          <Show when={ends()}>
            {(found) => (
              <Chip onRemove={() => narrowTime({})} onChange={() => setAsking('chip')}>
                {spanWords(found())}
              </Chip>
            )}
          </Show>
          <Show when={search.entity}>
            {(id) => (
              <Chip onRemove={() => narrow({ entity: undefined })}>
                {aboutWords(shown().find(({ entityId }) => entityId === id())?.entityName)}
              </Chip>
            )}
          </Show>
          <Show when={isNarrowed()}>
            <Button look="ghost" onClick={clear}>
              {t('audit.clear')}
            </Button>
          </Show>
        </div>
        <Show when={asking()}>
          {(from) => (
            <div class="col-span-2 md:w-full">
              <SpanForm
                isOpenEnded
                hasFocus={from() === 'chip'}
                since={since()}
                until={ends()?.until}
                onChoose={(chosen) =>
                  narrowTime({ since: chosen.since ?? undefined, until: chosen.until ?? undefined })
                }
                onCancel={stopAsking}
              />
            </div>
          )}
        </Show>
      </search>
      <AuditList
        filter={filter()}
        marked={search.entry}
        onActor={(actor) => actor.id !== null && narrow({ actor: actor.id })}
        onClear={isNarrowed() ? clear : undefined}
        onEntries={learn}
      />
    </>
  )
}

/** An instant from the address; what is none does not narrow. */
function instant(text: string | undefined): string | undefined {
  const at = new Date(text ?? '')
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

function isReversed(ends: Ends | undefined): boolean {
  return ends?.since !== undefined && ends.until !== undefined && ends.until <= ends.since
}

function spanWords({ since, until }: Ends): string {
  if (since !== undefined && until !== undefined) return formatDateTimeSpan(locale(), since, until)
  return since === undefined
    ? t('audit.until', { at: formatDateTime(locale(), until ?? '') })
    : t('audit.since', { at: formatDateTime(locale(), since) })
}

function aboutWords(name: string | undefined): string {
  return name === undefined ? t('audit.aboutOne') : t('audit.about', { name })
}

/** With one digit after the point, so that it is seen to grow. */
function megabytes(bytes: number): string {
  return formatNumber(locale(), Math.round(bytes / 100_000) / 10)
}
