/** What a real ATS is said to have done is what was done to it, byte for byte, also over its restarts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import type { AtsStatistics } from '../agent/ats-port.ts'
import { type CountedSample, increaseBetween, statsCounters } from '../server/core/stats.ts'
import { startAts, type TestAts } from './support/ats.ts'
import { useProxy } from './support/ats-traffic.ts'
import { untilTrue } from './support/until.ts'

let crashed: TestAts
let restarted: TestAts
beforeAll(async () => {
  ;[crashed, restarted] = await Promise.all([startAts(), startAts()])
}, 60_000)
afterAll(() => Promise.all([crashed.close(), restarted.close()]))

const adapterOf = (ats: TestAts) => createAts({ ...ats, binDir: '/usr/bin' })
const sampleOf = (found: AtsStatistics, seconds: number): CountedSample => ({
  ...found,
  at: new Date(seconds * 1_000),
})

/** ATS 9.2 brings what it tells up to date every 5 s. */
async function sampleWith(ats: TestAts, seconds: number, isThere: (found: AtsStatistics) => boolean) {
  let last: AtsStatistics | null = null
  await untilTrue(async () => {
    last = await adapterOf(ats)
      .statistics()
      .catch(() => null)
    return last !== null && isThere(last)
  }, 40_000)
  return sampleOf(last as unknown as AtsStatistics, seconds)
}

async function firstSample(ats: TestAts): Promise<CountedSample> {
  const sample = await sampleWith(ats, 0, ({ requests }) => requests !== null)
  // Nothing is missing on this release, and nothing has happened yet.
  for (const counter of statsCounters) expect([counter, sample[counter]]).toEqual([counter, 0])
  return sample
}

const crash = async (ats: TestAts) => {
  process.kill(Number(readFileSync(join(ats.runtimeDir, 'server.lock'), 'utf8').trim()), 'SIGKILL')
}
/** traffic_manager writes its counts down every 5 s. */
const restartService = async (ats: TestAts) => {
  await wait(5_500)
  await ats.stop()
  await ats.restart()
}

test.concurrent.each([
  ['a crash, after which it counts from zero', () => crashed, crash, false],
  ['a restart of the service, which goes on from its old counts', () => restarted, restartService, true],
] as const)(
  'every request, tunnel and byte is counted once over %s',
  async (_what, of, restart, continues) => {
    const ats = of()
    const first = await firstSample(ats)
    const before = await useProxy(ats, 12, 5)
    const second = await sampleWith(ats, 30, ({ requests }) => requests === before.requests)
    expect(increaseBetween(first, second)).toMatchObject({
      ...before,
      restarts: 0,
      responses2xx: 12,
      responses5xx: 1,
      parentConnections: 0,
    })

    await restart(ats)
    await sampleWith(
      ats,
      60,
      ({ atsStartedAt }) => atsStartedAt?.getTime() !== second.atsStartedAt?.getTime(),
    )
    const after = await useProxy(ats, 3, 2)
    const counted = continues ? before.requests + after.requests : after.requests
    const third = await sampleWith(ats, 60, ({ requests }) => requests === counted)
    expect(third.countersContinue).toBe(continues)
    expect(increaseBetween(second, third)).toMatchObject({ ...after, restarts: 1, responses2xx: 3 })
  },
  90_000,
)
