/** Viewers share one look a second; none of them can hold up another, and nobody's look is made for nobody. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { countsOf } from '../core/stats.ts'
import { createLiveStats, type FleetStatsChange, type LiveNews, mostViewers } from './live.ts'
import type { NewestStats } from './stats.read.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const statsAt = (seconds: number): NewestStats => ({
  at: new Date(seconds * 1_000),
  atsStartedAt: null,
  countersContinue: false,
  requestsPerSecond: seconds,
  errorRate: null,
  ramCacheHitRatio: null,
  currentClientConnections: null,
  currentParentConnections: null,
  hostLoad: null,
  hostMemoryTotalBytes: null,
  hostMemoryAvailableBytes: null,
  ...countsOf(() => null),
})

/** A database with one more sample of each proxy a second, rolled up at 0 and never again. */
function setUp() {
  const asked: ReadonlyMap<string, Date | null>[] = []
  const faults: unknown[] = []
  const database = { second: 0, isAway: false }
  const live = createLiveStats(
    async (known): Promise<LiveNews> => {
      asked.push(known)
      if (database.isAway) throw new Error('the database is away')
      database.second += 1
      const newest = new Map([...known.keys()].map((id) => [id, statsAt(database.second)]))
      return { rolledUpTo: new Date(0), newest }
    },
    (error) => faults.push(error),
  )
  return { live, asked, faults, database }
}

/** Keeps what arrives. */
function follow(stream: AsyncIterableIterator<FleetStatsChange>) {
  const received: (readonly string[])[] = []
  const reading = (async () => {
    for await (const { proxies } of stream)
      received.push(proxies.map(({ proxyId, stats }) => `${proxyId} ${stats.requestsPerSecond}`))
  })()
  return { received, reading }
}

test('many viewers cost one look a second, and each hears of its own proxies', async () => {
  const { live, asked } = setUp()
  const one = follow(live.watch(['a', 'b']))
  const other = follow(live.watch(['b', 'c']))
  await vi.advanceTimersByTimeAsync(1_500)
  expect(asked.map((known) => [...known.keys()].join(''))).toEqual(['abc', 'abc'])
  expect(asked[1]?.get('a')).toEqual(new Date(1_000))
  expect(one.received).toEqual([
    ['a 1', 'b 1'],
    ['a 2', 'b 2'],
  ])
  expect(other.received[1]).toEqual(['b 2', 'c 2'])
  live.close()
  await Promise.all([one.reading, other.reading])
})

test('nothing is asked before somebody looks, nor after the last one has gone', async () => {
  const { live, asked } = setUp()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked).toHaveLength(0)
  const stream = live.watch(['a'])
  await vi.advanceTimersByTimeAsync(500)
  await stream.return?.()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked.length).toBeLessThanOrEqual(2)
  const before = asked.length
  follow(live.watch(['a']))
  await vi.advanceTimersByTimeAsync(100)
  expect(asked).toHaveLength(before + 1)
  live.close()
})

test('a slow reader is told the newest once, and all of it', async () => {
  const { live } = setUp()
  const stream = live.watch(['a', 'b'])
  await vi.advanceTimersByTimeAsync(100)
  expect((await stream.next()).value.proxies).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(5_000)
  const { value } = await stream.next()
  expect(value.proxies.map(({ stats }: { stats: NewestStats }) => stats.requestsPerSecond)).toEqual([6, 6])
  live.close()
  expect((await stream.next()).done).toBe(true)
})

test('a sample of before is told like any other: a clock was set back', async () => {
  const { live, database } = setUp()
  const { received } = follow(live.watch(['a']))
  await vi.advanceTimersByTimeAsync(1_500)
  database.second = -5
  await vi.advanceTimersByTimeAsync(1_000)
  expect(received).toEqual([['a 1'], ['a 2'], ['a -4']])
  live.close()
})

test('a database that is away is asked again, and nobody is sent away', async () => {
  const { live, faults, database } = setUp()
  database.isAway = true
  const { received } = follow(live.watch(['a']))
  await vi.advanceTimersByTimeAsync(2_500)
  expect(faults.length).toBe(3)
  database.isAway = false
  await vi.advanceTimersByTimeAsync(1_000)
  expect(received).toEqual([['a 1']])
  live.close()
})

test('viewers are bounded, and one that goes makes room', async () => {
  const { live } = setUp()
  const streams = Array.from({ length: mostViewers }, () => live.watch(['a']))
  expect(() => live.watch(['a'])).toThrow('pages follow live numbers already')
  await streams[0]?.return?.()
  expect(() => live.watch(['a'])).not.toThrow()
  live.close()
})
