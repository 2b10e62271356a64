/** Finds and ends the processes of one ATS instance, whoever started them. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Ends every traffic_manager and traffic_server that runs with this run root, whoever started them: SIGTERM to
 * the manager (it takes the server with it), after `graceMs` SIGKILL to what is left.
 */
export async function stopLeftover(runroot: string, graceMs = 10_000): Promise<void> {
  if (graceMs > 0) {
    const running = processesOf(runroot)
    const managers = running.filter(({ name }) => name === 'traffic_manager')
    for (const { pid } of managers.length > 0 ? managers : running) signal(pid, 'SIGTERM')
    await gone(runroot, graceMs)
  }
  for (const { pid } of processesOf(runroot)) signal(pid, 'SIGKILL')
  await gone(runroot, 5_000)
}

/** Linux only: looks through /proc for the programs whose environment names this run root. */
export function processesOf(runroot: string): { pid: number; name: string }[] {
  const wanted = `TS_RUNROOT=${runroot}`
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const name = readFileSync(`/proc/${entry}/comm`, 'utf8').trim()
        if (!/^(traffic_manager|\[?TS_MAIN\]?|traffic_server)/.test(name)) return []
        const state = /^State:\s+(\S)/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1]
        const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0')
        return state !== 'Z' && environment.includes(wanted) ? [{ pid: Number(entry), name }] : []
      } catch {
        return [] // gone meanwhile, or another user's
      }
    })
}

async function gone(runroot: string, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs
  while (processesOf(runroot).length > 0 && Date.now() < end) await sleep(30)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // gone already
  }
}
