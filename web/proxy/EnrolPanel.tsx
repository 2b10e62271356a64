/** Makes an enrolment token, shows its command once, and waits in sight until the proxy is there. */
import { A } from '@solidjs/router'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { createQuery } from '../query.ts'
import { confirmed } from '../session/confirmed.tsx'
import { Button } from '../ui/Button.tsx'
import { Field } from '../ui/Field.tsx'
import { CircleCheckIcon, LoaderIcon, TriangleAlertIcon } from '../ui/icons.ts'
import { Notice } from '../ui/states.tsx'
import { Code } from '../words.tsx'
import { type ConfigChoice, ConfigPicker } from './ConfigPicker.tsx'

const createTokenDocument = graphql(`
  mutation CreateEnrolmentToken($input: CreateEnrolmentTokenInput!) {
    createEnrolmentToken(input: $input) { token enrolmentToken { id name createdAt expiresAt } }
  }
`)
const arrivalsDocument = graphql(`
  query Arrivals {
    enrolmentTokens { id uses maxUses }
    proxies(first: 20, sort: ENROLLED_AT, descending: true) { edges { node { id hostname enrolledAt } } }
  }
`)

const lifetimes = [1, 24, 168] as const
const hourMs = 3_600_000

/** A token whose secret is still on the screen. */
export interface MadeToken {
  readonly id: string
  readonly token: string
  readonly createdAt: string
}

interface EnrolPanelProps {
  readonly made: MadeToken | undefined
  readonly onMade: (made: MadeToken) => void
  readonly onDone: () => void
  /** Undefined where there is nothing to go back to. */
  readonly onCancel?: (() => void) | undefined
}

export function EnrolPanel(props: EnrolPanelProps) {
  return (
    <Show when={props.made} fallback={<TokenForm onMade={props.onMade} onCancel={props.onCancel} />}>
      {(made) => <Waiting made={made()} onDone={props.onDone} />}
    </Show>
  )
}

function TokenForm(props: Pick<EnrolPanelProps, 'onMade' | 'onCancel'>) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const [config, setConfig] = createSignal<ConfigChoice>()
  const create = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    const input = {
      name: String(form.get('name')),
      configId: config()?.id ?? null,
      maxUses: Number(form.get('uses')),
      isEphemeral: form.get('ephemeral') !== null,
      expiresAt: new Date(Date.now() + Number(form.get('hours')) * hourMs).toISOString(),
    }
    const { data, error } = await confirmed(() => client.mutation(createTokenDocument, { input }).toPromise())
    setBusy(false)
    setFault(error && lineOf(error))
    if (!data) return
    const { token, enrolmentToken } = data.createEnrolmentToken
    props.onMade({ id: enrolmentToken.id, token, createdAt: enrolmentToken.createdAt })
  }
  return (
    <form onSubmit={(event) => void create(event)} class="grid gap-4 text-left sm:grid-cols-2">
      <Field label={t('enrol.name')} hint={t('enrol.nameHint')}>
        {(control) => (
          <input {...control} class="input" name="name" required maxlength="100" autocomplete="off" />
        )}
      </Field>
      <Field label={t('enrol.config')} hint={t('enrol.configHint')}>
        {(control) => (
          <ConfigPicker
            id={control.id}
            aria-describedby={control['aria-describedby']}
            isInFlow
            placeholder={t('enrol.noConfig')}
            chosen={config()?.name ?? ''}
            onChoose={(choice) => setConfig(choice ?? undefined)}
          />
        )}
      </Field>
      <Field label={t('enrol.uses')}>
        {(control) => (
          <input
            {...control}
            class="input"
            name="uses"
            type="number"
            min="1"
            max="10000"
            value="1"
            required
          />
        )}
      </Field>
      <Field label={t('enrol.lifetime')}>
        {(control) => (
          <select {...control} class="input" name="hours">
            <For each={lifetimes}>{(hours) => <option value={hours}>{t(`enrol.hours${hours}`)}</option>}</For>
          </select>
        )}
      </Field>
      <label class="flex items-start gap-2 sm:col-span-2">
        <input type="checkbox" class="mt-0.5" name="ephemeral" />
        <span>
          {t('enrol.ephemeral')}
          <span class="block text-xs text-muted">{t('enrol.ephemeralHint')}</span>
        </span>
      </label>
      <div class="flex flex-wrap items-center justify-end gap-3 sm:col-span-2">
        <p role="alert" class="flex-1 text-bad">
          {fault()}
        </p>
        <Show when={props.onCancel}>
          {(cancel) => <Button onClick={() => cancel()()}>{t('action.cancel')}</Button>}
        </Show>
        <Button type="submit" look="primary" isBusy={isBusy()}>
          {t('enrol.create')}
        </Button>
      </div>
    </form>
  )
}

function Waiting(props: { readonly made: MadeToken; readonly onDone: () => void }) {
  const arrivals = createQuery(arrivalsDocument, {
    variables: () => ({}),
    subjects: ['PROXY', 'ENROLMENT_TOKEN'],
    pollSeconds: 3,
  })
  const token = createMemo(() => arrivals.data()?.enrolmentTokens.find(({ id }) => id === props.made.id))
  const arrived = createMemo(() => {
    const proxies = arrivals.data()?.proxies.edges.map((edge) => edge.node) ?? []
    return proxies.filter(({ enrolledAt }) => Date.parse(enrolledAt) >= Date.parse(props.made.createdAt))
  })
  const uses = () => token()?.uses ?? 0
  const isOpen = () => uses() < (token()?.maxUses ?? 1)
  const command = () => `npm run agent -- enrol --server ${location.origin} --token ${props.made.token}`
  return (
    <div class="space-y-4 text-left">
      <Code text={command()} label={t('enrol.command')} isWrapped />
      <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
        {t('enrol.once')}
      </Notice>
      <div role="status" class="space-y-3">
        <Show when={uses() > 0}>
          <Notice tone="ok" icon={<CircleCheckIcon size={16} aria-hidden="true" />}>
            <p class="font-medium">{plural('enrol.arrived', uses())}</p>
            <ul>
              <For each={arrived()}>
                {(proxy) => (
                  <li>
                    <A href={paths.proxy(proxy.id)} class="font-medium wrap-anywhere underline">
                      {proxy.hostname}
                    </A>
                  </li>
                )}
              </For>
            </ul>
          </Notice>
        </Show>
        <Show when={isOpen()}>
          <p class="flex items-center gap-2 text-muted">
            <LoaderIcon size={16} class="spin shrink-0" aria-hidden="true" />
            {uses() === 0 ? t('enrol.waiting') : plural('enrol.waitingFor', (token()?.maxUses ?? 1) - uses())}
          </p>
        </Show>
      </div>
      <div class="flex justify-end">
        <Button look={isOpen() ? 'secondary' : 'primary'} onClick={() => props.onDone()}>
          {t('action.done')}
        </Button>
      </div>
    </div>
  )
}
