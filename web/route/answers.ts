/** One side's answer to a request: what the rules say, or why they can't say anything. */
import type { ConfigDocument, Rule } from '#core/config-document'
import type { Problem } from '#core/refusal'
import {
  compileRoutes,
  parseRouteRequest,
  type RouteBranch,
  type RouteCircumstances,
  type RouteDecision,
  type RouteExplanation,
} from '#core/route'
import { t } from '../locales/i18n.ts'
import { type Asked, requestOf } from './asked.ts'

export type Answer =
  | { readonly kind: 'nothing-asked' }
  /** The request itself can't be sent; the path is one of a RouteRequest. */
  | { readonly kind: 'bad-request'; readonly problem: Problem }
  | { readonly kind: 'answered'; readonly explanation: RouteExplanation; readonly rowOf: RowOf }

/** A rule's row, from 1, by its id. */
export type RowOf = (rule: Pick<Rule, 'id'>) => number

export function answerTo(asked: Asked, document: ConfigDocument, circumstances: RouteCircumstances): Answer {
  if (asked.url.trim() === '') return { kind: 'nothing-asked' }
  const request = requestOf(asked)
  const parsed = parseRouteRequest(request)
  if (!parsed.ok) return { kind: 'bad-request', problem: parsed.problem }
  const explanation = compileRoutes(document, circumstances).explain(request)
  return { kind: 'answered', explanation, rowOf: rowsOf(document) }
}

const knownRows = new WeakMap<ConfigDocument, ReadonlyMap<string, number>>()

export function rowsOf(document: ConfigDocument): RowOf {
  const rows = knownRows.get(document) ?? new Map(document.rules.map(({ id }, index) => [id, index + 1]))
  knownRows.set(document, rows)
  return ({ id }) => rows.get(id) ?? 0
}

/** `Direct, by rule 4.` */
export function spokenAnswer({ verdict, rule, reasons }: RouteExplanation, rowOf: RowOf): string {
  const by = decidedBy(rule, reasons, rowOf)
  const words = t(`verdict.${verdict}`)
  return by === undefined
    ? t('try.saidWithoutRule', { verdict: words })
    : t('try.said', { verdict: words, by })
}

/** `by rule 4`, `by the default action`; undefined where neither decides. */
export function decidedBy(
  rule: Rule | null,
  reasons: RouteExplanation['reasons'],
  rowOf: RowOf,
): string | undefined {
  if (rule !== null) return t('try.byRule', { row: rowOf(rule) })
  return reasons.some(({ code }) => code === 'DEFAULT_DECIDES') ? t('try.byDefault') : undefined
}

/** Whether a client would notice nothing: same verdict, same parents in the same order, same branches. */
export function isSameOutcome(before: RouteExplanation, after: RouteExplanation): boolean {
  return (
    outcomeOf(before) === outcomeOf(after) &&
    before.branches.map(branchOf).sort().join('\n') === after.branches.map(branchOf).sort().join('\n')
  )
}

/** `10.96.215.26:3128, then 10.253.16.93:3128` */
export function parentWords(parents: RouteDecision['parents']): string {
  return parents.map(({ host, port }) => `${host}:${port}`).join(t('try.thenList'))
}

function outcomeOf({ verdict, parents }: RouteDecision): string {
  return JSON.stringify([verdict, parents.map(({ host, port }) => `${host}:${port}`)])
}

function branchOf(branch: RouteBranch): string {
  return JSON.stringify([branch.isEveryOther, branch.addresses, branch.unlistedAddresses, outcomeOf(branch)])
}
