/** An agent's own sampling and link around any ATS, but for its timer: half a minute goes by when the test says so. */
import { createLink } from '../../agent/link.ts'
import { createLog } from '../../agent/log.ts'
import { type SamplingParts, startSampling } from '../../agent/stats/sampling.ts'
import { sampleIntervalSeconds } from '../../server/core/stats.ts'
import type { TestAgent } from './agents.ts'
import type { TestServer } from './server.ts'
import { untilTrue } from './until.ts'

export interface StatsAgent {
  /** Looks so far. */
  looks(): number
  /** Half a minute goes by, at the end of which the agent looks. */
  pass(times?: number): Promise<void>
  /** Tells all that is not told yet; the first answer only tells the time. @returns how many samples */
  tell(): Promise<number>
  stop(): Promise<void>
}

/** @param advance moves the clocks of everybody else; the agent's is one that nobody sets */
export function startStatsAgent(
  server: TestServer,
  agent: TestAgent,
  ats: SamplingParts['ats'],
  advance: (seconds: number) => Promise<void> | void,
): StatsAgent {
  const timer: { call: (() => void) | null } = { call: null }
  let [steadyMs, looks] = [0, 0]
  const sampling = startSampling({
    ats: {
      async statistics() {
        looks += 1
        return ats.statistics()
      },
    },
    clock: {
      now: () => steadyMs,
      after(_ms, call) {
        timer.call = call
        return () => {
          timer.call = null
        }
      },
    },
    log: createLog(() => {}),
  })
  const link = createLink({
    servers: [server.url],
    isPollOnly: true,
    stats: sampling,
    createToken: async () => agent.token(),
    onNudge: () => {},
    onLost: () => {},
  })
  const looked = () => untilTrue(() => timer.call !== null)
  return {
    looks: () => looks,
    async pass(times = 1) {
      for (let turn = 0; turn < times; turn += 1) {
        await looked()
        steadyMs += sampleIntervalSeconds * 1_000
        await advance(sampleIntervalSeconds)
        const { call } = timer
        timer.call = null
        call?.()
        await looked()
      }
    },
    async tell() {
      await looked()
      const { samples } = sampling.report()
      await link.sync({
        hostname: agent.hostname,
        hash: null,
        atsVersion: '9.2.9',
        agentVersion: 'test',
        startId: null,
      })
      return samples.length
    },
    async stop() {
      await sampling.stop()
      await link.close()
    },
  }
}
