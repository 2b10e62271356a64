import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type ConfigDocument,
  canonicalDocument,
  defaultFailover,
  limits,
  type Rule,
} from './config-document.ts'
import { documentText, documentToText, ruleAtLine, rulesToText, textToDocument } from './document-text.ts'

function rule(id: string, more: Partial<Rule> = {}): Rule {
  return {
    id,
    kind: 'domain',
    value: `${id}.example`,
    action: 'direct',
    enabled: true,
    note: '',
    owner: '',
    expiresAt: null,
    ...more,
  }
}

const document: ConfigDocument = {
  defaultAction: 'parent',
  rules: [
    rule('a', { value: '*.Corp.example', note: 'Everything of our own' }),
    rule('b', { kind: 'host', action: 'parent', enabled: false, owner: 'Network team' }),
    rule('c', { kind: 'ip_range', value: '10.1.2.3/8', owner: 'Ops', expiresAt: '2027-01-31T13:00+01:00' }),
  ],
  parentProxies: [
    { host: '10.253.16.93', port: 3128, priority: 2, enabled: true },
    { host: '10.96.215.26', port: 3128, priority: 1, enabled: true },
    { host: 'spare.example', port: 8080, priority: 9, enabled: false },
  ],
  clientRules: [
    { range: '10.0.0.0/8', action: 'allow' },
    { range: '::/0', action: 'deny' },
  ],
  failover: defaultFailover,
  routeTests: [],
}
const text = `default parent

failover
  selection primary_first
  fail-threshold 2
  retry-seconds 300
  connect-timeout-seconds 5
  direct-when-all-down no

parents
  10.96.215.26:3128
  10.253.16.93:3128
  spare.example:8080 off priority=9

clients
  allow 10.0.0.0/8
  deny  ::/0

rules
  domain corp.example                     direct # Everything of our own
  host   b.example                        parent off owner="Network team"
  range  10.0.0.0/8                       direct owner=Ops until=2027-01-31T12:00Z
`

/** The text with its rules replaced by these lines. */
function withRules(...lines: string[]): string {
  return `${text.slice(0, text.indexOf('\nrules\n'))}\nrules\n${lines.join('\n')}\n`
}

function problemsIn(typed: string): string[] {
  return textToDocument(typed, document).problems.map(({ line, column, code }) => `${line}:${column} ${code}`)
}

const trickyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^["#\\ =\n\r\tnu\u2028\u202e\u200b\ud83d\ude00é-]{0,12}$/u),
)
const anyRule = fc.record<Rule>({
  id: fc.uuid(),
  kind: fc.constantFrom('domain', 'host', 'ip_range'),
  value: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constant('10.0.0.0/8'), trickyText),
  action: fc.constantFrom('direct', 'parent'),
  enabled: fc.boolean(),
  note: trickyText,
  owner: trickyText,
  expiresAt: fc.option(
    fc.oneof(
      trickyText,
      fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
        .map((at) => at.toISOString()),
      fc.constantFrom('2030-01-31T12:00+02:00', '2030-99-31T12:00:00.000Z'),
    ),
  ),
})
const anyDocument: fc.Arbitrary<ConfigDocument> = fc.record({
  defaultAction: fc.constantFrom('direct', 'parent'),
  rules: fc.uniqueArray(anyRule, { selector: ({ id }) => id }),
  parentProxies: fc.array(
    fc.record({
      host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), trickyText),
      port: fc.oneof(fc.integer(), fc.constant(1.5), fc.constant(Number.NaN)),
      priority: fc.integer({ min: 1, max: 1_000 }),
      enabled: fc.boolean(),
    }),
  ),
  clientRules: fc.array(
    fc.record({
      range: fc.oneof(fc.ipV4(), fc.ipV6(), trickyText),
      action: fc.constantFrom('allow', 'deny'),
    }),
  ),
  failover: fc.record({
    selection: fc.constantFrom('primary_first', 'round_robin', 'sticky', 'by_client', 'by_url'),
    failThreshold: fc.oneof(fc.integer(), fc.constant(Number.NaN)),
    retrySeconds: fc.oneof(fc.integer(), fc.constant(1e21)),
    connectTimeoutSeconds: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0),
    directWhenAllDown: fc.boolean(),
  }),
  routeTests: fc.array(
    fc.record({
      target: fc.oneof(fc.webUrl(), fc.domain(), fc.constant('*.corp.example'), trickyText),
      method: fc.oneof(fc.constantFrom('GET', 'CONNECT'), trickyText),
      clientAddress: fc.option(fc.oneof(fc.ipV4(), trickyText)),
      resolvedAddress: fc.option(fc.oneof(fc.ipV6(), trickyText)),
      expect: fc.constantFrom('direct', 'parent', 'primary', 'denied'),
      note: trickyText,
    }),
    { maxLength: 4 },
  ),
})

test('a document is one rule a line, in order, below its few settings', () => {
  expect(documentToText(document)).toBe(text)
})

test('route tests have a section of their own, which is only there if there are any', () => {
  const tested: ConfigDocument = {
    ...document,
    routeTests: [
      {
        target: 'https://api.github.com/',
        method: 'GET',
        clientAddress: '10.1.2.3',
        resolvedAddress: null,
        expect: 'primary',
        note: 'builds fetch from here',
      },
      {
        target: '*.corp.example',
        method: 'CONNECT',
        clientAddress: null,
        resolvedAddress: '10.0.0.9',
        expect: 'direct',
        note: '',
      },
    ],
  }
  const written = documentText(tested)
  expect(written.text).toBe(
    text.replace(
      '\nrules\n',
      `
tests
  https://api.github.com/                 primary client=10.1.2.3 # builds fetch from here
  *.corp.example                          direct method=CONNECT address=10.0.0.9

rules
`,
    ),
  )
  expect(textToDocument(written.text, document)).toMatchObject({
    document: { routeTests: tested.routeTests },
    problems: [],
  })
  const line = written.text.split('\n').indexOf('tests') + 1
  expect(written.lineOf('routeTests.1.target')).toBe(line + 2)
  expect(textToDocument(text, tested)).toMatchObject({ document: { routeTests: [] }, problems: [] })
  const typed = written.text.replace(' primary client', ' fast client').replace('method=', 'methods=')
  expect(textToDocument(typed, document).problems.map(({ line: at, code }) => [at - line, code])).toEqual([
    [1, 'TEST_MALFORMED'],
    [2, 'TEST_MALFORMED'],
  ])
})

test('every document comes back from its text with its ids, mistakes included, and gives the same bytes', {
  timeout: 30_000,
}, () => {
  fc.assert(
    fc.property(anyDocument, (each) => {
      const written = documentText(each)
      const read = textToDocument(written.text, each)
      expect(read.problems).toEqual([])
      expect(read.document).toEqual(canonicalDocument(each))
      expect(read.lineOfRule).toEqual(written.lineOfRule)
      expect(documentToText(read.document)).toBe(written.text)
    }),
  )
})

test('read into an empty document everything is the same but the ids, which are all different', {
  timeout: 30_000,
}, () => {
  const empty = { ...document, rules: [], parentProxies: [], clientRules: [] }
  const withoutIds = ({ rules, ...rest }: ConfigDocument) => ({
    ...rest,
    rules: rules.map(({ id: _, ...each }) => each),
  })
  fc.assert(
    fc.property(anyDocument, (each) => {
      const read = textToDocument(documentToText(each), empty).document
      expect(withoutIds(read)).toEqual(withoutIds(canonicalDocument(each)))
      expect(new Set(read.rules.map(({ id }) => id)).size).toBe(each.rules.length)
    }),
  )
})

test('of whatever is typed below the rules, every line is a rule, a problem, blank or a comment', {
  timeout: 30_000,
}, () => {
  const word = fc.constantFrom(
    'domain',
    'range',
    'x.example',
    '"',
    '"a b"',
    'direct',
    'off',
    'owner=',
    'until="',
    '#',
    'rule',
  )
  const line = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join(' ')),
  )
  fc.assert(
    fc.property(fc.array(line), (typed) => {
      const lines = typed.filter(
        (each) => !/[\r\n]/.test(each) && !/^\s*(rules|parents|clients|failover|default\b.*)\s*$/i.test(each),
      )
      const { document: read, problems, lineOfRule } = textToDocument(withRules(...lines), document)
      const first = withRules().split('\n').length - 1
      lines.forEach((each, index) => {
        const isSkipped = /^\s*(#|$)/.test(each)
        const isSeen =
          lineOfRule.includes(first + index) || problems.some((problem) => problem.line === first + index)
        expect(isSeen).toBe(!isSkipped)
      })
      expect(read.rules).toHaveLength(lineOfRule.length)
    }),
  )
})

test('line breaks, controls and characters that turn the reading direction are written so that they can be seen', () => {
  const note = 'one\ntwo\u202ethree\u2028four'
  expect(rulesToText([rule('a', { note, owner: 'say "hi" \\o/' })])).toBe(
    'domain a.example                        direct owner="say \\"hi\\" \\\\o/" # "one\\ntwo\\u202ethree\\u2028four"\n',
  )
  expect(rulesToText([rule('a', { note: 'C:\\new # "really"' })])).toMatch(/ # C:\\new # "really"\n$/)
})

test('a note is taken as people write it', () => {
  const read = textToDocument(
    withRules('domain a.example direct # "why", he asked', 'host b.example direct #x'),
    document,
  )
  expect(read.document.rules.map(({ note }) => note)).toEqual(['"why", he asked', 'x'])
})

test('words may come in any case and options in any order; values become canonical', () => {
  const line = 'HOST B.Example. Parent owner=Ops until=2027-01-31T12:00Z off'
  expect(textToDocument(withRules(line), document).document.rules).toEqual([
    rule('b', {
      kind: 'host',
      action: 'parent',
      enabled: false,
      owner: 'Ops',
      expiresAt: '2027-01-31T12:00:00.000Z',
    }),
  ])
})

test('a value that is no name stays as it was typed', () => {
  const read = textToDocument(withRules('domain "not a name" direct', 'range 010.1 direct'), document)
  expect(read.problems).toEqual([])
  expect(read.document.rules.map(({ value }) => value)).toEqual(['not a name', '010.1'])
})

test('a rule keeps its id when it moves, and when it was changed between two that stayed', () => {
  const moved = textToDocument(
    withRules('range 10.0.0.0/8 direct', 'domain corp.example parent', 'host b.example direct'),
    document,
  )
  expect(moved.document.rules.map(({ id }) => id)).toEqual(['c', 'a', 'b'])
  const renamed = textToDocument(
    withRules('domain corp.example direct', 'host renamed.example direct', 'range 10.0.0.0/8 direct'),
    document,
  )
  expect(renamed.document.rules.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  const added = textToDocument(
    withRules(
      'domain corp.example direct',
      'host x.example direct',
      'host y.example direct',
      'range 10.0.0.0/8 direct',
    ),
    document,
  )
  expect(added.document.rules.map(({ id }) => ['a', 'b', 'c'].includes(id))).toEqual([
    true,
    false,
    false,
    true,
  ])
})

test('a rule that was not touched is the same object', () => {
  const canonical = canonicalDocument(document)
  const read = textToDocument(text.replace('corp.example', 'corp.test'), canonical)
  expect(read.document.rules[1]).toBe(canonical.rules[1])
  expect(read.document.rules[0]).toMatchObject({ id: 'a', value: 'corp.test' })
})

test('blank lines and comments are skipped, sections may change places, line ends of every kind are line ends', () => {
  const [head = '', rules = ''] = text.split('\nrules\n')
  const shuffled = `# ours\r\nrules\r\n\r\n${rules.replaceAll('\n', '\r')}\n  # end\n${head}`
  const read = textToDocument(shuffled, document)
  expect(read.problems).toEqual([])
  expect(read.document).toEqual(canonicalDocument(document))
})

test('what can’t be read is named by line, column and code', () => {
  expect(
    problemsIn(withRules('domain', 'domain a.example', 'domain a.example maybe', 'rang 10.0.0.0/8 direct')),
  ).toEqual([
    '20:7 RULE_VALUE_MISSING',
    '21:17 RULE_ACTION_MISSING',
    '22:18 RULE_ACTION_MISSING',
    '23:1 RULE_KIND_MISSING',
  ])
  expect(
    problemsIn(
      withRules(
        'domain a.example direct off OFF of owner=a owner=b',
        'domain "a.example direct',
        'host a direct owner="x"y',
      ),
    ),
  ).toEqual([
    '20:29 OPTION_REPEATED',
    '20:33 WORD_UNEXPECTED',
    '20:44 OPTION_REPEATED',
    '21:8 QUOTE_UNCLOSED',
    '22:15 QUOTE_UNCLOSED',
  ])
  expect(problemsIn(text.replace('default parent', 'default maybe'))).toEqual(['1:9 DEFAULT_ACTION_MISSING'])
  expect(problemsIn(text.replace('retry-seconds 300', 'retry-seconds soon'))).toEqual([
    '6:17 SETTING_MALFORMED',
  ])
  expect(problemsIn(text.replace('retry-seconds', 'retry'))).toEqual([
    '6:3 SETTING_MALFORMED',
    '22:1 SECTION_MISSING',
  ])
  expect(problemsIn(text.replace('10.96.215.26:3128', '10.96.215.26'))).toEqual(['11:3 PARENT_MALFORMED'])
  expect(problemsIn(text.replace('priority=9', 'last'))).toEqual(['13:26 PARENT_MALFORMED'])
  expect(problemsIn(text.replace('10.96.215.26:3128', '10.96.215.26:3128 # first'))).toEqual([
    '11:21 NOTE_NOT_KEPT',
  ])
  expect(problemsIn(text.replace('allow', 'permit'))).toEqual(['16:3 CLIENT_MALFORMED'])
  expect(problemsIn(`x\n${text}`)).toEqual(['1:1 OUTSIDE_SECTION'])
  expect(problemsIn(`${text}clients\ndefault direct\n`)).toEqual(['23:1 STANDS_TWICE', '24:1 STANDS_TWICE'])
})

test('what is missing or can’t be read stays as it was, and is never taken for an order to forget it', () => {
  const read = textToDocument('rules\n  domain a.example direct\n', document)
  expect(read.problems.map(({ line, code }) => `${line} ${code}`)).toEqual(Array(4).fill('2 SECTION_MISSING'))
  expect(read.document).toEqual({
    ...canonicalDocument(document),
    rules: [{ ...rule('?'), id: expect.any(String), value: 'a.example' }],
  })
  expect(textToDocument('', document).document).toEqual(canonicalDocument(document))
})

test('beyond the limit problems are counted, not listed', () => {
  const { problems } = textToDocument(withRules(...Array(limits.problems + 7).fill('what')), document)
  expect(problems).toHaveLength(limits.problems + 1)
  expect(problems.at(-1)).toMatchObject({ code: 'MORE_PROBLEMS', message: 'There are 7 more problems.' })
})

test('the line of every problem’s path is known, and the rule of every line', () => {
  for (const { lineOf, lineOfRule } of [documentText(document), textToDocument(text, document)]) {
    expect(
      [
        'defaultAction',
        'failover.retrySeconds',
        'parentProxies.1.port',
        'clientRules',
        'clientRules.1.range',
        'rules.2.note',
        'rules',
        '',
      ].map(lineOf),
    ).toEqual([1, 6, 12, 15, 17, 22, 19, 1])
    expect([19, 20, 21, 22, 23].map((line) => ruleAtLine(lineOfRule, line))).toEqual([
      undefined,
      0,
      1,
      2,
      undefined,
    ])
  }
})

test('parents are known by line also where priorities change their order', () => {
  const typed = text.replace('10.96.215.26:3128', '10.96.215.26:3128 priority=5')
  const read = textToDocument(typed, document)
  expect(read.document.parentProxies.map(({ host, priority }) => `${host} ${priority}`)).toEqual([
    '10.96.215.26 5',
    '10.253.16.93 6',
    'spare.example 9',
  ])
  const reversed = textToDocument(
    text
      .replace('10.253.16.93:3128', '10.253.16.93:3128 priority=1')
      .replace('10.96.215.26:3128', '10.96.215.26:3128 priority=4'),
    document,
  )
  expect(reversed.lineOf('parentProxies.0.host')).toBe(12)
})
