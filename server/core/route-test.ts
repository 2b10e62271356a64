/** Route tests kept with a config: run against a document, they say whether it still does what somebody relies on. */
import {
  type ConfigDocument,
  canonicalDocument,
  enabledParents,
  enabledRules,
  limits,
  type ParentProxy,
  type Rule,
} from './config-document.ts'
import { parseDomainName } from './domain-name.ts'
import type { Problem } from './refusal.ts'
import {
  compileRoutes,
  parseRouteRequest,
  type RouteCircumstances,
  type RouteReason,
  type RouteRequest,
  type RouteTable,
  reasonSentence,
} from './route.ts'
import type { RouteTest } from './route-test-shape.ts'
import { RouteExpectation, type Verdict } from './vocabulary.ts'

export interface RouteTestResult {
  readonly passed: boolean
  /** For a target that stands for many names: of the first that fails. */
  readonly got: Verdict
  /** The rule that decides that request, and the parents that it may go to. */
  readonly rule: Rule | null
  readonly parents: readonly ParentProxy[]
  /** The URL or host and port that was asked for; null: none was. */
  readonly url: string | null
  /** What decided; null where no single fact did. */
  readonly reason: RouteReason | null
  /** A sentence that names the request and what decided. */
  readonly because: string
}

/**
 * Runs tests that `checkRouteTests` has no problem with, in order; a target that does not parse fails.
 *
 * A target `*.corp.example` holds for the name itself, for every name that an enabled rule below it names, and for
 * names below each of these that no rule names: together they stand for every name below. One run asks for at most
 * `limits.routeTestRequests` names; a test beyond them fails and says so.
 */
export function runRouteTests(
  document: ConfigDocument,
  tests: readonly RouteTest[],
  circumstances: RouteCircumstances,
): RouteTestResult[] {
  // Most configs have none, and 10,000 rules take long to compile.
  if (tests.length === 0) return []
  const table = compileRoutes(document, circumstances)
  const canonical = canonicalDocument(document)
  const known = new Map<string, RouteTestResult>()
  const budget = { left: limits.routeTestRequests }
  return tests.map((test) => {
    const { note: _, ...asked } = test
    const key = JSON.stringify(asked)
    const result = known.get(key) ?? runTest(table, canonical, test, budget)
    known.set(key, result)
    return result
  })
}

/**
 * What is wrong with tests as typed; empty: they can be kept and run. Paths count from 0 (`routeTests.3.target`).
 * At most `limits.problems` are listed. Never throws.
 */
export function checkRouteTests(tests: readonly RouteTest[]): Problem[] {
  const tooMany = tests.length - limits.routeTests
  return [
    ...(tooMany > 0
      ? [
          {
            path: 'routeTests',
            code: 'TOO_MANY_ROUTE_TESTS',
            message: `A config holds at most ${limits.routeTests} route tests, not ${tests.length}.`,
          },
        ]
      : []),
    ...tests.slice(0, limits.routeTests).flatMap(checkTest),
  ].slice(0, limits.problems)
}

function runTest(
  table: RouteTable,
  document: ConfigDocument,
  test: RouteTest,
  budget: { left: number },
): RouteTestResult {
  let last: RouteTestResult | undefined
  for (const host of hostsOf(document, test.target)) {
    budget.left -= 1
    if (budget.left < 0) {
      const because = `${test.target}: the tests of this config stand for more than ${limits.routeTestRequests} names.`
      return { ...nothingAsked, got: last?.got ?? 'denied', because }
    }
    const request = { ...test, url: urlOf(host, test.method) }
    const { verdict, rule, parents } = table.decide(request)
    const passed = isExpected(document, test, verdict, parents.length)
    if (passed && last !== undefined) continue
    const reason = decidingReason(table, request)
    last = {
      passed,
      got: verdict,
      rule,
      parents,
      url: request.url,
      reason,
      because: because(document, request, verdict, reason),
    }
    if (!passed) return last
  }
  return last ?? { ...nothingAsked, because: 'The target names no host.' }
}

const nothingAsked = {
  passed: false,
  got: 'denied',
  rule: null,
  parents: [],
  url: null,
  reason: null,
} as const

function decidingReason(table: RouteTable, request: RouteRequest): RouteReason | null {
  const { reasons } = table.explain(request)
  const fact =
    reasons.find(({ code }) => deciding.has(code)) ?? reasons.find(({ code }) => code.startsWith('CLIENT_'))
  return fact ?? null
}

function isExpected(
  { failover }: ConfigDocument,
  { expect }: RouteTest,
  verdict: Verdict,
  parents: number,
): boolean {
  if (expect !== 'primary') return verdict === expect
  return verdict === 'parent' && (failover.selection === 'primary_first' || parents === 1)
}

function because(
  document: ConfigDocument,
  { url, expect }: { readonly url: string } & RouteTest,
  verdict: Verdict,
  reason: RouteReason | null,
): string {
  const sentences = [
    `${url}: ${verdict.replaceAll('_', ' ')}.`,
    ...(reason === null ? [] : [reasonSentence(reason)]),
  ]
  if (expect === 'primary' && verdict === 'parent' && document.failover.selection !== 'primary_first') {
    const count = enabledParents(document).length
    if (count > 1) sentences.push(`Which of the ${count} parents is first is not fixed.`)
  }
  return sentences.join(' ')
}

const deciding: ReadonlySet<string> = new Set([
  'REQUEST_MALFORMED',
  'CLIENT_DENIED',
  'CLIENT_NOT_LISTED',
  'CACHE_METHOD_DENIED',
  'ANY_ADDRESS_REFUSED',
  'DESTINATION_DENIED',
  'LOOPBACK_GOES_DIRECT',
  'LOOPBACK_UNREACHABLE',
  'ODD_SPELLING',
  'NAME_MATCHES',
  'ADDRESS_MATCHES',
  'DEFAULT_DECIDES',
  'ADDRESS_DECIDES',
  'SAME_FOR_EVERY_ADDRESS',
])

function hostsOf(document: ConfigDocument, target: string): Iterable<string> {
  const domain = domainOf(target)
  return domain === null ? [target.trim()] : namesFor(document, domain)
}

/** One name of each kind that the rules can tell apart. */
function* namesFor(document: ConfigDocument, domain: string): Generator<string> {
  const below = enabledRules(document).filter(
    ({ kind, value }) => kind !== 'ip_range' && value.endsWith(`.${domain}`),
  )
  const named = new Set([domain, ...below.map(({ value }) => value)])
  const parents = new Set([
    domain,
    ...below.filter(({ kind }) => kind === 'domain').map(({ value }) => value),
  ])
  yield* named
  for (const parent of parents) yield unnamedBelow(parent, named)
}

/** No rule is for it, nor for a name between it and its parent: one label, which no rule uses there. */
function unnamedBelow(parent: string, named: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = `any${number === 1 ? '' : number}.${parent}`
    if (!named.has(name)) return name
  }
}

/** The domain of a target `*.corp.example`; null for any other target. */
function domainOf(target: string): string | null {
  if (!target.trim().startsWith('*.')) return null
  const parsed = parseDomainName(target, { allowWildcard: true })
  return parsed.ok ? parsed.name : null
}

/** A bare host gets the port that its method uses. */
function urlOf(target: string, method: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\/|:[0-9]+$/i.test(target) && !/^[0-9a-f]*:[0-9a-f:]*$/i.test(target))
    return target
  const host = target.includes(':') && !target.startsWith('[') ? `[${target}]` : target
  return method.trim() === 'CONNECT' ? `${host}:443` : `http://${host}/`
}

function checkTest(test: RouteTest, index: number): Problem[] {
  const at = `routeTests.${index}`
  return [
    ...checkTarget(test, at),
    ...(Object.values(RouteExpectation).some((known) => known === test.expect)
      ? []
      : [
          {
            path: `${at}.expect`,
            code: 'EXPECTATION_UNKNOWN',
            message: 'A route test expects direct, parent, primary or denied.',
          },
        ]),
    ...(test.note.length > limits.noteLength
      ? [
          {
            path: `${at}.note`,
            code: 'NOTE_TOO_LONG',
            message: `A note has at most ${limits.noteLength} characters, not ${test.note.length}.`,
          },
        ]
      : []),
  ]
}

function checkTarget(test: RouteTest, at: string): Problem[] {
  const target = test.target.trim()
  const domain = domainOf(target)
  // In a host only: a path may hold one.
  if (domain === null && /^([a-z]+:\/\/)?[^/?#]*\*/i.test(target)) {
    return [
      {
        path: `${at}.target`,
        code: 'TARGET_MALFORMED',
        message: 'Write a URL, name:port, a name, or *.corp.example for a domain and all below it.',
      },
    ]
  }
  const parsed = parseRouteRequest({ ...test, url: urlOf(domain ?? target, test.method) })
  if (parsed.ok) return []
  const { path, code, message } = parsed.problem
  return [{ path: `${at}.${path === 'url' ? 'target' : path}`, code, message }]
}
