/** The server as a program of its own with the PostgreSQL that it starts, both of which can be killed where they stand. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../scripts/fleet/listen.ts'
import { connectOwner } from '../../server/database/connect.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { untilTrue } from './until.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const rootEmail = 'root@test.example'
export const rootPassword = 'a password of nobody else'

export interface MortalServer {
  readonly url: string
  /** Of the server's process; another one after each start. */
  pid(): number
  /** The running PostgreSQL, as its owner; to be ended by whoever asked. */
  connect(): Promise<ReturnType<typeof connectOwner>>
  /** SIGKILL: what it was about to do is never done. */
  killServer(): Promise<void>
  /** SIGKILL to the postmaster and to all that works for it. */
  killPostgres(): Promise<void>
  /** Ends what still lives of the server, and starts it: it adopts its PostgreSQL or starts it again. */
  startAgain(): Promise<void>
  /** Stops everything, then lets `look` read what PostgreSQL kept, as its owner. */
  end<T>(look: (sql: ReturnType<typeof connectOwner>) => Promise<T>): Promise<T>
}

export async function startMortalServer(): Promise<MortalServer> {
  const home = mkdtempSync(join(tmpdir(), 'apm-mortal-'))
  const directory = join(home, 'postgres')
  const port = await freePort()
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    const env = {
      PATH: process.env.PATH ?? '',
      APM_HOME: home,
      APM_PORT: String(port),
      APM_ROOT_EMAIL: rootEmail,
      APM_ROOT_PASSWORD: rootPassword,
      APM_TOKEN_RATE: '1000000',
      APM_AGENT_RATE: '1000000',
    }
    const started = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    let said = ''
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk) => {
        said = (said + chunk).slice(-20_000)
      })
    }
    await untilTrue(() => said.includes('"msg":"ready"') || started.exitCode !== null, 120_000)
    if (started.exitCode !== null) throw new Error(`the server ended with ${started.exitCode}:\n${said}`)
  }
  const endChild = (signal: NodeJS.Signals) =>
    new Promise<void>((resolve) => {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill(signal)
    })
  await start()

  const connectTo = ({ socketDirectory, port: socketPort, ownerUser: user }: EmbeddedPostgres) =>
    connectOwner({ kind: 'socket', directory: socketDirectory, port: socketPort, database: 'apm', user })

  return {
    url: `http://127.0.0.1:${port}`,
    pid: () => child?.pid ?? 0,
    connect: async () => connectTo(await startEmbeddedPostgres({ directory })),
    killServer: () => endChild('SIGKILL'),
    async killPostgres() {
      const postmaster = Number(
        readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0],
      )
      const all = [postmaster, ...childrenOf(postmaster)]
      for (const pid of all) kill(pid)
      await untilTrue(() => all.every((pid) => !isAlive(pid)))
    },
    async startAgain() {
      await endChild('SIGKILL')
      await start()
    },
    async end(look) {
      await endChild('SIGKILL')
      const postgres = await startEmbeddedPostgres({ directory })
      const sql = connectTo(postgres)
      try {
        return await look(sql)
      } finally {
        await sql.end()
        await postgres.stop()
        rmSync(home, { recursive: true, force: true })
      }
    },
  }
}

/** By the parent that each process names. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent)
}

function isAlive(pid: number): boolean {
  const state = statOf(pid)?.state
  return state !== undefined && state !== 'Z'
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was quicker.
  }
}
