/**
 * Looks at ATS and its host every 30 s, and keeps what the server hasn't taken yet.
 *
 * On a timer of its own, so that a slow ATS keeps no pass waiting and an absent server makes no gap: what was sampled
 * meanwhile rides with the next `sync` that is answered.
 */
import {
  type AtsLife,
  countsOf,
  gaugesOf,
  mostSamples,
  type StatsSample,
  sampleIntervalSeconds,
} from '#core/stats'
import type { Ats } from '../ats-port.ts'
import { type Log, reasonOf } from '../log.ts'
import type { Clock } from '../loop.ts'
import { type HostNumbers, readHost } from './host.ts'

export interface StatsReport {
  /** The newest counts that the server has taken: what the first of the samples is compared with. */
  readonly previous: StatsSample | null
  readonly samples: readonly StatsSample[]
}

export interface StatsReceipt {
  /** ISO instant. */
  readonly serverTime: string
  /** The server has no room: what was sent is to be kept. */
  readonly isFull: boolean
}

/** How statistics ride along with `sync`. */
export interface StatsRider {
  /** What is unsent, right before it is sent. */
  report(): StatsReport
  /** `receipt` null: the server has stumbled over the report. */
  told(report: StatsReport, receipt: StatsReceipt | null): void
}

export interface Sampling extends StatsRider {
  /** The newest look, by the host's clock; null before the first. */
  newest(): StatsSample | null
  /** Resolves when the look that is under way has ended. */
  stop(): Promise<void>
}

export interface SamplingParts {
  readonly ats: Pick<Ats, 'statistics'>
  readonly clock: Clock
  readonly log: Log
  readonly readHost?: () => Promise<HostNumbers>
}

type Look = Omit<StatsSample, 'at'>

/** A look, when it was taken by the agent's clock (which nobody sets, in ms), and its time by the server's once it was sent. */
interface Taken {
  readonly look: Look
  readonly takenAt: number
  stamp: Stamp | null
}

interface Stamp {
  readonly at: Date
  readonly anchor: Anchor
}

/** The server's time at a moment of the agent's clock. */
interface Anchor {
  readonly serverMs: number
  readonly clockMs: number
}

/** Requests take their time: a difference within this says nothing about the clocks. */
const anchorSlackMs = 1_000

/** Starts with a look at once. */
export function startSampling({ ats, clock, log, readHost: host = readHost }: SamplingParts): Sampling {
  let unsent: Taken[] = []
  let previous: Taken | null = null
  let newest: StatsSample | null = null
  let anchor: Anchor | null = null
  let reportedAt = 0
  let lastStampsMs: readonly number[] = []
  let wasSilent = false
  let cancelTimer = () => {}
  let isStopped = false
  let running = sample()

  async function sample(): Promise<void> {
    const takenAt = clock.now()
    const look: Look = { ...(await lookAtAts()), ...(await host()) }
    newest = { ...look, at: new Date() }
    unsent = [...unsent, { look, takenAt, stamp: null }].slice(-mostSamples)
    if (isStopped) return
    const waitMs = Math.max(0, takenAt + sampleIntervalSeconds * 1_000 - clock.now())
    cancelTimer = clock.after(waitMs, () => {
      running = sample()
    })
  }

  async function lookAtAts(): Promise<Look> {
    try {
      const found = await ats.statistics()
      wasSilent = false
      return { ...nothing, ...found }
    } catch (error) {
      if (!wasSilent) log.warn('ATS tells no statistics', { reason: reasonOf(error) })
      wasSilent = true
      return nothing
    }
  }

  /**
   * Once and for all: a sample that is sent again is the same sample. One of a minute that the server's clock goes
   * through a second time must not be taken for one that was told in the first.
   */
  function stampOf({ takenAt }: Taken, by: Anchor): Stamp {
    let at = timeOf(takenAt, by)
    while (lastStampsMs.includes(at)) at += 1
    lastStampsMs = [...lastStampsMs, at].slice(-2 * mostSamples)
    return { at: new Date(at), anchor: by }
  }

  return {
    newest: () => newest,
    report() {
      reportedAt = clock.now()
      const known = anchor
      // The host's clock may be off by hours: before the server has told its own, samples have no time.
      if (known === null) return nothingToTell
      for (const taken of unsent) taken.stamp ??= stampOf(taken, known)
      // What was stamped before the server's clock was set goes alone: the times of one report are of one clock.
      const by = unsent[0]?.stamp?.anchor ?? known
      return {
        // By that clock too: what is between it and the first sample is how long that took.
        previous: previous && { ...previous.look, at: new Date(timeOf(previous.takenAt, by)) },
        samples: unsent.flatMap(({ look, stamp }) =>
          stamp?.anchor === by ? [{ ...look, at: stamp.at }] : [],
        ),
      }
    },
    told({ samples }, receipt) {
      const sent = new Set(samples.map(({ at }) => at))
      const wasSent = ({ stamp }: Taken) => stamp !== null && sent.has(stamp.at)
      if (receipt === null) {
        unsent = unsent.filter((taken) => !wasSent(taken)) // sent again they would be stumbled over again
        log.warn('the server has not taken the statistics')
        return
      }
      const serverMs = Date.parse(receipt.serverTime)
      const expectedMs = anchor === null ? null : timeOf(reportedAt, anchor)
      if (expectedMs === null || Math.abs(serverMs - expectedMs) > anchorSlackMs) {
        anchor = { serverMs, clockMs: reportedAt }
      }
      if (receipt.isFull) return
      previous = unsent.findLast((taken) => wasSent(taken) && taken.look.atsStartedAt !== null) ?? previous
      unsent = unsent.filter((taken) => !wasSent(taken))
    },
    async stop() {
      isStopped = true
      cancelTimer()
      await running
    },
  }
}

/** The server's time, in ms, at a moment of the agent's clock. */
function timeOf(clockMs: number, anchor: Anchor): number {
  return Math.round(anchor.serverMs + clockMs - anchor.clockMs)
}

const nothingToTell: StatsReport = { previous: null, samples: [] }
/** For a look in passing. */
export const noStats: StatsRider = { report: () => nothingToTell, told() {} }

const unknownLife: AtsLife = { atsStartedAt: null, countersContinue: false }
const nothing: Look = { ...unknownLife, ...countsOf(() => null), ...gaugesOf(() => null) }
