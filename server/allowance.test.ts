/** A sliding minute, with a clock of the test's own. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAllowance } from './allowance.ts'

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000)

test('so many a minute, each key for itself; then it says when there is room again, and there is', () => {
  const allowance = createAllowance(10)
  for (let count = 0; count < 10; count += 1) {
    expect(allowance.wait('a', at(count))).toBeNull()
    allowance.take('a', at(count))
  }
  const seconds = allowance.wait('a', at(10)) ?? 0
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(60)
  expect(allowance.wait('b', at(10))).toBeNull()
  expect(allowance.wait('a', at(10 + seconds - 1))).not.toBeNull()
  expect(allowance.wait('a', at(10 + seconds))).toBeNull()
})

test('what is refused costs nothing: the wait gets shorter for whoever keeps asking', () => {
  const allowance = createAllowance(5)
  allowance.take('a', at(0), 50)
  const waits = Array.from({ length: 60 }, (_, second) => allowance.wait('a', at(second)) ?? 0)
  expect(waits[59]).toBeLessThan(waits[0] ?? 0)
  expect(waits.every((wait) => wait <= 120)).toBe(true)
})

test('within any sixty seconds no more than twice the allowance, however requests are spread', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { maxLength: 200 }),
      (most, gaps) => {
        const allowance = createAllowance(most)
        const taken: number[] = []
        let now = 0
        for (const gap of gaps) {
          now += gap
          if (allowance.wait('a', at(now)) !== null) continue
          allowance.take('a', at(now))
          taken.push(now)
        }
        for (const start of taken) {
          expect(taken.filter((each) => each >= start && each < start + 60).length).toBeLessThanOrEqual(
            2 * most,
          )
        }
      },
    ),
  )
})

test('the wait that is told is enough', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { maxLength: 100 }),
      (most, gaps) => {
        const allowance = createAllowance(most)
        let now = 0
        for (const gap of gaps) {
          now += gap
          const seconds = allowance.wait('a', at(now))
          if (seconds === null) allowance.take('a', at(now))
          else expect(allowance.wait('a', at(now + seconds))).toBeNull()
        }
      },
    ),
  )
})

test('a flood of keys takes a bounded room: the newest share one count', () => {
  const allowance = createAllowance(3)
  for (let key = 0; key < 100_050; key += 1) allowance.take(String(key), at(0))
  expect(allowance.wait('another', at(0))).not.toBeNull()
  expect(allowance.wait('0', at(0))).toBeNull()
})
