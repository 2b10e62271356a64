/** A database that is slow or gone keeps no agent waiting, and loses what it must with a number. */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { countsOf, gaugesOf } from '../core/stats.ts'
import type { StoredSample } from '../database/observe-stats.ts'
import { createStatsQueue, mostWaiting } from './queue.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const sample = (): StoredSample => {
  const own = { proxyId: randomUUID(), at: new Date() }
  const numbers = { ...countsOf(() => 1), ...gaugesOf(() => 1) }
  return {
    added: { ...own, seconds: 30, restarts: 0, ...numbers },
    newest: { ...own, countersContinue: false, ...numbers },
  }
}

test('what comes in a second is written together', async () => {
  const batches: number[] = []
  const queue = createStatsQueue({
    write: async ({ length }) => void batches.push(length),
    onFault: () => {},
  })
  for (let count = 0; count < 5; count += 1) queue.add([sample(), sample()])
  expect(batches).toEqual([])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(batches).toEqual([10])
  expect(queue.counts).toMatchObject({ stored: 10, full: 0 })
  await queue.close()
})

test('a write that hangs holds up nobody; beyond the bound agents keep their samples', async () => {
  const end: (() => void)[] = []
  const queue = createStatsQueue({
    write: () => new Promise((resolve) => end.push(resolve)),
    onFault: () => {},
  })
  const one = sample()
  const many = Array.from({ length: mostWaiting }, () => one)
  expect(queue.add(many)).toBe(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(end).toHaveLength(1)
  expect(queue.add([one])).toBe(false)
  expect(queue.counts).toMatchObject({ stored: 0, full: 1 })
  expect(queue.waiting).toBe(mostWaiting)
})

test('a write that fails is made again, in the same order', async () => {
  const faults: unknown[] = []
  const written: StoredSample[] = []
  let isAway = true
  const queue = createStatsQueue({
    async write(samples) {
      if (isAway) throw new Error('the database is away')
      written.push(...samples)
    },
    onFault: (error) => faults.push(error),
  })
  const [first, second] = [sample(), sample()]
  queue.add([first])
  await vi.advanceTimersByTimeAsync(2_500)
  queue.add([second])
  isAway = false
  await queue.close()
  expect(faults).toHaveLength(2)
  expect(written).toEqual([first, second])
})
