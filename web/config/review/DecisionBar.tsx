/** The one decision of a review, always in sight: what is open to whom, why not, and what follows from it. */
import { A } from '@solidjs/router'
import { createSignal, Match, Show, Switch } from 'solid-js'
import { type Permitted, permittedActions } from '#core/lifecycle'
import { ApprovalPolicy, ConfigStatus } from '#core/vocabulary'
import { client } from '../../client.ts'
import { ChangeNav } from '../../diff/stops.tsx'
import { graphql } from '../../graphql.ts'
import { plural, t } from '../../locales/i18n.ts'
import { lineOf } from '../../messages.ts'
import { usePaletteActions } from '../../palette.ts'
import { paths } from '../../paths.ts'
import { grantOf, type SessionUser } from '../../session.ts'
import { useShortcuts } from '../../shortcuts.ts'
import { Button } from '../../ui/Button.tsx'
import { ShieldCheckIcon } from '../../ui/icons.ts'
import { toast } from '../../ui/toast.tsx'
import { Instant } from '../../words.tsx'
import type { Acknowledgement } from './acknowledgement.ts'
import { ConfirmDialog } from './ConfirmDialog.tsx'
import { type Confirmation, confirmationOf } from './confirmation.ts'
import { createOwners } from './owners.ts'
import { policyWords } from './policyWords.ts'
import { baseOf, type ReviewAnswer, type ReviewChecks, type ReviewFiles } from './queries.ts'
import { RejectDialog } from './RejectDialog.tsx'
import { RestoreButton } from './RestoreButton.tsx'

const submitDocument = graphql(`
  mutation SubmitReviewed($input: SubmitConfigInput!) { submitConfig(input: $input) { config { id status } } }
`)

interface DecisionBarProps {
  readonly answer: ReviewAnswer
  /** Undefined while they are being fetched. */
  readonly checks: ReviewChecks | undefined
  readonly files: ReviewFiles | undefined
  readonly acknowledgement: Acknowledgement
  readonly user: SessionUser
  readonly onDone: () => Promise<void>
}

export function DecisionBar(props: DecisionBarProps) {
  const [confirmation, setConfirmation] = createSignal<Confirmation>()
  const [isRejecting, setRejecting] = createSignal(false)
  const [isSubmitting, setSubmitting] = createSignal(false)
  const config = () => props.answer.config
  const owners = createOwners(config)
  const steps = () =>
    permittedActions(
      {
        status: ConfigStatus[config().status],
        hasActiveVersion: config().hasActiveVersion,
        submittedById: config().submittedBy?.id ?? null,
        authorIds: config().authors.map(({ id }) => id),
        isRetired: config().retiredAt !== null,
      },
      grantOf(props.user),
      ApprovalPolicy[props.answer.settings.approvalPolicy],
    )
  const reason = (permitted: Permitted) => (permitted.allowed ? undefined : t(`reason.${permitted.reason}`))
  const problems = () => props.checks?.problems.length ?? 0
  const whyNotSubmit = () =>
    reason(steps().submit) ?? (problems() > 0 ? plural('decision.problems', problems()) : unchecked())
  const whyNotApprove = () => {
    const missing = props.acknowledgement.missing()
    return (
      reason(steps().approve) ??
      unchecked() ??
      (missing > 0 ? plural('decision.missing', missing) : undefined)
    )
  }
  const unchecked = () => (props.checks ? undefined : t('decision.unchecked'))
  const isPending = () => config().status === 'PENDING_APPROVAL'

  const approve = () => {
    if (isPending() && whyNotApprove() === undefined)
      setConfirmation(confirmationOf(props.answer, props.files))
  }
  const submit = async () => {
    setSubmitting(true)
    const input = { id: config().id, revision: config().revision }
    const { error } = await client.mutation(submitDocument, { input }).toPromise()
    setSubmitting(false)
    if (error) toast('bad', lineOf(error))
    await props.onDone()
  }

  useShortcuts(() => (isPending() ? [{ keys: 'a', label: t('review.approve'), run: approve }] : []))
  usePaletteActions(() =>
    isPending()
      ? [
          { id: 'review.approve', label: t('review.approve'), run: approve, why: whyNotApprove() },
          {
            id: 'review.reject',
            label: t('review.reject'),
            run: () => setRejecting(true),
            why: reason(steps().reject),
          },
        ]
      : [],
  )

  return (
    <>
      <section
        aria-label={t('review.decision')}
        class="card sticky top-2 z-20 mb-4 flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2.5 shadow-[0_6px_20px_var(--shadow)] max-md:static"
      >
        <ShieldCheckIcon size={18} class="shrink-0 text-accent max-sm:hidden" aria-hidden="true" />
        <div class="min-w-0 flex-1 basis-72">
          <Switch>
            <Match when={config().retiredAt}>{t('decision.retired')}</Match>
            <Match when={isPending()}>
              <p class="font-medium">{policyWords(props.answer, props.user.id)}</p>
              <p class="text-sm text-muted">
                {reachWords(props.answer)}
                <Show when={steps().approve.allowed && (unchecked() ?? props.acknowledgement.missing() > 0)}>
                  {' · '}
                  {/* As long as what takes its place. */}
                  <Show when={props.checks} fallback={unchecked()}>
                    <a href="#warnings" class="link">
                      {plural('decision.missing', props.acknowledgement.missing())}
                    </a>
                  </Show>
                </Show>
              </p>
            </Match>
            <Match when={config().status === 'DRAFT'}>
              <p class="font-medium">{t('decision.draft')}</p>
              <p class="text-sm text-muted">
                {reason(steps().submit) ?? (problems() > 0 ? whyNotSubmit() : reachWords(props.answer))}
              </p>
            </Match>
            <Match when={config().activeVersion}>
              {(version) => (
                <>
                  <p class="font-medium">
                    {t('decision.active', { number: version().number })} <Instant at={version().approvedAt} />
                  </p>
                  <p class="text-sm text-muted">{t('decision.activeText')}</p>
                </>
              )}
            </Match>
          </Switch>
        </div>
        <ChangeNav />
        <div class="flex flex-wrap items-center gap-2">
          <Switch>
            <Match when={config().retiredAt}>
              <A href={paths.configVersions(config().id)} class="link">
                {t('decision.versions')}
              </A>
            </Match>
            <Match when={isPending()}>
              <Button look="danger" onClick={() => setRejecting(true)} why={reason(steps().reject)}>
                {t('review.reject')}
              </Button>
              <Button look="primary" onClick={approve} why={whyNotApprove()} aria-keyshortcuts="a">
                {t('review.approve')}
              </Button>
            </Match>
            <Match when={config().status === 'DRAFT'}>
              <A href={paths.config(config().id)} class="link">
                {t('decision.edit')}
              </A>
              <Button
                look="primary"
                isBusy={isSubmitting()}
                onClick={() => void submit()}
                why={whyNotSubmit()}
              >
                {t('config.submit')}
              </Button>
            </Match>
            <Match when={true}>
              <A href={paths.configVersions(config().id)} class="link">
                {t('decision.versions')}
              </A>
              <Show when={baseOf(config())}>
                {(base) => (
                  <RestoreButton
                    config={config()}
                    version={base()}
                    why={reason(steps().restore)}
                    onRestored={props.onDone}
                  />
                )}
              </Show>
            </Match>
          </Switch>
        </div>
      </section>
      <ConfirmDialog
        confirmation={confirmation()}
        now={isPending() ? confirmationOf(props.answer, props.files) : undefined}
        owners={owners()}
        acknowledged={props.acknowledgement.codes()}
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
    </>
  )
}

/** Whom an approval would reach, in one line. */
function reachWords({ config }: ReviewAnswer): string {
  const reached = config.proxies.totalCount + config.followingProxyCount
  if (reached === 0) return t('review.noProxies')
  return [
    plural('decision.reach', reached),
    ...(config.takenProxyCount > 0 ? [plural('decision.taken', config.takenProxyCount)] : []),
    ...(config.leavingProxies.totalCount > 0
      ? [plural('decision.released', config.leavingProxies.totalCount)]
      : []),
  ].join(' · ')
}
