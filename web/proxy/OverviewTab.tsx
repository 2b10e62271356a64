/** The three facts about a proxy side by side: what it should run, what it tried last, what it runs. */
import { A } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { formatSpan } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { ArrowRightIcon, CircleCheckIcon, CircleHelpIcon, TriangleAlertIcon } from '../ui/icons.ts'
import { Panel } from '../ui/Panel.tsx'
import { Notice } from '../ui/states.tsx'
import { Ago, HashText, Instant } from '../words.tsx'
import { AtsVersion } from './AtsVersion.tsx'
import { AtsWords } from './AtsWords.tsx'
import { NowPanel } from './NowPanel.tsx'
import { OutcomeBadge } from './OutcomeBadge.tsx'
import { ParentsPanel } from './ParentsPanel.tsx'
import type { ParentAct } from './parentHosts.ts'
import type { ShownProxy } from './proxyDocument.ts'

interface OverviewTabProps {
  readonly proxy: ShownProxy
  readonly whyNotParent: (act: ParentAct) => string | undefined
}

export function OverviewTab(props: OverviewTabProps) {
  return (
    <div class="space-y-4">
      <Copies proxy={props.proxy} />
      <HostProblems proxy={props.proxy} />
      {/* Of one that never had anything to run the step above says all there is to say. */}
      <Show when={hasRun(props.proxy)}>
        <div class="grid gap-4 md:grid-cols-3">
          <ShouldRun proxy={props.proxy} />
          <Tried proxy={props.proxy} />
          <Runs proxy={props.proxy} />
        </div>
        <NowPanel proxyId={props.proxy.id} />
        <ParentsPanel proxyId={props.proxy.id} whyNot={props.whyNotParent} />
      </Show>
      <About proxy={props.proxy} />
    </div>
  )
}

function hasRun({ version, attempted, runningHash }: ShownProxy): boolean {
  return version !== null || attempted !== null || runningHash !== null
}

/** Two hosts with one identity: which one this page tells of changes with every report. */
function Copies(props: { readonly proxy: ShownProxy }) {
  return (
    <Show when={props.proxy.copies.length > 0}>
      <Notice tone="bad" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
        <p class="font-medium">{t('proxy.copied')}</p>
        <ul>
          <For each={props.proxy.copies}>
            {(copy) => (
              <li>
                <span class="font-mono">{copy.address}</span> · <Ago at={copy.at} />
              </li>
            )}
          </For>
        </ul>
        <p class="mt-1 text-text">{t('proxy.copiedTodo')}</p>
      </Notice>
    </Show>
  )
}

/** In the agent's own words, which are English. */
function HostProblems(props: { readonly proxy: ShownProxy }) {
  return (
    <Show when={props.proxy.status !== 'RETIRED' && props.proxy.hostProblems.length > 0}>
      <Panel title={t('proxy.hostProblems')} note={t('proxy.hostProblemsNote')} isFlush>
        <ul class="divide-y divide-line">
          <For each={props.proxy.hostProblems}>
            {(problem) => (
              <li class="flex gap-3 px-4 py-2.5" lang="en">
                <TriangleAlertIcon size={16} class="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
                <div class="min-w-0 wrap-anywhere">
                  <p>{problem.says}</p>
                  <p class="text-muted">{problem.remedy}</p>
                </div>
              </li>
            )}
          </For>
        </ul>
      </Panel>
    </Show>
  )
}

interface NamedVersion {
  readonly id: string
  readonly number: number
  readonly config: { readonly id: string; readonly name: string }
}

function ShouldRun(props: { readonly proxy: ShownProxy }) {
  return (
    <Panel title={t('proxy.shouldRun')}>
      <Show when={props.proxy.version} fallback={<p class="text-muted">{t('proxy.shouldRunNothing')}</p>}>
        {(version) => (
          <Facts>
            <VersionFact version={version()} />
            <Fact label={t('proxy.approved')}>
              <Ago at={version().approvedAt} />
            </Fact>
            <HashFact hash={props.proxy.desiredHash} />
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
              <Show when={attempt().version}>{(version) => <VersionFact version={version()} />}</Show>
              <Fact label={t('proxy.outcome')}>
                <span class="flex flex-wrap items-center gap-2">
                  <OutcomeBadge outcome={attempt().outcome} />
                  <Ago at={attempt().at} />
                </span>
              </Fact>
              <HashFact hash={attempt().hash} />
              <Show when={attempt().reloadRequestedAt}>
                {(asked) => (
                  <Fact label={t('proxy.reload')}>
                    <Instant at={asked()} />
                    <Show when={attempt().loadedAt}>
                      {(loaded) => (
                        <span class="flex items-center gap-1">
                          <ArrowRightIcon size={13} class="shrink-0 text-muted" aria-hidden="true" />
                          <span title={t('proxy.loaded')}>
                            {t('proxy.loadedAfter', {
                              span: formatSpan(locale(), Date.parse(loaded()) - Date.parse(asked())),
                            })}
                          </span>
                        </span>
                      )}
                    </Show>
                  </Fact>
                )}
              </Show>
            </Facts>
            <Show when={attempt().message && props.proxy.status !== 'FAILED'}>
              <p class="mt-3 text-xs text-muted">{t('proxy.message')}</p>
              <AtsWords text={attempt().message} />
            </Show>
          </>
        )}
      </Show>
    </Panel>
  )
}

const comparisons = {
  desired: { icon: CircleCheckIcon, look: 'text-ok', words: 'proxy.runsDesired' },
  lastHeard: { icon: CircleHelpIcon, look: 'text-warn', words: 'proxy.runsLastHeard' },
  other: { icon: TriangleAlertIcon, look: 'text-warn', words: 'proxy.runsOther' },
  unassigned: { icon: CircleHelpIcon, look: 'text-muted', words: 'proxy.runsUnassigned' },
} as const

function Runs(props: { readonly proxy: ShownProxy }) {
  /** Of a silent agent only what it said last is known, and that is never green. */
  const compared = () => {
    const { desiredHash, runningHash, status, version } = props.proxy
    if (version === null) return comparisons.unassigned
    if (desiredHash === null || runningHash !== desiredHash) return comparisons.other
    return status === 'UNKNOWN' ? comparisons.lastHeard : comparisons.desired
  }
  /** Where the two can be compared: both known, of one config, and different. */
  const comparison = () => {
    const { version, runningVersion } = props.proxy
    if (!version || !runningVersion || version.id === runningVersion.id) return undefined
    return version.config.id === runningVersion.config.id
      ? paths.compare(version.config.id, runningVersion.id, version.id)
      : undefined
  }
  return (
    <Panel title={t('proxy.runs')}>
      <Show when={props.proxy.runningHash} fallback={<p class="text-muted">{t('proxy.runsNothing')}</p>}>
        {(hash) => (
          <Facts>
            <Show
              when={props.proxy.runningVersion}
              fallback={<Fact label={t('proxy.version')}>{t('proxy.runsUnknownVersion')}</Fact>}
            >
              {(version) => <VersionFact version={version()} />}
            </Show>
            <Fact label={t('proxy.compared')}>
              <span class="flex items-start gap-1.5">
                <Dynamic
                  component={compared().icon}
                  size={15}
                  class={`mt-0.5 shrink-0 ${compared().look}`}
                  aria-hidden="true"
                />
                <span>{t(compared().words)}</span>
              </span>
            </Fact>
            <HashFact hash={hash()} />
            <Fact label={t('proxy.onDisk')}>
              <span class="flex flex-wrap gap-x-4">
                <A href={paths.proxyFiles(props.proxy.id)} class="link inline-flex min-h-6 items-center">
                  {t('proxy.seeFiles')}
                </A>
                <Show when={props.proxy.runningVersion}>
                  <A href={paths.routesOfProxy(props.proxy.id)} class="link inline-flex min-h-6 items-center">
                    {t('proxy.tryRoutes')}
                  </A>
                </Show>
                <Show when={comparison()}>
                  {(href) => (
                    <A href={href()} class="link inline-flex min-h-6 items-center">
                      {t('proxy.compareVersions')}
                    </A>
                  )}
                </Show>
              </span>
            </Fact>
          </Facts>
        )}
      </Show>
    </Panel>
  )
}

function About(props: { readonly proxy: ShownProxy }) {
  return (
    <Panel title={t('proxy.about')}>
      <dl class="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
        <Fact label={t('proxy.ats')}>
          <AtsVersion proxy={props.proxy} />
          <Show when={props.proxy.atsRun}>
            {(words) => (
              <p class="text-muted wrap-anywhere" lang="en">
                {words()}
              </p>
            )}
          </Show>
        </Fact>
        <Fact label={t('proxy.agent')}>{props.proxy.agentVersion ?? t('proxy.atsUnknown')}</Fact>
        <Fact label={t('proxy.enrolled')}>
          <Instant at={props.proxy.enrolledAt} />
          <Show when={props.proxy.isEphemeral}> · {t('proxy.ephemeral')}</Show>
        </Fact>
        <Show when={props.proxy.retiredAt}>
          {(at) => (
            <Fact label={t('proxy.retired')}>
              <Instant at={at()} />
            </Fact>
          )}
        </Show>
        <Show when={props.proxy.namesakes.length > 0}>
          <Fact label={t('proxy.namesakes')}>
            <For each={props.proxy.namesakes}>
              {(other) => (
                <A href={paths.proxy(other.id)} class="link block">
                  <Instant at={other.enrolledAt} />
                  {other.retiredAt === null ? '' : ` (${t('proxyStatus.RETIRED')})`}
                </A>
              )}
            </For>
          </Fact>
        </Show>
      </dl>
    </Panel>
  )
}

function VersionFact(props: { readonly version: NamedVersion }) {
  return (
    <Fact label={t('proxy.version')}>
      <A href={paths.configVersions(props.version.config.id)} class="link wrap-anywhere">
        {t('proxy.versionOf', { config: props.version.config.name, number: props.version.number })}
      </A>
    </Fact>
  )
}

function HashFact(props: { readonly hash: string | null }) {
  return (
    <Show when={props.hash}>
      {(hash) => (
        <Fact label={t('proxy.hash')}>
          <HashText value={hash()} />
        </Fact>
      )}
    </Show>
  )
}

function Facts(props: { readonly children: JSX.Element }) {
  return <dl class="space-y-3">{props.children}</dl>
}

function Fact(props: { readonly label: string; readonly children: JSX.Element }) {
  return (
    <div class="min-w-0">
      <dt class="text-xs text-muted">{props.label}</dt>
      <dd class="break-words">{props.children}</dd>
    </div>
  )
}
