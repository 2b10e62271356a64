/** What the server does about proxies by itself. */
import { DriftPolicy } from '#core/vocabulary'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import type { SessionUser } from '../session.ts'
import { NumberSetting } from './NumberSetting.tsx'
import { PolicyChoice } from './PolicyChoice.tsx'
import { SettingsPanel } from './SettingsPanel.tsx'

const policyDocument = graphql(
  'query FleetPolicy { settings { instanceId driftPolicy ephemeralSilenceMinutes } }',
)

export function FleetPolicyPanel(props: { readonly user: SessionUser }) {
  return (
    <SettingsPanel title={t('fleetPolicy.title')} user={props.user} document={policyDocument} rows={3}>
      {({ now, isOpen, save }) => (
        <>
          <PolicyChoice
            legend={t('fleetPolicy.drift')}
            policies={Object.keys(DriftPolicy) as (keyof typeof DriftPolicy)[]}
            chosen={now().driftPolicy}
            words={(policy) => t(`driftPolicy.${policy}`)}
            isOpen={isOpen()}
            onChoose={(driftPolicy) => save({ driftPolicy })}
          />
          <NumberSetting
            label={t('fleetPolicy.silence')}
            hint={t('fleetPolicy.silenceHint')}
            min={5}
            max={43_200}
            value={now().ephemeralSilenceMinutes}
            isOpen={isOpen()}
            onSave={(ephemeralSilenceMinutes) => save({ ephemeralSilenceMinutes })}
          />
        </>
      )}
    </SettingsPanel>
  )
}
