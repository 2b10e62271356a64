/** Tokens of one kind: what each may do and how it was used, and the way to end it. */
import { For, Show } from 'solid-js'
import { HistoryLink } from '../audit/HistoryLink.tsx'
import { t } from '../locales/i18n.ts'
import { paths } from '../paths.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Ago, Instant } from '../words.tsx'

interface ListedToken {
  readonly id: string
  readonly name: string
  readonly detail: string
  /** Of tokens whose use is known one by one. */
  readonly use?: { readonly at: string | null; readonly address: string | null }
  readonly expiresAt: string
  readonly revokedAt: string | null
}

export function TokenList(props: {
  readonly tokens: readonly ListedToken[]
  readonly emptyText: string
  readonly why: string | undefined
  readonly onRevoke: (id: string) => void
}) {
  return (
    <Show when={props.tokens.length > 0} fallback={<p class="text-muted">{props.emptyText}</p>}>
      <ul class="divide-y divide-line">
        <For each={props.tokens}>
          {(token) => (
            <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
              <span class="min-w-40 flex-1">
                <span class="font-medium break-all">{token.name}</span>
                <span class="block text-xs text-muted">
                  {token.detail} · {t('tokens.expires')} <Instant at={token.expiresAt} />
                  <Show when={token.use}>{(use) => <LastUse at={use().at} address={use().address} />}</Show>
                </span>
              </span>
              <HistoryLink href={paths.auditAbout(token.id)} name={token.name} />
              <Show
                when={token.revokedAt === null}
                fallback={<Badge tone="idle">{t('tokens.isRevoked')}</Badge>}
              >
                <Button
                  look="danger"
                  why={props.why}
                  aria-label={t('tokens.revokeNamed', { name: token.name })}
                  onClick={() => props.onRevoke(token.id)}
                >
                  {t('tokens.revoke')}
                </Button>
              </Show>
            </li>
          )}
        </For>
      </ul>
    </Show>
  )
}

function LastUse(props: { readonly at: string | null; readonly address: string | null }) {
  return (
    <>
      {' · '}
      <Show when={props.at} fallback={t('tokens.neverUsed')}>
        {(at) => (
          <>
            {t('tokens.lastUsed')} <Ago at={at()} /> ({props.address})
          </>
        )}
      </Show>
    </>
  )
}
