/** How long a session may last. */
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import type { SessionUser } from '../session.ts'
import { NumberSetting } from './NumberSetting.tsx'
import { SettingsPanel } from './SettingsPanel.tsx'

const hoursDocument = graphql('query SessionHours { settings { instanceId sessionHours } }')

export function SessionHoursPanel(props: { readonly user: SessionUser }) {
  return (
    <SettingsPanel title={t('session.title')} user={props.user} document={hoursDocument} rows={2}>
      {({ now, isOpen, save }) => (
        <NumberSetting
          label={t('session.hours')}
          hint={t('session.hoursHint')}
          min={1}
          max={720}
          value={now().sessionHours}
          isOpen={isOpen()}
          onSave={(sessionHours) => save({ sessionHours })}
        />
      )}
    </SettingsPanel>
  )
}
