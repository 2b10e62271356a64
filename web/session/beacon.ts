/** Keeps a session alive by a beacon, and knows how it stands: heard, unanswered, or over by the server's word. */
import { beaconIntervalSeconds, sessionSilenceSeconds } from '#core/vocabulary'

/** What became of one beacon. BUSY: another tab is sending one at this moment. */
export type Heard = 'alive' | 'over' | 'unreachable' | 'busy'

interface BeaconParts {
  /** Sends one beacon; never throws. @param isUrgent whatever other tabs do */
  readonly send: (isUrgent: boolean) => Promise<Heard>
  /** The server said that the session is over. Called once. @param hasSlept the page was suspended just before */
  readonly onEnd: (hasSlept: boolean) => void
  /** No answer for longer than usual: since when, in milliseconds since the epoch; null: heard again. */
  readonly onSilence: (since: number | null) => void
}

export interface Beacon {
  /** Sends one now, for instance after the computer woke up; calls that overlap share it. */
  readonly send: () => Promise<Heard>
  /** Another tab's was heard: the session is one and the same. */
  readonly heard: () => void
  readonly stop: () => void
}

const intervalMs = beaconIntervalSeconds * 1_000
/** Pause before the next try after one that got no answer. */
const retryMs = 5_000
/** A tab that has promised a beacon and sends none, since it was suspended, is not waited for any longer. */
const patienceMs = intervalMs + 3 * retryMs
/** A timer that comes so late was not late: the page slept. The least, browsers make of a hidden page's timers. */
const sleepMs = sessionSilenceSeconds * 1_000 - intervalMs

/** Starts beating; the session counts as heard from now. It beats on while nobody answers: only the server ends it. */
export function startBeacon(parts: BeaconParts): Beacon {
  let heardAt = Date.now()
  let dueAt = heardAt + intervalMs
  let timer = setTimeout(() => void send(false), intervalMs)
  let underway: Promise<Heard> | undefined
  let isStopped = false
  let isSilent = false
  let hasSlept = false

  const stop = () => {
    isStopped = true
    clearTimeout(timer)
  }
  const schedule = (pauseMs: number) => {
    clearTimeout(timer)
    dueAt = Date.now() + pauseMs
    timer = setTimeout(() => void send(false), pauseMs)
  }
  const noteHeard = () => {
    heardAt = Date.now()
    hasSlept = false
    if (isSilent) parts.onSilence(null)
    isSilent = false
    schedule(intervalMs)
  }
  const beat = async (isUrgent: boolean): Promise<Heard> => {
    clearTimeout(timer)
    hasSlept ||= Date.now() - dueAt > sleepMs
    const heard = await parts.send(isUrgent || Date.now() - heardAt >= patienceMs)
    if (isStopped) return heard
    if (heard === 'alive') noteHeard()
    else if (heard === 'over') {
      stop()
      parts.onEnd(hasSlept)
    } else {
      if (!isSilent && Date.now() - heardAt >= patienceMs) {
        isSilent = true
        parts.onSilence(heardAt)
      }
      schedule(retryMs)
    }
    return heard
  }
  const send = (isUrgent: boolean): Promise<Heard> => {
    underway ??= beat(isUrgent).finally(() => {
      underway = undefined
    })
    return underway
  }
  return { send: () => send(true), heard: () => !isStopped && noteHeard(), stop }
}
