/** Who may approve: seen by everybody, changed by root. */
import { Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { ApprovalPolicy } from '#core/vocabulary'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { QueryPanel } from '../words.tsx'
import { PolicyChoice } from './PolicyChoice.tsx'
import { saveSettings } from './saveSettings.ts'

const settingsDocument = graphql(
  'query SettingsPage { settings { instanceId approvalPolicy confirmApprovals outboundExceptions } }',
)
export function PolicyPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(settingsDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  const choose = async (approvalPolicy: keyof typeof ApprovalPolicy) => {
    const fault = await saveSettings({ approvalPolicy })
    await query.refetch()
    return fault
  }
  const setConfirmed = async (confirmApprovals: boolean) => {
    const fault = await saveSettings({ confirmApprovals })
    if (fault) toast('bad', fault)
    await query.refetch()
  }
  return (
    <Panel title={t('settings.approval')}>
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <>
            <PolicyChoice
              legend={t('settings.approval')}
              isLegendHidden
              policies={Object.keys(ApprovalPolicy) as (keyof typeof ApprovalPolicy)[]}
              chosen={data().settings.approvalPolicy}
              words={(policy) => t(`policy.${policy}`)}
              isOpen={isOpen()}
              onChoose={choose}
            />
            <label class="mt-3 flex items-start gap-2">
              <input
                type="checkbox"
                class="mt-0.5"
                checked={data().settings.confirmApprovals}
                disabled={!isOpen()}
                onChange={(event) => void setConfirmed(event.currentTarget.checked)}
              />
              <span>
                {t('settings.confirmApprovals')}
                <span class="block text-xs text-muted">{t('settings.confirmApprovalsNote')}</span>
              </span>
            </label>
            <Show when={!isOpen()}>
              <p class="mt-2 text-xs text-muted">{t('settings.rootOnly')}</p>
            </Show>
            <Show when={data().settings.outboundExceptions.length > 0}>
              <div class="mt-3">
                <Notice tone="warn">
                  {t('settings.exceptions', { ranges: data().settings.outboundExceptions.join(', ') })}
                </Notice>
              </div>
            </Show>
          </>
        )}
      </QueryPanel>
    </Panel>
  )
}
