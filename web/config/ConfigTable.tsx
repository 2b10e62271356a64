/** The rows of the config list: what each is, what it waits for, what runs, who changed it last, and what to do with it. */
import { A, useNavigate } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import type { SessionUser } from '../session.ts'
import { useShortcuts } from '../shortcuts.ts'
import { createMedia } from '../ui/createMedia.ts'
import {
  ArchiveIcon,
  ArrowDownIcon,
  ArrowUpIcon,
  ChevronsUpDownIcon,
  CloneIcon,
  EllipsisIcon,
  HistoryIcon,
  ShieldCheckIcon,
} from '../ui/icons.ts'
import { Menu, type MenuItem } from '../ui/Menu.tsx'
import { Ago } from '../words.tsx'
import type { ListedConfig } from './ConfigListPage.tsx'
import { ConfigStatusBadge } from './ConfigStatusBadge.tsx'
import { createReason, nextWords, type PolicyName, runsOnWords, stepReason } from './steps.ts'

export const sortNames = ['name', 'status', 'updated'] as const
export type SortName = (typeof sortNames)[number]
export interface Sort {
  readonly by: SortName
  readonly isDescending: boolean
}

interface ConfigTableProps {
  readonly configs: readonly ListedConfig[]
  readonly user: SessionUser
  readonly policy: PolicyName
  readonly sort: Sort
  /** Set: the list can't be sorted otherwise, for this reason. */
  readonly whyNoSort: string | undefined
  readonly onSort: (sort: Sort) => void
  readonly onClone: (config: ListedConfig) => void
  readonly onRetire: (config: ListedConfig) => void
}

export function ConfigTable(props: ConfigTableProps) {
  let body: HTMLTableSectionElement | undefined
  // On a phone what the columns would say stands below the name, so that the menu is in sight.
  const isNarrow = createMedia('(max-width: 639px)')
  const step = (by: 1 | -1) => {
    const links = [...(body?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])]
    const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement))
    const next = at < 0 ? links[0] : links[at + by]
    next?.focus()
  }
  useShortcuts(() => [
    { keys: 'j', label: t('configs.nextRow'), run: () => step(1) },
    { keys: 'k', label: t('configs.previousRow'), run: () => step(-1) },
  ])
  const head = (by: SortName, label: string) => (
    <SortHead by={by} label={label} sort={props.sort} why={props.whyNoSort} onSort={props.onSort} />
  )
  return (
    <table class="table">
      <thead>
        <tr>
          {head('name', t('config.name'))}
          <Show when={!isNarrow()}>
            {head('status', t('config.status'))}
            <th scope="col" class="max-md:hidden">
              {t('config.running')}
            </th>
            {head('updated', t('config.updated'))}
          </Show>
          <th scope="col">
            <span class="sr-only">{t('config.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        <For each={props.configs}>
          {(config) => (
            <tr>
              <td class="max-w-96 min-w-40">
                <A href={paths.config(config.id)} class="link break-words" data-row={config.id}>
                  {config.name}
                </A>
                <Show when={config.description}>
                  <p class="line-clamp-1 text-xs text-muted" title={config.description}>
                    {config.description}
                  </p>
                </Show>
                <Show when={isNarrow()}>
                  <div class="mt-1">
                    <Status {...props} config={config} />
                  </div>
                </Show>
              </td>
              <Show when={!isNarrow()}>
                <td>
                  <Status {...props} config={config} />
                </td>
                <td class="whitespace-nowrap max-md:hidden">
                  <Running config={config} />
                </td>
                <td class="text-muted">
                  <Ago at={config.updatedAt} />
                  <Show when={lastPerson(config)}>
                    {(name) => <p class="text-xs break-words">{name()}</p>}
                  </Show>
                </td>
              </Show>
              <td class="w-10 py-1!">
                <RowMenu {...props} config={config} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function Status(props: Pick<ConfigTableProps, 'user' | 'policy'> & { readonly config: ListedConfig }) {
  return (
    <>
      <ConfigStatusBadge status={props.config.status} isRetired={props.config.retiredAt !== null} />
      <Next config={props.config} user={props.user} policy={props.policy} />
    </>
  )
}

function SortHead(props: {
  readonly by: SortName
  readonly label: string
  readonly sort: Sort
  readonly why: string | undefined
  readonly onSort: (sort: Sort) => void
}) {
  const isCurrent = () => props.sort.by === props.by
  const isDescending = () => isCurrent() && props.sort.isDescending
  const icon = () => (isCurrent() ? (isDescending() ? ArrowDownIcon : ArrowUpIcon) : ChevronsUpDownIcon)
  return (
    <th scope="col" aria-sort={isCurrent() ? (isDescending() ? 'descending' : 'ascending') : undefined}>
      <Show when={props.why === undefined} fallback={<span title={props.why}>{props.label}</span>}>
        <button
          type="button"
          onClick={() =>
            props.onSort({
              by: props.by,
              isDescending: isCurrent() ? !isDescending() : props.by === 'updated',
            })
          }
          class="-mx-1 inline-flex items-center gap-1 rounded px-1 font-medium hover:text-text"
        >
          {props.label}
          <Dynamic component={icon()} size={12} aria-hidden="true" />
        </button>
      </Show>
    </th>
  )
}

function Next(props: {
  readonly config: ListedConfig
  readonly user: SessionUser
  readonly policy: PolicyName
}) {
  const words = () => nextWords(props.config, props.user, props.policy)
  return (
    <Show when={props.config.retiredAt === null} fallback={<Retired config={props.config} />}>
      <Show when={words()}>
        {(next) => (
          <p class="mt-0.5 text-xs text-muted">
            <Show when={props.config.status === 'PENDING_APPROVAL'} fallback={next()}>
              <A href={paths.review(props.config.id)} class="link">
                {next()}
              </A>
            </Show>
          </p>
        )}
      </Show>
    </Show>
  )
}

function Retired(props: { readonly config: ListedConfig }): JSX.Element {
  return (
    <Show when={props.config.retiredAt}>
      {(at) => (
        <p class="mt-0.5 text-xs text-muted">
          <Ago at={at()} />
        </p>
      )}
    </Show>
  )
}

function Running(props: { readonly config: ListedConfig }) {
  return (
    <Show
      when={props.config.activeVersion}
      fallback={<span class="text-muted">{t('config.notRunning')}</span>}
    >
      {(version) => (
        <>
          <span class="whitespace-nowrap">{t('config.versionNumber', { number: version().number })}</span>
          <p class="text-xs text-muted">
            <Show when={version().proxyCount > 0} fallback={runsOnWords(0)}>
              <A href={`${paths.fleet}?config=${props.config.id}`} class="hover:text-accent hover:underline">
                {runsOnWords(version().proxyCount)}
              </A>
            </Show>
          </p>
        </>
      )}
    </Show>
  )
}

/** Whoever took the last step that is known with its person. */
function lastPerson(config: ListedConfig): string | undefined {
  if (config.status === 'ACTIVE') return config.approvedBy?.name
  if (config.status === 'PENDING_APPROVAL') return config.submittedBy?.name
  return config.authors.at(-1)?.name
}

function RowMenu(props: ConfigTableProps & { readonly config: ListedConfig }) {
  const navigate = useNavigate()
  const items = (): readonly MenuItem[] => {
    const { config, user, policy } = props
    return [
      {
        label: t('config.review'),
        icon: <ShieldCheckIcon size={15} aria-hidden="true" />,
        onSelect: () => navigate(paths.review(config.id)),
        why: config.retiredAt === null ? undefined : t('reason.RETIRED'),
      },
      {
        label: t('config.tabVersions'),
        icon: <HistoryIcon size={15} aria-hidden="true" />,
        onSelect: () => navigate(paths.configVersions(config.id)),
      },
      {
        label: t('config.cloneDots'),
        icon: <CloneIcon size={15} aria-hidden="true" />,
        onSelect: () => props.onClone(config),
        why: createReason(user),
      },
      {
        label: t('config.retireDots'),
        icon: <ArchiveIcon size={15} aria-hidden="true" />,
        onSelect: () => props.onRetire(config),
        why: stepReason(config, user, policy, 'retire'),
        tone: 'bad',
      },
    ]
  }
  return (
    <Menu
      label={t('config.actionsOf', { name: props.config.name })}
      trigger={<EllipsisIcon size={16} aria-hidden="true" />}
      items={items()}
    />
  )
}
