/** The audit trail, newest first: who did what, from where, and each changed field old → new. */
import { createSignal, For, Show } from 'solid-js'
import { graphql, type ResultOf } from '../graphql.ts'
import { Pager } from '../lists.tsx'
import { isKey, t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { ScrollTextIcon } from '../ui/icons.ts'
import { EmptyState } from '../ui/states.tsx'
import { Instant, QueryPanel } from '../words.tsx'
import { changedFields } from './changedFields.ts'

const auditDocument = graphql(`
  query Audit($entityId: ID, $action: String, $after: String) {
    auditEntries(first: 50, entityId: $entityId, action: $action, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node {
        id at action actor { kind name } entityKind entityName oldValue newValue address channel requestId
      } }
    }
  }
`)
type Entry = ResultOf<typeof auditDocument>['auditEntries']['edges'][number]['node']

/** `entityId` narrows it to one thing, `action` to one kind of action. */
export function AuditList(props: { readonly entityId?: string; readonly action?: string | undefined }) {
  const [after, setAfter] = createSignal<string | null>(null)
  const query = createQuery(auditDocument, {
    variables: () => ({ entityId: props.entityId ?? null, action: props.action ?? null, after: after() }),
    subjects: ['CONFIG', 'PROXY', 'USER', 'SESSION', 'API_TOKEN', 'ENROLMENT_TOKEN', 'SETTINGS'],
  })
  return (
    <section class="card" aria-label={t('audit.title')}>
      <QueryPanel query={query} rows={6}>
        {(data) => (
          <Show
            when={data().auditEntries.edges.length > 0}
            fallback={
              <EmptyState
                icon={<ScrollTextIcon size={28} aria-hidden="true" />}
                title={t('audit.emptyTitle')}
                text={t('audit.emptyText')}
              />
            }
          >
            <ol class="divide-y divide-line">
              <For each={data().auditEntries.edges}>
                {({ node }) => <AuditItem entry={node} isNamed={props.entityId === undefined} />}
              </For>
            </ol>
          </Show>
        )}
      </QueryPanel>
      <Show when={query.data()}>
        {(data) => (
          <div class="px-4 pb-3 empty:hidden">
            <Pager
              hasNext={data().auditEntries.pageInfo.hasNextPage}
              isFirst={after() === null}
              onNext={() => setAfter(data().auditEntries.pageInfo.endCursor)}
              onFirst={() => setAfter(null)}
            />
          </div>
        )}
      </Show>
    </section>
  )
}

/** The catalogue's words for an action; the stored word for one that is newer than this app. */
export function actionWords(action: string): string {
  const key = `auditAction.${action}`
  return isKey(key) ? t(key) : action
}

function AuditItem(props: { readonly entry: Entry; readonly isNamed: boolean }) {
  const fields = () => changedFields(props.entry.oldValue, props.entry.newValue)
  return (
    <li class="px-4 py-3">
      <div class="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <span class="font-medium">{actionWords(props.entry.action)}</span>
        <Show when={props.isNamed}>
          <span class="break-all">{props.entry.entityName}</span>
        </Show>
        <span class="text-muted">
          {props.entry.actor.name || t(`actorKind.${props.entry.actor.kind}`)} ·{' '}
          {t(`channel.${props.entry.channel}`)} · {props.entry.address}
        </span>
        <span class="text-muted sm:ml-auto">
          <Instant at={props.entry.at} />
        </span>
      </div>
      <Show when={fields().length > 0}>
        <dl class="mt-2 space-y-1 text-sm">
          <For each={fields()}>
            {(field) => (
              <div class="grid gap-x-3 sm:grid-cols-[9rem_1fr]">
                <dt class="font-mono text-xs leading-5 break-all text-muted">{field.name}</dt>
                <dd class="min-w-0 font-mono text-xs leading-5 break-words">
                  <Show when={field.before !== undefined}>
                    <del class="text-bad no-underline">
                      <span class="sr-only">{t('audit.before')} </span>
                      {field.before}
                    </del>
                  </Show>
                  <Show when={field.before !== undefined && field.after !== undefined}>
                    <span class="text-muted" aria-hidden="true">
                      {' → '}
                    </span>
                  </Show>
                  <Show when={field.after !== undefined}>
                    <ins class="text-ok no-underline">
                      <span class="sr-only">{t('audit.after')} </span>
                      {field.after}
                    </ins>
                  </Show>
                </dd>
              </div>
            )}
          </For>
        </dl>
      </Show>
    </li>
  )
}
