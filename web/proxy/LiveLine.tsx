/** The live numbers of a card, for narrow screens. */
import { locale, t } from '../locales/i18n.ts'
import { formatAmount, type Unit } from '../stats/units.ts'
import { isOld } from './fleetColumns.tsx'
import type { LiveNumbers } from './fleetLive.ts'

/** What says most of a proxy, in one line; numbers of a while ago are not shown as those of now. */
export function LiveLine(props: { readonly live: LiveNumbers }) {
  const said = (unit: Unit, value: number | null) =>
    value === null || isOld(props.live) ? t('stats.unknown') : formatAmount(locale(), unit, value)
  return (
    <p class="flex gap-x-4 truncate text-xs text-muted">
      <span>
        {t('stats.requests')} <span class="text-text">{said('perSecond', props.live.requestsPerSecond)}</span>
      </span>
      <span>
        {t('stats.errorRate')} <span class="text-text">{said('ratio', props.live.errorRate)}</span>
      </span>
    </p>
  )
}
