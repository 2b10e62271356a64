/** One entry of the audit trail: when, what was done to which thing, by whom and from where, and what it changed. */
import { A } from '@solidjs/router'
import { createMemo, Show } from 'solid-js'
import { formatInstant } from '../format.ts'
import { locale, t } from '../locales/i18n.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { DomainName } from '../ui/DomainName.tsx'
import { actionWords, actorWords, entityHref, permalink } from './auditWords.ts'
import { ChangedFields } from './ChangedFields.tsx'
import { changedFields } from './changedFields.ts'
import type { Entry } from './feed.ts'

interface AuditItemProps {
  readonly entry: Entry
  /** The thing is named: where the list is not about one thing. */
  readonly isNamed: boolean
  /** The entry that the address asked for. */
  readonly isMarked: boolean
  /** Narrows the list to this actor; undefined where it can't be narrowed. */
  readonly onActor: ((actor: Entry['actor']) => void) | undefined
}

export function AuditItem(props: AuditItemProps) {
  const fields = createMemo(() => changedFields(props.entry.oldValue, props.entry.newValue))
  return (
    <article
      tabindex="-1"
      data-entry={props.entry.id}
      aria-current={props.isMarked || undefined}
      class={`group grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 px-4 py-2.5 md:grid-cols-[5rem_minmax(0,1fr)_auto] -outline-offset-2! ${props.isMarked ? 'bg-accent-soft' : ''}`}
    >
      <A
        href={permalink(props.entry)}
        class="text-xs leading-5 whitespace-nowrap text-muted hover:text-accent hover:underline"
        title={t('audit.linkTo', { at: formatInstant(locale(), props.entry.at) })}
      >
        <time datetime={props.entry.at}>{timeWords(props.entry.at)}</time>
      </A>
      {/* On a phone below its time: values need the width. */}
      <div class="min-w-0 max-md:col-span-2 max-md:row-start-2">
        <p class="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 leading-6">
          <span class="font-medium">{actionWords(props.entry.action)}</span>
          {/* Who logs in does it to nobody else. */}
          <Show when={props.isNamed && props.entry.entityName !== actorWords(props.entry.actor)}>
            <EntityName entry={props.entry} />
          </Show>
          <span class="text-muted">
            {t('audit.by')} <ActorName entry={props.entry} onActor={props.onActor} />
          </span>
          <span class="text-xs text-muted">
            {t(`channel.${props.entry.channel}`)} · {props.entry.address}
          </span>
        </p>
        <Show when={fields().length > 0}>
          <ChangedFields fields={fields()} />
        </Show>
      </div>
      <span class="transition-opacity group-hover:opacity-100 focus-within:opacity-100 md:opacity-0">
        <CopyButton
          value={JSON.stringify(props.entry, null, 2)}
          label={t('audit.copyEntry')}
          copiedLabel={t('audit.copied')}
        />
      </span>
    </article>
  )
}

function EntityName(props: { readonly entry: Entry }) {
  return (
    <Show when={entityHref(props.entry)} fallback={<DomainName name={props.entry.entityName} />}>
      {(href) => (
        <A href={href()} class="link">
          <DomainName name={props.entry.entityName} />
        </A>
      )}
    </Show>
  )
}

function ActorName(props: Pick<AuditItemProps, 'entry' | 'onActor'>) {
  const narrow = () => (props.entry.actor.id === null ? undefined : props.onActor)
  return (
    <Show when={narrow()} fallback={<DomainName name={actorWords(props.entry.actor)} />}>
      {(press) => (
        <button
          type="button"
          title={t('audit.onlyBy', { name: actorWords(props.entry.actor) })}
          onClick={() => press()(props.entry.actor)}
          class="rounded text-left hover:text-accent hover:underline"
        >
          <DomainName name={actorWords(props.entry.actor)} />
        </button>
      )}
    </Show>
  )
}

/** The day stands above. */
function timeWords(at: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(new Date(at))
}
