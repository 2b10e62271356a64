/** The second confirmation: makes the submitted content the version that agents fetch. */
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { statusAfter } from '../core/lifecycle.ts'
import { type Problem, Refusal, refuseInput } from '../core/refusal.ts'
import type { AuditDraft } from '../database/change.ts'
import type { WriteTransaction } from '../database/connect.ts'
import {
  configs,
  configVersions,
  proxies,
  type SubmittedProxy,
  settings,
  users,
  versionFiles,
} from '../database/tables.ts'
import type { Operation, UserActor } from '../operation.ts'
import { auditedConfig } from './audit-fields.ts'
import { type ConfigRow, isLeaving, type ListedProxy } from './config.read.ts'
import { readSubmission, type Submission } from './content.ts'
import { fasterThanYou, requireOpen, requireStep } from './working-copy.ts'

export interface ApproveConfigInput {
  readonly id: string
  readonly revision: number
  /** The hash that the person saw. */
  readonly configHash: string
  /** Codes of the warnings that the person says they have read; they go into the trail. */
  readonly acknowledgedWarnings?: readonly string[] | null | undefined
}

const mostWarnings = 100
const longestCode = 100

/**
 * Approves the submitted content that a reviewer saw, with the exact bytes for every supported ATS generation.
 * @throws Refusal FORBIDDEN (somebody else's submission), NOT_FOUND, CONFLICT (stale revision, other hash, wrong state,
 *   a proxy taken over meanwhile), BAD_USER_INPUT (warnings)
 */
export async function approveConfig(op: Operation, input: ApproveConfigInput): Promise<ConfigRow> {
  const { config, user } = await requireStep(op, 'approve', input)
  const acknowledgedWarnings = warningsFrom(input.acknowledgedWarnings ?? [])
  requireSeenHash(config, input.configHash)
  const submission = await readSubmission(op, config.id)
  requireNobodyMoved(submission.proxies, config.submittedProxies ?? [])
  requireSameContent(config, submission)
  const approval = { approvedBy: user.id, approvedAt: op.now, configHash: submission.configHash }
  return op.change(async (tx) => {
    await lockSubmission(tx, config)
    await lockRights(tx, user, config)
    await lockProxies(tx, submission.proxies)
    const version = await insertVersion(tx, config, submission, approval)
    const [approved] = await tx
      .update(configs)
      .set({
        status: statusAfter('approve'),
        ...approval,
        activeVersionId: version.id,
        authorIds: [],
        updatedAt: op.now,
      })
      .where(eq(configs.id, config.id))
      .returning()
    if (!approved) throw fasterThanYou(config)
    const assigned = await assignProxies(op, tx, config, version, submission.proxies)
    return {
      result: approved,
      audit: [
        {
          action: 'config.approve',
          entity: { kind: 'config', id: config.id, name: config.name },
          old: auditedConfig(config),
          new: {
            ...auditedConfig(approved),
            version: version.number,
            configHash: approved.configHash,
            ...(acknowledgedWarnings.length > 0 && { acknowledgedWarnings }),
          },
        },
        ...assigned,
      ],
    }
  })
}

/** Each code once. @throws Refusal BAD_USER_INPUT */
function warningsFrom(codes: readonly string[]): readonly string[] {
  const problem = (code: string, message: string): Problem => ({
    path: 'acknowledgedWarnings',
    code,
    message,
  })
  if (codes.length > mostWarnings) throw refuseInput([problem('TOO_MANY', `At most ${mostWarnings} codes.`)])
  if (codes.some((code) => code.length > longestCode)) {
    throw refuseInput([problem('CODE_TOO_LONG', `At most ${longestCode} characters in a code.`)])
  }
  return [...new Set(codes)]
}

function requireSeenHash(config: ConfigRow, seen: string): void {
  if (config.configHash === seen) return
  throw new Refusal(
    'CONFLICT',
    `configHash: you confirm ${seen.slice(0, 12)}…, submitted is ${config.configHash?.slice(0, 12)}…; review it again.`,
    [{ path: 'configHash', code: 'OTHER_CONTENT', message: 'The submitted content is not the one you saw.' }],
  )
}

/** Nobody takes a proxy back unknowingly. */
function requireNobodyMoved(listed: readonly ListedProxy[], submitted: readonly SubmittedProxy[]): void {
  const before = new Map(submitted.map((proxy) => [proxy.id, proxy.versionId]))
  const moved = listed.filter((proxy) => proxy.isRetired || before.get(proxy.id) !== proxy.versionId)
  if (moved.length > 0) throw takenOver(moved)
}

function takenOver(moved: readonly { hostname: string }[]): Refusal {
  const names = moved.slice(0, 5).map((proxy) => proxy.hostname)
  const more = moved.length > names.length ? ` and ${moved.length - names.length} more` : ''
  return new Refusal(
    'CONFLICT',
    `proxies: ${names.join(', ')}${more} changed hands since this was submitted; edit or submit again to see who runs them.`,
    moved.slice(0, 100).map((proxy) => ({
      path: 'proxies',
      code: 'PROXY_TAKEN_OVER',
      message: `${proxy.hostname} runs another version than when this was submitted.`,
    })),
  )
}

/** A newer renderer or another outbound exception since the submission makes other bytes: they were not confirmed. */
function requireSameContent(config: ConfigRow, submission: Submission): void {
  if (submission.configHash === config.configHash) return
  throw new Refusal(
    'CONFLICT',
    'configHash: what would be delivered has changed since it was submitted (settings or renderer); submit it again.',
    [
      {
        path: 'configHash',
        code: 'OTHER_CONTENT',
        message: 'The same rules would now be rendered differently.',
      },
    ],
  )
}

/** Two confirmations of one submission meet here: the second finds it approved, or submitted anew by somebody else. */
async function lockSubmission(tx: WriteTransaction, config: ConfigRow): Promise<void> {
  const { id, revision, submittedBy, submittedAt } = config
  const isStillSubmitted = and(
    eq(configs.id, id),
    eq(configs.revision, revision),
    eq(configs.status, 'pending_approval'),
    submittedBy === null ? isNull(configs.submittedBy) : eq(configs.submittedBy, submittedBy),
    submittedAt === null ? isNull(configs.submittedAt) : eq(configs.submittedAt, submittedAt),
  )
  const [locked] = await tx.select({ id: configs.id }).from(configs).where(isStillSubmitted).for('update')
  if (!locked) throw fasterThanYou(config)
}

/** Policy and role may have changed since they were read; from here on they wait for this approval. */
async function lockRights(tx: WriteTransaction, user: UserActor, config: ConfigRow): Promise<void> {
  const [instance] = await tx.select({ policy: settings.approvalPolicy }).from(settings).for('share')
  const isActive = and(eq(users.id, user.id), eq(users.isActive, true))
  const [person] = await tx.select({ role: users.role }).from(users).where(isActive).for('share')
  if (!instance || !person) throw new Refusal('FORBIDDEN', 'This account was disabled meanwhile.')
  requireOpen('approve', config, { ...user, role: person.role }, instance.policy)
}

/** Two approvals that want the same proxy meet here: by id, so that they can't lock each other out. */
async function lockProxies(tx: WriteTransaction, listed: readonly ListedProxy[]): Promise<void> {
  if (listed.length === 0) return
  const rows = await tx
    .select({ id: proxies.id, versionId: proxies.versionId, retiredAt: proxies.retiredAt })
    .from(proxies)
    .where(
      inArray(
        proxies.id,
        listed.map((proxy) => proxy.id),
      ),
    )
    .orderBy(proxies.id)
    .for('update')
  const now = new Map(rows.map((row) => [row.id, row]))
  const moved = listed.filter((proxy) => {
    const row = now.get(proxy.id)
    return !row || row.retiredAt !== null || row.versionId !== proxy.versionId
  })
  if (moved.length > 0) throw takenOver(moved)
}

async function insertVersion(
  tx: WriteTransaction,
  config: ConfigRow,
  submission: Submission,
  approval: { approvedBy: string; approvedAt: Date; configHash: string },
): Promise<{ id: string; number: number }> {
  await tx
    .update(configVersions)
    .set({ status: 'superseded' })
    .where(and(eq(configVersions.configId, config.id), eq(configVersions.status, 'active')))
  const [version] = await tx
    .insert(configVersions)
    .values({
      configId: config.id,
      number: sql`(select coalesce(max(number), 0) + 1 from config_versions where config_id = ${config.id})`,
      document: submission.document,
      submittedBy: config.submittedBy,
      submittedAt: config.submittedAt ?? approval.approvedAt,
      ...approval,
    })
    .returning({ id: configVersions.id, number: configVersions.number })
  if (!version) throw new Error('insert returned no version')
  await tx.insert(versionFiles).values(
    submission.rendered.map(({ generation, hash, files, records }) => ({
      versionId: version.id,
      generation,
      hash,
      files,
      records,
    })),
  )
  return version
}

/** Points every listed and following proxy at the version, and lets go of those that are listed no more. */
async function assignProxies(
  op: Operation,
  tx: WriteTransaction,
  config: ConfigRow,
  version: { readonly id: string; readonly number: number },
  listed: readonly ListedProxy[],
): Promise<AuditDraft[]> {
  const listedIds = listed.map((proxy) => proxy.id)
  const nextSequence = sql`${proxies.sequence} + 1`
  const released = await tx
    .update(proxies)
    .set({ versionId: null, sequence: nextSequence })
    .where(isLeaving(op.read, config.id))
    .returning({ id: proxies.id, hostname: proxies.hostname })
  const isListed = listedIds.length > 0 ? inArray(proxies.id, listedIds) : undefined
  const follows = eq(proxies.followsConfigId, config.id)
  const assigned = await tx
    .update(proxies)
    .set({
      versionId: version.id,
      sequence: nextSequence,
      // Named by hand in another config: it follows its token's config no more.
      followsConfigId: sql`case when ${proxies.followsConfigId} = ${config.id} then ${proxies.followsConfigId} end`,
    })
    .where(and(or(isListed, follows), isNull(proxies.retiredAt)))
    .returning({ id: proxies.id, hostname: proxies.hostname })
  const before = new Map(listed.map((proxy) => [proxy.id, proxy.versionId]))
  const draft = (
    proxy: { id: string; hostname: string },
    old: string | null,
    now: typeof version | null,
  ): AuditDraft => ({
    action: 'proxy.assign',
    entity: { kind: 'proxy', id: proxy.id, name: proxy.hostname },
    old: { versionId: old },
    new: { versionId: now?.id ?? null, ...(now && { config: config.name, version: now.number }) },
  })
  return [
    ...released.map((proxy) => draft(proxy, config.activeVersionId, null)),
    ...assigned.map((proxy) => draft(proxy, before.get(proxy.id) ?? config.activeVersionId, version)),
  ]
}
