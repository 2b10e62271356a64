/** Where a request goes, and why: the pure model of what ATS does with the files of a document. */
import { type ConfigDocument, type ParentProxy, type Rule } from './config-document.ts'
import type { Problem } from './refusal.ts'
import { Routing } from './route/decision.ts'
import { Explainer } from './route/explanation.ts'
import type { RouteReason } from './route/reasons.ts'
import { parseRouteRequest, type RouteRequestResult } from './route/request.ts'
import type { Verdict } from './vocabulary.ts'

export { reasonSentence } from './route/reasons.ts'
export { parseRouteRequest, type RouteReason, type RouteRequestResult }

/** As the client sends it: spellings count. */
export interface RouteRequest {
  /** Absolute http:// or https:// URL, or host:port. An https URL, and method CONNECT, are a tunnel to host and port. */
  readonly url: string
  readonly method: string
  /** null: some client that may use the proxy. */
  readonly clientAddress: string | null
  /** What the proxy's resolver answers for the host; null: not known. */
  readonly resolvedAddress: string | null
}

export interface RouteCircumstances {
  /** The instance setting: ranges that may be connected to although they are denied in general. */
  readonly outboundExceptions: readonly string[]
}

export interface RouteDecision {
  readonly verdict: Verdict
  /** The rule that decides; null where none does (the default, an odd spelling, a refusal). */
  readonly rule: Rule | null
  /** Those that ATS may use, in the order in which it tries them; empty unless the verdict is `parent`. */
  readonly parents: readonly ParentProxy[]
}

export interface RouteExplanation extends RouteDecision {
  readonly reasons: readonly RouteReason[]
  /** Only for `depends_on_address`: which addresses lead where; every address is in one branch. */
  readonly branches: readonly RouteBranch[]
}

export interface RouteBranch extends RouteDecision {
  /** Addresses, blocks and ranges, ascending; empty for "every other address". */
  readonly addresses: readonly string[]
  /** Ranges of this branch that are not listed. */
  readonly unlistedAddresses: number
  /** Holds for all addresses that no other branch, and no rule without a branch, names. */
  readonly isEveryOther: boolean
}

/** A document compiled once, for any number of requests. */
export interface RouteTable {
  /** Verdict, rule and parents only: for many requests. */
  decide(request: RouteRequest): RouteDecision
  explain(request: RouteRequest): RouteExplanation
}

/**
 * Explains one request under a document that `checkDocument` has no problem with. Never throws: a request that does
 * not parse is `denied`, with the problem as its reason (`parseRouteRequest` names it before). `rule` and `parents`
 * are those of the canonical document.
 */
export function explainRoute(
  document: ConfigDocument,
  request: RouteRequest,
  circumstances: RouteCircumstances,
): RouteExplanation {
  return compileRoutes(document, circumstances).explain(request)
}

interface KnownTable {
  readonly exceptions: string
  readonly table: RouteTable
}

const knownTables = new WeakMap<ConfigDocument, KnownTable>()

/** Compiles a document; the same document and circumstances give the same table again. Documents never change. */
export function compileRoutes(document: ConfigDocument, circumstances: RouteCircumstances): RouteTable {
  const exceptions = circumstances.outboundExceptions.join(' ')
  const known = knownTables.get(document)
  if (known?.exceptions === exceptions) return known.table
  const table = new CompiledTable(document, circumstances)
  knownTables.set(document, { exceptions, table })
  return table
}

class CompiledTable implements RouteTable {
  readonly #routing: Routing
  readonly #explainer: Explainer

  constructor(document: ConfigDocument, circumstances: RouteCircumstances) {
    this.#routing = new Routing(document, circumstances)
    this.#explainer = new Explainer(this.#routing)
  }

  decide(request: RouteRequest): RouteDecision {
    const parsed = parseRouteRequest(request)
    if (!parsed.ok) return { verdict: 'denied', rule: null, parents: [] }
    const { verdict, row } = this.#routing.decide(parsed.request)
    return {
      verdict,
      rule: verdict === 'denied' ? null : (this.#routing.rules[row] ?? null),
      parents: verdict === 'parent' ? this.#routing.parents : [],
    }
  }

  explain(request: RouteRequest): RouteExplanation {
    const parsed = parseRouteRequest(request)
    return parsed.ok ? this.#explainer.explain(parsed.request) : refused(parsed.problem)
  }
}

function refused({ path, code, message }: Problem): RouteExplanation {
  return {
    verdict: 'denied',
    rule: null,
    parents: [],
    branches: [],
    reasons: [{ code: 'REQUEST_MALFORMED', path, problem: code, message }],
  }
}
