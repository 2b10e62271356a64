/** Chooses the proxies of a working copy among thousands, and says who runs each of them now. */
import { createEffect, createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import { limits } from '#core/config-document'
import { client } from '../../client.ts'
import { graphql } from '../../graphql.ts'
import { plural, t } from '../../locales/i18n.ts'
import { lineOf } from '../../messages.ts'
import { ProxyStatusBadge } from '../../proxy/ProxyStatusBadge.tsx'
import { Button } from '../../ui/Button.tsx'
import { createRowWindow } from '../../ui/createRowWindow.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Segmented } from '../../ui/Segmented.tsx'
import { Fault, Skeleton } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Candidate, createProxyPages } from './createProxyPages.ts'
import type { PartProps } from './fields.ts'

const matchingDocument = graphql('query MatchingProxies($search: String) { proxyIds(search: $search) }')

interface ProxyPickerProps extends PartProps {
  readonly configId: string
}

const typingMs = 250
const rowPx = 44

export function ProxyPicker(props: ProxyPickerProps) {
  const [search, setSearch] = createSignal('')
  const [scope, setScope] = createSignal<'all' | 'saved'>('all')
  const [isBusy, setBusy] = createSignal(false)
  const pages = createProxyPages(() => ({
    search: search() || null,
    configId: scope() === 'saved' ? props.configId : null,
  }))
  const chosen = createMemo(() => new Set(props.draft.content().proxyIds))
  const choose = (ids: ReadonlySet<string>, isChosen: boolean) => {
    const before = props.draft.content().proxyIds
    const proxyIds = isChosen ? [...new Set([...before, ...ids])] : before.filter((id) => !ids.has(id))
    if (proxyIds.length > limits.proxiesPerConfig) {
      return toast('bad', t('picker.tooMany', { limit: limits.proxiesPerConfig }))
    }
    props.draft.change((content) => ({ ...content, proxyIds }), {
      key: isChosen ? 'edit.proxiesAdded' : 'edit.proxiesRemoved',
      args: { count: ids.size },
    })
  }
  const chooseMatching = async (isChosen: boolean) => {
    setBusy(true)
    const { data, error } = await client.query(matchingDocument, { search: search() || null }).toPromise()
    setBusy(false)
    if (error) return toast('bad', lineOf(error))
    if (data) choose(new Set(data.proxyIds), isChosen)
  }
  const [scroller, setScroller] = createSignal<HTMLDivElement>()
  const keys = createMemo(() => Array.from({ length: pages.total() ?? 0 }, (_, index) => String(index)))
  const view = createRowWindow({ keys, scroller, usualPx: () => rowPx })
  createEffect(() => {
    const { from, to } = view.span()
    if (keys().length > 0) pages.need(from, to)
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))

  return (
    <Panel title={t('picker.title')} note={t('picker.text')} class="mb-4">
      <div class="mb-2 flex flex-wrap items-center gap-2">
        <input
          type="search"
          class="input w-auto! min-w-40 flex-1 sm:max-w-72"
          aria-label={t('picker.search')}
          placeholder={t('picker.search')}
          onInput={(event) => {
            const text = event.currentTarget.value.trim()
            clearTimeout(timer)
            timer = setTimeout(() => setSearch(text), typingMs)
          }}
        />
        <Segmented
          label={t('picker.scope')}
          options={[
            { value: 'all', label: t('picker.all') },
            { value: 'saved', label: t('picker.saved'), title: t('picker.savedText') },
          ]}
          value={scope()}
          onChange={setScope}
        />
        <span class="ml-auto font-medium" role="status">
          {plural('picker.chosen', chosen().size)}
        </span>
      </div>
      <Show when={(pages.total() ?? 0) > 0 && scope() === 'all'}>
        <div class="mb-2 flex flex-wrap gap-2">
          <Button isBusy={isBusy()} why={props.why} onClick={() => void chooseMatching(true)}>
            {plural(search() ? 'picker.chooseMatching' : 'picker.chooseAll', pages.total() ?? 0)}
          </Button>
          <Button
            look="ghost"
            why={props.why ?? (chosen().size === 0 ? t('picker.noneChosen') : undefined)}
            onClick={() => (search() ? void chooseMatching(false) : choose(chosen(), false))}
          >
            {t(search() ? 'picker.leaveMatching' : 'picker.leaveAll')}
          </Button>
        </div>
      </Show>
      <Show when={pages.hasFailed()}>
        <Fault title={t('error.panel')} retryLabel={t('action.retry')} onRetry={pages.retry} />
      </Show>
      <Show when={pages.total() !== undefined} fallback={<Skeleton rows={3} label={t('state.loading')} />}>
        <Show
          when={(pages.total() ?? 0) > 0}
          fallback={
            <p class="py-3 text-muted">
              {t(search() || scope() === 'saved' ? 'picker.noMatch' : 'picker.noProxies')}
            </p>
          }
        >
          <section
            ref={setScroller}
            tabindex="0"
            aria-label={t('picker.title')}
            class="max-h-80 overflow-y-auto overscroll-contain rounded-lg border border-line"
          >
            <ul class="relative" aria-label={t('picker.title')} style={{ height: `${view.heightPx()}px` }}>
              <For each={view.slots()}>
                {(slot) => {
                  const index = createMemo(() => Number(view.keyOf(slot)))
                  return (
                    <li
                      ref={(row) => view.place(slot, row)}
                      data-row-key={index()}
                      class="absolute top-0 left-0 h-11 w-full border-b border-line"
                      aria-posinset={index() + 1}
                      aria-setsize={pages.total()}
                      style={{ transform: `translateY(${view.startPx(String(index()))}px)` }}
                    >
                      <Show when={pages.row(index())}>
                        {(proxy) => (
                          <ProxyChoice
                            proxy={proxy()}
                            configId={props.configId}
                            isChosen={chosen().has(proxy().id)}
                            why={props.why}
                            onChoose={(isChosen) => choose(new Set([proxy().id]), isChosen)}
                          />
                        )}
                      </Show>
                    </li>
                  )
                }}
              </For>
            </ul>
          </section>
        </Show>
      </Show>
    </Panel>
  )
}

function ProxyChoice(props: {
  readonly proxy: Candidate
  readonly configId: string
  readonly isChosen: boolean
  readonly why: string | undefined
  readonly onChoose: (isChosen: boolean) => void
}) {
  const owner = () => {
    const config = props.proxy.config
    if (!config) return t('picker.runsNothing')
    return config.id === props.configId ? t('picker.runsThis') : t('picker.runsOther', { name: config.name })
  }
  return (
    <label class="flex h-full items-center gap-x-3 px-3 hover:bg-hover">
      <input
        type="checkbox"
        checked={props.isChosen}
        disabled={props.why !== undefined || (props.proxy.status === 'RETIRED' && !props.isChosen)}
        onChange={(event) => {
          props.onChoose(event.currentTarget.checked)
          // What was refused must not stay ticked.
          event.currentTarget.checked = props.isChosen
        }}
      />
      <span class="min-w-0 flex-1">
        <span class="block truncate font-medium" title={props.proxy.hostname}>
          {props.proxy.hostname}
        </span>
        <span class="block truncate text-xs text-muted lg:hidden">{owner()}</span>
      </span>
      <ProxyStatusBadge status={props.proxy.status} />
      <span class="w-56 truncate text-xs text-muted max-lg:hidden" title={owner()}>
        {owner()}
      </span>
    </label>
  )
}
