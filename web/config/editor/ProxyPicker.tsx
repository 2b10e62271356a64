/** Chooses the proxies of a working copy, and says who runs each of them now. */
import { createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import { graphql } from '../../graphql.ts'
import { plural, t } from '../../locales/i18n.ts'
import { ProxyStatusBadge } from '../../proxy/ProxyStatusBadge.tsx'
import { createQuery } from '../../query.ts'
import { QueryPanel } from '../../words.tsx'
import type { Draft } from './draft.ts'

const candidatesDocument = graphql(`
  query Candidates($search: String) {
    proxies(first: 100, search: $search) {
      totalCount
      edges { node { id hostname status config { id name } } }
    }
  }
`)

interface ProxyPickerProps {
  readonly configId: string
  readonly draft: Draft
  readonly why: string | undefined
}

const typingMs = 250

export function ProxyPicker(props: ProxyPickerProps) {
  const [search, setSearch] = createSignal('')
  const candidates = createQuery(candidatesDocument, {
    variables: () => ({ search: search() || null }),
    subjects: ['PROXY', 'CONFIG'],
  })
  const chosen = createMemo(() => new Set(props.draft.content.proxyIds))
  const toggle = (id: string, isChosen: boolean) =>
    props.draft.change((content) => {
      content.proxyIds = isChosen
        ? [...content.proxyIds, id]
        : content.proxyIds.filter((known) => known !== id)
    })
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))

  return (
    <div class="px-4 pb-4">
      <div class="mb-2 flex flex-wrap items-center justify-between gap-2">
        <input
          type="search"
          class="input sm:max-w-72"
          aria-label={t('fleet.search')}
          placeholder={t('fleet.search')}
          onInput={(event) => {
            const text = event.currentTarget.value.trim()
            clearTimeout(timer)
            timer = setTimeout(() => setSearch(text), typingMs)
          }}
        />
        <span class="text-muted">{plural('picker.chosen', chosen().size)}</span>
      </div>
      <QueryPanel query={candidates} rows={3}>
        {(data) => (
          <Show
            when={data().proxies.edges.length > 0}
            fallback={
              <p class="py-3 text-muted">{t(search() ? 'fleet.noMatchTitle' : 'picker.noProxies')}</p>
            }
          >
            <ul class="max-h-80 divide-y divide-line overflow-y-auto rounded-lg border border-line">
              <For each={data().proxies.edges}>
                {({ node }) => (
                  <li>
                    <label class="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 hover:bg-hover">
                      <input
                        type="checkbox"
                        checked={chosen().has(node.id)}
                        disabled={
                          props.why !== undefined || (node.status === 'RETIRED' && !chosen().has(node.id))
                        }
                        onChange={(event) => toggle(node.id, event.currentTarget.checked)}
                      />
                      <span class="min-w-40 flex-1 font-medium break-all">{node.hostname}</span>
                      <ProxyStatusBadge status={node.status} />
                      <span class="text-xs text-muted sm:w-52">
                        <Show when={node.config} fallback={t('picker.runsNothing')}>
                          {(config) =>
                            config().id === props.configId
                              ? t('picker.runsThis')
                              : t('picker.runsOther', { name: config().name })
                          }
                        </Show>
                      </span>
                    </label>
                  </li>
                )}
              </For>
            </ul>
            <Show when={data().proxies.totalCount > data().proxies.edges.length}>
              <p class="mt-2 text-xs text-muted">
                {t('picker.more', { shown: data().proxies.edges.length, total: data().proxies.totalCount })}
              </p>
            </Show>
          </Show>
        )}
      </QueryPanel>
    </div>
  )
}
