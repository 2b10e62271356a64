/** Starts a whole demo as a user would, in a home of its own, for tests, benches and pictures. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { DemoFile } from './state.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface SpawnedDemo extends DemoFile {
  readonly home: string
  readonly pid: number
  /** What it has printed so far. */
  readonly printed: () => string
  /** As Ctrl-C does; the exit code. */
  stop(): Promise<number | null>
  /** Stops it and removes its home. */
  close(): Promise<void>
}

export interface SpawnOptions {
  /** A home that an earlier demo left; by default a new one. */
  readonly home?: string
  readonly env?: NodeJS.ProcessEnv
}

export async function spawnDemo(options: SpawnOptions = {}): Promise<SpawnedDemo> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'apm-demo-'))
  const file = join(home, 'demo.json')
  rmSync(file, { force: true })
  const child = spawn(process.execPath, [join(root, 'scripts/demo.mjs')], {
    cwd: root,
    env: { ...process.env, ...options.env, APM_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a Ctrl-C meant for the caller must not stop the demo behind its back
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
    return ended
  }
  // Whoever started it may be ended without a word; then nobody else would stop it.
  const onExit = () => void child.kill('SIGINT')
  process.once('exit', onExit)
  for (const end = Date.now() + 180_000; !existsSync(file); await wait(50)) {
    if (child.exitCode !== null) throw new Error(`the demo ended:\n${printed}`)
    if (Date.now() > end) {
      await stop()
      throw new Error(`the demo is not ready after three minutes:\n${printed}`)
    }
  }
  return {
    ...(JSON.parse(readFileSync(file, 'utf8')) as DemoFile),
    home,
    pid: child.pid ?? 0,
    printed: () => printed,
    stop,
    async close() {
      await stop()
      process.off('exit', onExit)
      rmSync(home, { recursive: true, force: true })
    },
  }
}
