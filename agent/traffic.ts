/**
 * Tells whether a change that ATS has loaded breaks traffic (docs/decisions/0016): its door, the parents that the
 * change brings, and what ATS writes of its own end. Nothing here asks for a name that could mean something to somebody.
 */
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseParentConfigLine } from '#core/ats/parent-config-line'
import type { Ats } from './ats.ts'
import { type LogTail, openTail } from './ats-log.ts'
import type { AtsPlace } from './ats-place.ts'
import { type DiskSet, isSame } from './files.ts'

/** Parts of the whole that must end within 15 s: two looks, then the old set is loaded again. */
const answerWithinMs = 1_000
const lookAgainMs = 500
const probedParents = 16
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
  const serverPorts = 'proxy.config.http.server_ports'
  const door = doorOf((await ats.liveRecords([serverPorts])).get(serverPorts) ?? '')
  const doorBefore = door && (await askDoor(door))
  if (door && doorBefore === 'hangs' && (await askDoor(door)) === 'hangs')
    throw new Error(`ATS takes connections on ${nameOf(door)}, but does not answer.`)
  const mayLockOut = !isSame(before.files['ip_allow.yaml'], wanted.files['ip_allow.yaml'])
  const parents = { old: parentsOf(before), new: parentsOf(wanted) }
  const tail: LogTail = await openTail(join(place.logDir, 'diags.log'))

  async function faultOfDoor(): Promise<string | null> {
    if (!door || doorBefore !== 'answers') return null
    const found = await askDoor(door)
    // A client list may leave this host out: then ATS closes the connection, and that is what was asked for.
    if (found === 'answers' || (found === 'closes' && mayLockOut)) return null
    return `ATS answered on ${nameOf(door)} before the change and ${found === 'closes' ? 'closes connections' : 'does not answer'} now.`
  }

  async function faultOfParents(): Promise<string | null> {
    if (parents.new.every((parent) => parents.old.some((old) => nameOf(old) === nameOf(parent)))) return null
    const reached = await Promise.all(parents.new.map(reach))
    // A name that only ATS's resolver knows says nothing.
    if (reached.length === 0 || reached.some((found) => found !== 'unreachable')) return null
    // Asked at the same moment: a network that is down takes the old ones away as well.
    const old = await Promise.all(parents.old.map(reach))
    if (!old.includes('reached')) return null
    const names = parents.new.map(nameOf).join(', ')
    return `No parent of the new set can be reached (${names}), while one of the old set can.`
  }

  async function probe(): Promise<string | null> {
    const [atDoor, atParents] = await Promise.all([faultOfDoor(), faultOfParents()])
    return atDoor ?? atParents
  }

  /** One lost packet takes nothing back. */
  async function probeTwice(): Promise<string | null> {
    if ((await probe()) === null) return null
    await sleep(lookAgainMs)
    return probe()
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

interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Of `8080:ip-in=127.0.0.1 8443:ssl`: the first that takes plain HTTP on an address; null when there is none. */
export function doorOf(serverPorts: string): Endpoint | null {
  for (const port of serverPorts.split(/[\s,]+/)) {
    // Colons stand in IPv6 addresses too, which ATS has in brackets.
    const options: readonly string[] = port.match(/(?:\[[^\]]*\]|[^:])+/g) ?? []
    const number = Number(options.find((option) => /^\d+$/.test(option)))
    if (!number || options.some((option) => /^(ssl|tr-|quic|proto|pp)/.test(option))) continue
    const address = options.find((option) => option.startsWith('ip-in='))?.slice('ip-in='.length)
    const host = address?.replace(/^\[|\]$/g, '') ?? (options.includes('ipv6') ? '::1' : '127.0.0.1')
    return { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port: number }
  }
  return null
}

type DoorState = 'answers' | 'closes' | 'hangs' | 'refuses'

/**
 * Asks what ATS answers by itself: a request without a host is a 400, whatever the rules say, and reaches nobody
 * (measured on 9.2.9).
 */
function askDoor({ host, port }: Endpoint): Promise<DoorState> {
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

/** Of lines that must not go direct instead: without their parents such requests fail. */
function parentsOf(set: DiskSet): Endpoint[] {
  const found = new Map<string, Endpoint>()
  for (const text of (set.files['parent.config'] ?? '').toString().split('\n')) {
    if (!text.includes('parent=')) continue
    const read = parseParentConfigLine(text)
    if (!read.ok || read.line.goDirect !== false) continue
    for (const { host, port } of read.line.parents) found.set(nameOf({ host, port }), { host, port })
    if (found.size >= probedParents) break
  }
  return [...found.values()]
}

/** Unknown: no address for the name here. */
function reach({ host, port }: Endpoint): Promise<'reached' | 'unreachable' | 'unknown'> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })),
      answerWithinMs,
    )
    const end = (found: 'reached' | 'unreachable' | 'unknown') => {
      clearTimeout(timer)
      socket.destroy()
      resolve(found)
    }
    socket.on('connect', () => end('reached'))
    socket.on('error', (error) => {
      const code = 'code' in error ? error.code : ''
      const isTold = ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].includes(String(code))
      end(isTold ? 'unreachable' : 'unknown')
    })
  })
}

function nameOf({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
