/** How many proxies are in each state now; each leads to the list of them. */
import { A } from '@solidjs/router'
import { createMemo, For } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { graphql } from '../graphql.ts'
import { locale, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { type StatusName, statusLooks } from '../proxy/ProxyStatusBadge.tsx'
import { createQuery } from '../query.ts'
import { QueryPanel } from '../words.tsx'

const statesDocument = graphql('query FleetStates { proxyCounts { status count } }')

const shown: readonly StatusName[] = ['IN_SYNC', 'PENDING', 'FAILED', 'DRIFTED', 'UNKNOWN']
const tones = {
  ok: 'text-ok',
  info: 'text-info',
  bad: 'text-bad',
  warn: 'text-warn',
  idle: 'text-muted',
} as const

export function FleetStates() {
  const query = createQuery(statesDocument, {
    variables: () => ({}),
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 15,
  })
  const counts = createMemo(
    () => new Map(query.data()?.proxyCounts.map(({ status, count }) => [status, count])),
  )
  const all = () =>
    [...counts()].reduce((sum, [status, count]) => (status === 'RETIRED' ? sum : sum + count), 0)
  /** All but those whose agent is silent. */
  const online = () => all() - (counts().get('UNKNOWN') ?? 0)
  const number = (count: number) => new Intl.NumberFormat(locale()).format(count)
  return (
    <section aria-label={t('overview.states')} class={`mb-5 ${query.data() ? '' : 'card'}`}>
      <QueryPanel query={query} rows={1}>
        {() => (
          <ul class="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-6">
            <li>
              <A href={paths.fleet} class="card block px-4 py-3 hover:bg-hover">
                <span class="flex items-center gap-1.5 text-sm text-muted">
                  <span class="size-2 rounded-full bg-ok" aria-hidden="true" />
                  {t('overview.online')}
                </span>
                <span class="text-2xl font-semibold">{number(online())}</span>
                <span class="text-muted"> / {number(all())}</span>
              </A>
            </li>
            <For each={shown}>
              {(status) => {
                const count = () => counts().get(status) ?? 0
                return (
                  <li>
                    <A href={paths.fleetOf(status)} class="card block px-4 py-3 hover:bg-hover">
                      <span class="flex items-center gap-1.5 text-sm text-muted">
                        <Dynamic
                          component={statusLooks[status].icon}
                          size={14}
                          // What nobody is in needs no colour.
                          class={count() > 0 ? tones[statusLooks[status].tone] : ''}
                          aria-hidden="true"
                        />
                        {t(`proxyStatus.${status}`)}
                      </span>
                      <span class={`text-2xl font-semibold ${count() > 0 ? '' : 'text-muted'}`}>
                        {number(count())}
                      </span>
                    </A>
                  </li>
                )
              }}
            </For>
          </ul>
        )}
      </QueryPanel>
    </section>
  )
}
