/** Where does a URL go? Asked of any config, any version of it, or what one proxy runs; one URL or thousands. */
import { createMemo, createSignal, Match, Show, Switch } from 'solid-js'
import { both } from '../config/fetched.ts'
import { SidePicker } from '../config/SidePicker.tsx'
import { type Choices, choicesDocument, type Side } from '../config/sides.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { usePaletteActions } from '../palette.ts'
import { ConfigPicker } from '../proxy/ConfigPicker.tsx'
import { createQuery } from '../query.ts'
import { useShortcuts } from '../shortcuts.ts'
import { Field } from '../ui/Field.tsx'
import { RouteIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { EmptyState, Notice } from '../ui/states.tsx'
import { PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { BulkPanel } from './BulkPanel.tsx'
import { createCircumstances } from './circumstances.ts'
import { ProxyChoice } from './ProxyChoice.tsx'
import { createRouteSearch, type RouteSearch } from './routeSearch.ts'
import { createRouteSide } from './routeSides.ts'
import { TryOne } from './TryOne.tsx'

const proxyDocument = graphql(`
  query RouteProxy($id: ID!) {
    proxy(id: $id) { id hostname runningVersion { id number config { id name } } }
  }
`)

export function RoutesPage() {
  const search = createRouteSearch()
  setPageTitle(() => t('routes.title'))
  const proxyQuery = createQuery(proxyDocument, {
    variables: () => (search.proxyId() === undefined ? null : { id: search.proxyId() ?? '' }),
    subjects: ['PROXY'],
  })
  const proxy = () => (search.proxyId() === undefined ? undefined : proxyQuery.data()?.proxy)
  const runs = () => proxy()?.runningVersion ?? undefined
  const configId = createMemo(() => search.configId() ?? runs()?.config.id)
  const choices = createQuery(choicesDocument, {
    variables: () => (configId() === undefined ? null : { id: configId() ?? '' }),
    subjects: ['CONFIG'],
  })
  const config = () => (configId() === undefined ? undefined : choices.data()?.config)
  const to = (): Side => search.to() ?? runs()?.id ?? 'working'
  const from = (): Side => {
    const chosen = search.from()
    if (chosen !== undefined) return chosen
    // What a proxy runs is read on its own.
    return runs() === undefined ? (config()?.activeVersion?.id ?? 'none') : 'none'
  }
  usePaletteActions(() => [
    { id: 'routes.many', label: t(search.isMany() ? 'routes.one' : 'routes.many'), run: () => swapView() },
  ])
  const swapView = () => search.showMany(!search.isMany())
  useShortcuts(() => [{ keys: 'Alt+m', label: t('routes.view'), run: swapView }])

  return (
    <>
      <PageHeader
        title={t('routes.title')}
        subtitle={t('routes.text')}
        actions={
          <Segmented
            label={t('routes.view')}
            options={[
              { value: 'one', label: t('routes.one') },
              { value: 'many', label: t('routes.many') },
            ]}
            value={search.isMany() ? 'many' : 'one'}
            onChange={(view) => search.showMany(view === 'many')}
          />
        }
      />
      <Panel title={t('routes.where')} class="mb-4">
        <div class="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
          <Field label={t('routes.config')}>
            {(control) => (
              <ConfigPicker
                id={control.id}
                placeholder={t('routes.configPlaceholder')}
                chosen={config()?.name ?? ''}
                onChoose={(chosen) => search.chooseConfig(chosen?.id ?? null)}
              />
            )}
          </Field>
          <Field label={t('routes.proxy')}>
            {(control) => (
              <ProxyChoice
                control={control}
                chosen={proxy()?.hostname ?? ''}
                onChoose={(id) => search.chooseProxy(id)}
              />
            )}
          </Field>
          <Show when={config()}>
            {(known) => (
              <>
                <SidePicker
                  label={t('routes.after')}
                  value={to()}
                  config={known()}
                  onChoose={(side) => search.chooseSide('to', side, known().id)}
                />
                <SidePicker
                  label={t('routes.before')}
                  value={from()}
                  config={known()}
                  hasNone
                  noneLabel={t('routes.nothing')}
                  onChoose={(side) => search.chooseSide('from', side, known().id)}
                />
              </>
            )}
          </Show>
        </div>
        <Show when={proxy()}>
          {(known) => (
            <div class="mt-3">
              <Show
                when={known().runningVersion}
                fallback={
                  <Notice tone="warn">{t('routes.proxyNothing', { hostname: known().hostname })}</Notice>
                }
              >
                {(version) => (
                  <p class="text-sm">
                    {t('routes.proxyRuns', {
                      hostname: known().hostname,
                      number: version().number,
                      config: version().config.name,
                    })}
                  </p>
                )}
              </Show>
            </div>
          )}
        </Show>
      </Panel>
      <Switch>
        <Match when={configId() === undefined && search.proxyId() === undefined}>
          <EmptyState
            icon={<RouteIcon size={28} aria-hidden="true" />}
            title={t('routes.pickTitle')}
            text={t('routes.pickText')}
          />
        </Match>
        <Match when={configId() === undefined}>
          <QueryPanel query={proxyQuery} rows={3}>
            {() => null}
          </QueryPanel>
        </Match>
        <Match when={true}>
          <QueryPanel query={choices} rows={6}>
            {(data) => <Answers config={data().config} search={search} from={from()} to={to()} />}
          </QueryPanel>
        </Match>
      </Switch>
    </>
  )
}

function Answers(props: {
  readonly config: Choices
  readonly search: RouteSearch
  readonly from: Side
  readonly to: Side
}) {
  const circumstances = createCircumstances()
  const [bulkText, setBulkText] = createSignal('')
  const keyOf = (side: Side) => (side === 'working' ? `working ${props.config.revision}` : side)
  const sideOf = (side: () => Side) =>
    createRouteSide(
      () => props.config.id,
      side,
      () => keyOf(side()),
    )
  const sides = both(
    sideOf(() => props.from),
    sideOf(() => props.to),
  )
  return (
    <QueryPanel query={both(circumstances, sides)} rows={6}>
      {(data) => (
        <Show when={data().after.after.side}>
          {(side) => (
            <Show
              when={props.search.isMany()}
              fallback={
                <Panel title={data().after.after.label}>
                  <TryOne
                    asked={props.search.asked()}
                    onAsk={props.search.ask}
                    side={side()}
                    before={beside(data().after.before)}
                    circumstances={data().before}
                  />
                </Panel>
              }
            >
              <BulkPanel
                text={bulkText()}
                onText={setBulkText}
                before={beside(data().after.before)}
                after={{ title: data().after.after.label, side: side() }}
                circumstances={data().before}
                search={props.search}
              />
            </Show>
          )}
        </Show>
      )}
    </QueryPanel>
  )
}

function beside({
  label,
  side,
}: {
  readonly label: string
  readonly side: Parameters<typeof TryOne>[0]['side'] | null
}) {
  return side === null ? undefined : { title: label, side }
}
