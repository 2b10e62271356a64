/** Keeps parents out that an administrator took out, and brings back those that we took out and nobody wants out any more. */
import type { Ats } from './ats-port.ts'
import { type Log, reasonOf } from './log.ts'
import type { Memory } from './memory.ts'

interface HoldParts {
  readonly ats: Pick<Ats, 'takenOut' | 'takeOut' | 'bringBack'>
  readonly memory: Pick<Memory, 'state' | 'update'>
  readonly log: Log
}

/**
 * Asks ATS each time while somebody is out: it forgets them when it restarts. Never rejects: while ATS is silent the
 * next pass tries again.
 */
export async function holdOut(wanted: readonly string[], { ats, memory, log }: HoldParts): Promise<void> {
  const ours = memory.state.takenOut
  const back = ours.filter((host) => !wanted.includes(host))
  if (wanted.length === 0 && back.length === 0) return
  try {
    if (back.length > 0) {
      await ats.bringBack(back)
      log.info('parents brought back', { hosts: back })
    }
    // On disk before ATS knows: a crash in between must not leave a parent out for ever.
    if (back.length > 0 || wanted.some((host) => !ours.includes(host)))
      await memory.update({ takenOut: wanted })
    if (wanted.length === 0) return
    const out = await ats.takenOut(wanted)
    const missing = wanted.filter((host) => !out.includes(host))
    if (missing.length === 0) return
    await ats.takeOut(missing)
    log.info('parents taken out', { hosts: missing })
  } catch (error) {
    log.warn('parents could not be taken out or brought back', { wanted, reason: reasonOf(error) })
  }
}
