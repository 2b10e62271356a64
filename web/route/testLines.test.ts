import { expect, test } from 'vitest'
import { readTestLines } from './testLines.ts'

const nothingKnown = () => null

test('a line in full is taken as it says', () => {
  const { tests, rejected } = readTestLines(
    '# kept\n*.corp.example direct client=10.1.2.3 # payroll\n\nhttps://a.example/ denied',
    nothingKnown,
  )
  expect(rejected).toEqual([])
  expect(tests).toMatchObject([
    { target: '*.corp.example', expect: 'direct', clientAddress: '10.1.2.3', note: 'payroll' },
    { target: 'https://a.example/', expect: 'denied', clientAddress: null, note: '' },
  ])
})

test('a target alone is expected to go where it goes now, and keeps its note', () => {
  const { tests } = readTestLines('http://a.example/ # asked for by the shop', () => 'parent')
  expect(tests).toMatchObject([
    { target: 'http://a.example/', expect: 'parent', note: 'asked for by the shop' },
  ])
})

test.each([
  ['http://a.example/ sideways', 'TEST_MALFORMED'],
  ['http://a.example/ direct colour=red', 'TEST_MALFORMED'],
  ['ftp://a.example/ direct', 'SCHEME_UNKNOWN'],
  ['a.example', 'TEST_MALFORMED'],
])('%s is told, and the others are taken', (text, code) => {
  const { tests, rejected } = readTestLines(`${text}\nhttp://b.example/ parent`, nothingKnown)
  expect(rejected).toMatchObject([{ text, problem: { code } }])
  expect(tests).toMatchObject([{ target: 'http://b.example/', expect: 'parent' }])
})
