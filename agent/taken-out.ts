/**
 * Keeps parents out that an administrator took out, brings back those that we took out and nobody wants out any more,
 * and reads back from ATS whether that is so.
 */
import type { Ats } from './ats-port.ts'
import { type Log, reasonOf } from './log.ts'
import type { Clock } from './loop.ts'
import type { Memory } from './memory.ts'

export interface ParentOut {
  readonly host: string
  /** Null: ATS could not be asked. */
  readonly isOut: boolean | null
  /** Why that is not as it should be, in the words of ATS; null: it is, or ATS has only just been told. */
  readonly says: string | null
}

export interface ParentHold {
  /**
   * Asks ATS each time while somebody is out: it forgets them when it restarts. Never rejects: while ATS is silent the
   * next pass tries again.
   */
  hold(wanted: readonly string[]): Promise<void>
  /** The hosts that are to be left out, and those that are to come back and have not, as ATS had them last. */
  found(): readonly ParentOut[]
  stop(): void
}

export interface HoldParts {
  readonly ats: Pick<Ats, 'takenOut' | 'takeOut' | 'bringBack'>
  readonly memory: Pick<Memory, 'state' | 'update'>
  readonly log: Log
  readonly clock: Pick<Clock, 'after'>
  /** Something else is found than at the last pass. */
  readonly onNews: () => void
}

/** For a pass by hand: nobody looks again. */
export const inPassing: Pick<HoldParts, 'clock' | 'onNews'> = {
  clock: { after: () => () => {} },
  onNews() {},
}

/** 9.2 brings its answer up to date within 7 s of a change; what it does then changes at once. */
const lookAgainMs = 1_000
const mostLooks = 15

export function createHold({ ats, memory, log, clock, onNews }: HoldParts): ParentHold {
  let wanted: readonly string[] = []
  /** Brought back by us, and not yet seen to be in use. */
  let returning: readonly string[] = []
  let found: readonly ParentOut[] = []
  let looksLeft = mostLooks
  let passes = 0
  let cancelLook = () => {}

  /** Tells ATS what is to be told, and reads back what became of it. */
  async function bring(): Promise<void> {
    const ours = memory.state.takenOut
    const back = ours.filter((host) => !wanted.includes(host))
    returning = [...new Set([...returning, ...back])].filter((host) => !wanted.includes(host))
    if (back.length > 0) {
      await ats.bringBack(back)
      log.info('parents brought back', { hosts: back })
    }
    // On disk before ATS knows: a crash in between must not leave a parent out for ever.
    if (back.length > 0 || wanted.some((host) => !ours.includes(host)))
      await memory.update({ takenOut: wanted })
    const out = (await look()).filter(({ isOut }) => isOut).map(({ host }) => host)
    // What 9.2 says may be of before: whoever is to be out from now on is told so in any case.
    const hosts = wanted.filter((host) => !ours.includes(host) || !out.includes(host))
    if (hosts.length === 0) return
    await ats.takeOut(hosts)
    log.info('parents taken out', { hosts })
    await look()
  }

  async function look(): Promise<readonly ParentOut[]> {
    const asked = [...wanted, ...returning]
    const out = asked.length === 0 ? [] : await ats.takenOut(asked)
    returning = returning.filter((host) => out.includes(host))
    found = [...wanted, ...returning].map((host) => {
      const isOut = out.includes(host)
      const isWell = isOut === wanted.includes(host)
      return { host, isOut, says: isWell || looksLeft > 0 ? null : wordsOf(isOut) }
    })
    if (isSettled()) looksLeft = mostLooks
    return found
  }

  const isSettled = () => found.every(({ host, isOut }) => isOut === wanted.includes(host))

  /** What is found then is told by a pass. */
  function lookAgain(): void {
    const pass = passes
    cancelLook = clock.after(lookAgainMs, async () => {
      looksLeft -= 1
      const before = JSON.stringify(found)
      await look().catch(fail)
      if (pass !== passes) return
      if (JSON.stringify(found) !== before) onNews()
      else if (looksLeft > 0) lookAgain()
    })
  }

  function fail(error: unknown): void {
    const says = reasonOf(error)
    if (found.every((each) => each.says !== says))
      log.warn('parents could not be taken out or brought back', { wanted, reason: says })
    // Those that could not be brought back are still ours.
    const back = memory.state.takenOut.filter((host) => !wanted.includes(host))
    const hosts = new Set([...wanted, ...returning, ...back])
    found = [...hosts].map((host) => ({ host, isOut: null, says }))
  }

  return {
    async hold(hosts) {
      passes += 1
      cancelLook()
      if (String(hosts) !== String(wanted)) looksLeft = mostLooks
      wanted = hosts
      if (wanted.length + memory.state.takenOut.length + returning.length === 0) {
        found = []
        return
      }
      await bring().catch(fail)
      if (!isSettled() && looksLeft > 0) lookAgain()
    },
    found: () => found,
    stop() {
      passes += 1
      cancelLook()
    },
  }
}

function wordsOf(isOut: boolean): string {
  return isOut
    ? 'ATS was told to use it again, and still leaves it out.'
    : 'ATS was told to leave it out, and still uses it.'
}
