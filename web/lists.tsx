/** What every list page has: search and status filter, held by the URL, and the way to further rows. */
import { For, onCleanup, Show } from 'solid-js'
import { t } from './locales/i18n.ts'
import { Button } from './ui/Button.tsx'
import { SearchIcon } from './ui/icons.ts'

interface FilterBarProps {
  readonly searchLabel: string
  readonly search: string
  readonly onSearch: (text: string) => void
  readonly status: string
  readonly statuses: readonly { readonly value: string; readonly label: string }[]
  readonly onStatus: (status: string) => void
}

/** Pause after the last key before the list is asked for. */
const typingMs = 250

/** Asks a moment after the last key. */
export function SearchField(props: {
  readonly label: string
  readonly text: string
  readonly onSearch: (text: string) => void
}) {
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const searchSoon = (text: string) => {
    clearTimeout(timer)
    timer = setTimeout(() => props.onSearch(text.trim()), typingMs)
  }
  return (
    <div class="relative min-w-48 flex-1 sm:max-w-80">
      <SearchIcon
        size={15}
        class="pointer-events-none absolute top-2 left-2.5 text-muted"
        aria-hidden="true"
      />
      <input
        type="search"
        data-page-search
        class="input pl-8!"
        aria-label={props.label}
        placeholder={props.label}
        value={props.text}
        onInput={(event) => searchSoon(event.currentTarget.value)}
      />
    </div>
  )
}

export function FilterBar(props: FilterBarProps) {
  return (
    <search class="mb-3 flex flex-wrap gap-2">
      <SearchField label={props.searchLabel} text={props.search} onSearch={props.onSearch} />
      <select
        class="input w-auto!"
        aria-label={t('filter.status')}
        onChange={(event) => props.onStatus(event.currentTarget.value)}
      >
        <option value="" selected={props.status === ''}>
          {t('filter.allStatuses')}
        </option>
        <For each={props.statuses}>
          {(status) => (
            <option value={status.value} selected={props.status === status.value}>
              {status.label}
            </option>
          )}
        </For>
      </select>
    </search>
  )
}

interface PagerProps {
  readonly hasNext: boolean
  readonly isFirst: boolean
  readonly onNext: () => void
  readonly onFirst: () => void
}

export function Pager(props: PagerProps) {
  return (
    <Show when={props.hasNext || !props.isFirst}>
      <nav class="mt-3 flex justify-end gap-2" aria-label={t('pager.label')}>
        <Show when={!props.isFirst}>
          <Button onClick={() => props.onFirst()}>{t('pager.first')}</Button>
        </Show>
        <Show when={props.hasNext}>
          <Button onClick={() => props.onNext()}>{t('pager.next')}</Button>
        </Show>
      </nav>
    </Show>
  )
}

/** `text` if it is one of `values`: for words that come from the URL. */
export function only<Value extends string>(
  values: readonly Value[],
  text: string | undefined,
): Value | undefined {
  return values.find((value) => value === text)
}
