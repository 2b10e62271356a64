/** Switching one's second factor off, and new recovery codes: both ask for the password and a code. */
import type { CombinedError } from '@urql/core'
import { createSignal, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf, problemSentence, problemsOf } from '../messages.ts'
import { CodeField } from '../session/CodeField.tsx'
import { PasswordField } from '../session/PasswordField.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Notice } from '../ui/states.tsx'
import { toast } from '../ui/toast.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'

const disableDocument = graphql(`
  mutation DisableSecondFactor($input: SecondFactorProofInput!) { disableSecondFactor(input: $input) { user { id } } }
`)
const renewDocument = graphql(`
  mutation RenewRecoveryCodes($input: SecondFactorProofInput!) { renewRecoveryCodes(input: $input) { recoveryCodes } }
`)

export function DisableFactorDialog(props: { readonly onDone: () => Promise<void> }) {
  const disable = async (input: Proof) => {
    const { error } = await client.mutation(disableDocument, { input }).toPromise()
    if (error) return error
    toast('ok', t('factor.disabled'))
    await props.onDone()
  }
  return (
    <Dialog
      isOpen
      onClose={() => void props.onDone()}
      title={t('factor.disableTitle')}
      description={t('factor.disableText')}
      closeLabel={t('action.close')}
    >
      <ProofForm submitLabel={t('factor.disable')} onSubmit={disable} onCancel={props.onDone} />
    </Dialog>
  )
}

export function RenewCodesDialog(props: { readonly onDone: () => Promise<void> }) {
  const [codes, setCodes] = createSignal<readonly string[]>()
  const renew = async (input: Proof) => {
    const { data, error } = await client.mutation(renewDocument, { input }).toPromise()
    setCodes(data?.renewRecoveryCodes.recoveryCodes)
    return error
  }
  return (
    <Dialog
      isOpen
      isHeldOpen={codes() !== undefined}
      onClose={() => void props.onDone()}
      title={t('factor.renew')}
      description={t(codes() ? 'factor.codesText' : 'factor.renewText')}
      closeLabel={t('action.close')}
    >
      <Show
        when={codes()}
        fallback={<ProofForm submitLabel={t('factor.renew')} onSubmit={renew} onCancel={props.onDone} />}
      >
        {(shown) => <RecoveryCodes codes={shown()} onKept={() => void props.onDone()} />}
      </Show>
    </Dialog>
  )
}

interface Proof {
  readonly password: string
  readonly code: string
}

function ProofForm(props: {
  readonly submitLabel: string
  /** @returns why it was refused */
  readonly onSubmit: (proof: Proof) => Promise<CombinedError | undefined>
  readonly onCancel: () => Promise<void>
}) {
  const [isBusy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<CombinedError>()
  const faultOf = (path: string) => {
    const problem = problemsOf(error()).find((each) => each.path === path)
    return problem && problemSentence(problem)
  }
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setError(await props.onSubmit({ password: String(form.get('password')), code: String(form.get('code')) }))
    setBusy(false)
  }
  return (
    <form onSubmit={(event) => void submit(event)} class="space-y-4">
      <PasswordField
        name="password"
        label={t('confirm.password')}
        kind="current-password"
        error={faultOf('password')}
      />
      <CodeField error={faultOf('code')} />
      <Show when={problemsOf(error()).length === 0 && error()}>
        {(refusal) => <Notice tone="bad">{lineOf(refusal())}</Notice>}
      </Show>
      <div class="flex flex-wrap justify-end gap-2">
        <Button onClick={() => void props.onCancel()}>{t('action.cancel')}</Button>
        <Button type="submit" look="primary" isBusy={isBusy()}>
          {props.submitLabel}
        </Button>
      </div>
    </form>
  )
}
