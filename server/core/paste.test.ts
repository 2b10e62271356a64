import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalRuleValue, defaultFailover, type NewRule } from './config-document.ts'
import { documentToText, rulesToText } from './document-text.ts'
import { readPasted } from './paste.ts'
import { checkDocument } from './rules.ts'

function read(text: string) {
  return readPasted(text, { action: 'direct' })
}

/** `kind value`, and the action if it is not the default one. */
function rulesIn(text: string): string[] {
  return read(text).rules.map(
    ({ kind, value, action }) => `${kind} ${value}${action === 'direct' ? '' : ` ${action}`}`,
  )
}

function rejectedIn(text: string): string[] {
  return read(text).rejected.map((item) => `${item.line} ${item.text} ${item.code}`)
}

test.each([
  ['a plain name is a domain', 'Corp.Example.', ['domain corp.example']],
  ['a name of one label is a domain', 'intranet', ['domain intranet']],
  ['wildcards are domains', '*.a.example\n.b.example', ['domain a.example', 'domain b.example']],
  ['a name in another script becomes its A-label', 'münchen.example', ['domain xn--mnchen-3ya.example']],
  ['a URL is a host', 'https://user@www.a.example:8443/x?y#z', ['host www.a.example']],
  [
    'a name with a port or a path is a host',
    'a.example:3128\nb.example/path\nc.example/8',
    ['host a.example', 'host b.example', 'host c.example'],
  ],
  ['a URL with a wildcard is a domain', 'http://*.a.example/*', ['domain a.example']],
  [
    'an address in a URL, with a port or a path is that address',
    'http://10.0.0.1/x\n10.0.0.2:80\n10.0.0.3/index\n[fd00::1]:443',
    ['ip_range 10.0.0.1', 'ip_range 10.0.0.2', 'ip_range 10.0.0.3', 'ip_range fd00::1'],
  ],
  [
    'addresses and blocks are ranges',
    '10.0.0.1\n10.1.2.3/8\nFD00::/8',
    ['ip_range 10.0.0.1', 'ip_range 10.0.0.0/8', 'ip_range fd00::/8'],
  ],
  [
    'a-b, with blanks and any dash',
    '10.0.0.1-10.0.0.9\n10.1.0.1 - 10.1.0.9\n10.2.0.1 – 10.2.0.9\nfd00::1 - fd00::9',
    [
      'ip_range 10.0.0.1-10.0.0.9',
      'ip_range 10.1.0.1-10.1.0.9',
      'ip_range 10.2.0.1-10.2.0.9',
      'ip_range fd00::1-fd00::9',
    ],
  ],
  [
    'netmasks',
    '10.0.0.0 255.0.0.0\n172.16.0.0/255.240.0.0\n192.168.1.1 mask 255.255.255.255',
    ['ip_range 10.0.0.0/8', 'ip_range 172.16.0.0/12', 'ip_range 192.168.1.1'],
  ],
  [
    'globs of addresses',
    '10.*\n192.168.*.*;172.16.5.*',
    ['ip_range 10.0.0.0/8', 'ip_range 192.168.0.0/16', 'ip_range 172.16.5.0/24'],
  ],
  [
    'lists with commas, semicolons, bars, tabs and blanks',
    'a.example, b.example;c.example|d.example\te.example f.example',
    [
      'domain a.example',
      'domain b.example',
      'domain c.example',
      'domain d.example',
      'domain e.example',
      'domain f.example',
    ],
  ],
  [
    'quotes and arrays',
    '["a.example", \'b.example\',\n  "10.0.0.0/8"]\n[c.example, d.example]',
    ['domain a.example', 'domain b.example', 'ip_range 10.0.0.0/8', 'domain c.example', 'domain d.example'],
  ],
  [
    'bullets and numbering',
    '- a.example\n* b.example\n• c.example\n1. d.example\n12) e.example',
    ['domain a.example', 'domain b.example', 'domain c.example', 'domain d.example', 'domain e.example'],
  ],
  [
    'an action and a kind beside the items',
    'a.example parent\nPROXY b.example\nhost,c.example,parent',
    ['domain a.example parent', 'domain b.example parent', 'host c.example parent'],
  ],
  [
    'no_proxy and its relatives go direct',
    'export NO_PROXY="localhost,.svc,10.*"\n"ProxyOverride"="a.example;b.example"\n-Dhttp.nonProxyHosts=c.example|*.d.example',
    [
      'domain localhost',
      'domain svc',
      'ip_range 10.0.0.0/8',
      'domain a.example',
      'domain b.example',
      'domain c.example',
      'domain d.example',
    ],
  ],
  [
    'a line of a hosts file names hosts',
    '10.0.0.5  db db.a.example   # the database',
    ['host db', 'host db.a.example'],
  ],
  [
    'Windows line ends and a byte order mark',
    '\ufeffa.example\r\nb.example\r\n',
    ['domain a.example', 'domain b.example'],
  ],
])('%s', (_, text, expected) => {
  expect(rulesIn(text)).toEqual(expected)
  expect(read(text).rejected).toEqual([])
})

test('no_proxy goes direct whatever the others do', () => {
  const { rules } = readPasted('a.example\nno_proxy=b.example', { action: 'parent' })
  expect(rules.map(({ action }) => action)).toEqual(['parent', 'direct'])
})

test('what follows a # is the note of its line’s rules; a line of its own is left out', () => {
  const { rules, ignored } = read(
    '# ours\na.example, b.example  # from Bob\nhttps://c.example/#x // from Ann',
  )
  expect(rules.map(({ value, note }) => `${value}: ${note}`)).toEqual([
    'a.example: from Bob',
    'b.example: from Bob',
    'c.example: from Ann',
  ])
  expect(ignored).toEqual([{ line: 1, text: '# ours', reason: 'COMMENT' }])
})

test('parent.config: destinations with their routes; what a rule can’t say is rejected with its reason', () => {
  const text = `# made by hand
dest_domain=.corp.example go_direct=true
dest_host=www.example parent="p.example:3128;q.example:3128" round_robin=strict
dest_ip=10.0.0.0-10.0.0.255 go_direct=true
dest_ip=10.9.0.1-10.9.0.9 parent="p.example:3128" go_direct=true
dest_domain=. parent="p.example:3128"
dest_domain=x.example scheme=https go_direct=true
url_regex=ads go_direct=true
dest_host=a..b go_direct=true`
  expect(rulesIn(text)).toEqual([
    'domain corp.example',
    'host www.example parent',
    'ip_range 10.0.0.0/24',
    'ip_range 10.9.0.1-10.9.0.9 parent',
  ])
  expect(rejectedIn(text)).toEqual([
    '6 dest_domain=. parent="p.example:3128" IS_DEFAULT_ACTION',
    '7 dest_domain=x.example scheme=https go_direct=true CONDITION_NOT_POSSIBLE',
    '8 url_regex=ads go_direct=true CONDITION_NOT_POSSIBLE',
    '9 a..b DOMAIN_MALFORMED',
  ])
})

test('a PAC file: conditions with the answer that follows them', () => {
  const text = `function FindProxyForURL(url, host) {
  // ours
  if (isPlainHostName(host) || dnsDomainIs(host, ".corp.example") ||
      shExpMatch(host, "*.intra.example")) {
    return "DIRECT";
  }
  if (isInNet(dnsResolve(host), "10.0.0.0", "255.0.0.0")) return "DIRECT";
  if (host == "one.example" || localHostOrDomainIs(host, 'two.example')) return 'PROXY p.example:3128; DIRECT';
  if (shExpMatch(url, "http://*.glob.example/*")) return "SOCKS5 p.example:1080";
  if (shExpMatch(host, "three.example")) return "DIRECT";
  if (dnsDomainIs(host, ".x.example") && isInNet(myIpAddress(), "10.0.0.0", "255.0.0.0")) return "DIRECT";
  if (!dnsDomainIs(host, ".y.example")) return "DIRECT";
  if (host != "z.example" || shExpMatch(host, pattern)) return "DIRECT";
  return "PROXY p.example:3128";
}`
  const { rules, rejected, ignored } = readPasted(text, { action: 'parent' })
  expect(rules.map(({ kind, value, action }) => `${kind} ${value} ${action}`)).toEqual([
    'domain corp.example direct',
    'domain intra.example direct',
    'ip_range 10.0.0.0/8 direct',
    'host one.example parent',
    'host two.example parent',
    'domain glob.example parent',
    'host three.example direct',
  ])
  expect(rejected.map(({ line, code }) => `${line} ${code}`)).toEqual(
    ['3', '11', '12', '13', '13'].map((line) => `${line} CONDITION_NOT_POSSIBLE`),
  )
  expect(ignored.map(({ line }) => line)).toEqual([1, 2, 5, 6, 14, 15])
})

test('a bad item leaves the others of its line alone and can be mended with its line’s action', () => {
  const { rules, rejected } = read('good.example, bad..name, 10.0.0.300, 010.0.0.1, <local>, * parent')
  expect(rules.map(({ value, action }) => `${value} ${action}`)).toEqual(['good.example parent'])
  expect(rejected.map(({ text, code, action }) => `${text} ${code} ${action}`)).toEqual([
    'bad..name DOMAIN_MALFORMED parent',
    '10.0.0.300 RANGE_MALFORMED parent',
    '010.0.0.1 ADDRESS_OCTAL parent',
    '<local> DOMAIN_MALFORMED parent',
    '* DOMAIN_MALFORMED parent',
  ])
  expect(readPasted('better.name', { action: rejected[0]?.action ?? 'direct' }).rules).toMatchObject([
    { value: 'better.name', action: 'parent' },
  ])
})

test('prose is no list of names', () => {
  expect(rejectedIn('Please open these for us')).toEqual(['1 Please open these for us MAYBE_NO_NAME'])
  expect(rulesIn('Please open a.example')).toEqual(['domain a.example'])
  expect(rejectedIn('Please open a.example')).toEqual(['1 Please MAYBE_NO_NAME', '1 open MAYBE_NO_NAME'])
  expect(rulesIn('intranet, wiki')).toEqual(['domain intranet', 'domain wiki'])
})

test('what means the same is taken once, the first time', () => {
  const { rules, ignored } = read(
    '10.1.2.3/8, 10.0.0.0 255.0.0.0\nA.example parent\na.example.\nhttp://a.example',
  )
  expect(rules.map(({ kind, value, action }) => `${kind} ${value} ${action}`)).toEqual([
    'ip_range 10.0.0.0/8 direct',
    'domain a.example parent',
    'host a.example direct',
  ])
  expect(ignored).toEqual([
    { line: 1, text: '10.0.0.0/255.0.0.0', reason: 'DUPLICATE' },
    { line: 3, text: 'a.example.', reason: 'DUPLICATE' },
  ])
})

const anyRule = fc
  .record<NewRule>({
    kind: fc.constantFrom('domain', 'host', 'ip_range'),
    value: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
    action: fc.constantFrom('direct', 'parent'),
    enabled: fc.boolean(),
    note: fc.string({ unit: 'grapheme' }).map((text) => text.trim()),
    owner: fc.string({ unit: 'grapheme' }).map((text) => text.trim()),
    expiresAt: fc.option(fc.constant('2030-01-31T12:00:00.000Z')),
  })
  .map((rule) => ({ ...rule, value: canonicalRuleValue(rule.kind, rule.value) }))
  .filter((rule) => problemsOf([rule]) === 0)

function documentOf(rules: readonly NewRule[]) {
  return {
    defaultAction: 'direct' as const,
    rules: rules.map((rule, index) => ({ ...rule, id: String(index) })),
    parentProxies: [{ host: 'p.example', port: 3128, priority: 1, enabled: true }],
    clientRules: [{ range: '10.0.0.0/8', action: 'allow' as const }],
    failover: defaultFailover,
    routeTests: [],
  }
}

function problemsOf(rules: readonly NewRule[]): number {
  return checkDocument(documentOf(rules)).length
}

test('rules copied as text, alone or as a whole document, come back in full', { timeout: 30_000 }, () => {
  const anyRules = fc.uniqueArray(anyRule, { selector: ({ kind, value }) => `${kind} ${value}` })
  fc.assert(
    fc.property(anyRules, (rules) => {
      expect(readPasted(rulesToText(rules), { action: 'parent' })).toEqual({
        rules,
        rejected: [],
        ignored: [],
      })
      expect(readPasted(documentToText(documentOf(rules)), { action: 'parent' })).toMatchObject({
        rules,
        rejected: [],
      })
    }),
  )
})

test('a name where an address belongs is kept for mending, not made a range', () => {
  const { rules, rejected } = read('dest_ip=http://shop.example go_direct=true')
  expect(rules).toEqual([])
  expect(rejected.map(({ line }) => line)).toEqual([1])
})

test('whatever is pasted, nothing throws, and rules are valid and distinct', { timeout: 30_000 }, () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
    fc.webUrl(),
    fc.constantFrom(
      '\n',
      ' ',
      ',',
      '#',
      '"',
      '[',
      ']',
      '-',
      'domain ',
      'direct',
      'dest_ip=',
      'no_proxy=',
      'isInNet(',
      ')',
      '255.0.0.0',
      '*',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const { rules } = read(pieces.join(''))
      const values = rules.filter(({ note, owner }) => note.length <= 500 && owner.length <= 100)
      expect(problemsOf(values.map((rule) => ({ ...rule, expiresAt: null })))).toBe(0)
    }),
  )
})

test('no line is so long or so odd that reading it never ends', { timeout: 30_000 }, () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `n${index}.example`)
  for (const separator of ['\n', ',', ' ', '", "'])
    expect(read(names.join(separator)).rules).toHaveLength(20_000)
  for (const text of [
    '-'.repeat(50_000),
    '1:'.repeat(50_000),
    '1.1 '.repeat(20_000),
    'isInNet('.repeat(20_000),
    'a='.repeat(50_000),
    `${']'.repeat(50_000)}x`,
  ])
    read(text)
})
