/** The decision bar of a review: the second confirmation, which names its consequences, or a rejection with its reason. */
import { createSignal, Show } from 'solid-js'
import { type Permitted, permittedActions } from '#core/lifecycle'
import { ApprovalPolicy, ConfigStatus } from '#core/vocabulary'
import { client } from '../../client.ts'
import { graphql } from '../../graphql.ts'
import { plural, t } from '../../locales/i18n.ts'
import { codeOf, lineOf } from '../../messages.ts'
import { grantOf, type SessionUser } from '../../session.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { ShieldCheckIcon } from '../../ui/icons.ts'
import { toast } from '../../ui/toast.tsx'
import { HashText } from '../../words.tsx'
import type { ReviewAnswer } from './ReviewPage.tsx'

const approveDocument = graphql(`
  mutation ApproveConfig($input: ApproveConfigInput!) { approveConfig(input: $input) { config { id status } } }
`)
const rejectDocument = graphql(`
  mutation RejectConfig($input: RejectConfigInput!) { rejectConfig(input: $input) { config { id status } } }
`)

interface ApprovalPanelProps {
  readonly answer: ReviewAnswer
  readonly user: SessionUser
  readonly onDone: () => Promise<void>
}

/** What a person saw and confirms; kept as it was when the dialog opened, whatever arrives meanwhile. */
interface Confirmation {
  readonly revision: number
  readonly configHash: string
  readonly proxies: number
  readonly taken: number
  readonly released: number
  readonly following: number
}

export function ApprovalPanel(props: ApprovalPanelProps) {
  const [confirmation, setConfirmation] = createSignal<Confirmation>()
  const [isRejecting, setRejecting] = createSignal(false)
  const config = () => props.answer.config
  const steps = () =>
    permittedActions(
      {
        status: ConfigStatus[config().status],
        hasActiveVersion: config().hasActiveVersion,
        submittedById: config().submittedBy?.id ?? null,
        authorIds: config().authors.map(({ id }) => id),
      },
      grantOf(props.user),
      ApprovalPolicy[props.answer.settings.approvalPolicy],
    )
  const reason = (permitted: Permitted) => (permitted.allowed ? undefined : t(`reason.${permitted.reason}`))
  const openApproval = () => {
    const { revision, configHash, proxies, leavingProxies, followingProxyCount, takenProxyCount } = config()
    if (configHash === null) return
    setConfirmation({
      revision,
      configHash,
      proxies: proxies.totalCount,
      taken: takenProxyCount,
      released: leavingProxies.totalCount,
      following: followingProxyCount,
    })
  }

  return (
    <Show when={config().status === 'PENDING_APPROVAL'}>
      <section
        aria-label={t('review.decision')}
        class="card sticky top-2 z-10 mb-4 flex flex-wrap items-center gap-3 p-3 shadow-[0_6px_20px_var(--shadow)]"
      >
        <ShieldCheckIcon size={18} class="shrink-0 text-accent" aria-hidden="true" />
        <p class="min-w-0 flex-1 basis-64">
          {reason(steps().approve) ?? t(`policy.${props.answer.settings.approvalPolicy}`)}
        </p>
        <Button look="danger" onClick={() => setRejecting(true)} why={reason(steps().reject)}>
          {t('review.reject')}
        </Button>
        <Button look="primary" onClick={openApproval} why={reason(steps().approve)}>
          {t('review.approve')}
        </Button>
      </section>
      <ConfirmDialog
        name={config().name}
        id={config().id}
        confirmation={confirmation()}
        onClose={() => setConfirmation(undefined)}
        onDone={props.onDone}
      />
      <RejectDialog
        id={config().id}
        revision={config().revision}
        isOpen={isRejecting()}
        onClose={() => setRejecting(false)}
        onDone={props.onDone}
      />
    </Show>
  )
}

interface ConfirmDialogProps {
  readonly id: string
  readonly name: string
  readonly confirmation: Confirmation | undefined
  readonly onClose: () => void
  readonly onDone: () => Promise<void>
}

function ConfirmDialog(props: ConfirmDialogProps) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const approve = async ({ revision, configHash }: Confirmation) => {
    setBusy(true)
    const input = { id: props.id, revision, configHash }
    const { error } = await client.mutation(approveDocument, { input }).toPromise()
    setBusy(false)
    setFault(
      error &&
        [codeOf(error) === 'CONFLICT' && t('review.outdated'), lineOf(error)].filter(Boolean).join(' '),
    )
    if (error) return void props.onDone()
    props.onClose()
    toast('ok', t('review.approveDone', { name: props.name }))
    await props.onDone()
  }
  const close = () => {
    setFault(undefined)
    props.onClose()
  }
  return (
    <Dialog
      isOpen={props.confirmation !== undefined}
      onClose={close}
      title={t('review.approveTitle', { name: props.name })}
      closeLabel={t('action.close')}
      actions={
        <>
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button
            look="primary"
            isBusy={isBusy()}
            onClick={() => {
              const seen = props.confirmation
              if (seen) void approve(seen)
            }}
          >
            {t('review.confirm')}
          </Button>
        </>
      }
    >
      <Show when={props.confirmation}>
        {(seen) => (
          <div class="space-y-3">
            <ul class="list-disc space-y-1 pl-5">
              <li>{plural('review.consequence', seen().proxies)}</li>
              <Show when={seen().taken > 0}>
                <li>{plural('review.consequenceTaken', seen().taken)}</li>
              </Show>
              <Show when={seen().released > 0}>
                <li>{plural('review.consequenceReleased', seen().released)}</li>
              </Show>
              <Show when={seen().following > 0}>
                <li>{plural('review.following', seen().following)}</li>
              </Show>
              <li>{t('review.consequenceBack')}</li>
            </ul>
            <div class="flex flex-wrap items-center gap-2 rounded-lg bg-sunken px-3 py-2">
              <span class="text-muted">{t('review.exactly')}</span>
              <HashText value={seen().configHash} />
            </div>
            <p role="alert" class="text-bad empty:hidden">
              {fault()}
            </p>
          </div>
        )}
      </Show>
    </Dialog>
  )
}

interface RejectDialogProps {
  readonly id: string
  readonly revision: number
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onDone: () => Promise<void>
}

function RejectDialog(props: RejectDialogProps) {
  const [isBusy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string>()
  const reject = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason')).trim()
    setBusy(true)
    const input = { id: props.id, revision: props.revision, reason }
    const { error } = await client.mutation(rejectDocument, { input }).toPromise()
    setBusy(false)
    setFault(error && lineOf(error))
    if (error) return
    props.onClose()
    toast('ok', t('review.rejectDone'))
    await props.onDone()
  }
  return (
    <Dialog
      isOpen={props.isOpen}
      onClose={() => props.onClose()}
      title={t('review.rejectTitle')}
      description={t('review.rejectText')}
      closeLabel={t('action.close')}
    >
      <form onSubmit={(event) => void reject(event)} class="space-y-3">
        <Field label={t('review.reason')} error={fault()}>
          {(control) => (
            <textarea {...control} class="input" name="reason" rows="3" required maxlength="1000" />
          )}
        </Field>
        <div class="flex justify-end gap-2">
          <Button onClick={() => props.onClose()}>{t('action.cancel')}</Button>
          <Button type="submit" look="danger" isBusy={isBusy()}>
            {t('review.reject')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
