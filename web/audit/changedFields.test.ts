import { expect, test } from 'vitest'
import { changedFields } from './changedFields.ts'

test('only fields that differ are listed, each as text', () => {
  const before = { status: 'draft', revision: 3, rules: ['domain a.example → direct'], name: 'egress' }
  const after = { status: 'active', revision: 3, rules: [], name: 'egress', hash: 'abc' }
  expect(changedFields(before, after)).toEqual([
    { name: 'status', before: 'draft', after: 'active' },
    { name: 'rules', before: 'domain a.example → direct', after: undefined },
    { name: 'hash', before: undefined, after: 'abc' },
  ])
})

test('an entry without an old or new value is read all the same', () => {
  expect(changedFields(null, { name: 'egress' })).toEqual([
    { name: 'name', before: undefined, after: 'egress' },
  ])
  expect(changedFields(undefined, null)).toEqual([])
})

test('lists of objects read as words', () => {
  const parentProxies = [
    { host: '10.0.0.1', port: 3128 },
    { host: '10.0.0.2', port: 3128 },
  ]
  expect(changedFields({ parentProxies: [] }, { parentProxies })).toEqual([
    {
      name: 'parentProxies',
      before: undefined,
      after: 'host: 10.0.0.1, port: 3128; host: 10.0.0.2, port: 3128',
    },
  ])
})
