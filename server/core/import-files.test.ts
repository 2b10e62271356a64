import { describe, expect, test } from 'vitest'
import type { ConfigDocument } from './config-document.ts'
import { importFiles } from './import-files.ts'
import type { ImportFinding } from './import-finding.ts'

const p1 = 'parent="p1.example:3128" go_direct=false'
const p2 = 'parent="p2.example:3128" go_direct=false'
const last = `dest_domain=. ${p1}`

interface Expected {
  readonly rules?: readonly string[]
  readonly defaultAction?: 'direct' | 'parent'
  readonly parents?: readonly string[]
  readonly codes: readonly string[]
}

function read(content: string, name = 'parent.config') {
  return importFiles([{ name, content }])
}

function rulesOf({ rules }: ConfigDocument): string[] {
  return rules.map(({ kind, value, action }) => `${kind} ${value} ${action}`)
}

function codesOf(findings: readonly ImportFinding[]): string[] {
  return findings.map(({ line, code }) => `${line} ${code}`)
}

/** Each is a small parent.config; codes come with their lines. What ATS does with it was seen on 9.2.9. */
const constructs: Readonly<Record<string, [lines: readonly string[], expected: Expected]>> = {
  'a line like those of the manual': [
    [`dest_domain=corp.example go_direct=true`, last],
    {
      rules: ['domain corp.example direct'],
      defaultAction: 'parent',
      parents: ['p1.example:3128'],
      codes: [],
    },
  ],
  'names of settings in capitals': [
    [`DEST_HOST=www.corp.example GO_DIRECT=TRUE`, last],
    { rules: ['host www.corp.example direct'], codes: [] },
  ],
  'tabs, blanks in front, carriage returns': [
    [`\t dest_domain=corp.example\tgo_direct=true\r`, `${last}\r`],
    { rules: ['domain corp.example direct'], codes: [] },
  ],
  'quotes around any value, with nothing between them': [
    [`dest_domain="corp.example"go_direct="true"`, last],
    { rules: ['domain corp.example direct'], codes: [] },
  ],
  'a quote that never closes': [
    [`dest_domain=a.example go_direct=false parent="p1.example:3128`, last],
    { rules: ['domain a.example parent'], parents: ['p1.example:3128'], codes: [] },
  ],
  'single quotes': [
    [`dest_domain=a.example parent='p1.example:3128' go_direct=false`, last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'a comment at the end of a line': [
    [`dest_domain=a.example go_direct=true # why`, last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'a line that goes on in the next': [
    [`dest_domain=a.example \\`, 'go_direct=true', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE', '2 ATS_DROPS_LINE'] },
  ],
  'blanks around the equals sign': [
    ['dest_domain = a.example go_direct=true', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'a setting that ATS does not know': [
    ['dest_domain=a.example go_direct=true colour=red', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'a setting named like a part of every object': [
    ['constructor=a.example go_direct=true', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'two destinations': [
    ['dest_domain=a.example dest_host=a.example go_direct=true', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'no destination': [['go_direct=true', last], { rules: [], codes: ['1 ATS_DROPS_LINE'] }],
  'parents named twice': [
    [`dest_domain=a.example parent="p1.example:1" parent="p2.example:1" go_direct=false`, last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'a parent without a port, with a scheme, as IPv6': [
    ['p1.example', 'http://p1.example:1', '[fd00::1]:3128']
      .map((p) => `dest_domain=a.example parent="${p}"`)
      .concat(last),
    { rules: [], codes: ['1 ATS_DROPS_LINE', '2 ATS_DROPS_LINE', '3 ATS_DROPS_LINE'] },
  ],
  'a word that round_robin or go_direct does not know': [
    [`dest_domain=a.example ${p1} round_robin=yes`, 'dest_domain=b.example go_direct=1', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE', '2 ATS_DROPS_LINE'] },
  ],
  'going direct forbidden, and no parent': [
    ['dest_domain=a.example go_direct=false', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'go_direct twice: the last one counts': [
    ['dest_domain=a.example go_direct=false go_direct=true', last],
    { rules: ['domain a.example direct'], codes: [] },
  ],
  'no route at all': [
    ['dest_domain=a.example', last],
    { rules: ['domain a.example direct'], codes: ['1 NO_ROUTE'] },
  ],
  'names that are not ASCII': [
    ['dest_domain=bücher.example go_direct=true', 'dest_domain="bücher.example" go_direct=true', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE', '2 NEVER_MATCHES'] },
  ],
  'capitals that ATS compares, and capitals that it does not': [
    ['dest_domain=Corp.example go_direct=true', 'dest_domain=corp.EXAMPLE go_direct=true', last],
    { rules: ['domain corp.example direct'], codes: ['1 NEVER_MATCHES'] },
  ],
  'capitals in the fourth label': [
    ['dest_host=WWW.a.corp.example go_direct=true', 'dest_host=www.A.corp.example go_direct=true', last],
    { rules: ['host www.a.corp.example direct'], codes: ['2 NEVER_MATCHES'] },
  ],
  'leading and trailing dots': [
    ['dest_domain=.a.example go_direct=true', 'dest_domain=b.example. go_direct=true', last],
    { rules: ['domain a.example direct', 'domain b.example direct'], codes: [] },
  ],
  'a star in a name': [
    ['dest_domain=*.a.example go_direct=true', 'dest_domain=* go_direct=true', last],
    { rules: [], codes: ['1 NEVER_MATCHES', '2 NEVER_MATCHES'] },
  ],
  'several names in one line': [
    ['dest_domain=a.example,b.example go_direct=true', last],
    { rules: [], codes: ['1 NAME_NOT_POSSIBLE'] },
  ],
  'an address as a name': [
    ['dest_host=10.0.0.5 go_direct=true', last],
    { rules: ['ip_range 10.0.0.5 direct'], codes: ['1 ADDRESS_AS_RANGE'] },
  ],
  'ranges with blanks, host bits, and 0/0': [
    [
      `dest_ip=0/0 ${p1}`,
      'dest_ip="10.0.0.1 - 10.0.0.9" go_direct=true',
      'dest_ip=10.9.1.2/16 go_direct=true',
      last,
    ],
    {
      rules: [
        'ip_range 10.0.0.1-10.0.0.9 direct',
        'ip_range 10.9.0.0/16 direct',
        'ip_range 0.0.0.0/0 parent',
      ],
      codes: ['1 RANGE_MOVED'],
    },
  ],
  'ranges that ATS drops or reads otherwise': [
    [
      '10.1',
      '10.0.0.010',
      '10.0.0.9-10.0.0.1',
      '10.0.0.1,10.0.0.2',
      '10.0.0.*',
      '10.0.0.0/255.0.0.0',
      '10.0.0.0/33',
    ]
      .map((value) => `dest_ip=${value} go_direct=true`)
      .concat(last),
    { rules: [], codes: [1, 2, 3, 4, 5, 6, 7].map((line) => `${line} RANGE_NOT_POSSIBLE`) },
  ],
  IPv6: [
    [
      'dest_ip=fd00::1-fd00::9 go_direct=true',
      'dest_ip=2001:db8::/32 go_direct=true',
      'dest_ip=::ffff:10.0.0.1 go_direct=true',
      last,
    ],
    {
      rules: ['ip_range fd00::1-fd00::9 direct', 'ip_range 2001:db8::/32 direct'],
      codes: ['2 MASK_BECOMES_RANGE', '3 NEVER_MATCHES'],
    },
  ],
  'the same name twice, and as a host': [
    [
      'dest_domain=a.example go_direct=true',
      `dest_domain=a.example ${p1}`,
      `dest_host=a.example ${p1}`,
      last,
    ],
    { rules: ['domain a.example direct', 'host a.example parent'], codes: ['2 NEVER_DECIDES'] },
  ],
  'what stands after the line for everything': [
    [last, 'dest_domain=a.example go_direct=true', 'dest_domain=. go_direct=true'],
    { rules: [], defaultAction: 'parent', codes: ['2 NEVER_DECIDES', '3 NEVER_DECIDES'] },
  ],
  'no line for everything': [
    [`dest_domain=a.example ${p1}`],
    { rules: ['domain a.example parent'], defaultAction: 'direct', codes: ['1 NO_DEFAULT'] },
  ],
  'other ways to write everything': [
    [`url_regex=.* ${p1}`],
    { rules: [], defaultAction: 'parent', codes: [] },
  ],
  'conditions of every kind': [
    [
      'port=443',
      'scheme=https',
      'method=CONNECT',
      'prefix=a/',
      'suffix=gif',
      'src_ip=10.0.0.0-10.0.0.9',
      'time=08:00-12:00',
      'internal=true',
    ]
      .map((condition) => `dest_domain=a.example go_direct=true ${condition}`)
      .concat(last),
    { rules: [], codes: [1, 2, 3, 4, 5, 6, 7, 8].map((line) => `${line} CONDITION_NOT_POSSIBLE`) },
  ],
  expressions: [
    ['url_regex=ads go_direct=true', 'url_regex=^http://a\\.example/ go_direct=true', last],
    { rules: [], codes: ['1 PATTERN_NOT_POSSIBLE', '2 PATTERN_NOT_POSSIBLE'] },
  ],
  'expressions that name one domain or host': [
    [
      'url_regex=(?i)^([a-z]+://)?([^/@]*@)?([^/:@]+\\.)?corp\\.example\\.?(:|/|$) go_direct=true',
      'url_regex=(?i)^([a-z]+://)?([^/@]*@)?www\\.ext\\.example(:|/|$) go_direct=true',
      'host_regex=(^|\\.)lab\\.example$ go_direct=true',
      last,
    ],
    {
      rules: ['domain corp.example direct', 'host www.ext.example direct', 'domain lab.example direct'],
      codes: ['1 PATTERN_AS_NAME', '2 PATTERN_AS_NAME', '3 PATTERN_AS_NAME'],
    },
  ],
  'other parents on one line': [
    [`dest_domain=a.example ${p2}`, `dest_domain=b.example ${p1}`, last],
    {
      rules: ['domain a.example parent', 'domain b.example parent'],
      parents: ['p1.example:3128'],
      codes: ['1 OTHER_PARENTS'],
    },
  ],
  'as many lines for one list as for another: the default’s': [
    [`dest_domain=a.example ${p2}`, last],
    { parents: ['p1.example:3128'], codes: ['1 OTHER_PARENTS'] },
  ],
  'parents that no document can hold': [
    ['dest_domain=a.example parent="p1.example:0" go_direct=false', last],
    { rules: ['domain a.example parent'], parents: ['p1.example:3128'], codes: ['1 PARENTS_NOT_POSSIBLE'] },
  ],
  'weights, hash names, secondary parents, retries': [
    [
      'dest_domain=. parent="p1.example:3128|2.0&a;p1.example:3128" round_robin=consistent_hash go_direct=false secondary_parent="p9.example:1" parent_retry=both max_simple_retries=2 qstring=ignore',
    ],
    {
      parents: ['p1.example:3128'],
      codes: [
        '1 OPTION_NOT_POSSIBLE',
        '1 OPTION_NOT_POSSIBLE',
        '1 OPTION_NOT_POSSIBLE',
        '1 PARENT_REPEATED',
        '1 WEIGHT_NOT_POSSIBLE',
        '1 SECONDARY_PARENTS',
      ],
    },
  ],
  'a selection of its own': [
    [`dest_domain=a.example ${p1} round_robin=strict`, `dest_domain=b.example ${p1}`, last],
    { codes: ['1 OTHER_SELECTION'] },
  ],
  'a line that fails open among lines that do not': [
    ['dest_domain=a.example parent="p1.example:3128"', last],
    { codes: ['1 OTHER_WHEN_DOWN'] },
  ],
  'every line fails open': [
    [
      'dest_domain=a.example parent="p1.example:3128"',
      'dest_domain=. parent="p1.example:3128" go_direct=true',
    ],
    { codes: ['1 DIRECT_WHEN_DOWN'] },
  ],
  comments: [
    [
      '# all about a',
      '#   and more',
      'dest_domain=a.example go_direct=true',
      '',
      '# alone',
      '',
      '# dest_domain=b.example go_direct=true',
      '# the rest',
      last,
    ],
    { rules: ['domain a.example direct'], codes: ['5 COMMENT', '7 COMMENTED_OUT', '8 COMMENT'] },
  ],
  'a byte order mark before a rule, which ATS then drops': [
    ['\ufeffdest_domain=a.example go_direct=true', last],
    { rules: [], codes: ['1 ATS_DROPS_LINE'] },
  ],
  'a byte order mark before a comment': [
    ['\ufeff# ours', '', last],
    { codes: ['1 BYTE_ORDER_MARK', '1 COMMENT'] },
  ],
  'a NUL, where the file ends for ATS': [
    ['dest_domain=a.example go_direct=true', 'dest_domain=b.ex\0ample go_direct=true', last],
    {
      rules: ['domain a.example direct', 'domain b.ex direct'],
      defaultAction: 'direct',
      codes: ['2 REST_NOT_READ', '2 NO_ROUTE', '2 NO_DEFAULT'],
    },
  ],
  'a line that is far too long': [
    [`dest_domain=${'a'.repeat(30_000)} go_direct=true`, last],
    { rules: [], codes: ['1 LINE_TOO_LONG'] },
  ],
  'an empty file': [[''], { rules: [], defaultAction: 'direct', codes: ['1 NO_DEFAULT'] }],
}

describe('a parent.config with', () => {
  test.each(Object.entries(constructs))('%s', (_, [lines, expected]) => {
    const { document, findings } = read(`${lines.join('\n')}\n`)
    expect(codesOf(findings)).toEqual(expected.codes)
    if (expected.rules) expect(rulesOf(document)).toEqual(expected.rules)
    if (expected.defaultAction) expect(document.defaultAction).toBe(expected.defaultAction)
    if (expected.parents) {
      expect(document.parentProxies.map(({ host, port }) => `${host}:${port}`)).toEqual(expected.parents)
    }
  })
})

describe('overlapping dest_ip lines, of which ATS takes the last', () => {
  test('the wide one comes after the narrow ones when no name stands between', () => {
    const { document, findings } = read(
      [`dest_ip=10.0.0.0/8 ${p1}`, 'dest_ip=10.1.0.0/16 go_direct=true', last].join('\n'),
    )
    expect(rulesOf(document)).toEqual(['ip_range 10.1.0.0/16 direct', 'ip_range 10.0.0.0/8 parent'])
    expect(codesOf(findings)).toEqual(['1 RANGE_MOVED'])
  })

  test('the wide one is split when a name stands between', () => {
    const lines = [
      'dest_ip=10.0.0.0/8 go_direct=true',
      `dest_domain=a.example ${p1}`,
      `dest_ip=10.0.0.0/9 ${p1}`,
      last,
    ]
    const { document, findings } = read(lines.join('\n'))
    expect(rulesOf(document)).toEqual([
      'ip_range 10.128.0.0/9 direct',
      'domain a.example parent',
      'ip_range 10.0.0.0/9 parent',
    ])
    expect(codesOf(findings)).toEqual(['1 RANGE_SPLIT'])
  })

  test('a narrow one below the line for everything still takes its addresses away', () => {
    const { document, findings } = read(
      ['dest_ip=10.0.0.0/8 go_direct=true', last, 'dest_ip=10.0.0.0/9 go_direct=true'].join('\n'),
    )
    expect(rulesOf(document)).toEqual(['ip_range 10.128.0.0/9 direct'])
    expect(codesOf(findings)).toEqual(['1 RANGE_SPLIT', '3 NEVER_DECIDES'])
  })

  test('so does one with a condition, which no rule can have', () => {
    const { document, findings } = read(
      ['dest_ip=10.0.0.0/8 go_direct=true', `dest_ip=10.0.0.0/9 port=81 ${p1}`, last].join('\n'),
    )
    expect(rulesOf(document)).toEqual(['ip_range 10.128.0.0/9 direct'])
    expect(codesOf(findings)).toEqual(['1 RANGE_SPLIT', '2 CONDITION_NOT_POSSIBLE'])
  })

  test('one that later ones hold as a whole never decides', () => {
    const { document, findings } = read(
      ['dest_ip=10.1.0.0/16 go_direct=true', `dest_ip=10.0.0.0/8 ${p1}`, last].join('\n'),
    )
    expect(rulesOf(document)).toEqual(['ip_range 10.0.0.0/8 parent'])
    expect(codesOf(findings)).toEqual(['1 NEVER_DECIDES'])
  })
})

test('a comment right above a rule is its note, up to the longest that there may be', () => {
  const { document, findings } = read(
    [
      '# ---- ours ----',
      '# ask Ann',
      'dest_domain=a.example go_direct=true',
      `# ${'x'.repeat(600)}`,
      `dest_host=b.example ${p1}`,
      last,
    ].join('\n'),
  )
  expect(document.rules.map(({ note }) => note)).toEqual(['ours ask Ann', 'x'.repeat(500)])
  expect(codesOf(findings)).toEqual(['4 NOTE_CUT'])
})

/** As Debian's package and the 10.2 sources ship it, shortened. */
const shipped = (deny: string, allow: string) => `# what may use the proxy
ip_allow:
  - apply: in
    ip_addrs: 127.0.0.1
    action: ${allow}
    methods: ALL
  - apply: in
    ip_addrs: 0/0
    action: ${deny}
    methods:
      - PURGE
      - PUSH
      - DELETE
  - apply: in
    ip_addrs: [::/0]
    action: ${deny}
    methods: ALL
`

test.each([
  ['9.2', shipped('deny', 'allow')],
  ['10.x', shipped('set_deny', 'set_allow')],
])('ip_allow.yaml in the words of %s becomes client rules', (_, content) => {
  const { document, findings, isEmpty } = read(content, 'ip_allow.yaml')
  expect(document.clientRules).toEqual([
    { range: '127.0.0.1', action: 'allow' },
    { range: '0.0.0.0/0', action: 'allow' },
  ])
  expect(codesOf(findings)).toEqual(['3 CACHE_METHODS_DENIED', '7 METHODS_NOT_POSSIBLE'])
  expect(isEmpty).toBe(false)
})

test.each<[string, string, readonly string[], readonly string[]]>([
  [
    'only some methods',
    'ip_allow: [{apply: in, ip_addrs: 10.0.0.0/8, action: allow, methods: [GET]}, {apply: in, ip_addrs: 10.9.0.1, action: deny, methods: [PURGE, PUSH]}]',
    ['10.0.0.0/8 deny', '10.9.0.1 allow'],
    ['1 METHODS_DENIED'],
  ],
  [
    'a denial of CONNECT',
    'ip_allow:\n - {apply: in, ip_addrs: [10.0.0.1, "10.0.0.3 - 10.0.0.9"], action: deny, methods: CONNECT}\n - {apply: in, ip_addrs: ::1, action: deny, methods: [PUSH, PURGE]}',
    ['10.0.0.1 deny', '10.0.0.3-10.0.0.9 deny', '::1 allow'],
    ['2 METHODS_DENIED', '3 METHODS_NOT_POSSIBLE'],
  ],
  [
    'nobody allowed',
    'ip_allow:\n  - {apply: in, ip_addrs: 0/0, action: deny}',
    ['127.0.0.1 allow'],
    ['1 NO_CLIENT_ALLOWED'],
  ],
  ['an empty list', 'ip_allow: []', ['127.0.0.1 allow'], ['1 NO_CLIENT_ALLOWED']],
  ['no YAML', 'ip_allow:\n  - {apply: in', [], ['2 YAML_MALFORMED']],
  ['no list', 'ip_allow: yes', [], ['1 YAML_MALFORMED']],
  [
    'unknown keys and words',
    'other: 1\nip_allow:\n  - {apply: in, ip_addrs: 10.0.0.1, action: deny, methods: [PURGE, PUSH]}\n  - {apply: both, ip_addrs: 10.0.0.1, action: allow}\n  - {apply: in, ip_addrs: 10.0.0.1, action: add_allow}\n  - {apply: in, ip_addrs: 10.1, action: allow}\n  - {apply: in, ip_categories: ACME, action: allow}\n  - 7\n  - {apply: in, ip_addrs: [], action: allow}',
    ['10.0.0.1 allow'],
    ['1 ENTRY_NOT_POSSIBLE', ...[4, 5, 6, 7, 8, 9].map((line) => `${line} ENTRY_NOT_POSSIBLE`)],
  ],
  [
    'an address twice',
    'ip_allow:\n  - &a {apply: in, ip_addrs: 10.0.0.1, action: deny, methods: [PURGE, PUSH]}\n  - *a',
    ['10.0.0.1 allow'],
    ['3 NEVER_DECIDES'],
  ],
  [
    'where proxies may connect to',
    'ip_allow:\n  - {apply: out, ip_addrs: 10.0.0.0/8, action: deny, methods: [CONNECT]}\n  - {apply: in, ip_addrs: 10.0.0.1, action: deny, methods: [PURGE, PUSH]}\n  - {apply: out, ip_addrs: [0.0.0.0/0, ::/0], action: allow}',
    ['10.0.0.1 allow'],
    ['2 OUTBOUND_IN_SETTINGS'],
  ],
])('an ip_allow.yaml with %s', (_, content, rules, codes) => {
  const { document, findings } = read(content, 'ip_allow.yaml')
  expect(document.clientRules.map(({ range, action }) => `${range} ${action}`)).toEqual(rules)
  expect(codesOf(findings)).toEqual(codes)
})

test.each([
  ['sni: []\n', []],
  ['# nothing\n', []],
  [
    'sni:\n  - fqdn: a.example\n    tunnel_route: b.example:443\n  - fqdn: "*.c.example"\n',
    ['2 TLS_NOT_POSSIBLE', '4 TLS_NOT_POSSIBLE'],
  ],
  ['sni: {a: [', ['1 YAML_MALFORMED']],
])('every entry of a sni.yaml is a loss: %j', (content, codes) => {
  const { findings, isEmpty } = read(content, 'sni.yaml')
  expect(codesOf(findings)).toEqual(codes)
  expect(isEmpty).toBe(true)
})

test('files are known by their names, else by what is in them; one of each kind is read', () => {
  const files = [
    { name: '/etc/trafficserver/parent.config', content: last },
    { name: 'parent.config.bak', content: last },
    {
      name: 'pasted',
      content: 'ip_allow:\n  - {apply: in, ip_addrs: 10.0.0.1, action: deny, methods: [PURGE, PUSH]}',
    },
    { name: 'ip_allow.config', content: 'src_ip=10.0.0.1 action=ip_allow' },
    { name: 'records.config', content: 'CONFIG x INT 1' },
    { name: 'parent.config', content: 'x'.repeat(5 * 1024 * 1024) },
  ]
  const { document, findings } = importFiles(files)
  expect(document.defaultAction).toBe('parent')
  expect(document.clientRules).toEqual([{ range: '10.0.0.1', action: 'allow' }])
  expect(findings.map(({ file, code }) => `${file} ${code}`)).toEqual([
    'parent.config.bak FILE_REPEATED',
    'ip_allow.config FILE_UNKNOWN',
    'records.config FILE_UNKNOWN',
    'parent.config FILE_TOO_LARGE',
  ])
  expect(findings[1]?.message).toContain('ip_allow.config is the format of ATS 8')
})

test('more findings than a list can hold are counted', () => {
  const { findings } = read(Array(10_005).fill('nonsense').concat(last).join('\n'))
  expect(findings).toHaveLength(10_001)
  expect(findings.at(-1)).toMatchObject({ code: 'MORE_FINDINGS', message: expect.stringMatching(/^5 more/) })
})

test('more rules than a config holds are listed, the first ones taken', () => {
  const lines = Array.from({ length: 100_002 }, (_, index) => `dest_host=h${index} go_direct=true`)
  const { document, findings } = read([...lines, last].join('\n'))
  expect(document.rules).toHaveLength(100_000)
  expect(codesOf(findings)).toEqual(['100001 TOO_MANY_RULES', '100002 TOO_MANY_RULES'])
})
