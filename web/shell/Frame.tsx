/** The frame around every page: navigation, what lies over the page, and whether it is live. */
import { useLocation } from '@solidjs/router'
import { createEffect, createMemo, ErrorBoundary, type JSX, lazy, on, onCleanup, Show } from 'solid-js'
import { t, withTexts } from '../locales/i18n.ts'
import { unreadCopy } from '../session/copiedRead.ts'
import { sessionWarning } from '../session/warning.ts'
import { listenToShortcuts } from '../shortcuts.ts'
import { preloadDialog } from '../ui/Dialog.tsx'
import { BrokenPanel, pageTitle } from '../words.tsx'
import { ConnectionBanner, lostAt } from './Connection.tsx'
import { useFrameShortcuts } from './frameShortcuts.ts'
import { SideBar } from './SideBar.tsx'
import { surface } from './surfaces.ts'
import { frameShape } from './width.ts'

const SessionWarning = lazy(() =>
  withTexts(
    import('../session/SessionWarning.tsx').then((file) => ({ default: file.SessionWarning })),
    'users',
  ),
)
const CopiedNotice = lazy(() =>
  withTexts(
    import('../session/CopiedNotice.tsx').then((file) => ({ default: file.CopiedNotice })),
    'users',
  ),
)
const Palette = lazy(() => import('./Palette.tsx').then((file) => ({ default: file.Palette })))
const TopBar = lazy(() => import('./TopBar.tsx').then((file) => ({ default: file.TopBar })))
const ShortcutsHelp = lazy(() =>
  import('./ShortcutsHelp.tsx').then((file) => ({ default: file.ShortcutsHelp })),
)

export function Frame(props: { readonly children: JSX.Element }) {
  const location = useLocation()
  let main: HTMLElement | undefined
  const wasWarned = createMemo<boolean>((before) => before || sessionWarning() !== undefined, false)
  useFrameShortcuts()
  listenToShortcuts()
  fetchAhead()
  createEffect(
    on(
      () => location.pathname,
      () => requestAnimationFrame(() => takeFocus(main)),
      { defer: true },
    ),
  )
  return (
    <div class={`min-h-dvh ${shapes[frameShape()]}`}>
      <a
        href="#main"
        class="sr-only z-70 rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('app.skip')}
      </a>
      <p role="status" class="sr-only">
        {pageTitle()}
      </p>
      <Show when={frameShape() !== 'bar'} fallback={<TopBar />}>
        <SideBar isRail={frameShape() === 'rail'} />
      </Show>
      <div class="min-w-0">
        <ConnectionBanner />
        {/* Stays once it was needed: somebody may be logging in over the page. */}
        <Show when={wasWarned()}>
          <SessionWarning />
        </Show>
        <Show when={unreadCopy()}>
          <CopiedNotice />
        </Show>
        <main
          id="main"
          ref={main}
          tabindex="-1"
          data-stale={lostAt() !== undefined || undefined}
          class="mx-auto w-full max-w-440 min-w-0 px-4 py-4 outline-none md:px-6 md:py-5"
        >
          <ErrorBoundary fallback={(fault, reset) => <BrokenPage fault={fault} reset={reset} />}>
            {props.children}
          </ErrorBoundary>
        </main>
      </div>
      <Show when={surface() === 'palette'}>
        <Palette />
      </Show>
      <Show when={surface() === 'help'}>
        <ShortcutsHelp />
      </Show>
    </div>
  )
}

const shapes = { full: 'grid grid-cols-[14rem_1fr]', rail: 'grid grid-cols-[3.5rem_1fr]', bar: '' } as const

/** What lies over pages is fetched with the first key or press, before it is wanted: then it opens at once. */
function fetchAhead(): void {
  const fetchAll = () => {
    preloadDialog()
    void Palette.preload()
    void SessionWarning.preload()
  }
  // While the server still answers: what says that it does not can't be fetched any more then.
  const timer = setTimeout(() => void SessionWarning.preload(), 5_000)
  onCleanup(() => clearTimeout(timer))
  for (const event of ['keydown', 'pointerdown']) window.addEventListener(event, fetchAll, { once: true })
  onCleanup(() => {
    for (const event of ['keydown', 'pointerdown']) window.removeEventListener(event, fetchAll)
  })
}

/** The page's code failed or could not be fetched: another page may work, and this one after a reload. */
function BrokenPage(props: { readonly fault: unknown; readonly reset: () => void }) {
  const location = useLocation()
  createEffect(
    on(
      () => location.pathname,
      () => props.reset(),
      { defer: true },
    ),
  )
  return (
    <div class="card">
      <BrokenPanel fault={props.fault} onRetry={() => window.location.reload()} />
    </div>
  )
}

/** After a step to another page the keyboard begins at its content, unless the page has put the focus somewhere. */
function takeFocus(main: HTMLElement | undefined): void {
  const focused = document.activeElement
  if (focused === null || focused === document.body || focused.closest('header nav'))
    main?.focus({ preventScroll: true })
}
