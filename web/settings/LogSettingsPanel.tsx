/** How long captured lines are kept, and how many one capture may have: seen by everybody, changed by root. */
import { isPermitted } from '#core/permissions'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { QueryPanel } from '../words.tsx'
import { NumberSetting } from './NumberSetting.tsx'
import { type SettingsChange, saveSettings } from './saveSettings.ts'

const logsDocument = graphql('query LogSettings { settings { instanceId logHours logLinesPerCapture } }')

export function LogSettingsPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(logsDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  const save = async (change: SettingsChange) => {
    const fault = await saveSettings(change)
    await query.refetch()
    return fault
  }
  return (
    <Panel title={t('logSettings.title')}>
      <QueryPanel query={query} rows={4}>
        {(data) => (
          <div class="space-y-4">
            <NumberSetting
              label={t('logSettings.hours')}
              hint={t('logSettings.hoursHint')}
              min={1}
              max={720}
              value={data().settings.logHours}
              isOpen={isOpen()}
              onSave={(logHours) => save({ logHours })}
            />
            <NumberSetting
              label={t('logSettings.lines')}
              hint={t('logSettings.linesHint')}
              min={1_000}
              max={5_000_000}
              value={data().settings.logLinesPerCapture}
              isOpen={isOpen()}
              onSave={(logLinesPerCapture) => save({ logLinesPerCapture })}
            />
          </div>
        )}
      </QueryPanel>
    </Panel>
  )
}
