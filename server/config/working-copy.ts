/** What every verb on a working copy shares: reading it for a step, and writing its lists. */
import { randomUUID } from 'node:crypto'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { ConfigDocument, Rule } from '../core/config-document.ts'
import { permittedActions, reasonSentences, type Step } from '../core/lifecycle.ts'
import { Refusal } from '../core/refusal.ts'
import type { ApprovalPolicy } from '../core/vocabulary.ts'
import type { WriteTransaction } from '../database/connect.ts'
import {
  clientRules,
  configRouteTests,
  configs,
  domainRules,
  ipRangeRules,
  parentProxies,
} from '../database/tables.ts'
import type { Operation, UserActor } from '../operation.ts'
import { permit, permitFor, requireConfirmed } from '../permit.ts'
import { readSettings } from '../settings/settings.read.ts'
import { type ConfigRow, readConfig } from './config.read.ts'

export interface StepContext {
  readonly user: UserActor
  readonly config: ConfigRow
}

/** Reads the config and refuses, in this order: no right, unknown id, stale revision, a step that is not open. */
export async function requireStep(
  op: Operation,
  step: Step,
  input: { readonly id: string; readonly revision: number },
): Promise<StepContext> {
  permit(op, `config.${step}`)
  const config = await readConfig(op, input.id)
  const user = permitFor(op, `config.${step}`, config.id)
  requireRevision(config, input.revision)
  const { approvalPolicy, confirmApprovals } = await readSettings(op.read)
  requireOpen(step, config, user, approvalPolicy)
  if (step === 'approve' && confirmApprovals) requireConfirmed(op, user)
  return { user, config }
}

function requireRevision(config: ConfigRow, revision: number): void {
  if (config.revision === revision) return
  throw new Refusal(
    'CONFLICT',
    `revision: you have revision ${revision}, "${config.name}" is at ${config.revision}; reload it and try again.`,
    [{ path: 'revision', code: 'STALE_REVISION', message: `The newest revision is ${config.revision}.` }],
  )
}

/** @throws Refusal FORBIDDEN or CONFLICT, with the reason */
export function requireOpen(
  step: Step,
  config: ConfigRow,
  user: Pick<UserActor, 'id' | 'role' | 'scopes'>,
  policy: ApprovalPolicy,
): void {
  const permitted = permittedActions(
    {
      status: config.status,
      hasActiveVersion: config.activeVersionId !== null,
      submittedById: config.submittedBy,
      authorIds: config.authorIds,
      isRetired: config.retiredAt !== null,
    },
    user,
    policy,
  )[step]
  if (permitted.allowed) return
  const isOthers = permitted.reason === 'OTHERS_SUBMISSION' || permitted.reason === 'OWN_SUBMISSION'
  const code = isOthers || permitted.reason === 'NO_PERMISSION' ? 'FORBIDDEN' : 'CONFLICT'
  throw new Refusal(code, reasonSentences[permitted.reason], [
    { path: 'status', code: permitted.reason, message: reasonSentences[permitted.reason] },
  ])
}

/** Columns that an edit gives back: whatever was submitted is void. */
export const draftAgain = {
  status: 'draft',
  submittedBy: null,
  submittedAt: null,
  approvedBy: null,
  approvedAt: null,
  configHash: null,
  submittedProxies: null,
} as const

/**
 * Raises the revision of a working copy and makes it a draft again; first in the transaction, because the guard on the
 * child tables asks for it. @throws Refusal CONFLICT when somebody was faster
 */
export async function raiseRevision(
  op: Operation,
  tx: WriteTransaction,
  { user, config }: StepContext,
  columns: Partial<typeof configs.$inferInsert> = {},
): Promise<ConfigRow> {
  const [row] = await tx
    .update(configs)
    .set({
      ...draftAgain,
      ...columns,
      revision: config.revision + 1,
      updatedAt: op.now,
      authorIds: sql`array(select distinct unnest(${configs.authorIds} || ${user.id}::uuid))`,
    })
    .where(and(eq(configs.id, config.id), eq(configs.revision, config.revision), isNull(configs.retiredAt)))
    .returning()
  if (!row) throw fasterThanYou(config)
  return row
}

export function fasterThanYou(config: ConfigRow): Refusal {
  return new Refusal(
    'CONFLICT',
    `revision: "${config.name}" was changed by somebody else just now; reload it and try again.`,
    [{ path: 'revision', code: 'STALE_REVISION', message: 'Somebody else was faster.' }],
  )
}

/** Rules that come in without an id get one. */
export function withIds(rules: readonly (Omit<Rule, 'id'> & { id?: string })[]): Rule[] {
  return rules.map((rule) => ({ ...rule, id: rule.id ?? randomUUID() }))
}

/** Rows per statement: far below PostgreSQL's 65,535 parameters. */
const rowsPerStatement = 4_000

/** Replaces those lists of the working copy that differ; a rule that only moved is updated, not rewritten. */
export async function writeDocument(
  tx: WriteTransaction,
  configId: string,
  before: ConfigDocument | null,
  after: ConfigDocument,
): Promise<void> {
  await writeRules(tx, configId, before?.rules ?? [], after.rules)
  if (!isSame(before?.parentProxies, after.parentProxies)) {
    if (before) await tx.delete(parentProxies).where(eq(parentProxies.configId, configId))
    await inBatches(after.parentProxies, (rows) =>
      tx.insert(parentProxies).values(rows.map((parent) => ({ ...parent, configId }))),
    )
  }
  if (!isSame(before?.clientRules, after.clientRules)) {
    if (before) await tx.delete(clientRules).where(eq(clientRules.configId, configId))
    const positioned = after.clientRules.map((rule, position) => ({ ...rule, configId, position }))
    await inBatches(positioned, (rows) => tx.insert(clientRules).values(rows))
  }
  if (!isSame(before?.routeTests, after.routeTests)) {
    if (before) await tx.delete(configRouteTests).where(eq(configRouteTests.configId, configId))
    const positioned = after.routeTests.map((test, position) => ({ ...test, configId, position }))
    await inBatches(positioned, (rows) => tx.insert(configRouteTests).values(rows))
  }
}

async function writeRules(
  tx: WriteTransaction,
  configId: string,
  before: readonly Rule[],
  after: readonly Rule[],
): Promise<void> {
  const old = new Map(before.map((rule, position) => [rule.id, { rule, position }]))
  const kept = new Set<string>()
  const moved: { id: string; position: number }[] = []
  const written: (Rule & { position: number })[] = []
  for (const [position, rule] of after.entries()) {
    const was = old.get(rule.id)
    if (!was || !isSame(was.rule, rule)) {
      written.push({ ...rule, position })
      continue
    }
    kept.add(rule.id)
    if (was.position !== position) moved.push({ id: rule.id, position })
  }
  const gone = before.filter((rule) => !kept.has(rule.id)).map((rule) => rule.id)
  for (const table of [domainRules, ipRangeRules] as const) {
    await inBatches(gone, (ids) =>
      tx.delete(table).where(and(eq(table.configId, configId), inArray(table.id, ids))),
    )
    await inBatches(moved, (rows) => {
      const ids = `{${rows.map((row) => row.id).join(',')}}`
      const positions = `{${rows.map((row) => row.position).join(',')}}`
      return tx.execute(
        sql`update ${table} t set position = m.position
            from unnest(${ids}::uuid[], ${positions}::int[]) as m(id, position)
            where t.config_id = ${configId} and t.id = m.id`,
      )
    })
  }
  const rows = written.map(({ expiresAt, ...rule }) => ({
    ...rule,
    configId,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  }))
  await inBatches(
    rows.filter((row) => row.kind !== 'ip_range'),
    (batch) => tx.insert(domainRules).values(batch),
  )
  await inBatches(
    rows.filter((row) => row.kind === 'ip_range'),
    (batch) => tx.insert(ipRangeRules).values(batch),
  )
}

async function inBatches<T>(rows: readonly T[], write: (batch: T[]) => PromiseLike<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    await write(rows.slice(start, start + rowsPerStatement))
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
