/** Which steps of a config's life are open to whoever looks, and what it waits for, in words. */
import { permittedActions, type Step } from '#core/lifecycle'
import { isPermitted } from '#core/permissions'
import { ApprovalPolicy, ConfigStatus } from '#core/vocabulary'
import { plural, t } from '../locales/i18n.ts'
import { grantOf, type SessionUser } from '../session.ts'
import type { ConfigStatusName } from './ConfigStatusBadge.tsx'

/** What these words need to know of a config, as the API answers it. */
export interface ConfigState {
  readonly status: ConfigStatusName
  readonly hasActiveVersion: boolean
  readonly retiredAt: string | null
  readonly submittedBy: { readonly id: string; readonly name: string } | null
  readonly authors: readonly { readonly id: string; readonly name: string }[]
}
export type PolicyName = keyof typeof ApprovalPolicy

/** The reason why `step` is closed, as a sentence; undefined when it is open. */
export function stepReason(
  config: ConfigState,
  user: SessionUser,
  policy: PolicyName,
  step: Step,
): string | undefined {
  const permitted = stepsOf(config, user, policy)[step]
  return permitted.allowed ? undefined : t(`reason.${permitted.reason}`)
}

/** The reason why this person can make no config; undefined when they can. */
export function createReason(user: SessionUser): string | undefined {
  return isPermitted(grantOf(user), 'config.create') ? undefined : t('reason.NO_PERMISSION')
}

/** What comes next, in a few words; undefined where nothing waits. */
export function nextWords(config: ConfigState, user: SessionUser, policy: PolicyName): string | undefined {
  if (config.retiredAt !== null) return undefined
  if (config.status === 'ACTIVE') return undefined
  if (config.status === 'DRAFT') {
    return config.hasActiveVersion ? t('config.nextEdited') : t('config.nextSubmit')
  }
  const { approve } = stepsOf(config, user, policy)
  if (approve.allowed) return policy === 'SAME_USER' ? t('config.nextConfirm') : t('config.nextApprove')
  if (policy === 'SECOND_PERSON') return t('config.nextSecondPerson')
  return t('config.nextOther', { name: config.submittedBy?.name ?? t('config.somebody') })
}

/** `on 40 proxies`, or that there are none. */
export function runsOnWords(count: number): string {
  return count === 0 ? t('config.runsNowhere') : plural('config.runsOn', count)
}

function stepsOf(config: ConfigState, user: SessionUser, policy: PolicyName) {
  return permittedActions(
    {
      status: ConfigStatus[config.status],
      hasActiveVersion: config.hasActiveVersion,
      submittedById: config.submittedBy?.id ?? null,
      authorIds: config.authors.map(({ id }) => id),
      isRetired: config.retiredAt !== null,
    },
    grantOf(user),
    ApprovalPolicy[policy],
  )
}
