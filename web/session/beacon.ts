/** Keeps a session alive by a beacon, and knows when it is over: refused, or two minutes without an answer. */
import { beaconIntervalSeconds, sessionSilenceSeconds } from '#core/vocabulary'

/** What became of one beacon. */
export type Heard = 'alive' | 'over' | 'unreachable'

interface BeaconParts {
  /** Sends one beacon; never throws. */
  readonly send: () => Promise<Heard>
  /** The session ended: `over` by the server's word, `unreachable` by silence. Called once. */
  readonly onEnd: (why: 'over' | 'unreachable') => void
}

export interface Beacon {
  /** Sends one now, for instance after the computer woke up; calls that overlap share it. */
  readonly send: () => Promise<Heard>
  readonly stop: () => void
}

const intervalMs = beaconIntervalSeconds * 1_000
const silenceMs = sessionSilenceSeconds * 1_000
/** Pause before the next try after one that got no answer. */
const retryMs = 5_000

/** Starts beating; the session counts as heard from now. */
export function startBeacon(parts: BeaconParts): Beacon {
  let heardAt = Date.now()
  let timer = setTimeout(() => void send(), intervalMs)
  let underway: Promise<Heard> | undefined
  let isStopped = false

  const stop = () => {
    isStopped = true
    clearTimeout(timer)
  }
  const beat = async (): Promise<Heard> => {
    clearTimeout(timer)
    const heard = await parts.send()
    if (isStopped) return heard
    const now = Date.now()
    if (heard === 'alive') heardAt = now
    if (heard === 'over' || now - heardAt >= silenceMs) {
      stop()
      parts.onEnd(heard === 'over' ? 'over' : 'unreachable')
      return heard
    }
    const pauseMs = heard === 'alive' ? intervalMs : Math.min(retryMs, heardAt + silenceMs - now)
    timer = setTimeout(() => void send(), pauseMs)
    return heard
  }
  const send = (): Promise<Heard> => {
    underway ??= beat().finally(() => {
      underway = undefined
    })
    return underway
  }
  return { send, stop }
}
