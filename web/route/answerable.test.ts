import { expect, test } from 'vitest'
import { type ConfigDocument, defaultFailover, type Rule } from '#core/config-document'
import { checkDocument } from '#core/rules'
import { answerable } from './answerable.ts'
import { answerTo } from './answers.ts'
import { nothingAsked } from './asked.ts'
import { exampleUrls } from './exampleUrls.ts'

function documentOf(rules: readonly Partial<Rule>[], more: Partial<ConfigDocument> = {}): ConfigDocument {
  return {
    defaultAction: 'direct',
    rules: rules.map((rule, index) => ({
      id: `r${index + 1}`,
      kind: 'domain',
      value: '',
      action: 'parent',
      enabled: true,
      note: '',
      owner: '',
      expiresAt: null,
      ...rule,
    })),
    parentProxies: [{ host: '10.96.215.26', port: 3128, priority: 1, enabled: true }],
    clientRules: [],
    routeTests: [],
    failover: defaultFailover,
    ...more,
  }
}

const verdictOf = (document: ConfigDocument, url: string) => {
  const asked = answerable(document, checkDocument(document))
  if (!asked.ok) return asked.problem.code
  const answer = answerTo({ ...nothingAsked, url }, asked.document, { outboundExceptions: [] })
  return answer.kind === 'answered' ? [answer.explanation.verdict, asked.leftOutRows] : answer.kind
}

test('a rule that can’t be read counts as off and is named; the rows of the others stay', () => {
  const document = documentOf([
    { value: 'not a name' },
    { value: 'corp.example', action: 'direct' },
    { value: 'corp.example' },
  ])
  expect(verdictOf(document, 'http://www.corp.example/')).toEqual(['direct', [1, 3]])
})

test('a note that is too long keeps nothing from being answered', () => {
  const document = documentOf([{ value: 'corp.example', note: 'x'.repeat(600) }])
  expect(verdictOf(document, 'http://corp.example/')).toEqual(['parent', []])
})

test('without a parent for a rule that needs one there is no answer, but the problem', () => {
  expect(verdictOf(documentOf([{ value: 'corp.example' }], { parentProxies: [] }), 'http://a.example/')).toBe(
    'NO_ENABLED_PARENT',
  )
})

test('a route test that is still being typed is no problem of the rules', () => {
  const unfinished = {
    target: '',
    method: 'GET',
    clientAddress: null,
    resolvedAddress: null,
    expect: 'direct',
    note: '',
  } as const
  const document = documentOf([{ value: 'corp.example' }], { routeTests: [unfinished] })
  expect(checkDocument(document)).not.toEqual([])
  expect(verdictOf(document, 'http://corp.example/')).toEqual(['parent', []])
})

test('examples are made of the document’s own rules, one of each kind first', () => {
  const document = documentOf([
    { value: 'off.example', enabled: false },
    { value: 'a.example' },
    { value: 'b.example' },
    { kind: 'host', value: 'www.c.example' },
    { kind: 'ip_range', value: '2001:db8::/32' },
  ])
  expect(exampleUrls(document, 3)).toEqual([
    'https://www.a.example/',
    'http://www.c.example/',
    'http://[2001:db8::]/',
  ])
  expect(exampleUrls(documentOf([]), 3)).toEqual(['https://www.example.com/'])
})
