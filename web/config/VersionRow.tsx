/** One line of a config's history: a version or the working copy, what it changed on demand, and what to do with it. */
import { A, useNavigate } from '@solidjs/router'
import { createSignal, createUniqueId, type JSX, Show } from 'solid-js'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import type { SessionUser } from '../session.ts'
import { Badge } from '../ui/Badge.tsx'
import {
  ChevronRightIcon,
  CircleCheckIcon,
  CloneIcon,
  EllipsisIcon,
  GitCompareIcon,
  HistoryIcon,
} from '../ui/icons.ts'
import { Menu, type MenuItem } from '../ui/Menu.tsx'
import { Ago, HashText } from '../words.tsx'
import type { ConfigFrame } from './ConfigPage.tsx'
import { ConfigStatusBadge } from './ConfigStatusBadge.tsx'
import { createReason, runsOnWords, stepReason } from './steps.ts'
import { VersionChanges } from './VersionChanges.tsx'
import type { ListedVersion } from './VersionsTab.tsx'

interface VersionRowProps {
  readonly frame: ConfigFrame
  readonly user: SessionUser
  readonly version: ListedVersion
  /** The one before it; undefined for the first. */
  readonly previous: ListedVersion | undefined
  readonly isPicked: boolean
  readonly onPick: (isPicked: boolean) => void
  readonly onRestore: () => void
  readonly onClone: () => void
}

export function VersionRow(props: VersionRowProps) {
  const navigate = useNavigate()
  const [isOpen, setOpen] = createSignal(false)
  const changesId = createUniqueId()
  const config = () => props.frame.config
  const name = () => t('config.versionNumber', { number: props.version.number })
  const isRunning = () => config().activeVersion?.id === props.version.id
  const compareTo = (id: string) => navigate(paths.compare(config().id, props.version.id, id))
  const items = (): readonly MenuItem[] => [
    {
      label: t('versions.comparePrevious'),
      icon: <GitCompareIcon size={15} aria-hidden="true" />,
      onSelect: () => navigate(paths.compare(config().id, props.previous?.id ?? 'none', props.version.id)),
      why: props.previous ? undefined : t('versions.isFirst'),
    },
    {
      label: t('versions.compareWorking'),
      icon: <GitCompareIcon size={15} aria-hidden="true" />,
      onSelect: () => compareTo('working'),
      why: config().retiredAt === null ? undefined : t('reason.RETIRED'),
    },
    {
      label: t('restore.dots'),
      icon: <HistoryIcon size={15} aria-hidden="true" />,
      onSelect: () => props.onRestore(),
      why: whyNotRestore(props),
    },
    {
      label: t('config.cloneDots'),
      icon: <CloneIcon size={15} aria-hidden="true" />,
      onSelect: () => props.onClone(),
      why: createReason(props.user),
    },
  ]
  return (
    <Line
      isPicked={props.isPicked}
      onPick={props.onPick}
      pickLabel={t('versions.pick', { name: name() })}
      name={
        <A href={paths.compare(config().id, 'none', props.version.id)} class="link">
          {name()}
        </A>
      }
      badge={
        <Show when={isRunning()}>
          <Badge tone="ok" icon={<CircleCheckIcon size={13} aria-hidden="true" />}>
            {t('versions.running')}
          </Badge>
        </Show>
      }
      people={<Approved version={props.version} />}
      reach={
        <Show when={props.version.proxyCount > 0}>
          <A href={`${paths.fleet}?config=${config().id}`} class="hover:text-accent hover:underline">
            {runsOnWords(props.version.proxyCount)}
          </A>
        </Show>
      }
      hash={<HashText value={props.version.configHash} />}
      actions={
        <Menu
          label={t('config.actionsOf', { name: name() })}
          trigger={<EllipsisIcon size={16} aria-hidden="true" />}
          items={items()}
        />
      }
    >
      <button
        type="button"
        aria-expanded={isOpen()}
        aria-controls={changesId}
        onClick={() => setOpen(!isOpen())}
        class="-ml-1 inline-flex items-center gap-1 rounded px-1 text-sm font-medium text-accent hover:bg-hover"
      >
        <ChevronRightIcon
          size={14}
          class={`transition-transform ${isOpen() ? 'rotate-90' : ''}`}
          aria-hidden="true"
        />
        {t('versions.whatChanged')}
      </button>
      <div id={changesId}>
        <Show when={isOpen()}>
          <VersionChanges
            configId={config().id}
            versionId={props.version.id}
            previousId={props.previous?.id}
          />
        </Show>
      </div>
    </Line>
  )
}

/** The working copy stands at the top: it is what the next version will be. */
export function WorkingCopyRow(props: {
  readonly frame: ConfigFrame
  readonly isPicked: boolean
  readonly onPick: (isPicked: boolean) => void
}) {
  const config = () => props.frame.config
  const people = () =>
    config()
      .authors.map(({ name }) => name)
      .join(', ')
  return (
    <Line
      isPicked={props.isPicked}
      onPick={props.onPick}
      pickLabel={t('versions.pick', { name: t('versions.working') })}
      name={
        <A href={paths.config(config().id)} class="link">
          {t('versions.working')}
        </A>
      }
      badge={<ConfigStatusBadge status={config().status} />}
      people={
        <>
          {t('config.revisionNumber', { number: config().revision })}
          <Show when={people()}>{(names) => <> · {t('versions.editedBy', { names: names() })}</>}</Show> ·{' '}
          <Ago at={config().updatedAt} />
        </>
      }
    />
  )
}

function Line(props: {
  readonly isPicked: boolean
  readonly onPick: (isPicked: boolean) => void
  readonly pickLabel: string
  readonly name: JSX.Element
  readonly badge: JSX.Element
  readonly people: JSX.Element
  readonly reach?: JSX.Element
  readonly hash?: JSX.Element
  readonly actions?: JSX.Element
  readonly children?: JSX.Element
}) {
  return (
    <li class={`border-b border-line px-4 py-2.5 last:border-b-0 ${props.isPicked ? 'bg-accent-soft' : ''}`}>
      <div class="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3">
        <input
          type="checkbox"
          class="mt-1"
          aria-label={props.pickLabel}
          checked={props.isPicked}
          onChange={(event) => props.onPick(event.currentTarget.checked)}
        />
        <div class="min-w-0">
          <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
            {props.name}
            {props.badge}
            <span class="text-muted">{props.people}</span>
          </p>
          <p class="mt-0.5 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted empty:hidden">
            {props.reach}
            {props.hash}
          </p>
        </div>
        <div class="-my-1">{props.actions}</div>
      </div>
      <div class="mt-1 pl-7 empty:hidden">{props.children}</div>
    </li>
  )
}

function Approved(props: { readonly version: ListedVersion }) {
  const approver = () => props.version.approvedBy?.name ?? t('config.somebody')
  const submitter = () => props.version.submittedBy?.name ?? t('config.somebody')
  return (
    <>
      {t('versions.approvedBy', { name: approver() })} · <Ago at={props.version.approvedAt} />
      <Show when={props.version.submittedBy?.id !== props.version.approvedBy?.id}>
        {' · '}
        {t('versions.submittedBy', { name: submitter() })}
      </Show>
    </>
  )
}

/** Restoring what runs already is no restoring, unless the working copy has gone elsewhere. */
function whyNotRestore(props: VersionRowProps): string | undefined {
  const { config, settings } = props.frame
  const closed = stepReason(config, props.user, settings.approvalPolicy, 'restore')
  if (closed !== undefined) return closed
  const isSame = config.status === 'ACTIVE' && config.activeVersion?.id === props.version.id
  return isSame ? t('restore.isSame') : undefined
}
