import { expect, test } from 'vitest'
import { type ConfigDocument, defaultFailover, type Rule } from './config-document.ts'
import { checkRouteTests, runRouteTests } from './route-test.ts'
import type { RouteTest } from './route-test-shape.ts'
import type { ParentSelection, Route, RouteExpectation, RuleKind } from './vocabulary.ts'

function rule(kind: RuleKind, value: string, action: Route, enabled = true): Rule {
  return { id: value, kind, value, action, enabled, note: '', owner: '', expiresAt: null }
}

function documentOf(rules: readonly Rule[], selection: ParentSelection = 'primary_first'): ConfigDocument {
  return {
    defaultAction: 'parent',
    rules,
    parentProxies: [
      { host: '192.0.2.1', port: 3128, priority: 1, enabled: true },
      { host: '192.0.2.2', port: 3128, priority: 2, enabled: true },
    ],
    clientRules: [],
    failover: { ...defaultFailover, selection },
    routeTests: [],
  }
}

function routeTest(target: string, expected: RouteExpectation, more: Partial<RouteTest> = {}): RouteTest {
  return {
    target,
    method: 'GET',
    clientAddress: null,
    resolvedAddress: null,
    expect: expected,
    note: '',
    ...more,
  }
}

function run(document: ConfigDocument, ...tests: RouteTest[]) {
  expect(checkRouteTests(tests)).toEqual([])
  return runRouteTests(document, tests, { outboundExceptions: [] })
}

const document = documentOf([
  rule('host', 'odd.corp.example', 'parent'),
  rule('domain', 'corp.example', 'direct'),
  rule('domain', 'off.corp.example', 'parent', false),
])

test.each<[string, RouteExpectation, Partial<RouteTest>, boolean]>([
  ['corp.example', 'direct', {}, true],
  ['corp.example', 'direct', { method: 'CONNECT' }, true],
  ['https://www.corp.example/path', 'direct', {}, true],
  ['www.corp.example:8443', 'direct', {}, true],
  ['corp.example', 'denied', { resolvedAddress: '127.0.0.1' }, true],
  ['corp.example', 'denied', { clientAddress: '203.0.113.1' }, true],
  ['corp.example', 'parent', {}, false],
  ['ext.example', 'parent', {}, true],
  ['ext.example', 'primary', {}, true],
  ['ext.example', 'direct', {}, false],
  ['2001:db8::1', 'parent', {}, true],
  ['[2001:db8::1]', 'parent', { method: 'CONNECT' }, true],
])('%s is expected %s with %j: %s', (target, expected, more, passed) => {
  expect(run(document, routeTest(target, expected, more))).toMatchObject([{ passed }])
})

test('a domain and all below it holds only if no rule below says otherwise', () => {
  const [result] = run(document, routeTest('*.corp.example', 'direct'))
  expect(result).toMatchObject({ passed: false, got: 'parent' })
  expect(result?.because).toBe(
    'http://odd.corp.example/: parent. Rule 1 (host odd.corp.example) is the first that matches odd.corp.example: parent.',
  )
  const without = documentOf(document.rules.slice(1))
  expect(run(without, routeTest('*.corp.example', 'direct'))).toMatchObject([{ passed: true, got: 'direct' }])
})

test('a host rule covers the name itself and nothing below', () => {
  const only = documentOf([rule('host', 'corp.example', 'direct')])
  expect(run(only, routeTest('*.corp.example', 'direct'))).toMatchObject([{ passed: false, got: 'parent' }])
})

test('names below a domain rule that only its apex hides are asked for too', () => {
  const hidden = documentOf([
    rule('host', 'a.corp.example', 'direct'),
    rule('domain', 'a.corp.example', 'parent'),
    rule('domain', 'corp.example', 'direct'),
  ])
  expect(run(hidden, routeTest('*.corp.example', 'direct'))).toMatchObject([{ passed: false, got: 'parent' }])
})

test('a name that depends on its address passes only with that address', () => {
  const ranged = documentOf([rule('ip_range', '10.0.0.0/8', 'direct'), rule('domain', 'a.example', 'parent')])
  const results = run(
    ranged,
    routeTest('a.example', 'parent'),
    routeTest('a.example', 'parent', { resolvedAddress: '192.0.2.9' }),
    routeTest('a.example', 'direct', { resolvedAddress: '10.0.0.9' }),
  )
  expect(results.map(({ passed }) => passed)).toEqual([false, true, true])
  expect(results[0]?.got).toBe('depends_on_address')
})

test('the primary comes first only where parents are tried in order', () => {
  const turns = documentOf([], 'round_robin')
  const [primary, parent] = run(turns, routeTest('a.example', 'primary'), routeTest('a.example', 'parent'))
  expect([primary?.passed, parent?.passed]).toEqual([false, true])
  expect(primary?.because).toMatch(/Which of the 2 parents is first is not fixed\.$/)
})

test.each([
  [routeTest('*corp.example', 'direct'), 'target', 'TARGET_MALFORMED'],
  [routeTest('http://*.corp.example/', 'direct'), 'target', 'TARGET_MALFORMED'],
  [routeTest('*.10.0.0.1', 'direct'), 'target', 'TARGET_MALFORMED'],
  [routeTest('', 'direct'), 'target', 'URL_MALFORMED'],
  [routeTest('ftp://corp.example/', 'direct'), 'target', 'SCHEME_UNKNOWN'],
  [routeTest('corp.example', 'direct', { method: '' }), 'method', 'METHOD_MALFORMED'],
  [routeTest('corp.example', 'direct', { clientAddress: 'x' }), 'clientAddress', 'ADDRESS_MALFORMED'],
  [routeTest('corp.example', 'direct', { resolvedAddress: 'x' }), 'resolvedAddress', 'ADDRESS_MALFORMED'],
  [routeTest('corp.example', 'elsewhere' as RouteExpectation), 'expect', 'EXPECTATION_UNKNOWN'],
  [routeTest('corp.example', 'direct', { note: 'x'.repeat(501) }), 'note', 'NOTE_TOO_LONG'],
])('%j is refused by its %s: %s', (wrong, field, code) => {
  expect(checkRouteTests([routeTest('a.example', 'direct'), wrong])).toMatchObject([
    { path: `routeTests.1.${field}`, code },
  ])
})

test('a config keeps a thousand route tests at most', () => {
  const tests = Array.from({ length: 1_001 }, () => routeTest('a.example', 'direct'))
  expect(checkRouteTests(tests)).toMatchObject([{ path: 'routeTests', code: 'TOO_MANY_ROUTE_TESTS' }])
})
