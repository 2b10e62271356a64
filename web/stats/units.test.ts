import { expect, test } from 'vitest'
import { formatAmount, formatChange } from './units.ts'

test.each([
  ['en', 'perSecond', 1_234, '1.23K/s'],
  ['pt-BR', 'perSecond', 0.5, '0,5/s'],
  ['en', 'perMinute', 0, '0/min'],
  ['en', 'bytesPerSecond', 0, '0 kB/s'],
  ['en', 'bytesPerSecond', 340, '0.34 kB/s'],
  ['en', 'bytesPerSecond', 1_000, '1 kB/s'],
  ['pt-BR', 'bytesPerSecond', 12_340_000, '12,3 MB/s'],
  ['en', 'bytesPerSecond', 4e15, '4,000 TB/s'],
  ['en', 'ratio', 0.0417, '4.17%'],
  ['en', 'ratio', 0.69931, '69.9%'],
  ['en', 'ratio', 1, '100%'],
  ['en', 'load', 0.25, '0.25'],
] as const)('%s %s %d is %s', (locale, unit, value, words) => {
  expect(formatAmount(locale, unit, value).replaceAll('\u00a0', ' ')).toBe(words)
})

test('a change is told in percent, that of a share in points, and none where nothing was', () => {
  expect(formatChange('en', 'perSecond', 100, 112)).toBe('+12%')
  expect(formatChange('en', 'perSecond', 100, 100)).toBe('0%')
  expect(formatChange('en', 'perSecond', 0, 5)).toBeNull()
  expect(formatChange('pt-BR', 'ratio', 0.9, 0.885)).toBe('-1,5 pp')
})
