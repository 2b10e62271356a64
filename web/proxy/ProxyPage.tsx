/** One proxy: what it should run, what it tried last, what it runs; live. */
import { A, useParams } from '@solidjs/router'
import { createSignal, type JSX, Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { client } from '../client.ts'
import { formatSpan } from '../format.ts'
import { graphql, type ResultOf } from '../graphql.ts'
import { locale, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { toast } from '../ui/toast.tsx'
import { Ago, Code, HashText, Instant, PageHeader, QueryPanel, setPageTitle } from '../words.tsx'
import { AtsVersion } from './FleetPage.tsx'
import { OutcomeBadge } from './OutcomeBadge.tsx'
import { Freshness, ProxyStatusBadge, statusWords } from './ProxyStatusBadge.tsx'

const proxyDocument = graphql(`
  query ProxyPage($id: ID!) {
    proxy(id: $id) {
      id hostname status statusReason lastSeenAt enrolledAt retiredAt
      atsVersion atsGeneration agentVersion desiredHash runningHash
      config { id name }
      version { id number approvedAt }
      attempted { hash outcome message at reloadRequestedAt loadedAt }
    }
  }
`)
const retireDocument = graphql(`
  mutation RetireProxy($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id status retiredAt } } }
`)
type ShownProxy = ResultOf<typeof proxyDocument>['proxy']

export function ProxyPage(props: { readonly user: SessionUser }) {
  const params = useParams<{ id: string }>()
  const query = createQuery(proxyDocument, {
    variables: () => ({ id: params.id }),
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 15,
  })
  setPageTitle(() => query.data()?.proxy.hostname)

  return (
    <QueryPanel query={query} rows={8}>
      {(data) => (
        <>
          <PageHeader
            title={data().proxy.hostname}
            subtitle={
              <span class="flex flex-wrap items-center gap-x-3 gap-y-1">
                <ProxyStatusBadge status={data().proxy.status} />
                <Freshness lastSeenAt={data().proxy.lastSeenAt} />
              </span>
            }
            actions={<Retire proxy={data().proxy} user={props.user} onRetired={() => void query.refetch()} />}
          />
          <p class="mb-5" role="status">
            {statusWords(data().proxy)}
          </p>
          <div class="grid gap-4 lg:grid-cols-3">
            <ShouldRun proxy={data().proxy} />
            <Tried proxy={data().proxy} />
            <Runs proxy={data().proxy} />
          </div>
          <About proxy={data().proxy} />
        </>
      )}
    </QueryPanel>
  )
}

function ShouldRun(props: { readonly proxy: ShownProxy }) {
  return (
    <Panel title={t('proxy.shouldRun')}>
      <Show when={props.proxy.config} fallback={<p class="text-muted">{t('proxy.shouldRunNothing')}</p>}>
        {(config) => (
          <Facts>
            <Fact label={t('proxy.config')}>
              <A href={paths.config(config().id)} class="link">
                {config().name}
              </A>
            </Fact>
            <Show when={props.proxy.version}>
              {(version) => (
                <Fact label={t('config.version')}>
                  {t('config.versionNumber', { number: version().number })}
                  <Show when={version().approvedAt}>
                    {(at) => (
                      <span class="text-muted">
                        {' · '}
                        <Ago at={at()} />
                      </span>
                    )}
                  </Show>
                </Fact>
              )}
            </Show>
            <Show when={props.proxy.desiredHash}>
              {(hash) => (
                <Fact label={t('proxy.hash')}>
                  <HashText value={hash()} />
                </Fact>
              )}
            </Show>
          </Facts>
        )}
      </Show>
    </Panel>
  )
}

function Tried(props: { readonly proxy: ShownProxy }) {
  return (
    <Panel title={t('proxy.tried')}>
      <Show when={props.proxy.attempted} fallback={<p class="text-muted">{t('proxy.triedNothing')}</p>}>
        {(attempt) => (
          <>
            <Facts>
              <Fact label={t('proxy.outcome')}>
                <OutcomeBadge outcome={attempt().outcome} />
              </Fact>
              <Fact label={t('proxy.at')}>
                <Ago at={attempt().at} />
              </Fact>
              <Fact label={t('proxy.hash')}>
                <HashText value={attempt().hash} />
              </Fact>
              <Show when={attempt().reloadRequestedAt}>
                {(at) => (
                  <Fact label={t('proxy.reloadRequested')}>
                    <Instant at={at()} />
                  </Fact>
                )}
              </Show>
              <Show when={attempt().loadedAt}>
                {(at) => (
                  <Fact label={t('proxy.loaded')}>
                    <Instant at={at()} />
                    <Show when={attempt().reloadRequestedAt}>
                      {(asked) => (
                        <span class="text-muted">
                          {' · '}
                          {t('proxy.after', {
                            span: formatSpan(locale(), Date.parse(at()) - Date.parse(asked())),
                          })}
                        </span>
                      )}
                    </Show>
                  </Fact>
                )}
              </Show>
            </Facts>
            <Show when={attempt().message}>
              <div class="mt-3">
                <p class="mb-1 text-xs text-muted">{t('proxy.message')}</p>
                <Code text={attempt().message} label={t('proxy.message')} isWrapped />
              </div>
            </Show>
          </>
        )}
      </Show>
    </Panel>
  )
}

function Runs(props: { readonly proxy: ShownProxy }) {
  const isDesired = () =>
    props.proxy.desiredHash !== null && props.proxy.runningHash === props.proxy.desiredHash
  return (
    <Panel title={t('proxy.runs')}>
      <Show when={props.proxy.runningHash} fallback={<p class="text-muted">{t('proxy.runsNothing')}</p>}>
        {(hash) => (
          <>
            <Facts>
              <Fact label={t('proxy.hash')}>
                <HashText value={hash()} />
              </Fact>
            </Facts>
            <p class="mt-3 text-muted">{isDesired() ? t('proxy.runsDesired') : t('proxy.runsOther')}</p>
          </>
        )}
      </Show>
    </Panel>
  )
}

function About(props: { readonly proxy: ShownProxy }) {
  return (
    <section class="card mt-4 p-4">
      <h2 class="mb-3">{t('proxy.about')}</h2>
      <dl class="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
        <Fact label={t('proxy.ats')}>
          <AtsVersion proxy={props.proxy} />
        </Fact>
        <Fact label={t('proxy.agent')}>{props.proxy.agentVersion ?? t('proxy.atsUnknown')}</Fact>
        <Fact label={t('proxy.enrolled')}>
          <Instant at={props.proxy.enrolledAt} />
        </Fact>
        <Show when={props.proxy.retiredAt}>
          {(at) => (
            <Fact label={t('proxy.retired')}>
              <Instant at={at()} />
            </Fact>
          )}
        </Show>
      </dl>
    </section>
  )
}

function Retire(props: {
  readonly proxy: ShownProxy
  readonly user: SessionUser
  readonly onRetired: () => void
}) {
  const [isAsking, setAsking] = createSignal(false)
  const [isBusy, setBusy] = createSignal(false)
  const why = () => {
    if (!isPermitted(grantOf(props.user), 'proxy.retire')) return t('reason.NO_PERMISSION')
    return props.proxy.retiredAt === null ? undefined : t('proxy.alreadyRetired')
  }
  const retire = async () => {
    setBusy(true)
    const { error } = await client.mutation(retireDocument, { input: { id: props.proxy.id } }).toPromise()
    setBusy(false)
    if (error) return toast('bad', lineOf(error))
    setAsking(false)
    toast('ok', t('proxy.retireDone', { hostname: props.proxy.hostname }))
    props.onRetired()
  }
  return (
    <>
      <Button onClick={() => setAsking(true)} why={why()}>
        {t('proxy.retire')}
      </Button>
      <Dialog
        isOpen={isAsking()}
        onClose={() => setAsking(false)}
        title={t('proxy.retireTitle', { hostname: props.proxy.hostname })}
        description={t('proxy.retireText')}
        closeLabel={t('action.close')}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t('action.cancel')}</Button>
            <Button look="danger" isBusy={isBusy()} onClick={() => void retire()}>
              {t('proxy.retire')}
            </Button>
          </>
        }
      />
    </>
  )
}

function Panel(props: { readonly title: string; readonly children: JSX.Element }) {
  return (
    <section class="card min-w-0 p-4">
      <h2 class="mb-3">{props.title}</h2>
      {props.children}
    </section>
  )
}

function Facts(props: { readonly children: JSX.Element }) {
  return <dl class="space-y-2">{props.children}</dl>
}

function Fact(props: { readonly label: string; readonly children: JSX.Element }) {
  return (
    <div class="min-w-0">
      <dt class="text-xs text-muted">{props.label}</dt>
      <dd class="break-words">{props.children}</dd>
    </div>
  )
}
