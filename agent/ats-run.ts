/** How ATS is run on this host: what somebody who takes over a proxy asks first. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AtsPlace } from './ats-place.ts'

/** The living process whose id a program of ATS keeps in its lock file; null: there is none. */
export async function pidOf(program: 'server' | 'manager', runtimeDir: string): Promise<number | null> {
  const text = await readFile(join(runtimeDir, `${program}.lock`), 'utf8').catch(() => '')
  const pid = Number(text.trim())
  if (!Number.isInteger(pid) || pid <= 0) return null
  try {
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? pid : null // of another user
  }
}

/** As whom a process acts, which may be another than it was started by; null: it has ended. */
export async function effectiveUserOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]
  return uid === undefined ? null : Number(uid)
}

/** In a few words, e.g. `traffic_server under traffic_manager, by systemd (trafficserver.service), as trafficserver`; null: it isn't seen. */
export async function howAtsRuns({ runtimeDir, configDir, runroot }: AtsPlace): Promise<string | null> {
  const [server, manager] = await Promise.all([pidOf('server', runtimeDir), pidOf('manager', runtimeDir)])
  if (server === null) return null
  const unit = await unitOf(server)
  const user = await userOf(server)
  const root = dirname(runroot)
  return [
    manager === null ? 'traffic_server' : 'traffic_server under traffic_manager',
    ...(unit === null ? [] : [`by systemd (${unit})`]),
    ...(user === null ? [] : [`as ${user}`]),
    // Ours of a packaged ATS lies in the agent's home.
    ...(configDir.startsWith(`${root}/`) ? [`in ${root}`] : []),
  ].join(', ')
}

/** The systemd service that a process belongs to; null: none. */
export async function unitOf(pid: number): Promise<string | null> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')
  return /\/([^/]+\.service)$/m.exec(groups)?.[1] ?? null
}

/** By name where the host knows one. */
async function userOf(pid: number): Promise<string | null> {
  try {
    const { uid } = await stat(`/proc/${pid}`)
    const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n')
    const name = lines.map((line) => line.split(':')).find(([, , id]) => id === String(uid))?.[0]
    return name ?? `user ${uid}`
  } catch {
    return null // it has ended meanwhile
  }
}
