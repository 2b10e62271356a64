/** What the server does about proxies by itself: seen by everybody, changed by root. */
import { Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { DriftPolicy } from '#core/vocabulary'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { QueryPanel } from '../words.tsx'
import { NumberSetting } from './NumberSetting.tsx'
import { PolicyChoice } from './PolicyChoice.tsx'
import { type SettingsChange, saveSettings } from './saveSettings.ts'

const policyDocument = graphql(
  'query FleetPolicy { settings { instanceId driftPolicy ephemeralSilenceMinutes } }',
)

export function FleetPolicyPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(policyDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  const save = async (change: SettingsChange) => {
    const fault = await saveSettings(change)
    await query.refetch()
    return fault
  }
  return (
    <Panel title={t('fleetPolicy.title')}>
      <QueryPanel query={query} rows={3}>
        {(data) => (
          <div class="space-y-4">
            <PolicyChoice
              legend={t('fleetPolicy.drift')}
              policies={Object.keys(DriftPolicy) as (keyof typeof DriftPolicy)[]}
              chosen={data().settings.driftPolicy}
              words={(policy) => t(`driftPolicy.${policy}`)}
              isOpen={isOpen()}
              onChoose={(driftPolicy) => save({ driftPolicy })}
            />
            <NumberSetting
              label={t('fleetPolicy.silence')}
              hint={t('fleetPolicy.silenceHint')}
              min={5}
              max={43_200}
              value={data().settings.ephemeralSilenceMinutes}
              isOpen={isOpen()}
              onSave={(ephemeralSilenceMinutes) => save({ ephemeralSilenceMinutes })}
            />
            <Show when={!isOpen()}>
              <p class="text-xs text-muted">{t('settings.rootOnly')}</p>
            </Show>
          </div>
        )}
      </QueryPanel>
    </Panel>
  )
}
