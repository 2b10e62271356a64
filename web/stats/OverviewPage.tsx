/** The whole fleet at a glance: in which states its proxies are, and what goes through them over time. */
import { t } from '../locales/i18n.ts'
import { PageHeader, setPageTitle } from '../words.tsx'
import { FleetStates } from './FleetStates.tsx'
import { StatsBoard } from './StatsBoard.tsx'
import { TrafficCards } from './TrafficCards.tsx'

export function OverviewPage() {
  setPageTitle(() => t('overview.title'))
  return (
    <>
      <PageHeader title={t('overview.title')} />
      <FleetStates />
      <StatsBoard scope={{ kind: 'fleet' }} summary={(history) => <TrafficCards history={history} />} />
    </>
  )
}
