/**
 * A process of its own that outlives its agent: when a capture is over and nobody has put ATS's debug output back, it
 * does. `agent run` starts it with the first capture; it ends with the last.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ats } from '../ats-port.ts'
import { type Log, reasonOf } from '../log.ts'
import { endOf, type JournalFile, setDebug } from './debug-switch.ts'

export interface WatchdogParts {
  readonly journal: JournalFile
  readonly ats: Pick<Ats, 'liveRecords' | 'setRecord'>
  readonly log: Log
  readonly now: () => number
}

const lookEveryMs = 500
/** The agent goes first. */
export const graceMs = 1_500
/** An ATS that is silent for so long is down, and comes back without what was set; the next agent looks again. */
const patienceMs = 10 * 60_000

/** Resolves when debug is what it was before. */
export async function watchDebug({ journal, ats, log, now }: WatchdogParts): Promise<void> {
  for (;;) {
    const open = await journal.read().catch(() => null)
    if (open === null || open.isBack) return
    const overdueMs = now() - endOf(open) - graceMs
    if (overdueMs > patienceMs) return
    if (overdueMs >= 0) {
      try {
        await setDebug(ats, open.before)
        // Not removed: the next agent sends what this capture's agent couldn't.
        await journal.write({ ...open, isBack: true })
        log.warn('debug put back by the watchdog', { overdueMs })
        return
      } catch (error) {
        log.warn('debug could not be put back yet', { reason: reasonOf(error) })
      }
    }
    await sleep(lookEveryMs)
  }
}
