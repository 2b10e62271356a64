/** How many times somebody may ask in a minute: counted in memory, bounded, and cheap enough for every sync. */

export interface Allowance {
  /** @returns null while there is room for one more, else whole seconds until there is; counts nothing */
  wait(key: string, at: Date): number | null
  /** Counts whatever there is room for. */
  take(key: string, at: Date, count?: number): void
}

const windowMs = 60_000
/** Of fractions: a share, or a second, that is whole but for the last digits. */
const rounding = 1e-6
/** Beyond that many in one minute, those who are new share one count. */
const keysKept = 100_000

/**
 * A sliding minute in two counts: of the minute that runs, and of the one before by the part that still lies within
 * sixty seconds. What is refused is not counted: whoever hammers gets their allowance, and no less.
 */
export function createAllowance(most: number): Allowance {
  let startedAt = 0
  let before = new Map<string, number>()
  let running = new Map<string, number>()

  function turn(at: number): void {
    if (at >= startedAt && at < startedAt + windowMs) return
    before = at >= startedAt && at < startedAt + 2 * windowMs ? running : new Map()
    running = new Map()
    startedAt = at - (at % windowMs)
  }
  const kept = (key: string) => (running.has(key) || running.size < keysKept ? key : '')

  return {
    wait(key, at) {
      turn(at.getTime())
      const [past, now] = [before.get(kept(key)) ?? 0, running.get(kept(key)) ?? 0]
      const passed = (at.getTime() - startedAt) / windowMs
      if (now + past * (1 - passed) + 1 <= most + rounding) return null
      // When enough of the older count has slid out; of the running one only after its minute.
      const minutes = now + 1 <= most ? 1 - (most - 1 - now) / past - passed : 2 - (most - 1) / now - passed
      return Math.max(1, Math.ceil((minutes * windowMs) / 1000 - rounding / most))
    },
    take(key, at, count = 1) {
      turn(at.getTime())
      running.set(kept(key), Math.min((running.get(kept(key)) ?? 0) + count, most))
    },
  }
}
