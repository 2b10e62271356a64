import { expect, test } from 'vitest'
import { fromLocalInput, localInput } from './localInput.ts'

test.each([
  ['in winter', new Date(2026, 0, 20, 11, 15), '2026-01-20T11:15'],
  ['in summer', new Date(2026, 6, 20, 11, 15), '2026-07-20T11:15'],
  ['with seconds and their parts', new Date(2026, 0, 20, 11, 15, 32, 125), '2026-01-20T11:15:32.125'],
])('an instant survives the way through a field of the reader’s zone: %s', (_when, at, value) => {
  expect(localInput(at.toISOString())).toBe(value)
  expect(fromLocalInput(value)).toBe(at.toISOString())
})

test('what is no instant is an empty field, and an empty field is no instant', () => {
  expect([localInput(null), localInput(undefined), localInput('soon')]).toEqual(['', '', ''])
  expect(fromLocalInput('')).toBeNull()
})
