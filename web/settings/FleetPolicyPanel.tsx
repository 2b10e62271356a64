/** What the server does about proxies by itself: seen by everybody, changed by root. */
import { createSignal, Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { DriftPolicy } from '#core/vocabulary'
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
import { PolicyChoice } from './PolicyChoice.tsx'

const policyDocument = graphql(
  'query FleetPolicy { settings { instanceId driftPolicy ephemeralSilenceMinutes } }',
)
const updateDocument = graphql(`
  mutation UpdateFleetPolicy($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { instanceId } } }
`)

interface Change {
  readonly driftPolicy?: keyof typeof DriftPolicy
  readonly ephemeralSilenceMinutes?: number
}

export function FleetPolicyPanel(props: { readonly user: SessionUser }) {
  const query = createQuery(policyDocument, { variables: () => ({}), subjects: ['SETTINGS'] })
  const [silenceFault, setSilenceFault] = createSignal<string>()
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  /** Why it was refused, if it was. */
  const save = async (input: Change) => {
    const { error } = await confirmed(() => client.mutation(updateDocument, { input }).toPromise())
    if (!error) toast('ok', t('settings.saved'))
    await query.refetch()
    return error && lineOf(error)
  }
  const saveSilence = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const minutes = Number(new FormData(event.currentTarget).get('minutes'))
    setSilenceFault(await save({ ephemeralSilenceMinutes: minutes }))
  }
  return (
    <Panel title={t('fleetPolicy.title')}>
      <QueryPanel query={query} rows={3}>
        {(data) => (
          <>
            <PolicyChoice
              legend={t('fleetPolicy.drift')}
              policies={Object.keys(DriftPolicy) as (keyof typeof DriftPolicy)[]}
              chosen={data().settings.driftPolicy}
              words={(policy) => t(`driftPolicy.${policy}`)}
              isOpen={isOpen()}
              onChoose={(driftPolicy) => save({ driftPolicy })}
            />
            <form class="mt-4 flex items-end gap-3" onSubmit={saveSilence}>
              <Field
                label={t('fleetPolicy.silence')}
                hint={t('fleetPolicy.silenceHint')}
                error={silenceFault()}
                class="max-w-sm"
              >
                {(control) => (
                  <div class="flex gap-2">
                    <input
                      {...control}
                      class="input"
                      name="minutes"
                      type="number"
                      min="5"
                      max="43200"
                      required
                      disabled={!isOpen()}
                      value={data().settings.ephemeralSilenceMinutes}
                    />
                    <Button type="submit" why={isOpen() ? undefined : t('settings.rootOnly')}>
                      {t('fleetPolicy.save')}
                    </Button>
                  </div>
                )}
              </Field>
            </form>
            <Show when={!isOpen()}>
              <p class="mt-2 text-xs text-muted">{t('settings.rootOnly')}</p>
            </Show>
          </>
        )}
      </QueryPanel>
    </Panel>
  )
}
