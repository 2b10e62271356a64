/** Everything behind the login; a session that ends anywhere in here leads to the login page and back. */
import { Navigate, type RouteSectionProps, useLocation } from '@solidjs/router'
import { createEffect, createMemo, Match, onCleanup, Show, Switch } from 'solid-js'
import { followChanges } from '../changes.ts'
import { t } from '../locales/i18n.ts'
import { loginPath } from '../paths.ts'
import { session } from '../session.ts'
import { InTurn } from '../ui/InTurn.tsx'
import { WifiOffIcon } from '../ui/icons.ts'
import { EmptyState, Skeleton } from '../ui/states.tsx'
import { Frame } from './Frame.tsx'

export function Private(props: RouteSectionProps) {
  const location = useLocation()
  const isActive = createMemo(() => session().kind === 'active')
  createEffect(() => {
    if (isActive()) onCleanup(followChanges())
  })
  const isUnreachable = createMemo(() => {
    const state = session()
    return state.kind === 'starting' && state.isUnreachable
  })
  const loginHref = () => {
    const state = session()
    const hasLeft = state.kind === 'none' && state.why === 'logged_out'
    return loginPath(hasLeft ? '/' : location.pathname + location.search)
  }
  return (
    <Switch>
      <Match when={session().kind === 'none'}>
        <Navigate href={loginHref()} />
      </Match>
      <Match when={isUnreachable()}>
        <main class="mx-auto max-w-md p-8">
          <EmptyState
            icon={<WifiOffIcon size={28} aria-hidden="true" />}
            title={t('app.unreachableTitle')}
            text={t('app.unreachableText')}
          />
        </main>
      </Match>
      <Match when={true}>
        {/* The frame stands while the session is asked for: it is the same for everybody, and made in the meantime. */}
        <Frame>
          <Show when={isActive()} fallback={<Loading />}>
            <InTurn fallback={<Loading />}>{props.children}</InTurn>
          </Show>
        </Frame>
      </Match>
    </Switch>
  )
}

function Loading() {
  return <Skeleton rows={10} label={t('state.loading')} />
}
