/** Runs ATS's own programs: the only file that starts child processes. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { AtsPlace } from './ats-place.ts'

const run = promisify(execFile)
const timeoutMs = 10_000

export interface Ats {
  /** `9.2.9`, what the binary says; null when it can't be asked. */
  version(): Promise<string | null>
  /** Asks ATS to look at its files again. On 9.2 this says nothing of their content. @throws AtsSilent */
  reload(): Promise<void>
  /** The values in force, in ATS's spelling; unknown names are missing. @throws AtsSilent */
  liveRecords(names: readonly string[]): Promise<Map<string, string>>
  /** Until the next restart, or until the file sets it. @throws AtsSilent */
  setRecord(name: string, value: string): Promise<void>
  /**
   * Which of these hosts are taken out by hand. ATS brings its answer up to date only seconds after a change.
   * @throws AtsSilent
   */
  takenOut(hosts: readonly string[]): Promise<readonly string[]>
  /** Hosts without a port: all parents on them. Until brought back, or the next restart. @throws AtsSilent */
  takeOut(hosts: readonly string[]): Promise<void>
  /** @throws AtsSilent */
  bringBack(hosts: readonly string[]): Promise<void>
}

/** ATS isn't running, or its control socket can't be reached. */
export class AtsSilent extends Error {
  override readonly name = 'AtsSilent'
}

export function createAts(place: AtsPlace): Ats {
  const env = { PATH: '/usr/bin:/bin', TS_RUNROOT: place.runroot }
  let known: { stamp: string; version: string | null } | null = null

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

  return {
    async version() {
      const binary = join(place.binDir, 'traffic_server')
      const found = await stat(binary).catch(() => null)
      const stamp = found ? `${found.ino} ${found.size} ${found.mtimeMs}` : ''
      if (known?.stamp !== stamp) known = { stamp, version: await askVersion(binary, env) }
      return known.version
    },
    async reload() {
      await control('config', 'reload')
    },
    async liveRecords(names) {
      if (names.length === 0) return new Map()
      const lines = (await control('config', 'get', ...names)).split('\n')
      return new Map(
        lines.flatMap((line) => {
          const at = line.indexOf(': ')
          return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 2)] as const]
        }),
      )
    },
    async setRecord(name, value) {
      await control('config', 'set', name, value)
    },
    async takenOut(hosts) {
      // Every status is a metric; asking for the status of a host that never had one is an error.
      const lines = (await control('metric', 'match', 'proxy\\.process\\.host_status\\.')).split('\n')
      const out = lines.filter((line) => line.includes('MANUAL:DOWN')).map((line) => line.split(' ')[0] ?? '')
      return hosts.filter((host) => out.includes(`proxy.process.host_status.${host}`))
    },
    async takeOut(hosts) {
      await control('host', 'down', ...hosts, '--reason', 'manual')
    },
    async bringBack(hosts) {
      await control('host', 'up', ...hosts, '--reason', 'manual')
    },
  }
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
