import { expect, test } from 'vitest'
import { ruleOf } from '../../tests/support/rules.ts'
import { type ConfigDocument, defaultFailover } from './config-document.ts'
import { diffDocuments, diffRules } from './diff.ts'

const parent = { host: 'p.example', port: 3128, priority: 1, enabled: true }
const before: ConfigDocument = {
  defaultAction: 'direct',
  rules: [ruleOf('a'), ruleOf('b'), ruleOf('c'), ruleOf('d')],
  parentProxies: [parent],
  clientRules: [],
  failover: defaultFailover,
  routeTests: [],
}

test('nothing changed means no change, whatever the spelling or the ids', () => {
  expect(diffDocuments(before, before)).toEqual([])
  const retyped = before.rules.map((each) => ({
    ...each,
    id: `new-${each.id}`,
    value: each.value.toUpperCase(),
  }))
  expect(diffDocuments(before, { ...before, rules: retyped })).toEqual([])
})

test('before the first version everything is added', () => {
  expect(diffDocuments(null, before).map(({ kind }) => kind)).toEqual([
    ...Array(4).fill('rule-added'),
    'parent-added',
  ])
})

test('removing a rule moves no other', () => {
  expect(diffDocuments(before, { ...before, rules: before.rules.slice(1) })).toEqual([
    { kind: 'rule-removed', rule: before.rules[0], row: 1 },
  ])
})

test('taking the last rule to the top is one move', () => {
  const rules = [ruleOf('d'), ruleOf('a'), ruleOf('b'), ruleOf('c')]
  expect(diffDocuments(before, { ...before, rules })).toEqual([
    { kind: 'rule-moved', rule: ruleOf('d'), fromRow: 4, toRow: 1 },
  ])
})

test('a changed rule names the fields', () => {
  const changed = ruleOf('b', { action: 'parent', note: 'why' })
  expect(
    diffDocuments(before, { ...before, rules: [ruleOf('a'), changed, ruleOf('c'), ruleOf('d')] }),
  ).toEqual([
    { kind: 'rule-changed', before: ruleOf('b'), after: changed, fields: ['action', 'note'], row: 2 },
  ])
})

test('parents, client rules, failover, route tests and the default are each told with old and new', () => {
  const routeTest = {
    target: 'a.example',
    method: 'GET',
    clientAddress: null,
    resolvedAddress: null,
    expect: 'direct',
    note: '',
  } as const
  const after: ConfigDocument = {
    ...before,
    defaultAction: 'parent',
    parentProxies: [
      { ...parent, priority: 2 },
      { ...parent, host: 'q.example' },
    ],
    clientRules: [{ range: '10.0.0.0/8', action: 'allow' }],
    failover: { ...defaultFailover, retrySeconds: 60 },
    routeTests: [routeTest],
  }
  expect(diffDocuments(before, after)).toEqual([
    { kind: 'default-changed', before: 'direct', after: 'parent' },
    { kind: 'parent-added', parent: { ...parent, host: 'q.example' } },
    { kind: 'parent-changed', before: parent, after: { ...parent, priority: 2 } },
    { kind: 'client-rules-changed', before: [], after: [{ range: '10.0.0.0/8', action: 'allow' }] },
    { kind: 'failover-changed', before: defaultFailover, after: { ...defaultFailover, retrySeconds: 60 } },
    { kind: 'route-tests-changed', before: [], after: [routeTest] },
  ])
})

test('of rules alone: what went, what came, what was edited, what moved, each by row', () => {
  const edited = { ...ruleOf('b'), note: 'why' }
  const rules = [ruleOf('d'), edited, ruleOf('new'), ruleOf('c')]
  expect(diffRules(before, { ...before, defaultAction: 'parent', rules })).toEqual([
    { kind: 'rule-removed', rule: before.rules[0], row: 1 },
    { kind: 'rule-added', rule: ruleOf('new'), row: 3 },
    { kind: 'rule-changed', before: before.rules[1], after: edited, fields: ['note'], row: 2 },
    { kind: 'rule-moved', rule: before.rules[3], fromRow: 4, toRow: 1 },
  ])
  expect(diffRules(null, before).map(({ kind }) => kind)).toEqual(Array(4).fill('rule-added'))
})
