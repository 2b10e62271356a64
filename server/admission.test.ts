import { expect, test } from 'vitest'
import { createAdmission, retryAfterSeconds } from './admission.ts'

test('as many as there is room for, and one more for each that leaves', () => {
  const admission = createAdmission(2)
  const leave = admission.enter()
  expect(admission.enter()).not.toBeNull()
  expect(admission.enter()).toBeNull()
  leave?.()
  expect(admission.enter()).not.toBeNull()
  expect(admission.enter()).toBeNull()
})

test('nobody after closing', () => {
  const admission = createAdmission(2)
  admission.close()
  expect(admission.enter()).toBeNull()
})

test('who is sent away comes back within 5 to 15 seconds, spread', () => {
  const draws = Array.from({ length: 10_000 }, (_, index) => retryAfterSeconds(index / 10_000))
  expect([Math.min(...draws), Math.max(...draws)]).toEqual([5, 15])
  for (let second = 5; second <= 15; second += 1) {
    expect(draws.filter((each) => each === second).length).toBeGreaterThan(800)
  }
})
