/** The command palette: pages, the page's actions, what was looked at last, and any proxy or config by a few letters. */
import { Dialog as Kobalte } from '@kobalte/core/dialog'
import { useNavigate } from '@solidjs/router'
import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { paletteActions } from '../palette.ts'
import { paths } from '../paths.ts'
import { recentVisits } from '../recents.ts'
import { writtenKeys } from '../shortcuts.ts'
import { createFocusReturn } from '../ui/focusReturn.ts'
import {
  ClockIcon,
  CornerDownLeftIcon,
  FileSlidersIcon,
  SearchIcon,
  ServerIcon,
  ZapIcon,
} from '../ui/icons.ts'
import { Kbd } from '../ui/Kbd.tsx'
import { createPaletteSearch } from './paletteSearch.ts'
import { places } from './places.ts'
import { closeSurface, openHelp } from './surfaces.ts'

interface Entry {
  readonly id: string
  readonly label: string
  readonly icon: () => JSX.Element
  readonly run: () => void
  readonly keys?: string
  readonly why?: string | undefined
}

interface Group {
  readonly label: string
  readonly entries: readonly Entry[]
}

export function Palette() {
  const returnFocus = createFocusReturn(() => true)
  const id = createUniqueId()
  const navigate = useNavigate()
  const [text, setText] = createSignal('')
  const search = createPaletteSearch(() => text().trim())
  const [chosenId, setChosenId] = createSignal<string>()

  const go = (path: string) => () => navigate(path)
  const icon = (Icon: typeof ServerIcon) => () => (
    <Icon size={15} class="shrink-0 text-muted" aria-hidden="true" />
  )
  const matches = (entry: Entry) => {
    const label = entry.label.toLowerCase()
    return text()
      .toLowerCase()
      .split(/\s+/)
      .every((word) => label.includes(word))
  }
  const groups = createMemo((): readonly Group[] => {
    const isEmpty = text().trim() === ''
    const actions = paletteActions().map((action) => ({
      ...action,
      id: `action-${action.id}`,
      icon: icon(ZapIcon),
    }))
    const recents = recentVisits().map((visit) => ({
      id: `recent-${visit.path}`,
      label: visit.title,
      icon: icon(ClockIcon),
      run: go(visit.path),
    }))
    const pages = [
      ...places.map((place) => ({
        id: `page-${place.href}`,
        label: place.label(),
        icon: icon(place.icon),
        run: go(place.href),
        keys: place.keys,
      })),
      {
        id: `page-${paths.importConfig}`,
        label: t('palette.import'),
        icon: icon(FileSlidersIcon),
        run: go(paths.importConfig),
      },
      { id: 'help', label: t('shortcuts.title'), icon: icon(ZapIcon), run: openHelp, keys: '?' },
    ]
    const found = isEmpty ? undefined : search.found()
    const proxies = (found?.proxies.edges ?? []).map(({ node }) => ({
      id: `proxy-${node.id}`,
      label: node.hostname,
      icon: icon(ServerIcon),
      run: go(paths.proxy(node.id)),
    }))
    const configs = (found?.configs.edges ?? []).map(({ node }) => ({
      id: `config-${node.id}`,
      label: node.name,
      icon: icon(FileSlidersIcon),
      run: go(paths.config(node.id)),
    }))
    return [
      { label: t('palette.actions'), entries: actions.filter(matches) },
      { label: t('palette.recents'), entries: isEmpty ? recents : [] },
      { label: t('fleet.title'), entries: proxies },
      { label: t('configs.title'), entries: configs },
      { label: t('palette.pages'), entries: pages.filter(matches) },
    ].filter((group) => group.entries.length > 0)
  })
  const entries = createMemo(() => groups().flatMap((group) => group.entries))
  const chosen = createMemo(() => entries().find((entry) => entry.id === chosenId()) ?? entries()[0])
  const optionId = (entry: Entry | undefined) => (entry ? `${id}-${entry.id}` : undefined)
  createEffect(
    on(chosen, (entry) =>
      document.getElementById(optionId(entry) ?? '')?.scrollIntoView({ block: 'nearest' }),
    ),
  )

  const run = (entry: Entry | undefined) => {
    if (entry === undefined || entry.why !== undefined) return
    closeSurface()
    entry.run()
  }
  const move = (event: KeyboardEvent) => {
    const all = entries()
    const current = chosen()
    const at = current ? all.indexOf(current) : -1
    const targets: Readonly<Record<string, Entry | undefined>> = {
      ArrowDown: all[(at + 1) % all.length],
      ArrowUp: all.at((at - 1) % Math.max(1, all.length)),
      PageDown: all[Math.min(all.length - 1, at + 8)],
      PageUp: all[Math.max(0, at - 8)],
    }
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault()
      // Typed ahead of the server: Enter means what is being looked for, not what is listed by chance.
      if (search.state() !== 'searching') run(chosen())
    } else if (event.key in targets) {
      event.preventDefault()
      setChosenId(targets[event.key]?.id)
    }
  }
  const status = () => {
    if (search.state() === 'searching') return t('palette.searching')
    if (search.state() === 'failed') return t('palette.failed')
    return entries().length === 0 ? t('palette.nothing', { text: text().trim() }) : ''
  }
  return (
    <Kobalte open onOpenChange={(isOpen) => !isOpen && closeSurface()}>
      <Kobalte.Portal>
        <Kobalte.Overlay class="scrim" />
        <div class="fixed inset-0 z-50 flex items-start justify-center p-3 pt-[10vh]">
          <Kobalte.Content
            onCloseAutoFocus={returnFocus}
            class="enter flex max-h-[70vh] w-full max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-[0_16px_48px_var(--shadow)]"
          >
            <Kobalte.Title class="sr-only">{t('palette.title')}</Kobalte.Title>
            <div class="flex items-center gap-2.5 border-b border-line px-4">
              <SearchIcon size={16} class="shrink-0 text-muted" aria-hidden="true" />
              <input
                type="text"
                role="combobox"
                aria-label={t('palette.title')}
                aria-expanded={entries().length > 0}
                aria-controls={`${id}-list`}
                aria-activedescendant={optionId(chosen())}
                aria-autocomplete="list"
                autocomplete="off"
                spellcheck={false}
                placeholder={t('palette.placeholder')}
                class="h-12 min-w-0 flex-1 bg-transparent text-base outline-none! placeholder:text-muted"
                onInput={(event) => {
                  setText(event.currentTarget.value)
                  setChosenId(undefined)
                }}
                onKeyDown={move}
              />
              <Kbd keys={writtenKeys('Escape')} />
            </div>
            <div
              id={`${id}-list`}
              role="listbox"
              tabindex="-1"
              aria-label={t('palette.results')}
              class={`min-h-0 overflow-y-auto p-1.5 ${entries().length === 0 ? 'hidden' : ''}`}
            >
              <For each={groups()}>
                {(group) => (
                  // biome-ignore lint/a11y/useSemanticElements: a listbox has groups, not fieldsets.
                  <div role="group" aria-label={group.label}>
                    <p class="px-2.5 pt-2 pb-1 text-xs font-medium text-muted" aria-hidden="true">
                      {group.label}
                    </p>
                    <For each={group.entries}>
                      {(entry) => (
                        // biome-ignore lint/a11y/useFocusableInteractive: the combobox above has the focus and the keys.
                        // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
                        <div
                          id={optionId(entry)}
                          role="option"
                          tabindex="-1"
                          aria-selected={entry === chosen()}
                          aria-disabled={entry.why !== undefined || undefined}
                          onClick={() => run(entry)}
                          onPointerMove={() => setChosenId(entry.id)}
                          class={`flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 ${entry === chosen() ? 'bg-accent-soft text-accent' : ''} ${entry.why === undefined ? '' : 'cursor-not-allowed! text-muted'}`}
                        >
                          {entry.icon()}
                          <span class="min-w-0 flex-1 truncate">
                            {entry.label}
                            <Show when={entry.why}>
                              <span class="block truncate text-xs text-muted">{entry.why}</span>
                            </Show>
                          </span>
                          <Show when={entry.keys}>{(keys) => <Kbd keys={writtenKeys(keys())} />}</Show>
                          <Show when={entry === chosen()}>
                            <CornerDownLeftIcon size={14} class="shrink-0" aria-hidden="true" />
                          </Show>
                        </div>
                      )}
                    </For>
                  </div>
                )}
              </For>
            </div>
            <p
              role="status"
              class={`px-4 text-xs text-muted ${status() === '' ? '' : 'py-2.5'} ${entries().length > 0 && status() !== '' ? 'border-t border-line' : ''}`}
            >
              {status()}
            </p>
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte>
  )
}
