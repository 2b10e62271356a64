/** From what a caller sends to a canonical document, refused by field and rule where it can't be stored. */
import {
  type ClientRule,
  type ConfigDocument,
  canonicalDocument,
  defaultFailover,
  type Failover,
  limits,
  type ParentProxy,
  type Rule,
} from '../core/config-document.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { RouteTest } from '../core/route-test-shape.ts'
import { checkDocument, incompleteCodes } from '../core/rules.ts'
import type { Route } from '../core/vocabulary.ts'
import { withIds } from './working-copy.ts'

/** A rule as sent: without an id it is new. */
export interface RuleFields {
  readonly kind: Rule['kind']
  readonly value: string
  readonly action: Route
  readonly enabled: boolean
  readonly note: string
  readonly owner: string
  readonly expiresAt?: Date | null | undefined
}

/** A route test as sent. */
export interface RouteTestFields {
  readonly target: string
  readonly method: string
  readonly clientAddress?: string | null | undefined
  readonly resolvedAddress?: string | null | undefined
  readonly expect: RouteTest['expect']
  readonly note: string
}

/** What a caller may set; what is absent stays as it is. */
export interface DocumentFields {
  readonly defaultAction?: Route | undefined
  readonly rules?: readonly RuleFields[] | undefined
  readonly parentProxies?: readonly ParentProxy[] | undefined
  readonly clientRules?: readonly ClientRule[] | undefined
  readonly routeTests?: readonly RouteTestFields[] | undefined
  readonly failover?: Partial<{ [K in keyof Failover]: Failover[K] | null | undefined }> | undefined
}

/** @throws Refusal BAD_USER_INPUT with every problem's path, code and message */
export function documentFrom(before: ConfigDocument | null, fields: DocumentFields): ConfigDocument {
  const document = canonicalDocument({
    defaultAction: fields.defaultAction ?? before?.defaultAction ?? 'direct',
    rules: fields.rules ? keepIds(before?.rules ?? [], fields.rules) : (before?.rules ?? []),
    parentProxies:
      fields.parentProxies?.map(({ host, port, priority, enabled }) => ({ host, port, priority, enabled })) ??
      before?.parentProxies ??
      [],
    clientRules:
      fields.clientRules?.map(({ range, action }) => ({ range, action })) ?? before?.clientRules ?? [],
    failover: { ...(before?.failover ?? defaultFailover), ...given(fields.failover ?? {}) },
    routeTests: fields.routeTests?.map(routeTestFrom) ?? before?.routeTests ?? [],
  })
  requireStorable(document)
  return document
}

export function requireStorable(document: ConfigDocument): void {
  const [first, ...rest] = checkDocument(document).filter((problem) => !incompleteCodes.has(problem.code))
  if (first) throw refuseInput([first, ...rest])
}

/** A whole list comes without ids; a rule that means the same thing keeps the id it had. */
function keepIds(before: readonly Rule[], rules: readonly RuleFields[]): Rule[] {
  const known = new Map(before.map((rule) => [`${rule.kind} ${rule.value}`, rule.id]))
  const fresh = canonicalDocument({
    defaultAction: 'direct',
    rules: withIds(rules.map(ruleFrom)),
    parentProxies: [],
    clientRules: [],
    failover: defaultFailover,
    routeTests: [],
  }).rules
  return fresh.map((rule) => {
    const key = `${rule.kind} ${rule.value}`
    const id = known.get(key) ?? rule.id
    known.delete(key) // a duplicate must not take the same id; it is refused by name later
    return { ...rule, id }
  })
}

export function ruleFrom(fields: RuleFields): Omit<Rule, 'id'> {
  const { kind, value, action, enabled, note, owner, expiresAt } = fields
  return { kind, value, action, enabled, note, owner, expiresAt: expiresAt?.toISOString() ?? null }
}

function routeTestFrom(fields: RouteTestFields): RouteTest {
  const { target, method, clientAddress, resolvedAddress, expect, note } = fields
  return {
    target,
    method,
    clientAddress: clientAddress ?? null,
    resolvedAddress: resolvedAddress ?? null,
    expect,
    note,
  }
}

function given<T extends object>(fields: T): { [K in keyof T]: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: NonNullable<T[K]> }
}

/** @throws Refusal BAD_USER_INPUT */
export function nameFrom(name: string): string {
  const trimmed = name.trim()
  const problem = (code: string, message: string): Problem => ({ path: 'name', code, message })
  if (trimmed === '') throw refuseInput([problem('NAME_EMPTY', 'Give the config a name.')])
  if (trimmed.length > limits.nameLength) {
    throw refuseInput([problem('NAME_TOO_LONG', `At most ${limits.nameLength} characters.`)])
  }
  return trimmed
}

/** Why somebody is turned down or something is ended. @throws Refusal BAD_USER_INPUT */
export function reasonFrom(reason: string, wish: string): string {
  const trimmed = reason.trim()
  if (trimmed === '') throw refuseInput([{ path: 'reason', code: 'REASON_EMPTY', message: wish }])
  if (trimmed.length <= limits.noteLength) return trimmed
  const message = `At most ${limits.noteLength} characters.`
  throw refuseInput([{ path: 'reason', code: 'REASON_TOO_LONG', message }])
}

/** @throws Refusal BAD_USER_INPUT */
export function descriptionFrom(description: string): string {
  if (description.length <= limits.descriptionLength) return description
  const message = `At most ${limits.descriptionLength} characters.`
  throw refuseInput([{ path: 'description', code: 'DESCRIPTION_TOO_LONG', message }])
}
