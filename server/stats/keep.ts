/** Timer jobs: samples become sums, and what is older than the settings say goes. */
import type { Operation } from '../operation.ts'
import { readSettings } from '../settings/settings.read.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Stretches that one run catches up with; the next goes on. */
const mostStretches = 30

export async function rollUpStats(op: Operation): Promise<void> {
  for (let stretch = 0; stretch < mostStretches; stretch += 1) {
    if (!(await op.observe.statsSums())) return
  }
}

export async function dropOldStats(op: Operation): Promise<void> {
  const kept = await readSettings(op.read)
  const before = (ms: number) => new Date(op.now.getTime() - ms)
  await op.observe.statsEnd({
    samples: before(kept.statsSampleHours * hourMs),
    minute: before(kept.statsMinuteHours * hourMs),
    hour: before(kept.statsHourDays * dayMs),
    day: before(kept.statsDayDays * dayMs),
  })
}
