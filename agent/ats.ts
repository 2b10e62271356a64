/** Picks the adapter for the ATS that is installed. The only file that starts child processes: ATS's own programs. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type AtsGeneration, atsGenerationOf, atsGenerations } from '#core/vocabulary'
import { createAts9 } from './ats-9.ts'
import { createAts10 } from './ats-10.ts'
import type { AtsPlace } from './ats-place.ts'
import { type Ats, type AtsAdapter, AtsSilent } from './ats-port.ts'

const run = promisify(execFile)
const timeoutMs = 10_000

/** Asks the binary's version at each use, so that an upgrade beneath a running agent is followed. */
export function createAts(place: AtsPlace): Ats {
  const env = { PATH: '/usr/bin:/bin', TS_RUNROOT: place.runroot }
  let known: { stamp: string; version: string | null } | null = null

  async function version(): Promise<string | null> {
    const binary = join(place.binDir, 'traffic_server')
    const found = await stat(binary).catch(() => null)
    const stamp = found ? `${found.ino} ${found.size} ${found.mtimeMs}` : ''
    if (known?.stamp !== stamp) known = { stamp, version: await askVersion(binary, env) }
    return known.version
  }

  async function control(...args: string[]): Promise<string> {
    try {
      // What it prints on stderr is no failure: it notes there which run root it uses, every time.
      return (await run(join(place.binDir, 'traffic_ctl'), args, { env, timeout: timeoutMs })).stdout
    } catch (error) {
      throw new AtsSilent(`traffic_ctl ${args.slice(0, 2).join(' ')} failed: ${spokenBy(error)}`, {
        cause: error,
      })
    }
  }

  const adapters: Readonly<Record<AtsGeneration, AtsAdapter>> = {
    '9.2': createAts9(place, control),
    '10.0': createAts10(place, '10.0'),
    '10.1': createAts10(place, '10.1'),
    '10.2': createAts10(place, '10.2'),
  }

  async function installed(): Promise<AtsAdapter> {
    const found = await version()
    const generation = generationOf(found)
    if (generation === null) throw new Error(noAdapterFor(found))
    return adapters[generation]
  }

  return {
    version,
    requireControl: async () => (await installed()).requireControl(),
    recordsFile: async () => (await installed()).recordsFile(),
    watchLoads: async () => (await installed()).watchLoads(),
    liveRecords: async (names) => (await installed()).liveRecords(names),
    setRecord: async (name, value) => (await installed()).setRecord(name, value),
    takenOut: async (hosts) => (await installed()).takenOut(hosts),
    takeOut: async (hosts) => (await installed()).takeOut(hosts),
    bringBack: async (hosts) => (await installed()).bringBack(hosts),
    statistics: async () => (await installed()).statistics(),
  }
}

/** Why nothing is applied to an ATS of this version, as a sentence; null: there is an adapter for it. */
export function faultOfVersion(version: string | null): string | null {
  return generationOf(version) === null ? noAdapterFor(version) : null
}

function generationOf(version: string | null): AtsGeneration | null {
  return version === null ? null : atsGenerationOf(version)
}

function noAdapterFor(version: string | null): string {
  const found = version === null ? 'its version can’t be asked' : `here is ${version}`
  return `This agent applies configs to ATS ${atsGenerations.join(', ')} only; ${found}.`
}

/** The package's version may differ from the program's: Debian's 9.2.5 package holds a 9.2.9. */
async function askVersion(binary: string, env: Record<string, string>): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(binary, ['-V'], { env, timeout: timeoutMs })
    return /Traffic Server (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? null
  } catch {
    return null
  }
}

function spokenBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const stderr = 'stderr' in error ? String(error.stderr) : ''
  const spoken = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('NOTE:'))
  return spoken.join(' ').slice(0, 500) || error.message.split('\n')[0] || 'no reason given'
}
