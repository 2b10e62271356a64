import { describe, expect, test } from 'vitest'
import { type ConfigDocument, defaultFailover, type Failover, type Rule } from './config-document.ts'
import { diffRoutes } from './route/differences.ts'
import { compileRoutes, explainRoute, parseRouteRequest, type RouteRequest, reasonSentence } from './route.ts'
import { checkDocument } from './rules.ts'
import type { Route, RuleKind } from './vocabulary.ts'

function rule(kind: RuleKind, value: string, action: Route, enabled = true): Rule {
  return { id: value, kind, value, action, enabled, note: '', owner: '', expiresAt: null }
}

const parents = [
  { host: 'second.example', port: 3129, priority: 2, enabled: true },
  { host: 'off.example', port: 3130, priority: 3, enabled: false },
  { host: '192.0.2.1', port: 3128, priority: 1, enabled: true },
]

function documentOf(
  rules: readonly Rule[],
  defaultAction: Route = 'parent',
  more: Partial<Pick<ConfigDocument, 'clientRules' | 'parentProxies'>> & {
    failover?: Partial<Failover>
  } = {},
): ConfigDocument {
  const document = {
    defaultAction,
    rules,
    parentProxies: more.parentProxies ?? parents,
    clientRules: more.clientRules ?? [],
    failover: { ...defaultFailover, ...more.failover },
    routeTests: [],
  }
  expect(checkDocument(document)).toEqual([])
  return document
}

function ask(
  document: ConfigDocument,
  url: string,
  more: Partial<RouteRequest> = {},
  exceptions: string[] = [],
) {
  const request = { url, method: 'GET', clientAddress: null, resolvedAddress: null, ...more }
  const explanation = explainRoute(document, request, { outboundExceptions: exceptions })
  return {
    ...explanation,
    ruleId: explanation.rule?.id ?? null,
    codes: explanation.reasons.map(({ code }) => code),
  }
}

describe('names, in a list without ranges', () => {
  const document = documentOf([
    rule('domain', '*.Corp.Example', 'direct'),
    rule('host', 'www.ext.example', 'direct'),
    rule('domain', 'off.example', 'direct', false),
    rule('host', 'deep.corp.example', 'parent'),
    rule('domain', 'intranet', 'direct'),
  ])

  test.each([
    ['a domain', 'http://corp.example/', 'direct', '*.Corp.Example'],
    ['a name below it, whatever a later rule says', 'http://deep.corp.example/', 'direct', '*.Corp.Example'],
    ['a name that only ends alike', 'http://notcorp.example/', 'parent', null],
    ['a host', 'http://www.ext.example:8080/Path?q=A', 'direct', 'www.ext.example'],
    ['a name below a host', 'http://a.www.ext.example/', 'parent', null],
    ['a disabled rule', 'http://off.example/', 'parent', null],
    ['a single label', 'http://intranet/', 'direct', 'intranet'],
    ['a tunnel', 'https://corp.example/', 'direct', '*.Corp.Example'],
    ['a port', 'corp.example:8443', 'direct', '*.Corp.Example'],
    ['a user name', 'http://me@corp.example/', 'direct', '*.Corp.Example'],
    ['a literal address', 'http://203.0.113.9/', 'parent', null],
    ['an IPv6 literal', 'http://[2001:db8::1]:8080/', 'parent', null],
  ])('%s: %s goes %s', (_, url, verdict, ruleId) => {
    expect(ask(document, url)).toMatchObject({ verdict, ruleId, branches: [] })
  })

  test('the reasons say what decided, what came close, what would match too and what is disabled', () => {
    const { reasons } = ask(document, 'http://deep.corp.example/')
    expect(reasons).toContainEqual({
      code: 'NAME_MATCHES',
      host: 'deep.corp.example',
      row: 1,
      ruleId: '*.Corp.Example',
      kind: 'domain',
      value: 'corp.example',
      route: 'direct',
    })
    expect(reasons).toContainEqual(
      expect.objectContaining({ code: 'LATER_RULE_MATCHES', row: 4, route: 'parent' }),
    )
    expect(ask(document, 'http://www.off.example/').reasons).toContainEqual(
      expect.objectContaining({ code: 'DISABLED_RULE_MATCHES', row: 3 }),
    )
    expect(ask(document, 'http://a.www.ext.example/').reasons).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'EARLIER_NAME_DIFFERS', row: 2, kind: 'host' }),
        { code: 'EARLIER_RULES_NOT_LISTED', count: 3 },
        { code: 'DEFAULT_DECIDES', route: 'parent' },
      ]),
    )
  })

  test('a direct name of unknown address says that denied addresses are refused, a known one is judged', () => {
    expect(ask(document, 'http://corp.example/').codes).toContain('DENIED_ADDRESSES_REFUSED')
    const denied = ask(document, 'http://corp.example/', { resolvedAddress: '127.0.0.9' })
    expect(denied).toMatchObject({ verdict: 'denied', ruleId: null })
    expect(denied.reasons).toContainEqual({
      code: 'DESTINATION_DENIED',
      address: '127.0.0.9',
      range: '127.0.0.0/8',
    })
    const excepted = ask(document, 'http://corp.example/', { resolvedAddress: '127.0.0.9' }, ['127.0.0.0/24'])
    expect(excepted.verdict).toBe('direct')
    expect(excepted.codes).toContain('DESTINATION_EXCEPTED')
  })

  test('the address of a name means nothing for its way to the parents', () => {
    expect(ask(document, 'http://x.example/', { resolvedAddress: '127.0.0.9' }).verdict).toBe('parent')
  })
})

describe('odd spellings', () => {
  const odd = [
    'http://Corp.example/',
    'https://corp.EXAMPLE/',
    'http://corp.example./',
    'http://corp..example/',
    'http://010.0.0.1/',
    'http://10.1/',
    'http://0x0a000001/',
    '167772161:443',
    'http://[::ffff:10.0.0.1]/',
    'http://Me@corp.example/',
    'http://corp~x.example/',
    'http://m%45@corp.example/',
    'http://%43orp.example/',
  ]
  const mixed = documentOf([rule('domain', 'corp.example', 'direct')])

  test.each(odd)('%s goes to the parents where routes differ, and fails when they are down', (url) => {
    const open = documentOf([rule('domain', 'corp.example', 'direct')], 'parent', {
      failover: { directWhenAllDown: true },
    })
    expect(ask(mixed, url)).toMatchObject({ verdict: 'parent', ruleId: null })
    expect(ask(mixed, url).codes).toContain('ODD_SPELLING')
    expect(ask(open, url).codes).toContain('FAILS_WHEN_ALL_DOWN')
  })

  test.each(odd)('%s changes nothing where every request goes the same way', (url) => {
    expect(ask(documentOf([], 'parent'), url).verdict).toBe('parent')
    // The kernel would take a mapped address for the one inside: no connection is made to any.
    const direct = url.includes('::ffff:') ? 'denied' : 'direct'
    expect(ask(documentOf([], 'direct'), url).verdict).toBe(direct)
    expect(ask(documentOf([], 'direct'), url).codes).not.toContain('ODD_SPELLING')
  })

  test.each(['127.9', '0x7f.0.0.9', '2130706441', '0177.0.0.9', '[::ffff:127.0.0.9]', '[::ffff:7f00:9]'])(
    '%s is no way round what may not be reached',
    (host) => {
      expect(ask(documentOf([], 'direct'), `http://${host}/`).verdict).toBe('denied')
    },
  )

  test('the user name of a tunnel counts as one of a URL does', () => {
    expect(ask(mixed, 'Me@corp.example:443', { method: 'CONNECT' }).codes).toContain('ODD_SPELLING')
    expect(ask(mixed, 'me@corp.example:443', { method: 'CONNECT' }).verdict).toBe('direct')
  })

  test('an escape that spells a plain name is no odd spelling, and matches no rule', () => {
    expect(ask(mixed, 'http://%63orp.example/').codes).toContain('DEFAULT_DECIDES')
  })

  test.each([
    ['corp.EXAMPLE', 'corp.example'],
    ['A.b.corp.example', 'b.corp.example'],
    ['Corp.example', null],
    ['a.Corp.example', null],
    ['corp.example.', null],
  ])('with one route %s is decided by %s', (host, ruleId) => {
    const document = documentOf([
      rule('host', 'a.b.corp.example', 'parent', false),
      rule('domain', 'b.corp.example', 'parent'),
      rule('domain', 'corp.example', 'parent'),
    ])
    expect(ask(document, `http://${host}/`).ruleId).toBe(ruleId)
  })
})

describe('addresses', () => {
  const document = documentOf([
    rule('host', 'early.example', 'parent'),
    rule('ip_range', '10.1.0.0/16', 'parent'),
    rule('ip_range', '10.0.0.0/8', 'direct'),
    rule('ip_range', '2001:db8::/32', 'direct'),
    rule('domain', 'corp.example', 'parent'),
    rule('ip_range', '192.168.0.0/16', 'direct'),
  ])

  test.each([
    ['http://10.1.2.3/', 'parent', '10.1.0.0/16'],
    ['http://10.2.2.3/', 'direct', '10.0.0.0/8'],
    ['http://[2001:db8::9]/', 'direct', '2001:db8::/32'],
    ['http://11.0.0.0/', 'parent', null],
    ['192.168.255.255:443', 'direct', '192.168.0.0/16'],
  ])('the literal in %s goes %s', (url, verdict, ruleId) => {
    expect(ask(document, url)).toMatchObject({ verdict, ruleId })
  })

  test.each([
    ['early.example', '10.2.0.1', 'parent', 'early.example'],
    ['corp.example', '10.2.0.1', 'direct', '10.0.0.0/8'],
    ['corp.example', '192.168.0.1', 'parent', 'corp.example'],
    ['corp.example', '2001:db8::1', 'direct', '2001:db8::/32'],
    ['other.example', '192.168.0.1', 'direct', '192.168.0.0/16'],
  ])('%s with the address %s goes %s', (host, resolvedAddress, verdict, ruleId) => {
    expect(ask(document, `http://${host}/`, { resolvedAddress })).toMatchObject({ verdict, ruleId })
  })

  test('a name before every range needs no address', () => {
    expect(ask(document, 'http://early.example/')).toMatchObject({
      verdict: 'parent',
      ruleId: 'early.example',
    })
  })

  test('an unknown address gives a branch for each outcome, refused addresses apart', () => {
    const { verdict, branches, reasons } = ask(document, 'http://corp.example/')
    expect(verdict).toBe('depends_on_address')
    expect(reasons).toContainEqual({ code: 'ADDRESS_DECIDES', count: 3 })
    expect(
      branches.map((branch) => [branch.addresses, branch.isEveryOther, branch.verdict, branch.rule?.id]),
    ).toEqual([
      [['10.1.0.0/16'], false, 'parent', '10.1.0.0/16'],
      [['10.0.0.0/16', '10.2.0.0-10.255.255.255'], false, 'direct', '10.0.0.0/8'],
      [['2001:db8::/32'], false, 'direct', '2001:db8::/32'],
      [['0.0.0.0', '::'], false, 'denied', undefined],
      [[], true, 'parent', 'corp.example'],
    ])
  })

  test('ranges that lead the same way make no difference', () => {
    const same = documentOf([rule('ip_range', '10.0.0.0/8', 'direct'), rule('domain', 'a.example', 'direct')])
    const explanation = ask(same, 'http://a.example/')
    expect(explanation).toMatchObject({ verdict: 'direct', ruleId: 'a.example', branches: [] })
    expect(explanation.reasons).toContainEqual({ code: 'SAME_FOR_EVERY_ADDRESS', route: 'direct', count: 1 })
  })

  test('ranges that hold every address leave nothing to the name', () => {
    const all = documentOf([
      rule('ip_range', '0.0.0.0/0', 'direct'),
      rule('ip_range', '::/0', 'direct'),
      rule('domain', 'a.example', 'parent'),
    ])
    expect(ask(all, 'http://a.example/')).toMatchObject({ verdict: 'direct', ruleId: null })
    const split = documentOf([
      rule('ip_range', '0.0.0.0/0', 'direct'),
      rule('ip_range', '::/0', 'parent'),
      rule('domain', 'a.example', 'parent'),
    ])
    const { branches } = ask(split, 'http://a.example/')
    expect(branches.some(({ isEveryOther }) => isEveryOther)).toBe(false)
    expect(branches.map(({ verdict }) => verdict)).toEqual(['direct', 'parent', 'denied'])
  })

  test('a branch lists a hundred rules at most, and the reasons count the rest', () => {
    const many = documentOf([
      ...Array.from({ length: 130 }, (_, index) => rule('ip_range', `10.${index}.0.0/24`, 'direct')),
      rule('domain', 'corp.example', 'parent'),
    ])
    const { branches, reasons } = ask(many, 'http://corp.example/')
    expect(branches.filter(({ verdict }) => verdict === 'direct')).toHaveLength(100)
    expect(reasons).toContainEqual({ code: 'BRANCHES_NOT_LISTED', count: 30 })
  })

  test('where nothing may go direct, names are not looked up and no range matches them', () => {
    const parentsOnly = documentOf([rule('ip_range', '10.0.0.0/8', 'parent')])
    const named = ask(parentsOnly, 'http://a.example/', { resolvedAddress: '10.0.0.1' })
    expect(named).toMatchObject({ verdict: 'parent', ruleId: null })
    expect(named.codes).toContain('NAME_NOT_LOOKED_UP')
    expect(ask(parentsOnly, 'http://10.0.0.1/').ruleId).toBe('10.0.0.0/8')
    expect(ask(document, 'http://early.example/').codes).toContain('NAME_MUST_RESOLVE')
  })
})

describe('the host of the proxy itself', () => {
  const mixed = documentOf([
    rule('domain', 'corp.example', 'direct'),
    rule('ip_range', '127.0.0.0/8', 'parent'),
  ])

  test('127.0.0.1 goes direct whatever the rules say, and is refused unless excepted', () => {
    expect(ask(mixed, 'http://127.0.0.1:8080/')).toMatchObject({ verdict: 'denied', ruleId: null })
    expect(ask(mixed, 'http://127.0.0.1:8080/', {}, ['127.0.0.1'])).toMatchObject({
      verdict: 'direct',
      ruleId: null,
    })
    expect(ask(mixed, 'http://127.0.0.2:8080/')).toMatchObject({ verdict: 'parent', ruleId: '127.0.0.0/8' })
  })

  test('where nothing may go direct, 127.0.0.1 fails even when excepted', () => {
    const { verdict, codes } = ask(documentOf([]), 'http://127.0.0.1/', {}, ['127.0.0.1'])
    expect(verdict).toBe('denied')
    expect(codes).toContain('LOOPBACK_UNREACHABLE')
  })

  test('a parent at a loopback address opens that address', () => {
    const local = documentOf([rule('domain', 'corp.example', 'direct')], 'parent', {
      parentProxies: [{ host: '127.0.0.1', port: 3128, priority: 1, enabled: true }],
    })
    expect(ask(local, 'http://127.0.0.1/').verdict).toBe('direct')
  })

  test('localhost is a name like any other', () => {
    expect(ask(mixed, 'http://localhost/', { resolvedAddress: '127.0.0.1' }).ruleId).toBe('127.0.0.0/8')
    expect(ask(documentOf([], 'direct'), 'http://localhost/', { resolvedAddress: '::1' }).verdict).toBe(
      'denied',
    )
  })

  test.each(['http://0.0.0.0/', 'http://[::]/', 'http://0/', '0.0.0.0:443'])(
    '%s is refused before any rule',
    (url) => {
      expect(ask(mixed, url).codes).toContain('ANY_ADDRESS_REFUSED')
    },
  )
})

describe('clients', () => {
  const document = documentOf([rule('domain', 'corp.example', 'direct')], 'parent', {
    clientRules: [
      { range: '10.1.0.0/16', action: 'deny' },
      { range: '10.0.0.0/8', action: 'allow' },
    ],
  })
  const from = (clientAddress: string, of = document) => ask(of, 'http://corp.example/', { clientAddress })

  test.each([
    ['10.1.2.3', 'denied', 'CLIENT_DENIED'],
    ['10.2.2.3', 'direct', 'CLIENT_ALLOWED'],
    ['::ffff:10.2.2.3', 'direct', 'CLIENT_ALLOWED'],
    ['192.0.2.1', 'denied', 'CLIENT_NOT_LISTED'],
    ['2001:db8::1', 'denied', 'CLIENT_NOT_LISTED'],
  ])('%s: %s', (client, verdict, code) => {
    expect(from(client).verdict).toBe(verdict)
    expect(from(client).codes).toContain(code)
  })

  test('without client rules private addresses may use the proxy and others may not', () => {
    expect(from('192.168.1.1', documentOf([])).codes).toContain('CLIENT_ALLOWED_BY_DEFAULT')
    expect(from('192.0.2.1', documentOf([]))).toMatchObject({ verdict: 'denied' })
  })

  test('a method is known by its capitals only', () => {
    expect(ask(document, 'http://corp.example/', { method: 'purge' }).verdict).toBe('direct')
  })

  test.each(['PURGE', 'PUSH'])('%s is for no client; in a tunnel the proxy does not see it', (method) => {
    expect(ask(document, 'http://corp.example/', { method }).codes).toContain('CACHE_METHOD_DENIED')
    expect(ask(document, 'https://corp.example/', { method }).verdict).toBe('direct')
  })
})

describe('parents', () => {
  test('come in the order of their priority, without the disabled ones', () => {
    const { parents: found, reasons } = ask(documentOf([]), 'http://a.example/')
    expect(found.map(({ host }) => host)).toEqual(['192.0.2.1', 'second.example'])
    expect(reasons).toContainEqual({ code: 'PARENTS_IN_ORDER', count: 2 })
    expect(reasons).toContainEqual({ code: 'PARENT_ADDRESS_UNKNOWN', host: 'second.example' })
    expect(reasons).toContainEqual({ code: 'FAILS_WHEN_ALL_DOWN' })
  })

  test.each(['round_robin', 'sticky', 'by_client', 'by_url'] as const)(
    'with %s the first is not fixed',
    (selection) => {
      const { parents: found, reasons } = ask(
        documentOf([], 'parent', { failover: { selection } }),
        'http://a.example/',
      )
      expect(found).toHaveLength(2)
      expect(reasons).toContainEqual({ code: 'FIRST_PARENT_VARIES', selection, count: 2 })
    },
  )

  test('with the last resort allowed, a reason says so', () => {
    const open = documentOf([], 'parent', { failover: { directWhenAllDown: true } })
    expect(ask(open, 'http://a.example/').codes).toContain('DIRECT_WHEN_ALL_DOWN')
  })
})

test.each([
  ['', 'url', 'URL_MALFORMED'],
  ['corp.example', 'url', 'PORT_MISSING'],
  ['ftp://corp.example/', 'url', 'SCHEME_UNKNOWN'],
  ['http://a@b@corp.example/', 'url', 'URL_MALFORMED'],
  ['http://corp+x.example/', 'url', 'URL_MALFORMED'],
  ['http://corp.example:/', 'url', 'URL_MALFORMED'],
  ['http://corp.example:0/', 'url', 'PORT_OUT_OF_RANGE'],
  ['http://corp.example:65536/', 'url', 'PORT_OUT_OF_RANGE'],
  ['http://fd00::1/', 'url', 'URL_MALFORMED'],
  ['http://[fd00::1/', 'url', 'URL_MALFORMED'],
  ['http://corp.example/a b', 'url', 'URL_MALFORMED'],
  ['http://bücher.example/', 'url', 'URL_MALFORMED'],
])('%s is no request: %s %s', (url, path, code) => {
  const request = { url, method: 'GET', clientAddress: null, resolvedAddress: null }
  expect(parseRouteRequest(request)).toMatchObject({ ok: false, problem: { path, code } })
  expect(ask(documentOf([]), url)).toMatchObject({ verdict: 'denied', codes: ['REQUEST_MALFORMED'] })
})

test('a URL that is too long is no request', () => {
  const url = `http://corp.example/${'a'.repeat(9_000)}`
  const request = { url, method: 'GET', clientAddress: null, resolvedAddress: null }
  expect(parseRouteRequest(request)).toMatchObject({
    ok: false,
    problem: { path: 'url', code: 'URL_TOO_LONG' },
  })
})

test('a method or an address that is none is named by its field', () => {
  const request = { url: 'http://a.example/', method: 'GET', clientAddress: null, resolvedAddress: null }
  const problemOf = (more: Partial<RouteRequest>) => parseRouteRequest({ ...request, ...more })
  expect(problemOf({ method: 'G T' })).toMatchObject({ problem: { path: 'method' } })
  expect(problemOf({ method: 'connect' })).toMatchObject({ problem: { path: 'method' } })
  expect(problemOf({ clientAddress: '10.0.0.0/8' })).toMatchObject({ problem: { path: 'clientAddress' } })
  expect(problemOf({ resolvedAddress: '010.0.0.1' })).toMatchObject({ problem: { path: 'resolvedAddress' } })
})

test('every reason that was given has a sentence', () => {
  const document = documentOf([
    rule('domain', 'corp.example', 'direct'),
    rule('ip_range', '10.0.0.0/8', 'parent'),
  ])
  const sentences = [
    'http://corp.example/',
    'http://x.example/',
    'x.example:8443',
    'http://10.0.0.1/',
  ].flatMap((url) => ask(document, url, { clientAddress: '10.0.0.1' }).reasons.map(reasonSentence))
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z0-9].*\.$/)
})

test('the difference of two documents is the requests that go another way', () => {
  const before = documentOf([rule('domain', 'corp.example', 'direct'), rule('domain', 'a.example', 'parent')])
  const after = documentOf([
    rule('domain', 'corp.example', 'parent'),
    rule('ip_range', '10.0.0.0/8', 'direct'),
  ])
  const circumstances = { outboundExceptions: [] }
  const requests = ['http://corp.example/', 'http://192.0.2.9/', 'http://10.0.0.1/', 'http://a.example/'].map(
    (url) => ({
      url,
      method: 'GET',
      clientAddress: null,
      resolvedAddress: null,
    }),
  )
  const found = [
    ...diffRoutes(compileRoutes(before, circumstances), compileRoutes(after, circumstances), requests),
  ]
  expect(found.map(({ index, before: a, after: b }) => [index, a.verdict, b.verdict])).toEqual([
    [0, 'direct', 'parent'],
    [2, 'parent', 'direct'],
    [3, 'parent', 'depends_on_address'],
  ])
})
