/** When the agent looks, and what becomes of samples while the server is away, full or confused. */
import { describe, expect, test } from 'vitest'
import { countsOf, mostSamples } from '#core/stats'
import { AtsSilent, type AtsStatistics } from '../ats-port.ts'
import { createLog } from '../log.ts'
import type { Clock } from '../loop.ts'
import { startSampling } from './sampling.ts'

const startedAt = new Date('2026-01-01T00:00:00Z')
const serverStart = Date.parse('2026-02-02T00:00:00Z')

function statistics(requests: number): AtsStatistics {
  return {
    atsStartedAt: startedAt,
    countersContinue: false,
    ...countsOf(() => requests),
    currentClientConnections: 1,
    currentParentConnections: null,
  }
}

/** A sampling whose clock stands still until `pass`; the server's runs 33 days ahead of nothing in particular. */
function start(
  look: (turn: number) => Promise<AtsStatistics | null> = async (turn) => statistics(turn * 10),
) {
  let now = 5_000
  let turns = 0
  let serverMs = serverStart
  let due: { at: number; call: () => void } | null = null
  const clock: Clock = {
    now: () => now,
    after(ms, call) {
      due = { at: now + ms, call }
      return () => {
        due = null
      }
    },
  }
  const logged: string[] = []
  const sampling = startSampling({
    ats: { statistics: () => look(++turns) },
    clock,
    log: createLog((line) => logged.push(line)),
    readHost: async () => ({ hostLoad: 0.5, hostMemoryTotalBytes: 8, hostMemoryAvailableBytes: 4 }),
  })
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  }
  return {
    sampling,
    logged,
    turns: () => turns,
    async pass(seconds: number) {
      await settle()
      const end = now + seconds * 1_000
      while (due !== null && (due as { at: number }).at <= end) {
        const { at, call } = due as { at: number; call: () => void }
        now = at
        due = null
        call()
        await settle()
      }
      now = end
    },
    /** As a sync does it. */
    tell(receipt: { isFull: boolean } | null = { isFull: false }) {
      const report = sampling.report()
      const serverTime = new Date(serverMs + now).toISOString()
      sampling.told(report, receipt && { serverTime, ...receipt })
      return report
    },
    setServer(bySeconds: number) {
      serverMs += bySeconds * 1_000
    },
  }
}

const requestsOf = ({ samples }: { samples: readonly { requests: number | null }[] }) =>
  samples.map(({ requests }) => requests)

describe('looking', () => {
  test('happens at once and every 30 s, however often the agent reports', async () => {
    const { pass, turns, tell } = start()
    await pass(0)
    expect(turns()).toBe(1)
    for (let time = 0; time < 6; time += 1) {
      tell()
      await pass(5)
    }
    expect(turns()).toBe(2)
    await pass(300)
    expect(turns()).toBe(12)
  })

  test('at an ATS that can’t be read leaves its numbers unknown, the host’s told, and says so once', async () => {
    const { pass, tell, sampling, logged } = start(async () => {
      throw new AtsSilent('no such socket')
    })
    await pass(0)
    tell()
    await pass(60)
    const { samples } = tell()
    expect(samples).toHaveLength(3)
    expect(samples[0]).toMatchObject({ atsStartedAt: null, requests: null, hostLoad: 0.5 })
    expect(sampling.newest()).toMatchObject({ requests: null })
    expect(logged).toHaveLength(1)
  })

  test('ends with the agent', async () => {
    const { pass, sampling, turns } = start()
    await pass(0)
    await sampling.stop()
    await pass(300)
    expect(turns()).toBe(1)
  })
})

describe('telling', () => {
  test('waits for the server’s time, and goes by it', async () => {
    const { pass, tell } = start()
    await pass(20)
    expect(tell().samples).toEqual([])
    await pass(15)
    const { samples, previous } = tell()
    expect(samples.map(({ at }) => at.getTime() - serverStart)).toEqual([5_000, 35_000])
    expect(previous).toBeNull()
    await pass(30)
    expect(tell()).toMatchObject({ previous: samples[1], samples: [{ requests: 30 }] })
  })

  test('keeps what no answer came for, and sends the same samples again', async () => {
    const { pass, tell, sampling } = start()
    await pass(0)
    tell()
    const first = sampling.report() // the answer is lost
    await pass(30)
    const again = tell()
    expect(requestsOf(again)).toEqual([10, 20])
    expect(again.samples[0]).toEqual(first.samples[0])
  })

  test('keeps what the server has no room for', async () => {
    const { pass, tell } = start()
    await pass(0)
    tell()
    tell({ isFull: true })
    await pass(30)
    expect(requestsOf(tell())).toEqual([10, 20])
    expect(requestsOf(tell())).toEqual([])
  })

  test('lets go of what the server stumbles over', async () => {
    const { pass, tell, logged } = start()
    await pass(0)
    tell()
    tell(null)
    expect(logged).toHaveLength(1)
    await pass(30)
    expect(requestsOf(tell())).toEqual([20])
  })

  test('of a server that is away for long brings the last hour', async () => {
    const { pass, tell } = start()
    await pass(0)
    tell()
    await pass(3 * 3_600)
    const { samples } = tell()
    expect(samples).toHaveLength(mostSamples)
    expect(samples.at(-1)?.requests).toBe(361 * 10)
  })

  test.each([[-300], [-90], [600]])(
    'of a server whose clock is set by %d s goes by the new time, and by its own for what lies between',
    async (seconds) => {
      const { pass, tell, setServer } = start()
      const told: Date[] = []
      const report = () => {
        const { previous, samples } = tell()
        told.push(...samples.map(({ at }) => at))
        return samples.map(
          ({ at }, index) => at.getTime() - (samples[index - 1] ?? previous ?? { at }).at.getTime(),
        )
      }
      await pass(0)
      report()
      report()
      await pass(300)
      report()
      setServer(seconds)
      for (let look = 0; look < 20; look += 1) {
        await pass(30)
        for (const between of report()) expect(Math.abs(between - 30_000)).toBeLessThanOrEqual(1)
      }
      expect(told).toHaveLength(31)
      expect(new Set(told.map((at) => at.getTime())).size).toBe(31)
      const [first, second] = told.slice(-21)
      expect((second?.getTime() ?? 0) - (first?.getTime() ?? 0)).toBe(30_000) // stamped before it heard
      const [then, next] = told.slice(-20)
      expect(
        Math.abs((next?.getTime() ?? 0) - (then?.getTime() ?? 0) - (30 + seconds) * 1_000),
      ).toBeLessThanOrEqual(1)
    },
  )

  test('sends what was stamped by one clock apart from what is by the next', async () => {
    const { pass, tell, setServer } = start()
    await pass(0)
    tell()
    await pass(30)
    setServer(-300)
    expect(requestsOf(tell({ isFull: true }))).toEqual([10, 20])
    await pass(30)
    expect(requestsOf(tell())).toEqual([10, 20])
    const { previous, samples } = tell()
    expect(requestsOf({ samples })).toEqual([30])
    expect((samples[0]?.at.getTime() ?? 0) - (previous?.at.getTime() ?? 0)).toBe(30_000)
  })

  test('counts on from the last sample that ATS told its counts in', async () => {
    const { pass, tell } = start(async (turn) => (turn === 2 ? null : statistics(turn * 10)))
    await pass(0)
    tell()
    tell()
    await pass(30)
    tell()
    await pass(30)
    expect(tell().previous?.requests).toBe(10)
  })
})
