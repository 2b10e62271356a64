/** Several proxies' captured logs as one list by time, a colour for each. */
import { A, useSearchParams } from '@solidjs/router'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { logLimits } from '#core/log-line'
import { isPermitted } from '#core/permissions'
import { graphql } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { ScrollTextIcon } from '../ui/icons.ts'
import { EmptyState } from '../ui/states.tsx'
import { PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { DownloadButtons } from './DownloadButtons.tsx'
import { LogView } from './LogView.tsx'
import { MergedCaptureState } from './MergedCaptureState.tsx'
import { colourOf } from './proxyColours.ts'
import type { ShownProxy } from './shownLine.ts'

const proxiesDocument = graphql(`
  query MergedProxies($ids: [ID!]!) {
    proxies(first: 100, ids: $ids) { edges { node { id hostname captureLogsUntil } } }
  }
`)

export function MergedLogsPage(props: { readonly user: SessionUser }) {
  setPageTitle(() => t('logs.mergedTitle'))
  const [search] = useSearchParams<{ proxies?: string }>()
  const named = createMemo(() => [...new Set((search.proxies ?? '').split(','))].filter(Boolean))
  const wanted = createMemo(() => named().slice(0, logLimits.proxiesAtOnce))
  const query = createQuery(proxiesDocument, {
    variables: () => (wanted().length === 0 ? null : { ids: [...wanted()] }),
    subjects: ['PROXY'],
    pollSeconds: 5,
  })
  const [hidden, setHidden] = createSignal<ReadonlySet<string>>(new Set())
  const show = (id: string, isShown: boolean) =>
    setHidden((known) => new Set([...known, id].filter((each) => each !== id || !isShown)))
  /** In the order of the address, so that colours stay. */
  const known = createMemo(() => {
    const found = query.data()?.proxies.edges.map(({ node }) => node) ?? []
    return wanted().flatMap((id) => found.filter((proxy) => proxy.id === id))
  })
  // Only their names make another view: what is captured changes all the time.
  const proxies = createMemo<readonly ShownProxy[]>(
    () => known().map(({ id, hostname }) => ({ id, hostname })),
    [],
    { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  )
  const whyNotStart = () =>
    isPermitted(grantOf(props.user), 'log_capture.start') ? undefined : t('reason.NO_PERMISSION')
  return (
    <>
      <PageHeader title={t('logs.mergedTitle')} />
      <Show
        when={wanted().length > 0}
        fallback={
          <EmptyState
            icon={<ScrollTextIcon size={24} aria-hidden="true" />}
            title={t('logs.mergedNone')}
            text={t('logs.mergedNoneText')}
            action={
              <A class="link" href={paths.fleet}>
                {t('logs.toFleet')}
              </A>
            }
          />
        }
      >
        <QueryPanel query={query} rows={12}>
          {() => (
            <div class="space-y-3">
              <MergedCaptureState
                proxies={known()}
                whyNotStart={whyNotStart()}
                onChanged={() => void query.refetch()}
              />
              <fieldset class="flex flex-wrap items-center gap-x-4 gap-y-1">
                <legend class="sr-only">{t('logs.whose')}</legend>
                <For each={proxies()}>
                  {(proxy, index) => (
                    <label class="flex items-center gap-2 text-sm">
                      <input
                        type="checkbox"
                        checked={!hidden().has(proxy.id)}
                        onChange={(event) => show(proxy.id, event.currentTarget.checked)}
                      />
                      <span
                        class="size-3 rounded-sm"
                        style={{ 'background-color': colourOf(index()) }}
                        aria-hidden="true"
                      />
                      {proxy.hostname}
                    </label>
                  )}
                </For>
              </fieldset>
              <Show when={wanted().length < named().length}>
                <p class="text-sm text-muted">
                  {t('logs.mergedMost', { count: named().length, most: wanted().length })}
                </p>
              </Show>
              <Show when={proxies().length < wanted().length}>
                <p class="text-sm text-muted">
                  {plural('logs.mergedGone', wanted().length - proxies().length)}
                </p>
              </Show>
              <Show when={proxies().length > 0 && proxies()} keyed>
                {(shown) => (
                  <LogView
                    proxies={shown}
                    hidden={hidden()}
                    addressOf={({ key }) => paths.logsOf(wanted(), key)}
                  >
                    <DownloadButtons proxies={shown} />
                  </LogView>
                )}
              </Show>
            </div>
          )}
        </QueryPanel>
      </Show>
    </>
  )
}
