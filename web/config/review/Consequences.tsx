/** What follows from an approval, point by point, with names: whom it reaches, what ATS does, and the way back. */
import { type JSX, Show } from 'solid-js'
import { locale, plural, t } from '../../locales/i18n.ts'
import type { Confirmation } from './confirmation.ts'
import type { Owner } from './owners.ts'

/** Names that are listed before the rest is counted. */
const listedNames = 5

interface ConsequencesProps {
  readonly confirmation: Confirmation
  /** From whom proxies are taken, as far as is known yet. */
  readonly owners: readonly Owner[]
}

export function Consequences(props: ConsequencesProps) {
  const seen = () => props.confirmation
  const isReached = () => seen().proxies + seen().following > 0
  return (
    <ul class="list-disc space-y-2 pl-5">
      <li>
        {seen().proxies > 0 ? plural('review.consequence', seen().proxies) : t('review.noProxies')}
        <Names names={seen().hostnames} total={seen().proxies} />
      </li>
      <Show when={seen().taken > 0}>
        <li>
          {plural('review.consequenceTaken', seen().taken)} <Names names={ownerWords()} total={0} />
        </li>
      </Show>
      <Show when={seen().released > 0}>
        <li>
          {plural('review.consequenceReleased', seen().released)}
          <Names names={seen().releasedNames} total={seen().released} />
        </li>
      </Show>
      <Show when={seen().following > 0}>
        <li>{plural('review.following', seen().following)}</li>
      </Show>
      <Show when={seen().records.length > 0}>
        <li>
          {plural('review.consequenceRecords', seen().records.length)}
          <Names names={seen().records} total={seen().records.length} isMachineText />
        </li>
      </Show>
      <Show when={isReached()}>
        <li>{t('review.consequenceReload')}</li>
      </Show>
      <li>
        {seen().runningNumber === null
          ? t('review.consequenceBackFirst')
          : t('review.consequenceBack', { number: seen().runningNumber ?? 0 })}
      </li>
    </ul>
  )

  /** `Office egress (2)`, and how many are from elsewhere when not all owners are known. */
  function ownerWords(): readonly string[] {
    const known = props.owners.reduce((sum, { count }) => sum + count, 0)
    return [
      ...props.owners.map(({ name, count }) => t('review.fromOwner', { name, count })),
      ...(known < seen().taken ? [plural('review.fromOthers', seen().taken - known)] : []),
    ]
  }
}

interface NamesProps {
  readonly names: readonly string[]
  /** How many there are in all, listed or not; 0: all are listed. */
  readonly total: number
  readonly isMachineText?: boolean
}

/** Up to five names, then how many more. */
function Names(props: NamesProps): JSX.Element {
  const words = () => {
    const shown = props.names.slice(0, listedNames)
    const more = Math.max(props.total, props.names.length) - shown.length
    const list = more > 0 ? [...shown, plural('review.andMore', more)] : shown
    return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(list)
  }
  return (
    <Show when={props.names.length > 0}>
      <span
        class={`block text-sm text-muted wrap-anywhere ${props.isMachineText ? 'font-mono text-xs' : ''}`}
      >
        {words()}
      </span>
    </Show>
  )
}
