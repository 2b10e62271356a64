/** When to run: a timer with jitter, a nudge, a backoff; never two passes at once. */
import { LinkError } from './transport.ts'

/** The steps that an agent waits while the server can't be reached; the last one stays. */
export const backoffSteps = [30, 60, 120, 180] as const
/** Local bounds of the server's wishes, in seconds: how often to poll, and when to come back (Retry-After). */
export const pollBounds = { min: 5, max: 300 } as const
/** Of the time in which to come back when the socket is lost; before the server has told one, it is the default. */
const comeBackBounds = { min: 5, default: 10, max: 60 } as const
/** The least time between two starts: a flood of nudges costs five passes a second, not a processor. */
const leastGapMs = 200

export interface Clock {
  now(): number
  /** Calls once, and answers how to call it off. */
  after(ms: number, call: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}

/** The server's wishes at the end of a pass, in seconds and unchecked. */
export interface Pass {
  readonly pollSeconds: number
  /** After a lost socket: within this time. */
  readonly comeBackSeconds: number
}

export interface LoopParts {
  /** Rejects when the server couldn't be reached. */
  readonly pass: () => Promise<Pass>
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** Told after each failed pass. */
  readonly onFailure: (error: unknown, waitMs: number) => void
}

export interface Loop {
  /** "Look again": a pass now, or one more after the running one however many nudges came during it. */
  nudge(): void
  /** The socket is lost: a pass at a random moment of the time told, so that a fleet comes back spread out. */
  comeBack(): void
  /** Resolves when the running pass has ended; no other follows. */
  stop(): Promise<void>
}

/** Starts with a pass at once. */
export function startLoop({ pass, clock, random, onFailure }: LoopParts): Loop {
  let cancelTimer = () => {}
  let startedAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let comeBackSeconds: number = comeBackBounds.default
  let isNudged = false
  let isStopped = false
  let running: Promise<void> | null = null

  function schedule(ms: number): void {
    const waitMs = Math.max(ms, startedAt + leastGapMs - clock.now())
    cancelTimer()
    cancelTimer = clock.after(waitMs, () => {
      running = run()
    })
  }

  async function run(): Promise<void> {
    startedAt = clock.now()
    isNudged = false
    let waitMs: number
    try {
      const told = await pass()
      failures = 0
      comeBackSeconds = told.comeBackSeconds
      waitMs = isNudged ? 0 : pollWaitMs(told.pollSeconds, random())
    } catch (error) {
      failures += 1
      const wish = error instanceof LinkError ? error.retryAfterSeconds : null
      waitMs = wish === null ? backoffMs(failures, random()) : retryAfterMs(wish, random())
      onFailure(error, waitMs)
    }
    running = null
    if (!isStopped) schedule(waitMs)
  }

  running = run()
  return {
    nudge() {
      isNudged = true
      if (running === null && !isStopped) schedule(0)
    },
    comeBack() {
      // While failing the backoff rules: who came back earlier would knock more often than it allows.
      if (running !== null || isStopped || failures > 0) return
      // Also where the poll was due sooner: the earlier of two random moments would crowd at the beginning.
      schedule(random() * bounded(comeBackSeconds, comeBackBounds) * 1000)
    },
    async stop() {
      isStopped = true
      cancelTimer()
      await running
    },
  }
}

/** Uniform in the last tenth of the interval, so that agents started together don't stay together. */
export function pollWaitMs(pollSeconds: number, random: number): number {
  return bounded(pollSeconds, pollBounds) * 1000 * (0.9 + random * 0.1)
}

/** Not before the server wishes, and up to half as much later: it tells a whole fleet the same. */
export function retryAfterMs(seconds: number, random: number): number {
  return bounded(seconds, pollBounds) * 1000 * (1 + random * 0.5)
}

function bounded(seconds: number, { min, max }: { min: number; max: number }): number {
  return Math.min(Math.max(seconds, min), max)
}

/** After the nth failure in a row: uniform in [step/2, step], also at the cap. */
export function backoffMs(failures: number, random: number): number {
  const step = backoffSteps[Math.min(failures, backoffSteps.length) - 1] ?? backoffSteps[0]
  return (step / 2 + (random * step) / 2) * 1000
}
