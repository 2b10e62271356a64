/** The compiled model against a first-match scan of the list, written without any of its parts. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oddSpellings } from './ats/parent-config.ts'
import { type ConfigDocument, canonicalDocument, defaultFailover, type Rule } from './config-document.ts'
import { plainlySpelled } from './route/decision.ts'
import { compileRoutes, explainRoute, type RouteBranch, type RouteRequest } from './route.ts'
import { checkDocument } from './rules.ts'
import type { Route, RuleKind } from './vocabulary.ts'

const circumstances = { outboundExceptions: ['10.0.0.3', '2001:db8::2'] }
const span = 12

/** 10.0.0.N and 2001:db8::N, so that a test can count with N. */
interface Point {
  readonly family: 4 | 6
  readonly at: number
}
interface Line {
  readonly kind: RuleKind
  readonly name: string
  readonly family: 4 | 6
  readonly first: number
  readonly last: number
  readonly action: Route
  readonly enabled: boolean
}

const route = fc.constantFrom<Route>('direct', 'parent')
const family = fc.constantFrom<4 | 6>(4, 6)
const name = fc
  .array(fc.constantFrom('a', 'b', 'c1', 'corp', 'ext'), { minLength: 1, maxLength: 4 })
  .map((labels) => `${labels.join('.')}.example`)
const line: fc.Arbitrary<Line> = fc
  .record({
    kind: fc.constantFrom<RuleKind>('domain', 'host', 'ip_range'),
    name,
    family,
    ends: fc.tuple(fc.nat(span), fc.nat(span)),
    action: route,
    isOff: fc.nat(4).map((each) => each === 0),
  })
  .map(({ kind, name, family, ends, action, isOff }) => ({
    kind,
    name,
    family,
    first: Math.min(...ends),
    last: Math.max(...ends),
    action,
    enabled: !isOff,
  }))

const lines = fc.uniqueArray(line, {
  maxLength: 14,
  selector: (each) => (each.kind === 'ip_range' ? rangeText(each) : `${each.kind} ${each.name}`),
})
const point: fc.Arbitrary<Point> = fc.record({ family, at: fc.nat(span + 2) })

function addressText({ family, at }: Point): string {
  return family === 4 ? `10.0.0.${at}` : `2001:db8::${at.toString(16)}`
}

function rangeText({ family, first, last }: Line): string {
  return first === last
    ? addressText({ family, at: first })
    : `${addressText({ family, at: first })}-${addressText({ family, at: last })}`
}

function documentOf(all: readonly Line[], defaultAction: Route, directWhenAllDown: boolean): ConfigDocument {
  return {
    defaultAction,
    rules: all.map(
      (each, index): Rule => ({
        id: String(index),
        kind: each.kind,
        value: each.kind === 'ip_range' ? rangeText(each) : each.name,
        action: each.action,
        enabled: each.enabled,
        note: '',
        owner: '',
        expiresAt: null,
      }),
    ),
    parentProxies: [{ host: '192.0.2.1', port: 3128, priority: 1, enabled: true }],
    clientRules: [],
    failover: { ...defaultFailover, directWhenAllDown },
    routeTests: [],
  }
}

/** Index of the first line that matches, -1 for none. */
function scan(all: readonly Line[], host: string | null, address: Point | null): number {
  return all.findIndex((each) => {
    if (!each.enabled) return false
    if (each.kind === 'ip_range') {
      return each.family === address?.family && each.first <= address.at && address.at <= each.last
    }
    if (host === null) return false
    return each.kind === 'host' ? host === each.name : `.${host}`.endsWith(`.${each.name}`)
  })
}

function actionAt(all: readonly Line[], index: number, defaultAction: Route): Route {
  return all[index]?.action ?? defaultAction
}

function requestOf(url: string, resolvedAddress: string | null = null): RouteRequest {
  return { url, method: 'GET', clientAddress: null, resolvedAddress }
}

const scene = fc.record({ all: lines, defaultAction: route, directWhenAllDown: fc.boolean() })

/** Whether names go to the parents without being looked up. */
function isBlind(all: readonly Line[], defaultAction: Route, directWhenAllDown: boolean): boolean {
  const enabled = all.filter((each) => each.enabled)
  return (
    [defaultAction, ...enabled.map(({ action }) => action)].every((action) => action === 'parent') &&
    !directWhenAllDown
  )
}

test('a literal or resolved address goes where the first matching line says', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(scene, name, point, ({ all, defaultAction, directWhenAllDown }, host, address) => {
      const document = documentOf(all, defaultAction, directWhenAllDown)
      expect(checkDocument(document)).toEqual([])
      const table = compileRoutes(document, circumstances)
      const literal = address.family === 4 ? addressText(address) : `[${addressText(address)}]`

      const byLiteral = scan(all, null, address)
      expect(table.decide(requestOf(`http://${literal}/`))).toMatchObject({
        verdict: actionAt(all, byLiteral, defaultAction),
        rule: byLiteral < 0 ? null : { id: String(byLiteral) },
      })
      const seen = isBlind(all, defaultAction, directWhenAllDown) ? null : address
      const byName = scan(all, host, seen)
      expect(table.decide(requestOf(`https://${host}/`, addressText(address)))).toMatchObject({
        verdict: actionAt(all, byName, defaultAction),
        rule: byName < 0 ? null : { id: String(byName) },
      })
    }),
    { numRuns: 1_000 },
  )
})

test('an unknown address matters exactly where addresses lead different ways, and branches agree with each of them', {
  timeout: 60_000,
}, () => {
  const everyPoint = ([4, 6] as const).flatMap((family) =>
    Array.from({ length: span + 2 }, (_, at): Point => ({ family, at })),
  )
  fc.assert(
    fc.property(scene, name, ({ all, defaultAction, directWhenAllDown }, host) => {
      const table = compileRoutes(documentOf(all, defaultAction, directWhenAllDown), circumstances)
      const explanation = table.explain(requestOf(`http://${host}/`))
      const points = isBlind(all, defaultAction, directWhenAllDown) ? [] : everyPoint
      const routes = new Set(
        [null, ...points].map((each) => actionAt(all, scan(all, host, each), defaultAction)),
      )
      const [only] = routes
      expect(explanation.verdict).toBe(routes.size > 1 ? 'depends_on_address' : only)
      if (routes.size === 1) return
      for (const text of [
        ...everyPoint.map(addressText),
        '127.0.0.1',
        '0.0.0.0',
        '::',
        'fe80::1',
        '198.51.100.1',
      ]) {
        const decided = table.decide(requestOf(`http://${host}/`, text))
        expect(branchWith(explanation.branches, text)).toMatchObject({
          verdict: decided.verdict,
          rule: decided.rule,
        })
      }
    }),
    { numRuns: 500 },
  )
})

/** The one branch that lists an address, else "every other address". */
function branchWith(branches: readonly RouteBranch[], address: string): RouteBranch | undefined {
  const holding = branches.filter(({ addresses }) => addresses.some((range) => holds(range, address)))
  expect(holding.length).toBeLessThan(2)
  return holding[0] ?? branches.find(({ isEveryOther }) => isEveryOther)
}

function holds(range: string, address: string): boolean {
  if (range.includes(':') !== address.includes(':')) return false
  const [base = '', bits] = range.split('/')
  const [first = '', last = first] = base.split('-')
  const at = numberOf(address)
  if (bits === undefined) return numberOf(first) <= at && at <= numberOf(last)
  const size = 1n << BigInt((range.includes(':') ? 128 : 32) - Number(bits))
  return numberOf(first) <= at && at < numberOf(first) + size
}

function numberOf(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const missing = 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)]
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

test('asking again, or of the canonical document, gives the same answer', () => {
  fc.assert(
    fc.property(scene, name, fc.option(point), ({ all, defaultAction, directWhenAllDown }, host, address) => {
      const document = documentOf(all, defaultAction, directWhenAllDown)
      const request = requestOf(`http://${host}/`, address === null ? null : addressText(address))
      const first = explainRoute(document, request, circumstances)
      expect(explainRoute(document, request, circumstances)).toEqual(first)
      expect(explainRoute(canonicalDocument(document), request, circumstances)).toEqual(first)
      const { verdict, rule, parents } = first
      expect(compileRoutes(document, circumstances).decide(request)).toEqual({ verdict, rule, parents })
    }),
    { numRuns: 300 },
  )
})

test('any text as a URL, method or address gets a verdict', { timeout: 60_000 }, () => {
  const table = compileRoutes(
    documentOf(
      [
        { kind: 'domain', name: 'a.example', family: 4, first: 0, last: 0, action: 'direct', enabled: true },
        { kind: 'ip_range', name: '', family: 4, first: 1, last: 9, action: 'parent', enabled: true },
      ],
      'parent',
      false,
    ),
    circumstances,
  )
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.stringMatching(/^(https?:\/\/)?[A-Za-z0-9.%@:[\]+_-]{0,30}(:[0-9]{0,6})?\/?$/),
  )
  fc.assert(
    fc.property(
      text,
      fc.option(text),
      fc.option(text),
      fc.oneof(text, fc.constant('CONNECT')),
      (url, a, b, method) => {
        const request = { url, method, clientAddress: a, resolvedAddress: b }
        for (const each of [request, requestOf(url)]) {
          const { verdict, reasons } = table.explain(each)
          expect(['direct', 'parent', 'denied', 'depends_on_address']).toContain(verdict)
          expect(reasons.length).toBeGreaterThan(0)
        }
      },
    ),
    { numRuns: 3_000 },
  )
})

test('what counts as plainly spelled at a glance matches none of the patterns for odd spellings', () => {
  const part = fc.constantFrom(
    'http://',
    'https://',
    'HTTP://',
    'a',
    '0x7f',
    '1',
    '10',
    '.',
    '-',
    '_',
    ':',
    '80',
  )
  const text = fc
    .array(fc.oneof(part, fc.constantFrom('/', '@', '%', 'A', '?', '[', ']', '::ffff:')))
    .map((parts) => parts.join(''))
  const patterns = oddSpellings.map(({ pattern }) => new RegExp(pattern))
  let plain = 0
  fc.assert(
    fc.property(text, (start) => {
      const url = `${start}/`
      if (!plainlySpelled.test(url)) return
      plain += 1
      expect(patterns.filter((pattern) => pattern.test(url))).toEqual([])
    }),
    { numRuns: 20_000 },
  )
  // About 580 of them are plain, give or take 24: fewer than this are no chance.
  expect(plain).toBeGreaterThan(400)
})
