import { expect, test } from 'vitest'
import { paramsOfRange, type RangeView, rangeOf, spanBefore, spanOf, zoomed } from './range.ts'

const plain: RangeView = { range: { kind: 'preset', preset: '1h' }, preset: '1h', isCompared: false }
const at = (time: string) => Date.parse(`2026-11-20T${time}Z`)

test('the plain address is the last hour', () => {
  expect(rangeOf({})).toEqual(plain)
  expect(Object.values(paramsOfRange(plain)).every((value) => value === undefined)).toBe(true)
})

test.each<RangeView>([
  { range: { kind: 'preset', preset: '90d' }, preset: '90d', isCompared: true },
  { range: { kind: 'fixed', since: at('10:00:00'), until: at('11:30:00') }, preset: '7d', isCompared: false },
])('a range survives the way through the address', (view) => {
  expect(rangeOf(paramsOfRange(view))).toEqual(view)
})

test('words that mean nothing are taken for absent', () => {
  expect(rangeOf({ range: 'forever', compare: 'yes' })).toEqual(plain)
  expect(rangeOf({ from: 'yesterday', to: '2026-11-20T10:00:00Z' })).toEqual(plain)
  expect(rangeOf({ from: '2026-11-20T11:00:00Z', to: '2026-11-20T10:00:00Z' })).toEqual(plain)
})

test('the period before is as long', () => {
  const now = at('12:00:00')
  const span = spanOf({ kind: 'preset', preset: '6h' }, now)
  expect(spanBefore(span)).toEqual({ since: at('00:00:00'), until: at('06:00:00') })
})

test('a zoom is made of whole minutes, at least five, whichever way it was drawn', () => {
  const range = { kind: 'fixed', since: at('10:02:00'), until: at('10:31:00') }
  expect(zoomed(at('10:02:40'), at('10:30:10'))).toEqual(range)
  expect(zoomed(at('10:30:10'), at('10:02:40'))).toEqual(range)
  expect(zoomed(at('10:10:00'), at('10:10:00'))).toEqual({
    kind: 'fixed',
    since: at('10:07:00'),
    until: at('10:13:00'),
  })
})
