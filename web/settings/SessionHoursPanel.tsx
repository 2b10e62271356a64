/** How long a session may last: seen by everybody, changed by root. */
import { createSignal } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { confirmed } from '../session/confirmed.tsx'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { Panel } from '../ui/Panel.tsx'
import { toast } from '../ui/toast.tsx'
import { QueryPanel } from '../words.tsx'

const hoursDocument = graphql('query SessionHours { settings { instanceId sessionHours } }')
const updateDocument = graphql(`
  mutation UpdateSessionHours($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { instanceId } } }
`)

export function SessionHoursPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(hoursDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  const [fault, setFault] = createSignal<string>()
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  const save = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const sessionHours = Number(new FormData(event.currentTarget).get('hours'))
    const { error } = await confirmed(() =>
      client.mutation(updateDocument, { input: { sessionHours } }).toPromise(),
    )
    setFault(error && lineOf(error))
    if (!error) toast('ok', t('settings.saved'))
    await query.refetch()
  }
  return (
    <Panel title={t('session.title')}>
      <QueryPanel query={query} rows={2}>
        {(data) => (
          <form onSubmit={(event) => void save(event)}>
            <Field label={t('session.hours')} hint={t('session.hoursHint')} error={fault()} class="max-w-sm">
              {(control) => (
                <div class="flex gap-2">
                  <input
                    {...control}
                    class="input"
                    name="hours"
                    type="number"
                    min="1"
                    max="720"
                    required
                    disabled={!isOpen()}
                    value={data().settings.sessionHours}
                  />
                  <Button type="submit" why={isOpen() ? undefined : t('settings.rootOnly')}>
                    {t('fleetPolicy.save')}
                  </Button>
                </div>
              )}
            </Field>
          </form>
        )}
      </QueryPanel>
    </Panel>
  )
}
