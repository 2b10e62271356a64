/** Retires a config: what that means, what still holds it and where to let go of it, and why it is done. */
import { A } from '@solidjs/router'
import type { CombinedError } from '@urql/core'
import { createSignal, For, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { plural, t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { TriangleAlertIcon } from '../ui/icons.ts'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'

const retireDocument = graphql(`
  mutation RetireConfig($input: RetireConfigInput!) { retireConfig(input: $input) { config { id retiredAt } } }
`)

export interface RetirableConfig {
  readonly id: string
  readonly name: string
  readonly revision: number
  readonly status: string
  /** Proxies that run it now. */
  readonly runningCount: number
}

interface RetireDialogProps {
  /** As the person saw it when they asked; undefined: closed. */
  readonly config: RetirableConfig | undefined
  readonly onClose: () => void
  readonly onRetired: () => void
}

const longestReason = 500

export function RetireDialog(props: RetireDialogProps) {
  return (
    <Dialog
      isOpen={props.config !== undefined}
      onClose={() => props.onClose()}
      title={t('retire.title', { name: props.config?.name ?? '' })}
      closeLabel={t('action.close')}
    >
      <Show when={props.config} keyed>
        {(config) => <RetireForm config={config} onClose={props.onClose} onRetired={props.onRetired} />}
      </Show>
    </Dialog>
  )
}

function RetireForm(props: RetireDialogProps & { readonly config: RetirableConfig }) {
  const [isBusy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<CombinedError>()
  const retire = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const { id, revision, name } = props.config
    const reason = String(new FormData(event.currentTarget).get('reason')).trim()
    setBusy(true)
    const answer = await client.mutation(retireDocument, { input: { id, revision, reason } }).toPromise()
    setBusy(false)
    if (answer.error) return setError(answer.error)
    toast('ok', t('retire.done', { name }))
    props.onRetired()
    props.onClose()
  }
  return (
    <form onSubmit={(event) => void retire(event)} class="space-y-4">
      <ul class="list-disc space-y-1 pl-5">
        <li>{t('retire.closes')}</li>
        <li>{t('retire.keeps')}</li>
        <Show when={props.config.status !== 'ACTIVE'}>
          <li>{t('retire.unapproved')}</li>
        </Show>
        <li>{t('retire.noWayBack')}</li>
      </ul>
      <Show when={error()} fallback={<Running config={props.config} />}>
        {(refusal) => <Refusal error={refusal()} configId={props.config.id} />}
      </Show>
      <Field label={t('retire.reason')} hint={t('retire.reasonHint')}>
        {(control) => (
          <textarea {...control} class="input" name="reason" rows="2" required maxlength={longestReason} />
        )}
      </Field>
      <div class="flex flex-wrap justify-end gap-2">
        <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
        <Button
          type="submit"
          look="danger"
          isBusy={isBusy()}
          why={props.config.runningCount > 0 ? t('retire.stillRuns') : undefined}
        >
          {t('retire.confirm')}
        </Button>
      </div>
    </form>
  )
}

/** What is known to hold it before anybody asks the server. */
function Running(props: { readonly config: RetirableConfig }) {
  return (
    <Show when={props.config.runningCount > 0}>
      <Held
        text={plural('retire.running', props.config.runningCount)}
        href={`${paths.fleet}?config=${props.config.id}`}
        label={t('retire.showProxies')}
      />
    </Show>
  )
}

/** The server's no, each part of it with the place where it can be mended. */
function Refusal(props: { readonly error: CombinedError; readonly configId: string }) {
  const ways = () => ({
    CONFIG_RUNS: { href: `${paths.fleet}?config=${props.configId}`, label: t('retire.showProxies') },
    CONFIG_NAMED_BY_TOKEN: { href: paths.instanceSettings, label: t('retire.showTokens') },
  })
  return (
    <div role="alert" class="space-y-2">
      <For each={problemsOf(props.error)} fallback={<Notice tone="bad">{lineOf(props.error)}</Notice>}>
        {(problem) => {
          const way = () => Object.entries(ways()).find(([code]) => code === problem.code)?.[1]
          return (
            <Show when={way()} fallback={<Notice tone="bad">{problemSentence(problem)}</Notice>}>
              {(on) => <Held text={problemSentence(problem)} href={on().href} label={on().label} />}
            </Show>
          )
        }}
      </For>
    </div>
  )
}

function Held(props: { readonly text: string; readonly href: string; readonly label: string }) {
  return (
    <Notice tone="warn" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
      {props.text}{' '}
      <A href={props.href} class="font-medium underline">
        {props.label}
      </A>
    </Notice>
  )
}
