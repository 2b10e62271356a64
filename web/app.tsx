/** The app's frame: who is logged in, where the pages are, and whether what they show is live. */
import { A, Navigate, Route, Router, type RouteSectionProps, useLocation } from '@solidjs/router'
import { createEffect, createMemo, For, type JSX, lazy, Match, onCleanup, Show, Switch } from 'solid-js'
import { followChanges, link } from './changes.ts'
import { serverNow } from './clock.ts'
import { formatAgo } from './format.ts'
import { type Area, loadTexts, locale, t } from './locales/i18n.ts'
import { loginPath, paths, routes } from './paths.ts'
import { LoginPage } from './session/LoginPage.tsx'
import { logOut, type SessionUser, session } from './session.ts'
import {
  FileSlidersIcon,
  LogOutIcon,
  ScrollTextIcon,
  ServerIcon,
  SettingsIcon,
  WifiOffIcon,
} from './ui/icons.ts'
import { EmptyState, Skeleton } from './ui/states.tsx'
import { ToastRegion } from './ui/toast.tsx'
import { PageHeader, setPageTitle } from './words.tsx'

/** A page waits for its texts; both are fetched side by side when it is first opened. */
async function withTexts<Page>(page: Promise<Page>, ...areas: readonly Area[]): Promise<Page> {
  const [loaded] = await Promise.all([page, loadTexts(...areas)])
  return loaded
}

const FleetPage = lazy(() =>
  withTexts(
    import('./proxy/FleetPage.tsx').then((file) => ({ default: file.FleetPage })),
    'fleet',
    'proxy',
  ),
)
const ProxyPage = lazy(() =>
  withTexts(
    import('./proxy/ProxyPage.tsx').then((file) => ({ default: file.ProxyPage })),
    'fleet',
    'proxy',
    'configs',
  ),
)
const ConfigListPage = lazy(() =>
  withTexts(
    import('./config/ConfigListPage.tsx').then((file) => ({ default: file.ConfigListPage })),
    'configs',
  ),
)
const ConfigPage = lazy(() =>
  withTexts(
    import('./config/ConfigPage.tsx').then((file) => ({ default: file.ConfigPage })),
    'configs',
    'document',
    'editor',
    'review',
    'audit',
    'fleet',
    'proxy',
  ),
)
const ReviewPage = lazy(() =>
  withTexts(
    import('./config/review/ReviewPage.tsx').then((file) => ({ default: file.ReviewPage })),
    'configs',
    'document',
    'editor',
    'review',
    'fleet',
    'proxy',
  ),
)
const AuditPage = lazy(() =>
  withTexts(
    import('./audit/AuditPage.tsx').then((file) => ({ default: file.AuditPage })),
    'audit',
  ),
)
const SettingsPage = lazy(() =>
  withTexts(
    import('./settings/SettingsPage.tsx').then((file) => ({ default: file.SettingsPage })),
    'settings',
  ),
)

export function App() {
  return (
    <Router root={Root}>
      <Route path={paths.login} component={LoginPage} />
      <Route path="/" component={Private}>
        <Route path="/" component={() => <Navigate href={paths.fleet} />} />
        <Route
          path={paths.fleet}
          component={() => <WithUser>{(user) => <FleetPage user={user} />}</WithUser>}
        />
        <Route
          path={routes.proxy}
          component={(props: RouteSectionProps) => (
            <WithUser>
              {(user) => <PerId id={props.params.id}>{() => <ProxyPage user={user} />}</PerId>}
            </WithUser>
          )}
        />
        <Route
          path={paths.configs}
          component={() => <WithUser>{(user) => <ConfigListPage user={user} />}</WithUser>}
        />
        <Route
          path={routes.config}
          component={(props: RouteSectionProps) => (
            <WithUser>
              {(user) => <PerId id={props.params.id}>{() => <ConfigPage user={user} tab="edit" />}</PerId>}
            </WithUser>
          )}
        />
        <Route
          path={routes.configAudit}
          component={(props: RouteSectionProps) => (
            <WithUser>
              {(user) => <PerId id={props.params.id}>{() => <ConfigPage user={user} tab="audit" />}</PerId>}
            </WithUser>
          )}
        />
        <Route
          path={routes.review}
          component={(props: RouteSectionProps) => (
            <WithUser>
              {(user) => <PerId id={props.params.id}>{() => <ReviewPage user={user} />}</PerId>}
            </WithUser>
          )}
        />
        <Route path={paths.audit} component={AuditPage} />
        <Route
          path={paths.settings}
          component={() => <WithUser>{(user) => <SettingsPage user={user} />}</WithUser>}
        />
        <Route path="*" component={NotFound} />
      </Route>
    </Router>
  )
}

/** A page about one thing begins anew when it is about another one. */
function PerId(props: { readonly id: string | undefined; readonly children: () => JSX.Element }) {
  return (
    <Show when={props.id} keyed>
      {(_id) => props.children()}
    </Show>
  )
}

function WithUser(props: { readonly children: (user: SessionUser) => JSX.Element }) {
  const user = createMemo(() => {
    const state = session()
    return state.kind === 'active' ? state.user : undefined
  })
  return (
    <Show when={user()} keyed>
      {(current) => props.children(current)}
    </Show>
  )
}

function Root(props: RouteSectionProps) {
  return (
    <>
      {props.children}
      <ToastRegion label={t('app.notices')} closeLabel={t('action.close')} />
    </>
  )
}

/** Everything behind the login; a session that ends anywhere in here leads to the login page and back. */
function Private(props: RouteSectionProps) {
  const location = useLocation()
  const isActive = createMemo(() => session().kind === 'active')
  createEffect(() => {
    if (isActive()) onCleanup(followChanges())
  })
  const loginHref = () => {
    const state = session()
    const hasLeft = state.kind === 'none' && state.why === 'logged_out'
    return loginPath(hasLeft ? '/' : location.pathname + location.search)
  }
  return (
    <Switch>
      <Match when={session().kind === 'starting'}>
        <Starting />
      </Match>
      <Match when={session().kind === 'none'}>
        <Navigate href={loginHref()} />
      </Match>
      <Match when={isActive()}>
        <Frame>{props.children}</Frame>
      </Match>
    </Switch>
  )
}

function Starting() {
  const isUnreachable = () => {
    const state = session()
    return state.kind === 'starting' && state.isUnreachable
  }
  return (
    <main class="mx-auto max-w-md p-8">
      <Show when={isUnreachable()} fallback={<Skeleton rows={3} label={t('state.loading')} />}>
        <EmptyState
          icon={<WifiOffIcon size={28} aria-hidden="true" />}
          title={t('app.unreachableTitle')}
          text={t('app.unreachableText')}
        />
      </Show>
    </main>
  )
}

function Frame(props: { readonly children: JSX.Element }) {
  const places = [
    { href: paths.fleet, label: () => t('fleet.title'), icon: ServerIcon },
    { href: paths.configs, label: () => t('configs.title'), icon: FileSlidersIcon },
    { href: paths.audit, label: () => t('audit.title'), icon: ScrollTextIcon },
    { href: paths.settings, label: () => t('settings.title'), icon: SettingsIcon },
  ]
  return (
    <div class="md:grid md:min-h-dvh md:grid-cols-[13rem_1fr]">
      <a
        href="#main"
        class="sr-only z-70 rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('app.skip')}
      </a>
      <header class="flex flex-wrap items-center gap-x-2 border-b border-line bg-surface px-3 py-2 md:sticky md:top-0 md:h-dvh md:flex-col md:flex-nowrap md:items-stretch md:border-r md:border-b-0 md:px-3 md:py-4">
        <A href={paths.fleet} class="flex items-center gap-2 px-1 font-semibold md:mb-5">
          <img src="/icon.svg" alt="" class="size-6" />
          {t('app.name')}
        </A>
        <div class="ml-auto md:order-3 md:mt-auto md:ml-0">
          <User />
        </div>
        <nav
          class="order-3 mt-2 flex w-full gap-1 md:order-2 md:mt-0 md:flex-col"
          aria-label={t('app.navigation')}
        >
          <For each={places}>
            {(place) => (
              <A
                href={place.href}
                class="flex min-w-0 flex-auto items-center justify-center gap-2 rounded-md px-0.5 py-1.5 text-sm font-medium sm:px-2 md:text-base md:flex-none md:justify-start"
                activeClass="bg-accent-soft text-accent"
                inactiveClass="text-muted hover:bg-hover hover:text-text"
              >
                <place.icon size={16} class="shrink-0 max-sm:hidden" aria-hidden="true" />
                <span class="truncate max-sm:text-xs">{place.label()}</span>
              </A>
            )}
          </For>
        </nav>
      </header>
      <main id="main" tabindex="-1" class="mx-auto w-full max-w-6xl min-w-0 p-4 outline-none md:px-8 md:py-6">
        <Interruption />
        {props.children}
      </main>
    </div>
  )
}

function User() {
  return (
    <WithUser>
      {(user) => (
        <div class="flex items-center gap-2 md:flex-wrap">
          <span class="md:w-full">
            <LinkState />
          </span>
          <span class="hidden min-w-0 flex-1 truncate md:block" title={user.email}>
            {user.name}
            <span class="block text-xs text-muted">{t(`role.${user.role}`)}</span>
          </span>
          <button
            type="button"
            aria-label={t('app.logOut')}
            title={t('app.logOut')}
            onClick={() => void logOut()}
            class="grid size-8 place-items-center rounded-md text-muted hover:bg-hover hover:text-text"
          >
            <LogOutIcon size={16} aria-hidden="true" />
          </button>
        </div>
      )}
    </WithUser>
  )
}

const linkLooks = {
  live: 'bg-ok',
  connecting: 'border border-line-strong',
  reconnecting: 'border border-warn',
} as const

function LinkState() {
  return (
    <span role="status" class="inline-flex items-center gap-1.5 px-1 text-xs text-muted" data-testid="link">
      <span class={`size-1.5 rounded-full ${linkLooks[link().kind]}`} aria-hidden="true" />
      {t(`link.${link().kind}`)}
    </span>
  )
}

/** A blink of the connection is not worth a word; longer than this is. */
const graceMs = 2_000

function Interruption() {
  const lostMs = () => {
    serverNow()
    return link().kind === 'reconnecting' ? Date.now() - link().since : 0
  }
  return (
    <div role="status">
      <Show when={lostMs() > graceMs}>
        <div class="mb-4 flex items-center gap-2 rounded-lg bg-warn-soft px-3 py-2 text-warn">
          <WifiOffIcon size={16} class="shrink-0" aria-hidden="true" />
          {t('link.stale', { since: formatAgo(locale(), lostMs()) })}
        </div>
      </Show>
    </div>
  )
}

function NotFound() {
  setPageTitle(() => t('app.notFound'))
  return (
    <>
      <PageHeader title={t('app.notFound')} />
      <p class="mb-3 text-muted">{t('app.notFoundText')}</p>
      <A href={paths.fleet} class="link">
        {t('fleet.title')}
      </A>
    </>
  )
}
