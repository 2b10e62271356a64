/** Takes a parent out of use on some proxies, and brings it back: intent, which their agents carry out and keep. */
import { and, type SQL, sql } from 'drizzle-orm'
import { type Problem, Refusal, refuseInput } from '../core/refusal.ts'
import { isStorable } from '../core/stored-text.ts'
import { configVersions, proxies } from '../database/tables.ts'
import type { Operation } from '../operation.ts'
import { permit } from '../permit.ts'
import { isMeant, type ParentScope, problemsOfScope } from './parent-hosts.read.ts'

/** Without a scope: every proxy that it concerns. */
export interface BringBackParentInput extends ParentScope {
  /** As in the config, without a port: ATS knows hosts only. */
  readonly host: string
}
export interface TakeOutParentInput extends BringBackParentInput {
  readonly reason: string
}

const longestReason = 500

/**
 * How many proxies were changed: those that should run a config with an enabled parent on this host, where it isn't
 * out yet. @throws Refusal FORBIDDEN, BAD_USER_INPUT, CONFLICT when there is none
 */
export async function takeOutParent(op: Operation, input: TakeOutParentInput): Promise<number> {
  const { name: by } = permit(op, 'parent.withdraw')
  const reason = input.reason.trim()
  const problems = problemsOf(input)
  if (reason === '' || reason.length > longestReason || !isStorable(reason)) {
    const message = `Say why, in at most ${longestReason} characters.`
    problems.push({ path: 'reason', code: 'REASON_MALFORMED', message })
  }
  requireNone(problems)
  const entry = JSON.stringify([{ host: input.host, reason, by, at: op.now.toISOString() }])
  const enabled = JSON.stringify({ parentProxies: [{ host: input.host, enabled: true }] })
  const hasParent = sql`exists (select from ${configVersions} where ${configVersions.id} = ${proxies.versionId}
    and ${configVersions.document} @> ${enabled}::jsonb)`
  return op.change(async (tx) => {
    const changed = await tx
      .update(proxies)
      .set({ takenOut: sql`${proxies.takenOut} || ${entry}::jsonb` })
      .where(and(isMeant(op, input), hasParent, sql`not ${isOut(input.host)}`))
      .returning({ id: proxies.id, name: proxies.hostname })
    const [first, ...rest] = changed.map(({ id, name }) => ({
      action: 'parent.withdraw' as const,
      entity: { kind: 'proxy' as const, id, name },
      new: { parent: input.host, reason },
    }))
    if (!first) {
      throw new Refusal('CONFLICT', `host: no such proxy uses a parent on ${input.host} that is not out yet.`)
    }
    return { result: changed.length, audit: [first, ...rest] }
  })
}

/**
 * How many proxies were changed: those where it is out, whatever they run now.
 * @throws Refusal FORBIDDEN, BAD_USER_INPUT, CONFLICT when there is none
 */
export async function bringBackParent(op: Operation, input: BringBackParentInput): Promise<number> {
  permit(op, 'parent.return')
  requireNone(problemsOf(input))
  return op.change(async (tx) => {
    const changed = await tx
      .update(proxies)
      .set({
        takenOut: sql`(select coalesce(jsonb_agg(entry order by place), '[]')
          from jsonb_array_elements(${proxies.takenOut}) with ordinality as entries(entry, place)
          where entry ->> 'host' <> ${input.host})`,
      })
      .where(and(isMeant(op, input), isOut(input.host)))
      .returning({ id: proxies.id, name: proxies.hostname })
    const [first, ...rest] = changed.map(({ id, name }) => ({
      action: 'parent.return' as const,
      entity: { kind: 'proxy' as const, id, name },
      old: { parent: input.host },
    }))
    if (!first) throw new Refusal('CONFLICT', `host: ${input.host} is taken out on none of these proxies.`)
    return { result: changed.length, audit: [first, ...rest] }
  })
}

function isOut(host: string): SQL {
  return sql`${proxies.takenOut} @> ${JSON.stringify([{ host }])}::jsonb`
}

function problemsOf(input: BringBackParentInput): Problem[] {
  const { host } = input
  const problems = problemsOfScope(input)
  if (host === '' || host.length > 253 || !isStorable(host)) {
    problems.unshift({
      path: 'host',
      code: 'HOST_MALFORMED',
      message: 'Name a parent’s host, without a port.',
    })
  }
  return problems
}

function requireNone([first, ...rest]: readonly Problem[]): void {
  if (first) throw refuseInput([first, ...rest])
}
