/** Everything that was changed by anybody: who, what, about what and when narrow it, and the address holds all of that. */
import { useSearchParams } from '@solidjs/router'
import { createMemo, createSignal, Show } from 'solid-js'
import { formatDateTime } from '../format.ts'
import { only } from '../lists.tsx'
import { locale, t } from '../locales/i18n.ts'
import { usePaletteActions } from '../palette.ts'
import { Button } from '../ui/Button.tsx'
import { DownloadIcon } from '../ui/icons.ts'
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
  /** The entry that a link is about. */
  | 'entry'
type AuditSearch = { [Name in SearchName]?: string | undefined }

export function AuditPage() {
  const [search, setSearch] = useSearchParams<AuditSearch>()
  const [shown, setShown] = createSignal<readonly Entry[]>([])
  const [actors, setActors] = createSignal<ReadonlyMap<string, string>>(new Map())
  const span = () => only(spanNames, search.time)
  // From when it was chosen on: a beginning that moves with the clock would ask anew each second.
  const since = createMemo(() => {
    const name = span()
    return name === undefined ? instant(search.since) : new Date(Date.now() - spansMs[name]).toISOString()
  })
  const filter = createMemo((): AuditFilter => {
    const until = instant(search.until)
    const from = since()
    return {
      ...(search.entity && { entityId: search.entity }),
      ...(search.actor && { actorId: search.actor }),
      ...(search.action && { action: search.action }),
      ...(from && { since: from }),
      ...(until && { until }),
    }
  })
  const isNarrowed = () => Object.keys(filter()).length > 0
  const narrow = (change: AuditSearch) => setSearch({ ...change, entry: undefined })
  const clear = () =>
    narrow({
      action: undefined,
      actor: undefined,
      entity: undefined,
      time: undefined,
      since: undefined,
      until: undefined,
    })
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
    { id: 'audit.download', label: t('audit.download'), run: () => void download.start() },
    ...(isNarrowed() ? [{ id: 'audit.clear', label: t('audit.clear'), run: clear }] : []),
  ])

  return (
    <>
      <PageHeader
        title={t('audit.title')}
        subtitle={t('audit.text')}
        actions={
          <Button onClick={() => void download.start()} isBusy={download.isBusy()}>
            <DownloadIcon size={15} aria-hidden="true" />
            {t('audit.download')}
          </Button>
        }
      />
      <search class="mb-3 flex flex-wrap items-center gap-2" aria-label={t('audit.filters')}>
        <ActionSelect value={search.action} onChoose={(action) => narrow({ action })} />
        <ActorSelect value={search.actor} known={actors()} onChoose={(actor) => narrow({ actor })} />
        <TimeSelect
          value={span()}
          since={instant(search.since)}
          onChoose={(time) => narrow({ time, since: undefined, until: undefined })}
        />
        <Show when={search.entity}>
          {(id) => (
            <Chip onRemove={() => narrow({ entity: undefined })}>
              {aboutWords(shown().find(({ entityId }) => entityId === id())?.entityName)}
            </Chip>
          )}
        </Show>
        <Show when={instant(search.until)}>
          {(until) => (
            <Chip onRemove={() => narrow({ until: undefined })}>
              {t('audit.until', { at: formatDateTime(locale(), until()) })}
            </Chip>
          )}
        </Show>
        <Show when={isNarrowed()}>
          <Button look="ghost" onClick={clear}>
            {t('audit.clear')}
          </Button>
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

function aboutWords(name: string | undefined): string {
  return name === undefined ? t('audit.aboutOne') : t('audit.about', { name })
}
