import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConfigDocument, defaultFailover, limits, type Rule } from './config-document.ts'
import { reviewWarnings } from './review-warnings.ts'
import { checkDocument } from './rules.ts'
import type { ClientAction, Route, RuleKind } from './vocabulary.ts'
import { mends, type Warning, type WarningCode } from './warnings/warning.ts'

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

const circumstances = { outboundExceptions: [], proxyHostnames: ['Edge-1.example'], now: new Date(0) }

function warningsOf(code: WarningCode, more: Partial<ConfigDocument>): Warning[] {
  return reviewWarnings(documentWith(more), circumstances).filter((warning) => warning.code === code)
}

function rulesWarned(code: WarningCode, rules: Rule[], defaultAction: Route = 'parent'): string[] {
  return warningsOf(code, { rules, defaultAction }).map(({ path, message }) => `${path}: ${message}`)
}

test('a reviewer is told what the rules alone do not show', () => {
  const document = documentWith({
    rules: [
      rule('domain', 'corp.example'),
      rule('host', 'a.corp.example', 'parent'),
      rule('ip_range', '10.0.0.0/9'),
      rule('ip_range', '10.128.0.0/9'),
      rule('ip_range', '10.0.0.0/8', 'parent'),
      rule('host', 'corp.example', 'parent', { enabled: false }),
      rule('host', 'old.test', 'direct', { expiresAt: '2030-01-01T00:00:00Z' }),
      rule('host', 'soon.test', 'direct', { expiresAt: '2030-01-08T00:00:00Z' }),
      rule('host', 'later.test', 'direct', { expiresAt: '2030-01-08T00:00:01Z' }),
    ],
    parentProxies: [
      { host: '10.1.1.1', port: 3128, priority: 1, enabled: true },
      { host: '127.0.0.1', port: 3128, priority: 2, enabled: true },
    ],
    clientRules: [{ range: '0.0.0.0/0', action: 'allow' }],
  })
  const warnings = reviewWarnings(document, {
    outboundExceptions: ['127.0.0.0/8'],
    proxyHostnames: [],
    now: new Date('2030-01-01T00:00:00Z'),
  })
  expect(warnings.map(({ path, code }) => `${path} ${code}`)).toEqual([
    'rules NAMES_MUST_RESOLVE_HERE',
    'rules.2.kind LOOKUPS_FORCED',
    'rules.1.value RULE_SHADOWED',
    'rules.4.value RULE_SHADOWED',
    'rules.6.expiresAt RULE_EXPIRED',
    'rules.7.expiresAt RULE_EXPIRES_SOON',
    'parentProxies.1.host PARENT_IN_DENIED_RANGE',
    'parentProxies.1.host PARENT_IS_PROXY',
    'clientRules.0.range EVERY_CLIENT_ALLOWED',
    'clientRules LOOPBACK_NOT_ALLOWED',
    'outboundExceptions OUTBOUND_EXCEPTIONS_IN_FORCE',
    'routeTests NO_ROUTE_TESTS',
  ])
  expect(warnings.every(({ code, mend, more }) => mend === mends[code] && more === 0)).toBe(true)
})

describe('a rule never decides', () => {
  test.each<[string, Rule[], string[]]>([
    [
      'when a domain before it holds it',
      [rule('domain', 'corp.example'), rule('domain', 'a.b.corp.example', 'parent')],
      ['rules.1.value: Rule 2 never decides: rule 1 before it holds all that it names.'],
    ],
    [
      'when one range before it holds it, although others hold parts',
      [rule('ip_range', '10.0.0.0/8'), rule('ip_range', '10.1.0.0-10.1.2.255', 'parent')],
      ['rules.1.value: Rule 2 never decides: rule 1 before it holds all that it names.'],
    ],
    [
      'when several ranges hold it together',
      [rule('ip_range', '10.128.0.0/9'), rule('ip_range', '10.0.0.0/9'), rule('ip_range', '10.0.0.0/8')],
      ['rules.2.value: Rule 3 never decides: rules 1 and 2 before it together hold all that it names.'],
    ],
    [
      'when the ranges before it hold every address that a name can have',
      [rule('ip_range', '::/0'), rule('ip_range', '0.0.0.0/0'), rule('host', 'a.example', 'parent')],
      ['rules.2.value: Rule 3 never decides: the ranges before it hold every address, and so every name.'],
    ],
    ['but a host below a host does', [rule('host', 'b.example'), rule('host', 'a.b.example')], []],
    [
      'and one range of two families is not enough',
      [rule('ip_range', '0.0.0.0/0'), rule('host', 'a.test')],
      [],
    ],
    [
      'and a disabled rule covers nothing',
      [rule('domain', 'example', 'direct', { enabled: false }), rule('host', 'a.example')],
      [],
    ],
  ])('%s', (_, rules, expected) => {
    expect(rulesWarned('RULE_SHADOWED', rules)).toEqual(expected)
  })
})

test('where ranges hold every address, the default never decides', () => {
  const rules = [rule('ip_range', '0.0.0.0/0'), rule('ip_range', '::/0')]
  expect(rulesWarned('DEFAULT_NEVER_DECIDES', rules)).toEqual([
    'defaultAction: The default never decides: the ranges up to rule 2 hold every address.',
  ])
  expect(rulesWarned('DEFAULT_NEVER_DECIDES', rules.slice(1))).toEqual([])
})

test('where a rule gets only a part, it says which part and who has the rest', () => {
  expect(
    rulesWarned('RULE_PARTLY_SHADOWED', [
      rule('ip_range', '10.1.0.0/16', 'parent'),
      rule('ip_range', '10.2.0.0/16'),
      rule('ip_range', '10.0.0.0/14'),
      rule('host', 'a.corp.example', 'parent'),
      rule('domain', 'b.corp.example', 'parent'),
      rule('domain', 'corp.example'),
    ]),
  ).toEqual([
    'rules.2.value: Rule 3 (10.0.0.0/14, direct) gets only 10.0.0.0/16 and 10.3.0.0/16: rule 1 before it decides other addresses of it otherwise.',
    'rules.5.value: Rule 6 (*.corp.example, direct) gets all but a.corp.example and *.b.corp.example: rules 4 and 5 before it decide those otherwise.',
  ])
  const many = Array.from({ length: 5 }, (_, n) => rule('host', `h${n}.test`, 'parent'))
  expect(rulesWarned('RULE_PARTLY_SHADOWED', [...many, rule('domain', 'test')])).toEqual([
    'rules.5.value: Rule 6 (*.test, direct) gets all but h0.test, h1.test, h2.test and others: rules 1, 2, 3 and others before it decide those otherwise.',
  ])
})

describe('a rule with the action of the default changes nothing', () => {
  test.each<[string, Rule[], string[]]>([
    ['when nothing comes after it', [rule('host', 'a.test', 'parent')], ['rules.0.action']],
    [
      'when what comes after says the same or names something else',
      [rule('ip_range', '10.0.0.0/8', 'parent'), rule('ip_range', '11.0.0.0/8')],
      ['rules.0.action'],
    ],
    ['unless a later domain holds it', [rule('host', 'a.test', 'parent'), rule('domain', 'test')], []],
    ['unless a later host lies in it', [rule('domain', 'test', 'parent'), rule('host', 'a.test')], []],
    [
      'unless a later range overlaps it',
      [rule('ip_range', '10.1.0.0/16', 'parent'), rule('ip_range', '10.0.0.0/8')],
      [],
    ],
    [
      'unless a later range may hold the address of its name',
      [rule('host', 'a.test', 'parent'), rule('ip_range', '10.0.0.0/8')],
      [],
    ],
  ])('%s', (_, rules, paths) => {
    expect(warningsOf('RULE_REDUNDANT', { rules }).map(({ path }) => path)).toEqual(paths)
  })
})

test('what goes direct to the internet is named while the default is a parent', () => {
  const rules = [
    rule('ip_range', '10.0.0.0/8'),
    rule('ip_range', '8.8.8.0/24'),
    rule('ip_range', '2000::/3'),
    rule('ip_range', 'fd00::/8'),
    rule('domain', 'com'),
    rule('domain', 'com.br'),
    rule('domain', 'internal'),
    rule('domain', 'vendor.com'),
    rule('host', 'org'),
  ]
  const paths = ['rules.1.action', 'rules.2.action', 'rules.4.action', 'rules.5.action']
  expect(warningsOf('DIRECT_TO_INTERNET', { rules }).map(({ path }) => path)).toEqual(paths)
  expect(warningsOf('DIRECT_TO_INTERNET', { rules, defaultAction: 'direct' })).toEqual([])
  const closed = [rule('ip_range', '8.0.0.0/8', 'parent'), rule('ip_range', '8.8.0.0-10.9.9.9')]
  expect(warningsOf('DIRECT_TO_INTERNET', { rules: closed })).toHaveLength(1)
  const all = [rule('ip_range', '8.0.0.0/7', 'parent'), rule('ip_range', '8.8.0.0-10.9.9.9')]
  expect(warningsOf('DIRECT_TO_INTERNET', { rules: all })).toEqual([])
})

test('a parent that is a proxy of the config, or at an address of every host, is the proxy itself', () => {
  const hosts = ['edge-1.example', 'edge-2.example', '127.0.0.9', 'localhost', '10.0.0.1']
  const parentProxies = hosts.map((host, at) => ({ host, port: 3128, priority: at + 1, enabled: true }))
  expect(warningsOf('PARENT_IS_PROXY', { parentProxies }).map(({ path }) => path)).toEqual([
    'parentProxies.0.host',
    'parentProxies.2.host',
    'parentProxies.3.host',
  ])
})

test('range rules force look-ups wherever names decide anything about a parent', () => {
  const rules = [rule('host', 'a.test'), rule('ip_range', '10.0.0.0/8'), rule('ip_range', '11.0.0.0/8')]
  expect(warningsOf('LOOKUPS_FORCED', { rules }).map(({ path }) => path)).toEqual(['rules.1.kind'])
  const toParents = rules.map((each) => ({ ...each, action: 'parent' as const }))
  expect(warningsOf('LOOKUPS_FORCED', { rules: toParents })).toEqual([])
  expect(warningsOf('LOOKUPS_FORCED', { rules, defaultAction: 'direct' })).toEqual([])
})

describe('client rules', () => {
  const allow = (range: string) => ({ range, action: 'allow' as ClientAction })
  const deny = (range: string) => ({ range, action: 'deny' as ClientAction })
  test.each<[string, ConfigDocument['clientRules'], string[]]>([
    ['none', [], ['clientRules CLIENT_RULES_EMPTY']],
    ['without the host', [allow('10.0.0.0/8')], ['clientRules LOOPBACK_NOT_ALLOWED']],
    [
      'with one family of the host',
      [allow('10.0.0.0/8'), allow('127.0.0.1')],
      ['clientRules LOOPBACK_NOT_ALLOWED'],
    ],
    ['with the host', [allow('127.0.0.0/8'), allow('::1')], []],
    [
      'with the host denied first',
      [deny('127.0.0.1'), allow('127.0.0.0/8'), allow('::1')],
      ['clientRules LOOPBACK_NOT_ALLOWED'],
    ],
    [
      'covered together',
      [allow('127.0.0.0/9'), deny('127.128.0.0/9'), allow('127.0.0.0/8'), allow('::1')],
      ['clientRules.2.range CLIENT_RULE_SHADOWED'],
    ],
  ])('%s', (_, clientRules, expected) => {
    const warnings = reviewWarnings(documentWith({ clientRules }), circumstances)
    expect(
      warnings
        .filter(({ path }) => path.startsWith('clientRules'))
        .map(({ path, code }) => `${path} ${code}`),
    ).toEqual(expected)
  })
})

test('where everything goes to the parents, names need not resolve here', () => {
  expect(warningsOf('NAMES_MUST_RESOLVE_HERE', {})).toEqual([])
  const failover = { ...defaultFailover, directWhenAllDown: true }
  expect(warningsOf('NAMES_MUST_RESOLVE_HERE', { failover })).toHaveLength(1)
})

test('of one code only so many are listed, then counted', () => {
  const rules = Array.from({ length: limits.problems + 7 }, (_, n) => rule('host', `h${n}.example`, 'parent'))
  const found = warningsOf('RULE_REDUNDANT', { rules })
  expect(found).toHaveLength(limits.problems + 1)
  expect(found.at(-1)).toMatchObject({ path: '', more: 7, message: 'There are 7 more of these.' })
})

const labels = ['a', 'b']
const names = labels.flatMap((x) => [
  x,
  ...labels.flatMap((y) => [`${y}.${x}`, `a.${y}.${x}`, `b.${y}.${x}`]),
])
const anyRule = fc
  .tuple(fc.constantFrom('domain', 'host'), fc.constantFrom(...names), fc.constantFrom('direct', 'parent'))
  .map(([kind, value, action]) => rule(kind as RuleKind, value, action as Route))

/** Names of the rules, and one below each that no rule has. */
const requests = names.flatMap((name) => [name, `x.${name}`])

function decidingRule(rules: readonly Rule[], name: string): number {
  return rules.findIndex(
    ({ kind, value }) => name === value || (kind === 'domain' && name.endsWith(`.${value}`)),
  )
}

test('a name rule is said never to decide exactly if no name gets to it', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 10 }), (rules) => {
      const deciding = new Set(requests.map((name) => decidingRule(rules, name)))
      const idle = rules.flatMap((_, index) => (deciding.has(index) ? [] : [`rules.${index}.value`]))
      expect(warningsOf('RULE_SHADOWED', { rules }).map(({ path }) => path)).toEqual(idle)
    }),
  )
})

test('without a rule that changes nothing every request goes where it went', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 10 }), (rules) => {
      const routeOf = (list: readonly Rule[], name: string) =>
        list[decidingRule(list, name)]?.action ?? 'parent'
      for (const { path } of warningsOf('RULE_REDUNDANT', { rules })) {
        const without = rules.toSpliced(Number(path.split('.')[1]), 1)
        for (const name of requests) expect(routeOf(without, name)).toBe(routeOf(rules, name))
      }
    }),
  )
})

test('a domain is said to be partly decided otherwise exactly if it is', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 10 }), (rules) => {
      const expected = rules.flatMap(({ kind, value, action }, index) => {
        const held = requests.filter((name) => name === value || name.endsWith(`.${value}`))
        const owners = held.map((name) => decidingRule(rules, name))
        const isPartly =
          kind === 'domain' && owners.includes(index) && owners.some((at) => rules[at]?.action !== action)
        return isPartly ? [`rules.${index}.value`] : []
      })
      expect(warningsOf('RULE_PARTLY_SHADOWED', { rules }).map(({ path }) => path)).toEqual(expected)
    }),
  )
})

test('whatever is warned of, a document that has no problems stays one', () => {
  const rules = [rule('ip_range', '0.0.0.0/0'), rule('ip_range', '10.0.0.0/8', 'parent')]
  expect(checkDocument(documentWith({ rules }))).toEqual([])
})
