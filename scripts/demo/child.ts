/** Programs that the demo starts: in groups of their own, so that Ctrl-C reaches only the demo, which stops them in order. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

export interface Child {
  readonly name: string
  readonly pid: number
  /** Resolves with the exit code, null after a signal. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

export interface ChildOptions {
  readonly name: string
  /** Arguments for Node, the script first. */
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly logPath: string
  /** Remembers the process, so that the next start can end what a crash of the demo left behind. */
  readonly pidPath: string
}

const patienceMs = 15_000

export function startChild(options: ChildOptions): Child {
  const log = openSync(options.logPath, 'a', 0o600)
  const child = spawn(process.execPath, options.args, {
    env: options.env,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const { pid } = child
  if (pid === undefined) throw new Error(`${options.name} could not be started`)
  writeFileSync(options.pidPath, String(pid))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return {
    name: options.name,
    pid,
    ended,
    async stop() {
      await stopProcess(pid, child)
      rmSync(options.pidPath, { force: true })
    },
  }
}

async function stopProcess(pid: number, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  process.kill(pid, 'SIGTERM')
  const isGone = await Promise.race([gone.then(() => true), wait(patienceMs, false, { ref: false })])
  if (!isGone) process.kill(pid, 'SIGKILL')
  await gone
}

/** Ends a process that an earlier demo left behind; a reused pid is recognised by its command line. */
export async function stopLeftoverChild(pidPath: string, script: string): Promise<void> {
  if (!existsSync(pidPath)) return
  const pid = Number(readFileSync(pidPath, 'utf8'))
  const isOurs = () => commandLine(pid).includes(script)
  if (isOurs()) process.kill(pid, 'SIGTERM')
  for (const end = Date.now() + patienceMs; isOurs() && Date.now() < end; ) await wait(50)
  if (isOurs()) process.kill(pid, 'SIGKILL')
  rmSync(pidPath, { force: true })
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
