import { expect, test } from 'vitest'
import { type ConfigDocument, defaultFailover, type Rule } from '../core/config-document.ts'
import { keepDocuments } from './kept-documents.ts'

const rule: Rule = {
  id: 'r',
  kind: 'host',
  value: 'a.example',
  action: 'direct',
  enabled: true,
  note: '',
  owner: '',
  expiresAt: null,
}
function documentOf(rules: number): ConfigDocument {
  return {
    defaultAction: 'direct',
    rules: Array.from({ length: rules }, () => rule),
    parentProxies: [],
    clientRules: [],
    failover: defaultFailover,
    routeTests: [],
  }
}

test('a document is found under its own revision only', () => {
  const kept = keepDocuments({ documents: 2, rules: 10 })
  const document = documentOf(1)
  kept.set('a', 3, document)
  expect(kept.get('a', 3)).toBe(document)
  expect(kept.get('a', 2)).toBeUndefined()
  expect(kept.get('a', 4)).toBeUndefined()
  expect(kept.get('b', 3)).toBeUndefined()
})

test('the least recently used go first, by number and by rules', () => {
  const kept = keepDocuments({ documents: 2, rules: 10 })
  const ids = () => ['a', 'b', 'c', 'd'].filter((id) => kept.get(id, 1) !== undefined)
  kept.set('a', 1, documentOf(1))
  kept.set('b', 1, documentOf(1))
  kept.get('a', 1)
  kept.set('c', 1, documentOf(1))
  expect(ids()).toEqual(['a', 'c'])
  kept.set('d', 1, documentOf(10))
  expect(ids()).toEqual(['d'])
  kept.set('b', 1, documentOf(11))
  expect(ids()).toEqual([])
})
