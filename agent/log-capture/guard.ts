/** Starts the watchdog as a process of its own, which lives on when the agent dies. */
import { spawn } from 'node:child_process'
import { HomeLocked, lockHome } from '../memory.ts'

/** Starts one unless one runs: of this agent, or of one before it. Never rejects. */
export async function startWatchdog(home: string): Promise<void> {
  try {
    const lock = await lockHome(home, 'watchdog')
    await new Promise((resolve) => lock.close(resolve))
  } catch (error) {
    if (error instanceof HomeLocked) return
    throw error
  }
  const program = process.argv[1] ?? ''
  const child = spawn(process.execPath, [...process.execArgv, program, 'watchdog', '--home', home], {
    detached: true, // of its own session: what is sent to the agent's does not reach it
    stdio: 'ignore',
  })
  child.on('error', () => {}) // looked for again in a moment
  child.unref()
}
