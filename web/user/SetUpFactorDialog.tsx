/** Sets a second factor up: the secret for the app, a code that proves that it has it, and the recovery codes. */
import { createSignal, Show } from 'solid-js'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { codeProblem } from '../session/CodeField.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { toast } from '../ui/toast.tsx'
import { Code } from '../words.tsx'
import { QrCode } from './QrCode.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'

const enableDocument = graphql(`
  mutation EnableSecondFactor($input: EnableSecondFactorInput!) {
    enableSecondFactor(input: $input) { recoveryCodes }
  }
`)

interface SetUpFactorDialogProps {
  readonly secret: string
  readonly uri: string
  readonly onDone: () => Promise<void>
}

export function SetUpFactorDialog(props: SetUpFactorDialogProps) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const [codes, setCodes] = createSignal<readonly string[]>()
  const enable = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code'))
    setBusy(true)
    const { data, error } = await client.mutation(enableDocument, { input: { code } }).toPromise()
    setBusy(false)
    if (error) return setFault(codeProblem(error) ? t('problem.CODE_WRONG') : lineOf(error))
    toast('ok', t('factor.enabled'))
    setCodes(data?.enableSecondFactor.recoveryCodes)
  }
  return (
    <Dialog
      isOpen
      isHeldOpen={codes() !== undefined}
      onClose={() => void props.onDone()}
      title={t(codes() ? 'factor.codes' : 'factor.setUpTitle')}
      description={t(codes() ? 'factor.codesText' : 'factor.scan')}
      closeLabel={t('action.close')}
    >
      <Show
        when={codes()}
        fallback={
          <form onSubmit={(event) => void enable(event)} class="space-y-4">
            <QrCode text={props.uri} label={t('factor.scan')} />
            <Code text={grouped(props.secret)} label={t('factor.secret')} isWrapped />
            <Field label={t('factor.typed')} error={fault()}>
              {(control) => (
                <input
                  {...control}
                  class="input w-40"
                  name="code"
                  required
                  inputmode="numeric"
                  autocomplete="one-time-code"
                  maxlength="7"
                  autofocus
                />
              )}
            </Field>
            <div class="flex flex-wrap justify-end gap-2">
              <Button onClick={() => void props.onDone()}>{t('action.cancel')}</Button>
              <Button type="submit" look="primary" isBusy={isBusy()}>
                {t('factor.enable')}
              </Button>
            </div>
          </form>
        }
      >
        {(shown) => <RecoveryCodes codes={shown()} onKept={() => void props.onDone()} />}
      </Show>
    </Dialog>
  )
}

/** In fours, as people type it; apps take the blanks out again. */
function grouped(secret: string): string {
  return secret.replaceAll(/(.{4})(?=.)/g, '$1 ')
}
