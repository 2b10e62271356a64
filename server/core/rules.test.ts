import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type ConfigDocument,
  canonicalDocument,
  defaultFailover,
  limits,
  type Rule,
} from './config-document.ts'
import { reviewWarnings } from './review-warnings.ts'
import { allProblems, checkDocument, problemsByRule } from './rules.ts'
import type { Route, RuleKind } from './vocabulary.ts'

function rule(kind: RuleKind, value: string, action: Route = 'direct', more: Partial<Rule> = {}): Rule {
  return { id: value, kind, value, action, enabled: true, note: '', owner: '', expiresAt: null, ...more }
}

function documentWith(more: Partial<ConfigDocument>): ConfigDocument {
  return {
    defaultAction: 'parent',
    rules: [],
    parentProxies: [{ host: 'parent.example', port: 3128, priority: 1, enabled: true }],
    clientRules: [],
    failover: defaultFailover,
    routeTests: [],
    ...more,
  }
}

function found(document: ConfigDocument): string[] {
  return checkDocument(document).map(({ path, code }) => `${path} ${code}`)
}

test('a plain document has no problems', () => {
  expect(
    found(documentWith({ rules: [rule('domain', '*.Corp.Example.'), rule('ip_range', '10.0.0.0/8')] })),
  ).toEqual([])
})

test('every problem is named by the path of its field', () => {
  const parent = { host: 'parent.example', port: 3128, priority: 1, enabled: true }
  const document = documentWith({
    rules: [
      rule('domain', '10.0.0.1'),
      rule('ip_range', '10.0.0.9-10.0.0.1'),
      rule('host', 'a b', 'direct', { note: 'n'.repeat(501), owner: 'o'.repeat(101), expiresAt: 'tomorrow' }),
    ],
    parentProxies: [
      parent,
      { ...parent, host: '::1', port: 0 },
      { ...parent, host: 'PARENT.example.', priority: 1.5 },
    ],
    clientRules: [{ range: '10.1', action: 'deny' }],
    failover: {
      ...defaultFailover,
      failThreshold: 0,
      retrySeconds: 86_401,
      connectTimeoutSeconds: Number.NaN,
    },
  })
  expect(found(document)).toEqual([
    'rules.0.value ADDRESS_AS_DOMAIN',
    'rules.1.value RANGE_REVERSED',
    'rules.2.value DOMAIN_MALFORMED',
    'rules.2.note NOTE_TOO_LONG',
    'rules.2.owner OWNER_TOO_LONG',
    'rules.2.expiresAt EXPIRES_AT_MALFORMED',
    'parentProxies.1.host PARENT_HOST_MALFORMED',
    'parentProxies.1.port PORT_OUT_OF_RANGE',
    'parentProxies.2.priority PRIORITY_OUT_OF_RANGE',
    'parentProxies.2.host DUPLICATE_PARENT',
    'parentProxies.1.priority DUPLICATE_PRIORITY',
    'clientRules.0.range ADDRESS_SHORT',
    'clientRules NO_CLIENT_ALLOWED',
    'failover.failThreshold FAIL_THRESHOLD_OUT_OF_RANGE',
    'failover.retrySeconds RETRY_SECONDS_OUT_OF_RANGE',
    'failover.connectTimeoutSeconds CONNECT_TIMEOUT_OUT_OF_RANGE',
  ])
})

test('a duplicate names both rows, whatever the spelling; a domain and a host are two things', () => {
  const document = documentWith({
    rules: [rule('domain', 'corp.example'), rule('host', 'corp.example'), rule('domain', '*.CORP.example.')],
  })
  expect(checkDocument(document)).toEqual([
    {
      path: 'rules.2.value',
      code: 'DUPLICATE_RULE',
      message: 'Rules 1 and 3 both name the domain corp.example; only the first could ever match.',
    },
  ])
})

test('sending traffic to parents needs an enabled one', () => {
  const off = { host: 'parent.example', port: 3128, priority: 1, enabled: false }
  const rules = [rule('host', 'a.example', 'parent', { enabled: false }), rule('host', 'b.example', 'parent')]
  expect(found(documentWith({ rules, parentProxies: [off] }))).toEqual([
    'rules.1.action NO_ENABLED_PARENT',
    'defaultAction NO_ENABLED_PARENT',
  ])
  expect(found(documentWith({ defaultAction: 'direct', parentProxies: [] }))).toEqual([])
})

test('an IPv4 address may be a parent, an IPv6 address is refused with advice', () => {
  const parent = { port: 3128, priority: 1, enabled: true }
  expect(found(documentWith({ parentProxies: [{ ...parent, host: '10.96.215.26' }] }))).toEqual([])
  for (const host of ['fd00::1', '[fd00::1]']) {
    const [problem] = checkDocument(documentWith({ parentProxies: [{ ...parent, host }] }))
    expect(problem).toMatchObject({
      code: 'PARENT_HOST_MALFORMED',
      message: expect.stringContaining('use a name'),
    })
  }
})

test('beyond the limits problems are counted, not listed', () => {
  const bad = Array.from({ length: limits.problems + 5 }, (_, index) => rule('host', `a b${index}`))
  expect(checkDocument(documentWith({ rules: bad })).at(-1)).toMatchObject({
    code: 'MORE_PROBLEMS',
    message: 'There are 5 more problems.',
  })
  const many = Array.from({ length: limits.rules + 1 }, (_, index) => rule('host', `h${index}.example`))
  expect(found(documentWith({ rules: many }))).toEqual(['rules TOO_MANY_RULES'])
})

test('all problems can be had, and by the rule that they are about', () => {
  const bad = Array.from({ length: limits.problems + 5 }, (_, index) => rule('host', `a b${index}`))
  const problems = allProblems(documentWith({ rules: [rule('host', 'a.example'), ...bad] }))
  expect(problems).toHaveLength(bad.length)
  const byRule = problemsByRule([...problems, { path: 'defaultAction', code: 'X', message: '' }])
  expect(byRule.size).toBe(bad.length)
  expect(byRule.get(0)).toBeUndefined()
  expect(byRule.get(bad.length)).toEqual([expect.objectContaining({ path: `rules.${bad.length}.value` })])
})

test('checked again after an edit, only what was edited is different', () => {
  const rules = [rule('host', 'a.example'), rule('host', 'a b'), rule('host', 'c.example')]
  expect(found(documentWith({ rules }))).toEqual(['rules.1.value DOMAIN_MALFORMED'])
  const [first, wrong, last] = rules
  const edited = [wrong, first, { ...last, value: 'A.example.' }].filter((each) => each !== undefined)
  expect(found(documentWith({ rules: edited as Rule[] }))).toEqual([
    'rules.0.value DOMAIN_MALFORMED',
    'rules.2.value DUPLICATE_RULE',
  ])
  expect(found(documentWith({ rules }))).toEqual(['rules.1.value DOMAIN_MALFORMED'])
})

test('whatever was typed, checking never throws and the canonical form is its own canonical form', {
  timeout: 30_000,
}, () => {
  const anyRule = fc.record({
    id: fc.string(),
    kind: fc.constantFrom('domain', 'host', 'ip_range'),
    value: fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.ipV4Extended(), fc.ipV6()),
    action: fc.constantFrom('direct', 'parent'),
    enabled: fc.boolean(),
    note: fc.string(),
    owner: fc.string(),
    expiresAt: fc.option(fc.oneof(fc.string(), fc.constant('2030-01-31T12:00+02:00'))),
  })
  const anyParent = fc.record({
    host: fc.oneof(fc.string(), fc.domain(), fc.ipV4()),
    port: fc.double(),
    priority: fc.double(),
    enabled: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(anyRule), fc.array(anyParent), (rules, parentProxies) => {
      const document = documentWith({ rules: rules as Rule[], parentProxies })
      checkDocument(document)
      reviewWarnings(document, { outboundExceptions: [], proxyHostnames: [], now: new Date(0) })
      const canonical = canonicalDocument(document)
      expect(canonicalDocument(canonical)).toEqual(canonical)
    }),
  )
})

test('a list whose denials come before all that it allows lets nobody in', () => {
  const codes = (...clientRules: ConfigDocument['clientRules']) =>
    found(documentWith({ clientRules })).filter((each) => each.endsWith('NO_CLIENT_ALLOWED'))
  const every = { range: '0.0.0.0/0', action: 'deny' } as const
  expect(codes(every, { range: '10.0.0.0/8', action: 'allow' })).toEqual(['clientRules NO_CLIENT_ALLOWED'])
  expect(
    codes(
      { range: '10.0.0.0/9', action: 'deny' },
      { range: '10.128.0.0/9', action: 'deny' },
      { range: '10.0.0.0/8', action: 'allow' },
    ),
  ).toEqual(['clientRules NO_CLIENT_ALLOWED'])
  expect(codes({ range: '10.1.0.0/16', action: 'deny' }, { range: '10.0.0.0/8', action: 'allow' })).toEqual(
    [],
  )
  expect(codes(every, { range: '::1', action: 'allow' })).toEqual([])
})
