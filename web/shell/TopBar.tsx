/** The frame of a narrow window: a bar with what is needed at once, and a drawer for the rest. */
import { A } from '@solidjs/router'
import { createSignal } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { Drawer } from '../ui/Drawer.tsx'
import { MenuIcon, SearchIcon } from '../ui/icons.ts'
import { LinkDot } from './Connection.tsx'
import { Navigation } from './Navigation.tsx'
import { openPalette } from './surfaces.ts'
import { UserPanel } from './UserMenu.tsx'

export function TopBar() {
  const [isOpen, setOpen] = createSignal(false)
  const close = () => setOpen(false)
  return (
    <header class="sticky top-0 z-30 flex h-12 items-center gap-1 border-b border-line bg-sidebar px-2">
      <button
        type="button"
        class="bar-button"
        aria-label={t('nav.open')}
        aria-haspopup="dialog"
        aria-expanded={isOpen()}
        onClick={() => setOpen(true)}
      >
        <MenuIcon size={18} aria-hidden="true" />
      </button>
      <A href={paths.fleet} class="flex min-w-0 flex-1 items-center gap-2 font-semibold">
        <img src="/icon.svg" alt="" width="22" height="22" class="shrink-0" />
        <span class="truncate">{t('app.name')}</span>
      </A>
      <LinkDot isRail />
      <button
        type="button"
        class="bar-button"
        aria-label={t('nav.search')}
        aria-haspopup="dialog"
        onClick={openPalette}
      >
        <SearchIcon size={18} aria-hidden="true" />
      </button>
      <Drawer title={t('app.name')} closeLabel={t('action.close')} isOpen={isOpen()} onClose={close}>
        <div class="flex min-h-full flex-col gap-6">
          <Navigation onChoose={close} />
          <div class="mt-auto border-t border-line pt-3">
            <UserPanel onDone={close} />
          </div>
        </div>
      </Drawer>
    </header>
  )
}
