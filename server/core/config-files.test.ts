import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { oddSpellings } from './ats/parent-config.ts'
import { readRecords, renderRecordsConfig, renderRecordsYaml } from './ats/records.ts'
import { type ConfigDocument, defaultFailover, type Rule } from './config-document.ts'
import { configHash, renderConfigFiles } from './config-files.ts'
import { checkDocument } from './rules.ts'
import {
  type AtsGeneration,
  atsGenerations,
  ParentSelection,
  type Route,
  type RuleKind,
} from './vocabulary.ts'

function rule(kind: RuleKind, value: string, action: Route): Rule {
  return { id: value, kind, value, action, enabled: true, note: '', owner: '', expiresAt: null }
}

const document: ConfigDocument = {
  defaultAction: 'parent',
  rules: [
    rule('ip_range', '10.128.0.0/9', 'direct'),
    rule('domain', '*.Corp.Example', 'direct'),
    { ...rule('host', 'off.example', 'direct'), enabled: false },
    rule('ip_range', '10.0.0.0/8', 'parent'),
    rule('host', 'www.ext.example', 'parent'),
  ],
  parentProxies: [
    { host: 'second.example', port: 3129, priority: 2, enabled: true },
    { host: 'off.example', port: 3130, priority: 3, enabled: false },
    { host: '10.1.1.1', port: 3128, priority: 1, enabled: true },
  ],
  clientRules: [],
  failover: defaultFailover,
  routeTests: [],
}

function fileOf(name: string, of: ConfigDocument = document, generation: AtsGeneration = '9.2'): string {
  return renderConfigFiles(of, generation).files.find((file) => file.name === name)?.content ?? ''
}

function parentLines(of: ConfigDocument = document): string[] {
  return fileOf('parent.config', of)
    .split('\n')
    .filter((line) => line.startsWith('dest_'))
}

test('parent.config is the rule list in order, with the default last', () => {
  const parents = 'parent="10.1.1.1:3128;second.example:3129" round_robin=false go_direct=false'
  expect(parentLines()).toEqual([
    'dest_ip=10.0.0.0-10.255.255.255 go_direct=true', // begins early: the line for 10/9 below paints over it
    'dest_domain=corp.example go_direct=true',
    `dest_ip=10.0.0.0-10.127.255.255 ${parents}`,
    `dest_host=www.ext.example ${parents}`,
    `dest_domain=. ${parents}`,
  ])
})

test('going direct when all parents are down holds for rules, never for odd spellings', () => {
  const open = fileOf('parent.config', {
    ...document,
    failover: { ...defaultFailover, directWhenAllDown: true },
    routeTests: [],
  })
  const lines = open.split('\n').filter((line) => line.includes('parent='))
  expect(
    lines.filter((line) => line.startsWith('url_regex=')).every((line) => line.endsWith('go_direct=false')),
  ).toBe(true)
  expect(
    lines.filter((line) => line.startsWith('dest_')).every((line) => line.endsWith('go_direct=true')),
  ).toBe(true)
})

test('odd spellings have lines only where routes differ', () => {
  const sameWay = {
    ...document,
    rules: document.rules.map((each) => ({ ...each, action: 'parent' as const })),
  }
  expect(fileOf('parent.config')).toContain('url_regex=')
  expect(fileOf('parent.config', sameWay)).not.toContain('url_regex=')
})

test.each([
  ['http://corp.example/', false],
  ['http://www.corp.example:8080/Path/With.Capitals/0x7f.', false],
  ['http://corp.example/?q=A@B.', false],
  ['http://user_1@corp.example/', false],
  ['corp.example:443/', false],
  ['http://10.0.0.1/', false],
  ['10.0.0.200:443/', false],
  ['http://3com.example/', false],
  ['http://[fd00::1]:8080/', false],
  ['http://[2001:db8::ffff:1]/', false],
  ['http://Corp.example/', true],
  ['corp.EXAMPLE:443/', true],
  ['http://corp.example./', true],
  ['corp.example.:443/', true],
  ['http://corp..example/', true],
  ['http://corp%2eexample/', true],
  ['http://010.0.0.1/', true],
  ['http://10.1/', true],
  ['http://0x0a000001/', true],
  ['167772161:443/', true],
  ['http://10.0.0.256/', true],
  ['http://[::ffff:10.0.0.1]/', true],
  ['[::ffff:a00:1]:443/', true],
  ['http://[0:0:0:0:0:ffff:a00:1]/', true],
])('the spelling of %s counts as odd: %s', (url, isOdd) => {
  expect(oddSpellings.some(({ pattern }) => new RegExp(pattern).test(url))).toBe(isOdd)
})

test('ip_allow.yaml says who may come in and where the proxy may go, in the words of each generation', () => {
  const rules = {
    ...document,
    clientRules: [
      { range: '10.1.0.0/16', action: 'deny' },
      { range: '10.0.0.0-10.9.255.255', action: 'allow' },
    ],
  } satisfies ConfigDocument
  const { ip_allow: entries } = parse(fileOf('ip_allow.yaml', rules))
  expect(entries).toEqual([
    { apply: 'in', ip_addrs: ['10.1.0.0/16'], action: 'deny', methods: 'ALL' },
    { apply: 'in', ip_addrs: ['10.0.0.0-10.9.255.255'], action: 'deny', methods: ['PURGE', 'PUSH'] },
    { apply: 'in', ip_addrs: ['0.0.0.0/0', '::/0'], action: 'deny', methods: 'ALL' },
    { apply: 'out', ip_addrs: ['10.1.1.1'], action: 'allow', methods: 'ALL' },
    {
      apply: 'out',
      ip_addrs: expect.arrayContaining(['127.0.0.0/8', '::1', '169.254.0.0/16']),
      action: 'deny',
      methods: 'ALL',
    },
    { apply: 'out', ip_addrs: ['0.0.0.0/0', '::/0'], action: 'allow', methods: 'ALL' },
  ])
  const later = parse(fileOf('ip_allow.yaml', rules, '10.2')).ip_allow.map(
    ({ action }: { action: string }) => action,
  )
  expect(new Set(later)).toEqual(new Set(['set_allow', 'set_deny']))
})

test('records follow the document and the generation', () => {
  const records = (of: ConfigDocument, generation: AtsGeneration) =>
    Object.fromEntries(renderConfigFiles(of, generation).records.map(({ name, value }) => [name, value]))
  const parentOnly = { ...document, rules: [] }
  expect(records(document, '9.2')).toMatchObject({
    'proxy.config.http.no_dns_just_forward_to_parent': '0',
    'proxy.config.http.parent_proxy.connect_attempts_timeout': '5',
    'proxy.config.http.parent_proxy.total_connect_attempts': '1',
    'proxy.config.http.uncacheable_requests_bypass_parent': '0',
  })
  expect(records(parentOnly, '10.2')).toMatchObject({
    'proxy.config.http.no_dns_just_forward_to_parent': '1',
    'proxy.config.http.connect_attempts_timeout': '5',
    'proxy.config.http.parent_proxy.total_connect_attempts': '2',
  })
})

test('every parent is tried once: 9.2 makes one attempt more than its record says, the last one direct if asked', () => {
  const attempts = (count: number, generation: AtsGeneration, directWhenAllDown = false) => {
    const parentProxies = Array.from({ length: count }, (_, index) => ({
      host: `10.1.1.${index + 1}`,
      port: 3128,
      priority: index + 1,
      enabled: true,
    }))
    const failover = { ...document.failover, directWhenAllDown }
    return renderConfigFiles({ ...document, parentProxies, failover }, generation).records.find(({ name }) =>
      name.endsWith('.total_connect_attempts'),
    )?.value
  }
  expect([1, 2, 3].map((count) => attempts(count, '9.2'))).toEqual(['0', '1', '2'])
  expect([1, 2, 3].map((count) => attempts(count, '9.2', true))).toEqual(['1', '2', '3'])
  expect([1, 2, 3].map((count) => attempts(count, '10.1'))).toEqual(['1', '2', '3'])
})

test('parents that are picked by URL are hashed with their ports', () => {
  const picked = (selection: ParentSelection) =>
    fileOf('parent.config', { ...document, failover: { ...document.failover, selection } })
  expect(picked('by_url')).toContain('10.1.1.1:3128&10.1.1.1:3128')
  for (const selection of Object.values(ParentSelection).filter((word) => word !== 'by_url'))
    expect(picked(selection)).not.toContain('&')
})

test.each([
  ['records.config', renderRecordsConfig, 'CONFIG proxy.config.x INT 1\n# last, without a line break'],
  ['records.config', renderRecordsConfig, ''],
  ['records.yaml', renderRecordsYaml, 'records:\n    http:\n        x: 1 # one\n\n# tail\n'],
  ['records.yaml', renderRecordsYaml, 'records:\n  x: 1\nother: 2\n'],
  ['records.yaml', renderRecordsYaml, '# nothing yet\n'],
])('our block in %s (%#) is replaced as a whole and the rest stays', (_, render, existing) => {
  const { records } = renderConfigFiles(document, '10.2')
  const once = render(existing, records)
  expect(readRecords(once)).toEqual(records)
  expect(render(once, records)).toBe(once)
  const fewer = render(once, records.slice(1))
  expect(readRecords(fewer)).toEqual(records.slice(1))
  for (const line of existing.split('\n')) expect(fewer.split('\n')).toContain(line)
  const withLineEnd = existing === '' || existing.endsWith('\n') ? existing : `${existing}\n`
  expect(render(once, [])).toBe(withLineEnd)
})

test('records.yaml with our block holds the records below its own tree', () => {
  const { records } = renderConfigFiles(document, '10.2')
  const tree = parse(renderRecordsYaml('records:\n  http:\n    x: 1\nother: 2\n', records))
  expect(tree).toMatchObject({ records: { http: { x: 1 }, 'http.parent_proxy.retry_time': 300 }, other: 2 })
})

test('a records file that can not take the block is refused', () => {
  const { records } = renderConfigFiles(document, '9.2')
  const cut = renderRecordsConfig('', records).split('\n').slice(0, -2).join('\n')
  expect(() => renderRecordsConfig(cut, records)).toThrow(/is missing/)
  expect(() => renderRecordsYaml('records: {a: 1}\n', records)).toThrow(/records/)
  expect(() => renderRecordsYaml('records: [\n', records)).toThrow(/not valid YAML/)
})

const anyDocument = fc
  .record({
    values: fc.array(
      fc.tuple(
        fc.oneof(
          fc.tuple(fc.constantFrom<RuleKind>('domain', 'host'), fc.domain()),
          fc.tuple(
            fc.constant<RuleKind>('ip_range'),
            fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('10.0.0.0/8')),
          ),
        ),
        fc.constantFrom<Route>('direct', 'parent'),
      ),
      { maxLength: 20 },
    ),
    defaultAction: fc.constantFrom<Route>('direct', 'parent'),
  })
  .map(({ values, defaultAction }) => ({
    ...document,
    defaultAction,
    rules: values.map(([[kind, value], action]) => rule(kind, value, action)),
  }))
  .filter((each) => checkDocument(each).length === 0)

test('every valid document renders for every generation, each line whole and each YAML readable', {
  timeout: 30_000,
}, () => {
  fc.assert(
    fc.property(anyDocument, (each) => {
      for (const generation of atsGenerations) {
        const lines = fileOf('parent.config', each, generation).split('\n')
        expect(lines.filter((line) => line.startsWith('dest_domain=. '))).toHaveLength(1)
        expect(lines.at(-2)).toMatch(/^dest_domain=\. /)
        for (const line of lines.slice(1, -1)) {
          expect(line).toMatch(
            /^(url_regex|host_regex|dest_(domain|host|ip))=\S+ (go_direct=true|parent="\S+" round_robin=\w+ go_direct=(true|false))$/,
          )
        }
        expect(parse(fileOf('sni.yaml', each, generation))).toEqual({ sni: [] })
        expect(parse(fileOf('ip_allow.yaml', each, generation)).ip_allow.length).toBeGreaterThan(3)
      }
    }),
    { numRuns: 50 },
  )
})

test('the same rules typed otherwise, with other ids, have the same hash; another rule, owner or version has not', () => {
  const hashOf = (of: ConfigDocument, versionId: string | null = null) =>
    configHash({
      document: of,
      rendered: atsGenerations.map((generation) => renderConfigFiles(of, generation)),
      proxies: [{ id: 'p', versionId }],
    })
  const retyped = {
    ...document,
    rules: document.rules.map((each) => ({
      ...each,
      id: `x${each.id}`,
      value: `${each.value.toUpperCase()} `,
    })),
    parentProxies: [...document.parentProxies].reverse(),
  }
  expect(hashOf(retyped)).toBe(hashOf(document))
  const others = [
    hashOf({ ...document, rules: [...document.rules].reverse() }),
    hashOf({ ...document, rules: document.rules.map((each) => ({ ...each, owner: 'someone' })) }),
    hashOf(document, 'v1'),
  ]
  expect(new Set([hashOf(document), ...others]).size).toBe(4)
})
