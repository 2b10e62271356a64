/** Who may approve: seen by everybody, changed by root. */
import { For, Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { ApprovalPolicy } from '#core/vocabulary'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Panel } from '../ui/Panel.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { QueryPanel } from '../words.tsx'

const settingsDocument = graphql(
  'query SettingsPage { settings { instanceId approvalPolicy outboundExceptions } }',
)
const updateDocument = graphql(`
  mutation UpdateSettings($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { instanceId } } }
`)

export function PolicyPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(settingsDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  const choose = async (approvalPolicy: keyof typeof ApprovalPolicy) => {
    const { error } = await client.mutation(updateDocument, { input: { approvalPolicy } }).toPromise()
    toast(error ? 'bad' : 'ok', error ? lineOf(error) : t('settings.saved'))
    await query.refetch()
  }
  return (
    <Panel title={t('settings.approval')}>
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <>
            <fieldset class="space-y-2" disabled={!isOpen()}>
              <legend class="sr-only">{t('settings.approval')}</legend>
              <For each={Object.keys(ApprovalPolicy) as (keyof typeof ApprovalPolicy)[]}>
                {(policy) => (
                  <label class="flex items-start gap-2">
                    <input
                      type="radio"
                      class="mt-0.5"
                      name="policy"
                      checked={data().settings.approvalPolicy === policy}
                      onChange={() => void choose(policy)}
                    />
                    {t(`policy.${policy}`)}
                  </label>
                )}
              </For>
            </fieldset>
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
