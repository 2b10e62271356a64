/** The head of a config's page: what state it is in, what runs, the one next step, and everything else in a menu. */
import { A, useNavigate } from '@solidjs/router'
import { createSignal, Match, Show, Switch } from 'solid-js'
import { client } from '../client.ts'
import { formatNumber } from '../format.ts'
import { graphql } from '../graphql.ts'
import { locale, plural, t } from '../locales/i18n.ts'
import { lineOf, problemSentence } from '../messages.ts'
import { usePaletteActions } from '../palette.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import type { SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { copyText } from '../ui/CopyButton.tsx'
import { ArchiveIcon, CloneIcon, EllipsisIcon, GitCompareIcon, LinkIcon } from '../ui/icons.ts'
import { Menu, type MenuItem } from '../ui/Menu.tsx'
import { toast } from '../ui/toast.tsx'
import { Ago, PageHeader } from '../words.tsx'
import type { ConfigFrame } from './ConfigPage.tsx'
import { ConfigStatusBadge } from './ConfigStatusBadge.tsx'
import { NewConfigDialog } from './NewConfigDialog.tsx'
import { type RetirableConfig, RetireDialog } from './RetireDialog.tsx'
import { createReason, nextWords, stepReason } from './steps.ts'

const problemsDocument = graphql(`
  query ConfigProblems($id: ID!) { config(id: $id) { id revision problems { path code message } } }
`)
const proxyCountsDocument = graphql(`
  query ConfigProxyCounts($id: ID!) { proxyCounts(runsConfigId: $id) { status count } }
`)
const submitDocument = graphql(`
  mutation SubmitConfig($input: SubmitConfigInput!) { submitConfig(input: $input) { config { id status } } }
`)

interface ConfigHeaderProps {
  readonly frame: ConfigFrame
  readonly user: SessionUser
  /** The editor holds edits that are not saved. */
  readonly isDirty: boolean
  readonly onChanged: () => Promise<void>
}

export function ConfigHeader(props: ConfigHeaderProps) {
  const navigate = useNavigate()
  const [isBusy, setBusy] = createSignal(false)
  const [isCloning, setCloning] = createSignal(false)
  const [retiring, setRetiring] = createSignal<RetirableConfig>()
  const config = () => props.frame.config
  const policy = () => props.frame.settings.approvalPolicy
  const isDraft = () => config().status === 'DRAFT' && config().retiredAt === null
  // Checking is work for the server: asked only where the answer decides whether there is a next step.
  const problems = createQuery(problemsDocument, {
    variables: () => (isDraft() ? { id: config().id, revision: config().revision } : null),
    subjects: ['SETTINGS'],
  })
  const whyNotSubmit = () => {
    const closed = stepReason(config(), props.user, policy(), 'submit')
    if (closed !== undefined) return closed
    if (props.isDirty) return t('config.saveFirst')
    const [problem] = problems.data()?.config.problems ?? []
    return problem && t('config.problemsFirst', { problem: problemSentence(problem) })
  }
  const submit = async () => {
    setBusy(true)
    const input = { id: config().id, revision: config().revision }
    const { error } = await client.mutation(submitDocument, { input }).toPromise()
    setBusy(false)
    if (error) return toast('bad', lineOf(error))
    navigate(paths.review(config().id))
  }
  const copyLink = async () => {
    await copyText(location.href)
    toast('ok', t('copy.done'))
  }
  const retire = () => setRetiring({ ...config(), runningCount: config().activeVersion?.proxyCount ?? 0 })
  const compareHref = () => paths.compare(config().id, config().activeVersion?.id ?? 'none', 'working')
  const whyNotCompare = () => (config().activeVersion ? undefined : t('config.nothingToCompare'))
  const whyNotRetire = () => stepReason(config(), props.user, policy(), 'retire')
  const items = (): readonly MenuItem[] => [
    {
      label: t('config.compareWorking'),
      icon: <GitCompareIcon size={15} aria-hidden="true" />,
      onSelect: () => navigate(compareHref()),
      why: whyNotCompare(),
    },
    {
      label: t('config.cloneDots'),
      icon: <CloneIcon size={15} aria-hidden="true" />,
      onSelect: () => setCloning(true),
      why: createReason(props.user),
    },
    {
      label: t('config.copyLink'),
      icon: <LinkIcon size={15} aria-hidden="true" />,
      onSelect: () => void copyLink(),
    },
    {
      label: t('config.retireDots'),
      icon: <ArchiveIcon size={15} aria-hidden="true" />,
      onSelect: () => retire(),
      why: whyNotRetire(),
      tone: 'bad',
    },
  ]
  usePaletteActions(() => [
    ...(isDraft()
      ? [{ id: 'config.submit', label: t('config.submit'), run: () => void submit(), why: whyNotSubmit() }]
      : []),
    { id: 'config.review', label: t('config.review'), run: () => navigate(paths.review(config().id)) },
    {
      id: 'config.compare',
      label: t('config.compareWorking'),
      run: () => navigate(compareHref()),
      why: whyNotCompare(),
    },
    {
      id: 'config.clone',
      label: t('config.cloneDots'),
      run: () => setCloning(true),
      why: createReason(props.user),
    },
    {
      id: 'config.retire',
      label: t('config.retireDots'),
      run: () => retire(),
      why: whyNotRetire(),
    },
  ])

  return (
    <>
      <PageHeader
        title={config().name}
        subtitle={<State frame={props.frame} user={props.user} />}
        actions={
          <>
            <Switch>
              <Match when={config().retiredAt !== null}>{null}</Match>
              <Match when={config().status === 'PENDING_APPROVAL'}>
                <A href={paths.review(config().id)} class={primaryLink}>
                  {t('config.review')}
                </A>
              </Match>
              <Match when={config().status === 'DRAFT'}>
                <A href={paths.review(config().id)} class="link-button">
                  {t('config.preview')}
                </A>
                <Button look="primary" onClick={() => void submit()} why={whyNotSubmit()} isBusy={isBusy()}>
                  {t('config.submit')}
                </Button>
              </Match>
              <Match when={config().status === 'ACTIVE'}>
                <A href={paths.review(config().id)} class="link-button">
                  {t('config.rollout')}
                </A>
              </Match>
            </Switch>
            <Menu
              label={t('config.more')}
              trigger={<EllipsisIcon size={16} aria-hidden="true" />}
              items={items()}
            />
          </>
        }
      />
      <NewConfigDialog
        isOpen={isCloning()}
        source={{ id: config().id, name: config().name, version: null }}
        onClose={() => setCloning(false)}
      />
      <RetireDialog
        config={retiring()}
        onClose={() => setRetiring(undefined)}
        onRetired={() => void props.onChanged()}
      />
    </>
  )
}

const primaryLink =
  'inline-flex h-8 items-center rounded-md bg-accent px-3 font-medium whitespace-nowrap text-on-accent hover:bg-accent-strong'

function State(props: Pick<ConfigHeaderProps, 'frame' | 'user'>) {
  const config = () => props.frame.config
  const next = () => nextWords(config(), props.user, props.frame.settings.approvalPolicy)
  return (
    <span class="flex flex-wrap items-center gap-x-3 gap-y-1">
      <ConfigStatusBadge status={config().status} isRetired={config().retiredAt !== null} />
      <Show when={next()}>{(words) => <span>{words()}</span>}</Show>
      <span>{t('config.revisionNumber', { number: config().revision })}</span>
      <Show when={config().activeVersion} fallback={<span>{t('config.notRunning')}</span>}>
        {(version) => (
          <>
            <A href={paths.configVersions(config().id)} class="hover:text-accent hover:underline">
              {t('config.runsVersion', { number: version().number })} · <Ago at={version().approvedAt} />
            </A>
            <Proxies configId={config().id} />
          </>
        )}
      </Show>
    </span>
  )
}

/** How many proxies should run it, and how many of them do not. */
function Proxies(props: { readonly configId: string }) {
  const query = createQuery(proxyCountsDocument, {
    variables: () => ({ id: props.configId }),
    subjects: ['PROXY', 'CONFIG'],
    pollSeconds: 15,
  })
  const of = (...statuses: readonly string[]) =>
    (query.data()?.proxyCounts ?? [])
      .filter(({ status }) => statuses.includes(status))
      .reduce((sum, { count }) => sum + count, 0)
  const total = () => of('PENDING', 'IN_SYNC', 'FAILED', 'DRIFTED', 'UNKNOWN')
  const fleetHref = (status?: string) =>
    `${paths.fleet}?${new URLSearchParams({ config: props.configId, ...(status && { status }) })}`
  const number = (count: number) => formatNumber(locale(), count)
  return (
    <Show when={query.data()}>
      <A href={fleetHref()} class="hover:text-accent hover:underline">
        {total() === 0
          ? t('config.runsNowhere')
          : plural('config.inSync', total(), { inSync: number(of('IN_SYNC')) })}
      </A>
      <Show when={of('FAILED') > 0}>
        <A href={fleetHref('FAILED')} class="font-medium text-bad hover:underline">
          {plural('config.failed', of('FAILED'))}
        </A>
      </Show>
    </Show>
  )
}
