/** The shortcuts that work on every page. */
import { useNavigate } from '@solidjs/router'
import { t } from '../locales/i18n.ts'
import { useShortcuts } from '../shortcuts.ts'
import { places } from './places.ts'
import { openHelp, openPalette } from './surfaces.ts'

export function useFrameShortcuts(): void {
  const navigate = useNavigate()
  useShortcuts(() => [
    { keys: '$mod+k', label: t('shortcuts.palette'), run: openPalette, isGlobal: true, isApp: true },
    { keys: '/', label: t('shortcuts.search'), run: focusSearch, isApp: true },
    ...places.map((place) => ({
      keys: place.keys,
      label: t('shortcuts.goTo', { place: place.label() }),
      run: () => navigate(place.href),
      isApp: true,
    })),
    { keys: '[Shift]+?', label: t('shortcuts.help'), run: openHelp, isApp: true },
  ])
}

/** The page's own search; a page without one has the palette's. */
function focusSearch(): void {
  const field = [...document.querySelectorAll<HTMLElement>('[data-page-search]')].find(
    (element) => element.offsetParent !== null,
  )
  const input = field?.matches('input') ? field : field?.querySelector<HTMLElement>('input')
  input?.focus()
  if (input instanceof HTMLInputElement) input.select()
  else openPalette()
}
