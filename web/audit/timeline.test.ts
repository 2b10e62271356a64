import { expect, test } from 'vitest'
import type { Entry } from './feed.ts'
import { dayWords, placesOf } from './timeline.ts'

const entry = (id: string, at: string, requestId = id, action = 'proxy.assign'): Entry => ({
  id,
  at,
  action,
  actor: { kind: 'USER', id: null, name: 'root' },
  entityKind: 'PROXY',
  entityId: null,
  entityName: `edge-${id}`,
  oldValue: null,
  newValue: null,
  address: '127.0.0.1',
  channel: 'UI',
  requestId,
})
const noon = '2026-03-04T12:00:00'

test('each day is named once, at its newest entry', () => {
  const places = placesOf(
    [entry('3', noon), entry('2', noon), entry('1', '2026-03-03T12:00:00')],
    new Set(),
    undefined,
  )
  expect([...places.values()].map(({ day }) => day)).toEqual(['2026-03-04', undefined, '2026-03-03'])
})

test('four alike of one request fold under the first, unless opened or asked for', () => {
  const entries = ['4', '3', '2', '1'].map((id) => entry(id, noon, 'one request'))
  const hidden = (opened: readonly string[], marked?: string) =>
    [...placesOf(entries, new Set(opened), marked).values()].filter(({ isFolded }) => isFolded).length
  expect(hidden([])).toBe(3)
  expect(hidden(['4'])).toBe(0)
  expect(hidden([], '2')).toBe(0)
  const [, ...rest] = entries
  expect([...placesOf(rest, new Set(), undefined).values()].some(({ isFolded }) => isFolded)).toBe(false)
})

test('another action of the same request is not alike', () => {
  const entries = [
    ...['5', '4', '3', '2'].map((id) => entry(id, noon, 'one request')),
    entry('1', noon, 'one request', 'config.approve'),
  ]
  expect(placesOf(entries, new Set(), undefined).get('1')?.isFolded).toBe(false)
})

test('agents that say the same fold, one that failed does not hide among them', () => {
  const report = (id: string, outcome: string) => ({
    ...entry(id, noon, `request ${id}`, 'proxy.acknowledge'),
    channel: 'AGENT' as const,
    newValue: { outcome },
  })
  const applied = ['9', '8', '7', '6'].map((id) => report(id, 'applied'))
  const places = placesOf([...applied, report('5', 'failed'), report('4', 'applied')], new Set(), undefined)
  expect([...places].flatMap(([id, { isFolded }]) => (isFolded ? [] : [id]))).toEqual(['9', '5', '4'])
})

test('today and yesterday are words, an older day is a date', () => {
  const now = Date.parse(noon)
  expect(dayWords('en', '2026-03-04', now)).toBe('Today')
  expect(dayWords('pt-BR', '2026-03-03', now)).toBe('Ontem')
  expect(dayWords('en', '2026-03-01', now)).toBe('Sunday, March 1, 2026')
})
