/** The app's routes: which page is where, and who must be logged in to see it. */
import { Navigate, Route, Router, type RouteSectionProps } from '@solidjs/router'
import { createMemo, type JSX, Show } from 'solid-js'
import { t } from './locales/i18n.ts'
import {
  AuditPage,
  ChoosePasswordPage,
  ComparePage,
  ConfigListPage,
  ConfigPage,
  FleetPage,
  ImportPage,
  MergedLogsPage,
  OverviewPage,
  ProxyPage,
  ReviewPage,
  RoutesPage,
  SettingsPage,
  UsersPage,
} from './pages.tsx'
import { paths, routes } from './paths.ts'
import { LoginPage } from './session/LoginPage.tsx'
import { type SessionUser, session } from './session.ts'
import { NotFound } from './shell/NotFound.tsx'
import { Private } from './shell/Private.tsx'
import { picture } from './ui/picture.ts'
import { ToastRegion } from './ui/toast.tsx'

export function App() {
  return (
    <Router root={Root}>
      <Route path={paths.login} component={LoginPage} />
      <Route path={paths.choosePassword} component={ChoosePasswordPage} />
      <Route path="/" component={Private}>
        <Route path="/" component={() => <Navigate href={paths.fleet} />} />
        <Route path={paths.overview} component={OverviewPage} />
        <Route path={paths.fleet} component={forUser(FleetPage, (user) => <FleetPage user={user} />)} />
        {/* One route for the tabs of a thing: its page stays while they change. */}
        <Route
          path={[routes.proxy, routes.proxyStats, routes.proxyFiles, routes.proxyEvents, routes.proxyLogs]}
          component={forThing(ProxyPage, (user, last) => (
            <ProxyPage user={user} tab={only(last, 'statistics', 'files', 'events', 'logs') ?? 'overview'} />
          ))}
        />
        <Route
          path={paths.configs}
          component={forUser(ConfigListPage, (user) => <ConfigListPage user={user} />)}
        />
        <Route
          path={paths.importConfig}
          component={forUser(ImportPage, (user) => <ImportPage user={user} />)}
        />
        <Route
          path={[routes.config, routes.configVersions, routes.configStats, routes.configAudit]}
          component={forThing(ConfigPage, (user, last) => (
            <ConfigPage user={user} tab={only(last, 'versions', 'statistics', 'audit') ?? 'edit'} />
          ))}
        />
        <Route path={routes.compare} component={forThing(ComparePage, () => <ComparePage />)} />
        <Route path={routes.review} component={forThing(ReviewPage, (user) => <ReviewPage user={user} />)} />
        <Route
          path={paths.logs}
          component={forUser(MergedLogsPage, (user) => <MergedLogsPage user={user} />)}
        />
        <Route path={paths.routes} component={forUser(RoutesPage, () => <RoutesPage />)} />
        <Route path={paths.audit} component={AuditPage} />
        <Route path={paths.users} component={forUser(UsersPage, (user) => <UsersPage user={user} />)} />
        <Route
          path={[paths.settings, paths.instanceSettings]}
          component={forUser(SettingsPage, (user) => <SettingsPage user={user} />)}
        />
        <Route path="*" component={NotFound} />
      </Route>
    </Router>
  )
}

/** After the frame has been made: a page's thirty parts are asked for one by one, which takes as long. */
function preloadOf(lazyPage: Lazy): () => void {
  return () => void picture().then(() => lazyPage.preload())
}

/** What `lazy` makes. */
interface Lazy {
  readonly preload: () => Promise<unknown>
}

function Root(props: RouteSectionProps) {
  return (
    <>
      {props.children}
      <ToastRegion label={t('app.notices')} closeLabel={t('action.close')} />
    </>
  )
}

/**
 * A page that knows who is looking; it begins anew when somebody else logs in.
 *
 * The router has the code of `lazyPage` fetched as soon as it knows the address: while the session is asked for, and
 * when a link is pointed at.
 */
function forUser(lazyPage: Lazy, page: (user: SessionUser) => JSX.Element) {
  const Page = () => {
    const user = createMemo(() => {
      const state = session()
      return state.kind === 'active' ? state.user : undefined
    })
    return (
      <Show when={user()} keyed>
        {(current) => page(current)}
      </Show>
    )
  }
  return Object.assign(Page, { preload: preloadOf(lazyPage) })
}

/**
 * A page about one thing: it begins anew when it is about another one.
 *
 * @param page `last` is the last part of the path, reactive when read inside the JSX.
 */
function forThing(lazyPage: Lazy, page: (user: SessionUser, last: () => string | undefined) => JSX.Element) {
  const Thing = (props: RouteSectionProps) => {
    const Page = forUser(lazyPage, (user) => (
      <Show when={props.params.id} keyed>
        {(_id) => page(user, () => props.location.pathname.split('/').at(-1))}
      </Show>
    ))
    return <Page />
  }
  return Object.assign(Thing, { preload: preloadOf(lazyPage) })
}

/** `tab()` if it is one of `tabs`. */
function only<Tab extends string>(tab: () => string | undefined, ...tabs: readonly Tab[]): Tab | undefined {
  return tabs.find((name) => name === tab())
}
