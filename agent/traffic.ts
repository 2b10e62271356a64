/**
 * Tells whether a change that ATS has loaded broke ATS itself: its door, and what it writes of its own end. Nothing
 * here asks for a name, so it is always done; what lies behind the door is the probe's affair (probe.ts).
 */
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LogTail, openTail } from './ats-log.ts'
import type { AtsPlace } from './ats-place.ts'
import type { Ats } from './ats-port.ts'
import { type DiskSet, isSame } from './files.ts'
import { type ProxyAddress, proxyAddress, serverPorts } from './probe.ts'

/** Parts of the whole that must end within 15 s: two looks, then the old set is loaded again. */
const answerWithinMs = 1_000
const lookAgainMs = 500
export const defaultWatchMs = 3_000

export interface Traffic {
  /** What is broken now and was not before, as one English sentence; null when all is well. */
  probe(): Promise<string | null>
  /** Probes on for a few seconds, and reads what ATS writes meanwhile. */
  watch(ms: number): Promise<string | null>
  close(): Promise<void>
}

/**
 * Looks at ATS before the change: only what works then can be broken by it.
 * @throws AtsSilent; and when ATS takes connections without a word: it hangs, and would not load anything either.
 */
export async function openTraffic(
  before: DiskSet,
  wanted: DiskSet,
  { place, ats }: { readonly place: AtsPlace; readonly ats: Ats },
): Promise<Traffic> {
  const door = proxyAddress((await ats.liveRecords([serverPorts])).get(serverPorts) ?? '')
  const doorBefore = door && (await askDoor(door))
  if (door && doorBefore === 'hangs' && (await askDoor(door)) === 'hangs')
    throw new Error(`ATS takes connections on ${nameOf(door)}, but does not answer.`)
  const mayLockOut = !isSame(before.files['ip_allow.yaml'], wanted.files['ip_allow.yaml'])
  const tail: LogTail = await openTail(join(place.logDir, 'diags.log'))

  async function faultOfDoor(): Promise<string | null> {
    if (!door || doorBefore !== 'answers') return null
    const found = await askDoor(door)
    // A client list may leave this host out: then ATS closes the connection, and that is what was asked for.
    if (found === 'answers' || (found === 'closes' && mayLockOut)) return null
    return `ATS answered on ${nameOf(door)} before the change and ${found === 'closes' ? 'closes connections' : 'does not answer'} now.`
  }

  /** One lost packet takes nothing back. */
  async function probeTwice(): Promise<string | null> {
    if ((await faultOfDoor()) === null) return null
    await sleep(lookAgainMs)
    return faultOfDoor()
  }

  return {
    probe: probeTwice,
    async watch(ms) {
      for (const end = performance.now() + ms; performance.now() < end; ) {
        await sleep(lookAgainMs)
        const last = (await tail.read()).find((line) => /\b(FATAL|ALERT|EMERGENCY): /.test(line))
        if (last !== undefined) return `ATS wrote after the change: ${last}`
        const fault = await probeTwice()
        if (fault !== null) return fault
      }
      return null
    },
    close: () => tail.close(),
  }
}

type DoorState = 'answers' | 'closes' | 'hangs' | 'refuses'

/**
 * Asks what ATS answers by itself: a request without a host is a 400, whatever the rules say, and reaches nobody
 * (measured on 9.2.9).
 */
function askDoor({ host, port }: ProxyAddress): Promise<DoorState> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    let found: DoorState = 'refuses'
    const timer = setTimeout(() => socket.destroy(), answerWithinMs)
    socket.on('connect', () => {
      found = 'hangs'
      socket.write('GET / HTTP/1.0\r\n\r\n')
    })
    socket.on('data', (bytes) => {
      if (bytes.toString('latin1').startsWith('HTTP/')) found = 'answers'
      socket.destroy()
    })
    socket.on('end', () => {
      if (found === 'hangs') found = 'closes'
    })
    socket.on('error', () => {
      if (found === 'hangs') found = 'closes'
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(found)
    })
  })
}

function nameOf({ host, port }: ProxyAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
