/** What the server does about proxies by itself: seen by everybody, changed by root. */
import { createSignal, For, Show } from 'solid-js'
import { isPermitted } from '#core/permissions'
import { DriftPolicy } from '#core/vocabulary'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { createQuery } from '../query.ts'
import { grantOf, type SessionUser } from '../session.ts'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { Panel } from '../ui/Panel.tsx'
import { toast } from '../ui/toast.tsx'
import { QueryPanel } from '../words.tsx'

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
  const [fault, setFault] = createSignal<string>()
  const isOpen = () => isPermitted(grantOf(props.user), 'settings.update')
  const save = async (input: Change) => {
    const { error } = await client.mutation(updateDocument, { input }).toPromise()
    setFault(error && lineOf(error))
    if (!error) toast('ok', t('settings.saved'))
    await query.refetch()
  }
  const saveSilence = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    void save({ ephemeralSilenceMinutes: Number(new FormData(event.currentTarget).get('minutes')) })
  }
  return (
    <Panel title={t('fleetPolicy.title')}>
      <QueryPanel query={query} rows={3}>
        {(data) => (
          <>
            <fieldset class="space-y-2" disabled={!isOpen()}>
              <legend class="mb-1 text-sm font-medium">{t('fleetPolicy.drift')}</legend>
              <For each={Object.keys(DriftPolicy) as (keyof typeof DriftPolicy)[]}>
                {(policy) => (
                  <label class="flex items-start gap-2">
                    <input
                      type="radio"
                      class="mt-0.5"
                      name="drift"
                      checked={data().settings.driftPolicy === policy}
                      onChange={() => void save({ driftPolicy: policy })}
                    />
                    {t(`driftPolicy.${policy}`)}
                  </label>
                )}
              </For>
            </fieldset>
            <form class="mt-4 flex items-end gap-3" onSubmit={saveSilence}>
              <Field
                label={t('fleetPolicy.silence')}
                hint={t('fleetPolicy.silenceHint')}
                error={fault()}
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
