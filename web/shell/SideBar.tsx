/** The frame's side: search, the areas, the connection and the reader's own menu. */
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { writtenKeys } from '../shortcuts.ts'
import { PanelLeftIcon, SearchIcon } from '../ui/icons.ts'
import { Kbd } from '../ui/Kbd.tsx'
import { LinkDot } from './Connection.tsx'
import { Navigation } from './Navigation.tsx'
import { openPalette } from './surfaces.ts'
import { UserMenu } from './UserMenu.tsx'
import { canExpand, toggleSideBar } from './width.ts'

export function SideBar(props: { readonly isRail: boolean }) {
  return (
    <header
      class={`sticky top-0 flex h-dvh flex-col gap-3 overflow-y-auto border-r border-line bg-sidebar py-3 ${props.isRail ? 'items-stretch px-2' : 'px-3'}`}
    >
      <div class={`flex items-center gap-2 ${props.isRail ? 'justify-center' : ''}`}>
        <A
          href={paths.fleet}
          title={props.isRail ? t('app.name') : undefined}
          class="flex h-8 min-w-0 items-center gap-2 px-1 font-semibold"
        >
          <img src="/icon.svg" alt="" width="22" height="22" class="shrink-0" />
          <span class={props.isRail ? 'sr-only' : 'truncate'}>{t('app.name')}</span>
        </A>
      </div>
      <SearchButton isRail={props.isRail} />
      <div class="mt-1">
        <Navigation isRail={props.isRail} />
      </div>
      <div class="mt-auto flex flex-col gap-1">
        <LinkDot isRail={props.isRail} />
        <Show when={canExpand()}>
          <button
            type="button"
            class={`nav-link ${props.isRail ? 'justify-center' : 'px-2'}`}
            title={props.isRail ? t('nav.expand') : undefined}
            aria-expanded={!props.isRail}
            onClick={toggleSideBar}
          >
            <PanelLeftIcon size={16} class="shrink-0" aria-hidden="true" />
            <span class={props.isRail ? 'sr-only' : ''}>
              {props.isRail ? t('nav.expand') : t('nav.collapse')}
            </span>
          </button>
        </Show>
        <UserMenu shape={props.isRail ? 'rail' : 'full'} />
      </div>
    </header>
  )
}

function SearchButton(props: { readonly isRail: boolean }) {
  return (
    <button
      type="button"
      onClick={openPalette}
      aria-haspopup="dialog"
      title={props.isRail ? t('nav.search') : undefined}
      class={`flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface text-muted hover:bg-hover hover:text-text ${props.isRail ? 'justify-center' : 'px-2'}`}
    >
      <SearchIcon size={15} class="shrink-0" aria-hidden="true" />
      <span class={props.isRail ? 'sr-only' : 'flex-1 truncate text-left'}>{t('nav.search')}</span>
      <Show when={!props.isRail}>
        <span aria-hidden="true">
          <Kbd keys={writtenKeys('$mod+k')} />
        </span>
      </Show>
    </button>
  )
}
