/** Where somebody is logged in, and the way to end it from here. */
import { For, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { Button } from '../ui/Button.tsx'
import { toast } from '../ui/toast.tsx'
import { Ago, Instant, QueryPanel } from '../words.tsx'
import { browserName } from './browserName.ts'

const sessionsDocument = graphql(`
  query Sessions($userId: ID) { sessions(userId: $userId) { id createdAt lastBeacon endsAt address userAgent } }
`)
const endDocument = graphql(`
  mutation EndSession($input: EndSessionInput!) { endSession(input: $input) { session { id } } }
`)

const pollSeconds = 30

export function SessionList(props: {
  /** Null: one's own. */
  readonly userId: string | null
}) {
  const query = createQuery(sessionsDocument, {
    variables: () => ({ userId: props.userId }),
    subjects: ['SESSION'],
    pollSeconds,
  })
  const end = async (id: string) => {
    const { error } = await client.mutation(endDocument, { input: { id } }).toPromise()
    toast(error ? 'bad' : 'ok', error ? lineOf(error) : t('sessions.ended'))
    await query.refetch()
  }
  return (
    <QueryPanel query={query} rows={2}>
      {(data) => (
        <Show when={data().sessions.length > 0} fallback={<p class="text-muted">{t('sessions.none')}</p>}>
          <ul class="divide-y divide-line">
            <For each={data().sessions}>
              {(session) => (
                <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
                  <span class="min-w-40 flex-1">
                    <span class="font-medium">{session.address}</span>
                    <span class="block text-xs wrap-anywhere text-muted" title={session.userAgent}>
                      {browserName(session.userAgent)}
                    </span>
                    <span class="block text-xs text-muted">
                      {t('sessions.opened')} <Instant at={session.createdAt} /> · {t('sessions.heard')}{' '}
                      <Ago at={session.lastBeacon} /> · {t('sessions.latest')} <Instant at={session.endsAt} />
                    </span>
                  </span>
                  <Button
                    look="danger"
                    aria-label={t('sessions.endNamed', { address: session.address })}
                    onClick={() => void end(session.id)}
                  >
                    {t('sessions.end')}
                  </Button>
                </li>
              )}
            </For>
          </ul>
        </Show>
      )}
    </QueryPanel>
  )
}
