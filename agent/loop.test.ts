import { expect, test } from 'vitest'
import { backoffMs, type Clock, type Pass, pollWaitMs, retryAfterMs, startLoop } from './loop.ts'
import { LinkError } from './transport.ts'

/** Time that moves only when told, and runs what becomes due. */
function virtualClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = 0
  let timers: { at: number; call: () => void }[] = []
  return {
    now: () => now,
    after(ms, call) {
      const timer = { at: now + ms, call }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    async advance(ms) {
      const end = now + ms
      await settled()
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers = timers.filter((other) => other !== next)
        now = next.at
        next.call()
        await settled()
      }
      now = end
    },
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))
const fine: Pass = { pollSeconds: 30, comeBackSeconds: 10 }

function loopWith(pass: () => Promise<Pass>, random = () => 1 - Number.EPSILON) {
  const clock = virtualClock()
  const startedAt: number[] = []
  const waits: number[] = []
  let running = 0
  let mostAtOnce = 0
  const loop = startLoop({
    clock,
    random,
    async pass() {
      startedAt.push(Math.round(clock.now() / 1000))
      mostAtOnce = Math.max(mostAtOnce, ++running)
      try {
        return await pass()
      } finally {
        running -= 1
      }
    },
    onFailure: (_, waitMs) => waits.push(Math.round(waitMs / 1000)),
  })
  return { loop, clock, startedAt, waits, mostAtOnce: () => mostAtOnce }
}

test('it looks at once, and then every 30 seconds', async () => {
  const { clock, startedAt } = loopWith(async () => fine)
  await clock.advance(90_500)
  expect(startedAt).toEqual([0, 30, 60, 90])
})

test('without a server it waits 30, 60, 120, 180 and again 180 seconds, and 30 after the next success', async () => {
  let isDown = true
  const { clock, waits, startedAt } = loopWith(async () => {
    if (isDown) throw new Error('unreachable')
    return fine
  })
  await clock.advance(600_000)
  expect(waits).toEqual([30, 60, 120, 180, 180, 180])
  expect(startedAt).toEqual([0, 30, 90, 210, 390, 570])
  isDown = false
  await clock.advance(150_500)
  expect(startedAt.at(-1)).toBe(750)
  isDown = true
  await clock.advance(30_500)
  expect(waits.at(-1)).toBe(30)
})

test('waits are spread over half of the step, at the cap too', () => {
  for (const [failures, step] of [
    [1, 30],
    [2, 60],
    [3, 120],
    [4, 180],
    [50, 180],
  ] as const) {
    expect(backoffMs(failures, 0)).toBe(step * 500)
    expect(backoffMs(failures, 0.5)).toBe(step * 750)
    expect(backoffMs(failures, 1)).toBe(step * 1000)
  }
})

test('10,000 waits past the cap fill its half evenly', () => {
  const buckets = Array.from({ length: 10 }, () => 0)
  for (let draw = 0; draw < 10_000; draw += 1) {
    const bucket = Math.floor((backoffMs(4 + (draw % 50), Math.random()) / 1_000 - 90) / 9)
    buckets[bucket] = (buckets[bucket] ?? 0) + 1
  }
  expect(buckets).toHaveLength(10) // none outside [90 s, 180 s)
  // 1,000 each; beyond seven standard deviations it is no chance.
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(210)
})

test('with the server away for an hour it knocks some thirty times, and is back within three minutes', async () => {
  let isAway = true
  const { clock, startedAt } = loopWith(async () => {
    if (isAway) throw new Error('away')
    return fine
  }, Math.random)
  await clock.advance(3_600_000)
  // The first steps together take at most 30 + 60 + 120 s, then one in 90–180 s.
  expect(startedAt.length).toBeGreaterThanOrEqual(20)
  expect(startedAt.length).toBeLessThanOrEqual(45)
  isAway = false
  const tries = startedAt.length
  await clock.advance(180_000)
  const [firstBack = Number.NaN, second = Number.NaN] = startedAt.slice(tries)
  expect(firstBack - 3_600).toBeLessThanOrEqual(180)
  expect(second - firstBack).toBeLessThanOrEqual(30) // the first success ends the backoff
})

test('the server may ask for another interval, within local bounds', () => {
  expect(pollWaitMs(60, 1)).toBe(60_000)
  expect(pollWaitMs(0, 1)).toBe(5_000)
  expect(pollWaitMs(86_400, 1)).toBe(300_000)
  expect(pollWaitMs(30, 0)).toBe(27_000)
})

test('a nudge starts a pass at once', async () => {
  const { loop, clock, startedAt } = loopWith(async () => fine)
  await clock.advance(10_000)
  loop.nudge()
  await clock.advance(0)
  expect(startedAt).toEqual([0, 10])
  await clock.advance(30_000)
  expect(startedAt).toEqual([0, 10, 40])
})

test('nudges during a pass make exactly one more, and never two at once', async () => {
  let finish = () => {}
  const { loop, clock, startedAt, mostAtOnce } = loopWith(
    () =>
      new Promise((resolve) => {
        finish = () => resolve(fine)
      }),
  )
  for (let count = 0; count < 100; count += 1) loop.nudge()
  await clock.advance(5_000)
  finish()
  await clock.advance(1_000)
  expect(startedAt).toEqual([0, 5])
  finish()
  await clock.advance(20_000)
  expect(startedAt).toEqual([0, 5])
  expect(mostAtOnce()).toBe(1)
})

test('a flood of nudges costs at most five passes a second', async () => {
  const { loop, clock, startedAt } = loopWith(async () => fine)
  for (let count = 0; count < 1_000; count += 1) {
    loop.nudge()
    await clock.advance(1)
  }
  expect(startedAt.length).toBeGreaterThan(2)
  expect(startedAt.length).toBeLessThanOrEqual(7)
})

test('a lost socket brings a pass within the time told, but not while backing off', async () => {
  let isDown = false
  const { loop, clock, startedAt } = loopWith(
    async () => {
      if (isDown) throw new Error('unreachable')
      return fine
    },
    () => 0.5,
  )
  await clock.advance(1_000)
  loop.comeBack()
  isDown = true
  await clock.advance(5_000)
  expect(startedAt).toEqual([0, 6])
  loop.comeBack()
  await clock.advance(16_000)
  expect(startedAt).toEqual([0, 6])
})

test('ten thousand agents that lose their server together come back evenly over the time it told', async () => {
  const perSecond = new Map<number, number>()
  for (let index = 0; index < 10_000; index += 1) {
    // Each somewhere between two polls, as in a fleet that has run for a while.
    const { loop, clock, startedAt } = loopWith(async () => ({ ...fine, comeBackSeconds: 30 }), Math.random)
    await clock.advance(Math.random() * 27_000)
    const lostAt = clock.now()
    loop.comeBack()
    await clock.advance(30_000)
    const second = Math.floor(((startedAt[1] ?? 0) * 1_000 - lostAt) / 1_000)
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1)
  }
  expect(perSecond.size).toBeGreaterThanOrEqual(30)
  expect(Math.max(...perSecond.values())).toBeLessThan(2 * (10_000 / 30))
})

test('what a server tells about coming back counts within bounds', async () => {
  for (const [told, seconds] of [
    [0, 5],
    [86_400, 60],
  ] as const) {
    const { loop, clock, startedAt } = loopWith(
      async () => ({ pollSeconds: 300, comeBackSeconds: told }),
      () => 0.999_999,
    )
    await clock.advance(1_000)
    loop.comeBack()
    await clock.advance(70_000)
    expect(startedAt).toEqual([0, 1 + seconds])
  }
})

test('when a server says when to come back, that counts, within bounds and spread', async () => {
  const busy = (retryAfterSeconds: number) => new LinkError('busy', null, { retryAfterSeconds })
  const errors = [busy(20), busy(0), busy(86_400), new Error('unreachable')]
  const { clock, waits } = loopWith(
    async () => {
      const error = errors.shift()
      if (error) throw error
      return fine
    },
    () => 0.5,
  )
  await clock.advance(600_000)
  expect(waits).toEqual([25, 6, 375, 135])
  const draws = Array.from({ length: 10_000 }, (_, index) => retryAfterMs(10, index / 10_000))
  expect([Math.min(...draws), Math.round(Math.max(...draws))]).toEqual([10_000, 15_000])
})

test('stopping waits for the running pass, and no other follows', async () => {
  let finish = () => {}
  const { loop, clock, startedAt } = loopWith(
    () =>
      new Promise((resolve) => {
        finish = () => resolve(fine)
      }),
  )
  let isStopped = false
  const stopped = loop.stop().then(() => {
    isStopped = true
  })
  await clock.advance(1_000)
  expect(isStopped).toBe(false)
  finish()
  await stopped
  loop.nudge()
  await clock.advance(100_000)
  expect(startedAt).toEqual([0])
})
