/** Makes a token for scripts, and shows it this one time. */
import { createSignal, For, Show } from 'solid-js'
import { ApiScope } from '#core/vocabulary'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { type ConfigChoice, ConfigPicker } from '../proxy/ConfigPicker.tsx'
import { confirmed } from '../session/confirmed.tsx'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { CloseIcon } from '../ui/icons.ts'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { Code } from '../words.tsx'

const createApiDocument = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) { createApiToken(input: $input) { token apiToken { id } } }
`)

const dayMs = 86_400_000
const lifetimeDays = [7, 30, 90] as const

export function ApiTokenForm(props: { readonly onCreated: () => Promise<void> }) {
  const [isBusy, setBusy] = createSignal(false)
  const [token, setToken] = createSignal<string>()
  const [configs, setConfigs] = createSignal<readonly ConfigChoice[]>([])
  const take = (chosen: ConfigChoice | null) => {
    if (chosen && !configs().some(({ id }) => id === chosen.id)) setConfigs([...configs(), chosen])
  }
  const create = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const target = event.currentTarget
    const form = new FormData(target)
    setBusy(true)
    const input = {
      name: String(form.get('name')),
      scopes: (Object.keys(ApiScope) as (keyof typeof ApiScope)[]).filter((scope) => form.has(scope)),
      expiresAt: new Date(Date.now() + Number(form.get('days')) * dayMs).toISOString(),
      configIds: configs().length > 0 ? configs().map(({ id }) => id) : null,
    }
    const { data, error } = await confirmed(() => client.mutation(createApiDocument, { input }).toPromise())
    setBusy(false)
    if (error) return toast('bad', lineOf(error))
    setToken(data?.createApiToken.token)
    target.reset()
    setConfigs([])
    await props.onCreated()
  }
  return (
    <div class="mt-3 border-t border-line pt-3">
      <form onSubmit={(event) => void create(event)} class="flex flex-wrap items-end gap-3">
        <Field label={t('tokens.name')} class="min-w-40 flex-1">
          {(control) => (
            <input {...control} class="input" name="name" required maxlength="100" autocomplete="off" />
          )}
        </Field>
        <Field label={t('tokens.lifetime')} class="w-32">
          {(control) => (
            <select {...control} class="input" name="days">
              <For each={lifetimeDays}>
                {(days) => <option value={days}>{t('tokens.days', { days })}</option>}
              </For>
            </select>
          )}
        </Field>
        <fieldset class="flex min-h-8 flex-wrap items-center gap-3">
          <legend class="sr-only">{t('tokens.scopes')}</legend>
          <For each={Object.keys(ApiScope) as (keyof typeof ApiScope)[]}>
            {(scope) => (
              <label class="flex items-center gap-1.5">
                <input
                  type="checkbox"
                  name={scope}
                  checked={scope === 'READ'}
                  disabled={scope === 'OPERATE' && configs().length > 0}
                />
                {t(`scope.${scope}`)}
              </label>
            )}
          </For>
        </fieldset>
        <div class="w-full space-y-2">
          <Field label={t('tokens.onlyFor')} hint={t('tokens.onlyForHint')} class="max-w-sm">
            {(control) => (
              <ConfigPicker {...control} placeholder={t('tokens.onlyForAny')} chosen="" onChoose={take} />
            )}
          </Field>
          <ul class="flex flex-wrap gap-2 empty:hidden">
            <For each={configs()}>
              {(config) => (
                <li class="flex items-center gap-1 rounded-md border border-line bg-sunken pl-2">
                  <span class="max-w-64 truncate">{config.name}</span>
                  <Button
                    look="ghost"
                    isIcon
                    aria-label={t('tokens.dropConfig', { name: config.name })}
                    onClick={() => setConfigs(configs().filter(({ id }) => id !== config.id))}
                  >
                    <CloseIcon size={14} aria-hidden="true" />
                  </Button>
                </li>
              )}
            </For>
          </ul>
        </div>
        <Button type="submit" isBusy={isBusy()}>
          {t('tokens.create')}
        </Button>
      </form>
      <Show when={token()}>
        {(text) => (
          <div class="mt-3 space-y-2" role="status">
            <Notice tone="warn">{t('tokens.once')}</Notice>
            <Code text={text()} label={t('tokens.token')} isWrapped />
          </div>
        )}
      </Show>
    </div>
  )
}
