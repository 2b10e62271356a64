/** Looks at everything on this host that an apply depends on, changes nothing, and says how to mend what is wrong. */
import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { atsGenerations } from '#core/vocabulary'
import { faultOfVersion } from './ats.ts'
import type { AtsPlace } from './ats-place.ts'
import type { Ats } from './ats-port.ts'
import { routingFiles } from './files.ts'
import { reasonOf } from './log.ts'
import { requireReplaceable } from './owner.ts'
import { proxyAddress, serverPorts } from './probe.ts'

export interface Finding {
  readonly what: string
  /** What was found, as a sentence. */
  readonly says: string
  /** Null: all is well. */
  readonly remedy: string | null
}

export interface DoctorParts {
  readonly home: string
  readonly place: AtsPlace
  readonly ats: Ats
  readonly servers: readonly string[]
  readonly now: () => number
}

const leastFreeBytes = 64 * 1024 * 1024
/** A token proves the agent for a minute. */
const mostSkewMs = 30_000
const answerMs = 5_000

export async function examine(parts: DoctorParts): Promise<readonly Finding[]> {
  const { place, ats, servers } = parts
  // Without an adapter for this ATS: the version is the finding then.
  const recordsFile = await ats.recordsFile().then(
    ({ name }) => name,
    () => null,
  )
  const names = recordsFile === null ? routingFiles : [...routingFiles, recordsFile]
  const paths = names.map((name) => join(place.configDir, name))
  const checks = [
    homeFinding(parts.home),
    directoryFinding(place.configDir),
    ...paths.map(fileFinding),
    logFinding(join(place.logDir, 'diags.log')),
    versionFinding(ats),
    ...servers.map((server) => serverFinding(server, parts.now)),
  ]
  const records = recordsFile === null ? [] : await recordFindings(parts, recordsFile)
  return [...(await Promise.all(checks)), ...records]
}

async function finding(what: string, remedy: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, says: await look(), remedy: null }
  } catch (error) {
    return { what, says: reasonOf(error), remedy }
  }
}

function homeFinding(home: string): Promise<Finding> {
  const remedy = 'Give the agent’s home to the user that runs the agent, and free some space there.'
  return finding('home', remedy, async () => {
    await access(home, constants.R_OK | constants.W_OK)
    const { bavail, bsize } = await statfs(home)
    const free = `${Math.floor((bavail * bsize) / 1024 / 1024)} MiB are free in ${home}.`
    if (bavail * bsize < leastFreeBytes) throw new Error(`Only ${free}`)
    return free
  })
}

/** New files are written beside the old ones and renamed. */
function directoryFinding(directory: string): Promise<Finding> {
  const remedy = `Run the agent as root, or give its user's group write permission on ${directory}.`
  return finding('directory', remedy, async () => {
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    return `${directory} can be written to.`
  })
}

function fileFinding(path: string): Promise<Finding> {
  const remedy =
    'Run the agent as root or as the user of ATS, and give that user read permission on the file.'
  return finding('file', remedy, async () => {
    await access(path, constants.R_OK)
    await requireReplaceable(path)
    return `${path} can be read and replaced.`
  })
}

function logFinding(path: string): Promise<Finding> {
  const remedy =
    'Let the agent’s user read it: there ATS says what it has loaded, and what becomes of parents.'
  return finding('log', remedy, async () => {
    await access(path, constants.R_OK)
    return `${path} can be read.`
  })
}

function versionFinding(ats: Ats): Promise<Finding> {
  const remedy = `Install ATS ${atsGenerations.join(' or ')}, or name its programs with --bin-dir at enrolment.`
  return finding('version', remedy, async () => {
    const version = await ats.version()
    const fault = faultOfVersion(version)
    if (fault !== null) throw new Error(fault)
    return `ATS is ${version}.`
  })
}

function serverFinding(server: string, now: () => number): Promise<Finding> {
  const remedy =
    'See to name resolution, firewall and TLS between this host and the server, and to the clocks of both.'
  return finding('server', remedy, async () => {
    const asked = now()
    const response = await fetch(`${server}/healthz`, {
      signal: AbortSignal.timeout(answerMs),
      redirect: 'error',
    }).catch((error: unknown) => {
      throw new Error(`${server} can't be reached`, { cause: error })
    })
    const skewMs = Date.parse(response.headers.get('date') ?? '') - (asked + now()) / 2
    if (Math.abs(skewMs) > mostSkewMs) {
      const skew = `${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs < 0 ? 'ahead of' : 'behind'} it`
      throw new Error(`${server} answers, but this host's clock is ${skew}.`)
    }
    return `${server} answers, and this host's clock agrees with it.`
  })
}

interface RecordRule {
  readonly name: string
  /** Why the value is no good; null: it is. */
  readonly faultOf: (value: string) => string | null
  readonly wanted: string
}

const mustBe = (value: string, otherwise: string) => (found: string) => (found === value ? null : otherwise)
const namesFile = (file: string) =>
  mustBe(file, `ATS reads another file than ${file}, so that nothing written there has an effect`)
const toLog = (found: string) =>
  found.includes('L')
    ? null
    : 'ATS does not say in diags.log what it has loaded, and what becomes of its parents'

/** The host's own records that make an approved config ineffective, or the agent blind; 10.x names them alike. */
const recordRules: readonly RecordRule[] = [
  {
    name: serverPorts,
    faultOf: (found) => (proxyAddress(found) === null ? 'ATS has no plain port for forward proxying' : null),
    wanted: '8080',
  },
  {
    name: 'proxy.config.url_remap.remap_required',
    faultOf: mustBe('0', 'ATS refuses every request that no remap rule names'),
    wanted: '0',
  },
  {
    name: 'proxy.config.http.connect_ports',
    faultOf: (found) =>
      /(^|[\s,])(443|\*)([\s,]|$)/.test(found) ? null : 'ATS refuses tunnels to port 443, and so all https',
    wanted: '443 563',
  },
  {
    name: 'proxy.config.http.parent_proxy.file',
    faultOf: namesFile('parent.config'),
    wanted: 'parent.config',
  },
  {
    name: 'proxy.config.cache.ip_allow.filename',
    faultOf: namesFile('ip_allow.yaml'),
    wanted: 'ip_allow.yaml',
  },
  { name: 'proxy.config.ssl.servername.filename', faultOf: namesFile('sni.yaml'), wanted: 'sni.yaml' },
  { name: 'proxy.config.diags.output.note', faultOf: toLog, wanted: 'L' },
  { name: 'proxy.config.diags.output.warning', faultOf: toLog, wanted: 'L' },
  { name: 'proxy.config.diags.output.error', faultOf: toLog, wanted: 'L' },
  {
    name: 'proxy.config.diags.debug.enabled',
    faultOf: mustBe('0', 'debug output is on, which slows ATS down and fills its logs'),
    wanted: '0',
  },
]

async function recordFindings({ ats, place }: DoctorParts, recordsFile: string): Promise<readonly Finding[]> {
  let live: ReadonlyMap<string, string>
  try {
    await ats.requireControl()
    live = await ats.liveRecords(recordRules.map(({ name }) => name))
  } catch (error) {
    const remedy = `Start ATS, and let the agent's user use the control socket in ${place.runtimeDir}.`
    return [{ what: 'control', says: reasonOf(error), remedy }]
  }
  const faults = recordRules.flatMap(({ name, faultOf, wanted }): Finding[] => {
    const value = live.get(name) ?? ''
    const fault = faultOf(value)
    if (fault === null) return []
    const remedy = `Set it in ${recordsFile}, for example to ${wanted}, and reload or restart ATS.`
    return [{ what: 'record', says: `${name} is “${value}”: ${fault}.`, remedy }]
  })
  return [
    { what: 'control', says: 'ATS answers on its control socket.', remedy: null },
    ...(faults.length > 0
      ? faults
      : [{ what: 'records', says: 'No record stands in the way of a config.', remedy: null }]),
  ]
}

/** One line for what is well, two for what is not. */
export function printed(findings: readonly Finding[]): string {
  return findings
    .map(({ what, says, remedy }) =>
      remedy === null
        ? `ok       ${what.padEnd(10)}${says}\n`
        : `PROBLEM  ${what.padEnd(10)}${says}\n${' '.repeat(19)}${remedy}\n`,
    )
    .join('')
}
