/** The life of a config: draft → pending_approval → active, in the end retired; and who may take which step now. */
import { type Action, type Grant, isPermitted } from './permissions.ts'
import type { ApprovalPolicy, ConfigStatus } from './vocabulary.ts'

export type Step = 'update' | 'submit' | 'approve' | 'reject' | 'restore' | 'retire'

/** From which statuses a step may be taken, and where it leads. */
const transitions: Readonly<Record<Step, { from: readonly ConfigStatus[]; to: ConfigStatus }>> = {
  update: { from: ['draft', 'pending_approval', 'active'], to: 'draft' },
  submit: { from: ['draft'], to: 'pending_approval' },
  approve: { from: ['pending_approval'], to: 'active' },
  reject: { from: ['pending_approval'], to: 'draft' },
  restore: { from: ['draft', 'pending_approval', 'active'], to: 'pending_approval' },
  // Nothing waits and nothing is active in a retired config.
  retire: { from: ['draft', 'pending_approval', 'active'], to: 'draft' },
}

/** Why a step is not open; each is a sentence in the web app's catalogue and in `reasonSentences`. */
export type ReasonCode =
  | 'NO_PERMISSION'
  | 'NOT_DRAFT'
  | 'NOT_PENDING'
  | 'OTHERS_SUBMISSION'
  | 'OWN_SUBMISSION'
  | 'NOTHING_TO_RESTORE'
  | 'RETIRED'

export const reasonSentences: Readonly<Record<ReasonCode, string>> = {
  NO_PERMISSION: 'Your role or token does not allow this.',
  NOT_DRAFT: 'Only a draft can be submitted; edit the config to make it a draft again.',
  NOT_PENDING: 'Nothing is waiting for approval; submit the config first.',
  OTHERS_SUBMISSION: 'Somebody else submitted this; under the SAME_USER policy only they can confirm it.',
  OWN_SUBMISSION:
    'You submitted or edited this; under the SECOND_PERSON policy somebody else has to approve it.',
  NOTHING_TO_RESTORE: 'This config has no approved version yet.',
  RETIRED: 'This config was retired; clone it to go on from its rules.',
}

export type Permitted = { readonly allowed: true } | { readonly allowed: false; readonly reason: ReasonCode }

export interface LifecycleConfig {
  readonly status: ConfigStatus
  readonly hasActiveVersion: boolean
  readonly submittedById: string | null
  /** Whoever changed the working copy since the last approval; only SECOND_PERSON asks. */
  readonly authorIds?: readonly string[]
  /** Closes every step. */
  readonly isRetired: boolean
}

export interface LifecycleActor extends Grant {
  readonly id: string
}

/** The status that a step leads to. */
export function statusAfter(step: Step): ConfigStatus {
  return transitions[step].to
}

/** Which steps `actor` may take on `config` now, and why not the others. */
export function permittedActions(
  config: LifecycleConfig,
  actor: LifecycleActor,
  policy: ApprovalPolicy,
): Record<Step, Permitted> {
  return {
    update: permitted('update', config, actor, policy),
    submit: permitted('submit', config, actor, policy),
    approve: permitted('approve', config, actor, policy),
    reject: permitted('reject', config, actor, policy),
    restore: permitted('restore', config, actor, policy),
    retire: permitted('retire', config, actor, policy),
  }
}

function permitted(
  step: Step,
  config: LifecycleConfig,
  actor: LifecycleActor,
  policy: ApprovalPolicy,
): Permitted {
  if (!isPermitted(actor, `config.${step}` satisfies Action)) return no('NO_PERMISSION')
  if (config.isRetired) return no('RETIRED')
  if (!transitions[step].from.includes(config.status))
    return no(step === 'submit' ? 'NOT_DRAFT' : 'NOT_PENDING')
  if (step === 'restore' && !config.hasActiveVersion) return no('NOTHING_TO_RESTORE')
  if (step === 'approve') return approval(config, actor, policy)
  return { allowed: true }
}

function approval(config: LifecycleConfig, actor: LifecycleActor, policy: ApprovalPolicy): Permitted {
  const isSubmitter = config.submittedById === actor.id
  if (policy === 'same_user') return isSubmitter ? { allowed: true } : no('OTHERS_SUBMISSION')
  const isAuthor = config.authorIds?.includes(actor.id) ?? false
  return isSubmitter || isAuthor ? no('OWN_SUBMISSION') : { allowed: true }
}

function no(reason: ReasonCode): Permitted {
  return { allowed: false, reason }
}
