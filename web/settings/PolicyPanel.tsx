/** Who may approve, and whether they are asked for their password. */
import { Show } from 'solid-js'
import { ApprovalPolicy } from '#core/vocabulary'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import type { SessionUser } from '../session.ts'
import { Notice } from '../ui/states.tsx'
import { CheckSetting } from './CheckSetting.tsx'
import { PolicyChoice } from './PolicyChoice.tsx'
import { SettingsPanel } from './SettingsPanel.tsx'

const policyDocument = graphql(
  'query ApprovalPolicy { settings { instanceId approvalPolicy confirmApprovals outboundExceptions } }',
)

export function PolicyPanel(props: { readonly user: SessionUser }) {
  return (
    <SettingsPanel title={t('settings.approval')} user={props.user} document={policyDocument} rows={2}>
      {({ now, isOpen, save }) => (
        <>
          <PolicyChoice
            legend={t('settings.approval')}
            isLegendHidden
            policies={Object.keys(ApprovalPolicy) as (keyof typeof ApprovalPolicy)[]}
            chosen={now().approvalPolicy}
            words={(policy) => t(`policy.${policy}`)}
            isOpen={isOpen()}
            onChoose={(approvalPolicy) => save({ approvalPolicy })}
          />
          <CheckSetting
            label={t('settings.confirmApprovals')}
            note={t('settings.confirmApprovalsNote')}
            value={now().confirmApprovals}
            isOpen={isOpen()}
            onSave={(confirmApprovals) => save({ confirmApprovals })}
          />
          <Show when={now().outboundExceptions.length > 0}>
            <Notice tone="warn">
              {t('settings.exceptions', { ranges: now().outboundExceptions.join(', ') })}
            </Notice>
          </Show>
        </>
      )}
    </SettingsPanel>
  )
}
