/** How long captured lines are kept, and how many one capture may have. */
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import type { SessionUser } from '../session.ts'
import { NumberSetting } from './NumberSetting.tsx'
import { SettingsPanel } from './SettingsPanel.tsx'

const logsDocument = graphql('query LogSettings { settings { instanceId logHours logLinesPerCapture } }')

export function LogSettingsPanel(props: { readonly user: SessionUser }) {
  return (
    <SettingsPanel title={t('logSettings.title')} user={props.user} document={logsDocument} rows={4}>
      {({ now, isOpen, save }) => (
        <>
          <NumberSetting
            label={t('logSettings.hours')}
            hint={t('logSettings.hoursHint')}
            min={1}
            max={720}
            value={now().logHours}
            isOpen={isOpen()}
            onSave={(logHours) => save({ logHours })}
          />
          <NumberSetting
            label={t('logSettings.lines')}
            hint={t('logSettings.linesHint')}
            min={1_000}
            max={5_000_000}
            value={now().logLinesPerCapture}
            isOpen={isOpen()}
            onSave={(logLinesPerCapture) => save({ logLinesPerCapture })}
          />
        </>
      )}
    </SettingsPanel>
  )
}
