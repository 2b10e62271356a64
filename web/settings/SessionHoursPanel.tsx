/** How long a session may last: seen by everybody, changed by root. */
import { isPermitted } from '#core/permissions'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { QueryPanel } from '../words.tsx'
import { NumberSetting } from './NumberSetting.tsx'
import { saveSettings } from './saveSettings.ts'

const hoursDocument = graphql('query SessionHours { settings { instanceId sessionHours } }')

export function SessionHoursPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(hoursDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  return (
    <Panel title={t('session.title')}>
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <NumberSetting
            label={t('session.hours')}
            hint={t('session.hoursHint')}
            min={1}
            max={720}
            value={data().settings.sessionHours}
            isOpen={isPermitted(grantOf(props.user), 'settings.update')}
            onSave={async (sessionHours) => {
              const fault = await saveSettings({ sessionHours })
              await query.refetch()
              return fault
            }}
          />
        )}
      </QueryPanel>
    </Panel>
  )
}
