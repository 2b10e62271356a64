/** Who did what since the last approval: the way of this submission, newest first. */
import { A } from '@solidjs/router'
import { createMemo, For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { graphql, type ResultOf } from '../../graphql.ts'
import { isKey, t } from '../../locales/i18n.ts'
import { paths } from '../../paths.ts'
import { createQuery } from '../../query.ts'
import {
  CircleCheckIcon,
  CircleDashedIcon,
  CircleXIcon,
  ClockIcon,
  PlusIcon,
  ScrollTextIcon,
} from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Ago, QueryPanel } from '../../words.tsx'

const historyDocument = graphql(`
  query ReviewHistory($id: ID!) {
    auditEntries(first: 50, entityId: $id) {
      totalCount
      edges { node { id at action actor { kind name } } }
    }
    # What an edit changed may be long: only the words of decisions are fetched.
    approvals: auditEntries(first: 2, entityId: $id, action: "config.approve") {
      edges { node { id newValue } }
    }
    rejections: auditEntries(first: 20, entityId: $id, action: "config.reject") {
      edges { node { id newValue } }
    }
  }
`)
type Entry = ResultOf<typeof historyDocument>['auditEntries']['edges'][number]['node']

const icons: Readonly<Record<string, { readonly icon: typeof PlusIcon; readonly look: string }>> = {
  'config.create': { icon: PlusIcon, look: 'text-muted' },
  'config.clone': { icon: PlusIcon, look: 'text-muted' },
  'config.import': { icon: PlusIcon, look: 'text-muted' },
  'config.submit': { icon: ClockIcon, look: 'text-info' },
  'config.restore': { icon: ClockIcon, look: 'text-info' },
  'config.approve': { icon: CircleCheckIcon, look: 'text-ok' },
  'config.reject': { icon: CircleXIcon, look: 'text-bad' },
}

export function HistoryPanel(props: { readonly configId: string }) {
  const query = createQuery(historyDocument, {
    variables: () => ({ id: props.configId }),
    subjects: ['CONFIG'],
  })
  return (
    <Panel
      title={t('history.title')}
      actions={
        <A href={paths.configAudit(props.configId)} class="link text-sm">
          {t('history.all')}
        </A>
      }
    >
      <QueryPanel query={query} rows={4}>
        {(answer) => (
          <Timeline
            entries={answer().auditEntries.edges.map(({ node }) => node)}
            decisions={
              new Map(
                [...answer().approvals.edges, ...answer().rejections.edges].map(({ node }) => [
                  node.id,
                  node.newValue,
                ]),
              )
            }
          />
        )}
      </QueryPanel>
    </Panel>
  )
}

interface TimelineProps {
  readonly entries: readonly Entry[]
  /** What approvals and rejections say, by the entry's id. */
  readonly decisions: ReadonlyMap<string, unknown>
}

function Timeline(props: TimelineProps) {
  /** Down to the approval before: after one, what led to it; else what happened since. */
  const shown = createMemo(() => {
    const isApproval = ({ action }: Entry) => action === 'config.approve'
    const end = props.entries.findIndex((entry, index) => index > 0 && isApproval(entry))
    return end < 0 ? props.entries : props.entries.slice(0, end + 1)
  })
  return (
    <ol class="space-y-3">
      <For each={shown()}>
        {(entry) => (
          <li class="flex items-start gap-2.5">
            <Dynamic
              component={
                icons[entry.action]?.icon ??
                (entry.action === 'config.update' ? ScrollTextIcon : CircleDashedIcon)
              }
              size={15}
              class={`mt-0.5 shrink-0 ${icons[entry.action]?.look ?? 'text-muted'}`}
              aria-hidden="true"
            />
            <div class="min-w-0 flex-1">
              <p>
                <span class="font-medium">{actionWords(entry.action)}</span>
                <Show when={numberIn(props.decisions.get(entry.id), 'version')}>
                  {(number) => (
                    <span class="text-muted"> · {t('history.version', { number: number() })}</span>
                  )}
                </Show>
              </p>
              <p class="text-sm text-muted">
                {entry.actor.name || t(`actorKind.${entry.actor.kind}`)} · <Ago at={entry.at} />
              </p>
              <Show when={textIn(props.decisions.get(entry.id), 'reason')}>
                {(reason) => (
                  <blockquote class="mt-1 border-l-2 border-line-strong pl-2 wrap-anywhere">
                    {reason()}
                  </blockquote>
                )}
              </Show>
            </div>
          </li>
        )}
      </For>
    </ol>
  )
}

function actionWords(action: string): string {
  const key = `auditAction.${action}`
  return isKey(key) ? t(key) : action
}

function numberIn(value: unknown, field: string): number | undefined {
  const found = fieldOf(value, field)
  return typeof found === 'number' ? found : undefined
}

function textIn(value: unknown, field: string): string | undefined {
  const found = fieldOf(value, field)
  return typeof found === 'string' && found !== '' ? found : undefined
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined
}
