/** The second confirmation: says exactly what is confirmed and what follows, and stops when that changes meanwhile. */
import { createSignal, Show } from 'solid-js'
import { client } from '../../client.ts'
import { graphql } from '../../graphql.ts'
import { t } from '../../locales/i18n.ts'
import { codeOf, lineOf } from '../../messages.ts'
import { confirmed } from '../../session/confirmed.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { TriangleAlertIcon } from '../../ui/icons.ts'
import { Notice } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { HashText } from '../../words.tsx'
import { Consequences } from './Consequences.tsx'
import { type Confirmation, isSameAct } from './confirmation.ts'
import type { Owner } from './owners.ts'

const approveDocument = graphql(`
  mutation ApproveConfig($input: ApproveConfigInput!) { approveConfig(input: $input) { config { id status } } }
`)

/** Above this many proxies a click is too little: the config's name has to be typed. */
const mostByClick = 25

interface ConfirmDialogProps {
  /** What the person began to confirm; undefined: the dialog is closed. */
  readonly confirmation: Confirmation | undefined
  /** What would be confirmed now; undefined: nothing is submitted any more. */
  readonly now: Confirmation | undefined
  /** From whom proxies are taken. */
  readonly owners: readonly Owner[]
  /** Codes of the warnings that were ticked. */
  readonly acknowledged: readonly string[]
  readonly onClose: () => void
  readonly onDone: () => Promise<void>
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const [isBusy, setBusy] = createSignal(false)
  const [typed, setTyped] = createSignal('')
  const [fault, setFault] = createSignal<string>()
  const hasChanged = () => {
    const seen = props.confirmation
    // While the approval itself is on its way, the change that arrives is our own.
    return seen !== undefined && !isBusy() && !(props.now && isSameAct(seen, props.now))
  }
  const isTyping = () => {
    const seen = props.confirmation
    return seen !== undefined && seen.proxies + seen.following > mostByClick
  }
  const whyNot = () => {
    if (hasChanged()) return t('review.changedWhy')
    if (isTyping() && typed().trim() !== props.confirmation?.name) return t('review.typeWhy')
    return undefined
  }
  const close = () => {
    setFault(undefined)
    setTyped('')
    props.onClose()
  }
  const approve = async () => {
    const seen = props.confirmation
    if (!seen || isBusy() || whyNot() !== undefined) return
    setBusy(true)
    setFault(undefined)
    const { id, revision, configHash } = seen
    const input = { id, revision, configHash, acknowledgedWarnings: [...props.acknowledged] }
    const { error } = await confirmed(() => client.mutation(approveDocument, { input }).toPromise())
    if (error) {
      setFault(
        [codeOf(error) === 'CONFLICT' && t('review.outdated'), lineOf(error)].filter(Boolean).join(' '),
      )
      await props.onDone()
      setBusy(false)
      return
    }
    close()
    toast('ok', t('review.approveDone', { name: seen.name }))
    await props.onDone()
    setBusy(false)
  }
  return (
    <Dialog
      isOpen={props.confirmation !== undefined}
      onClose={close}
      title={t('review.approveTitle', { name: props.confirmation?.name ?? '' })}
      closeLabel={t('action.close')}
      isWide
      actions={
        <>
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button look="primary" isBusy={isBusy()} onClick={() => void approve()} why={whyNot()}>
            {t('review.confirm')}
          </Button>
        </>
      }
    >
      <Show when={props.confirmation}>
        {(seen) => (
          <div class="space-y-4">
            <div role="alert" class="empty:hidden">
              <Show when={hasChanged()}>
                <Notice tone="bad" icon={<TriangleAlertIcon size={16} aria-hidden="true" />}>
                  {t('review.changedMeanwhile')}
                </Notice>
              </Show>
              <Show when={fault()}>
                <p class="text-bad">{fault()}</p>
              </Show>
            </div>
            <dl class="grid gap-x-4 gap-y-1 rounded-lg bg-sunken px-3 py-2 sm:grid-cols-[auto_1fr]">
              <dt class="text-muted">{t('review.exactly')}</dt>
              <dd class="font-medium break-words">
                {`${seen().name}, ${t('config.revisionNumber', { number: seen().revision })}`}
              </dd>
              <dt class="self-center text-muted">{t('review.hash')}</dt>
              <dd>
                <HashText value={seen().configHash} />
              </dd>
            </dl>
            <Consequences confirmation={seen()} owners={props.owners} />
            <Show when={isTyping()}>
              <Field label={t('review.typeName', { name: seen().name })} hint={t('review.typeHint')}>
                {(control) => (
                  <input
                    {...control}
                    class="input"
                    autocomplete="off"
                    spellcheck={false}
                    value={typed()}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                    onKeyDown={(event) => event.key === 'Enter' && void approve()}
                  />
                )}
              </Field>
            </Show>
          </div>
        )}
      </Show>
    </Dialog>
  )
}
