/** Starts a capture: for how long and which lines, and what it costs. */
import { createSignal } from 'solid-js'
import { logLimits } from '#core/log-line'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import { t } from '../locales/i18n.ts'
import { lineOf } from '../messages.ts'
import { Button } from '../ui/Button.tsx'
import { Check } from '../ui/Check.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Field } from '../ui/Field.tsx'
import { Notice } from '../ui/states.tsx'

const startDocument = graphql(`
  mutation StartLogCapture($input: StartLogCaptureInput!) {
    startLogCapture(input: $input) { proxies { id captureLogsUntil } }
  }
`)

interface StartCaptureDialogProps {
  readonly proxyIds: readonly string[]
  readonly title: string
  readonly onClose: () => void
  readonly onStarted: () => void
}

export function StartCaptureDialog(props: StartCaptureDialogProps) {
  return (
    <Dialog
      isOpen
      onClose={() => props.onClose()}
      title={props.title}
      description={t('logs.startText')}
      closeLabel={t('action.close')}
    >
      <Starting {...props} />
    </Dialog>
  )
}

function Starting(props: StartCaptureDialogProps) {
  const [minutes, setMinutes] = createSignal(5)
  const [text, setText] = createSignal('')
  const [isRegex, setRegex] = createSignal(false)
  const [host, setHost] = createSignal('')
  const [clientAddress, setClientAddress] = createSignal('')
  const [errorsOnly, setErrorsOnly] = createSignal(false)
  const [redact, setRedact] = createSignal('')
  const [fault, setFault] = createSignal<string>()
  const [isBusy, setBusy] = createSignal(false)
  const start = async () => {
    if (isBusy()) return
    setBusy(true)
    const names = redact()
      .split(/[\s,]+/)
      .filter((name) => name !== '')
    const filter = {
      ...{ text: text(), isRegex: isRegex(), host: host(), clientAddress: clientAddress() },
      ...{ errorsOnly: errorsOnly(), redact: names },
    }
    const { error } = await client
      .mutation(startDocument, { input: { proxyIds: [...props.proxyIds], minutes: minutes(), filter } })
      .toPromise()
    setBusy(false)
    if (error) return setFault(lineOf(error))
    props.onStarted()
    props.onClose()
  }
  return (
    <form
      class="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        void start()
      }}
    >
      <Notice tone="warn">{t('logs.cost')}</Notice>
      <Field label={t('logs.minutes')} hint={t('logs.minutesHint', logLimits.captureMinutes)} error={fault()}>
        {(control) => (
          <input
            {...control}
            type="number"
            class="input w-28"
            min={logLimits.captureMinutes.min}
            max={logLimits.captureMinutes.max}
            value={minutes()}
            onInput={(event) => setMinutes(event.currentTarget.valueAsNumber)}
            required
          />
        )}
      </Field>
      <fieldset class="space-y-3">
        <legend class="mb-1 font-medium">{t('logs.which')}</legend>
        <Field label={t('logs.text')} hint={t('logs.textHint')}>
          {(control) => (
            <input
              {...control}
              class="input w-full"
              maxlength={logLimits.filterLength}
              value={text()}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <Check label={t('logs.regex')} isOn={isRegex()} onChange={setRegex} />
        <div class="grid gap-3 sm:grid-cols-2">
          <Field label={t('logs.host')} hint={t('logs.hostHint')}>
            {(control) => (
              <input
                {...control}
                class="input w-full"
                maxlength={logLimits.filterLength}
                value={host()}
                onInput={(event) => setHost(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label={t('logs.client')} hint={t('logs.clientHint')}>
            {(control) => (
              <input
                {...control}
                class="input w-full"
                maxlength={logLimits.filterLength}
                value={clientAddress()}
                onInput={(event) => setClientAddress(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <Check label={t('logs.errorsOnly')} isOn={errorsOnly()} onChange={setErrorsOnly} />
      </fieldset>
      <Field label={t('logs.redact')} hint={t('logs.redactHint')}>
        {(control) => (
          <input
            {...control}
            class="input w-full"
            value={redact()}
            onInput={(event) => setRedact(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="flex justify-end gap-2">
        <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
        <Button look="primary" type="submit" isBusy={isBusy()}>
          {t('logs.start')}
        </Button>
      </div>
    </form>
  )
}
