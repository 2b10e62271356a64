/** The server as it is built, on a port and a database of its own, killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../fleet/listen.ts'

export interface KillServer {
  readonly url: string
  readonly graphqlUrl: string
  readonly email: string
  readonly password: string
  /** As `kill -9` does. */
  kill(): Promise<void>
  /** Unless it runs. */
  start(): Promise<void>
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('../../../dist/server.mjs', import.meta.url))

export async function startKillServer(home: string): Promise<KillServer> {
  mkdirSync(home, { mode: 0o711 })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const [email, password] = ['root@bench.example', 'a long bench password']
  let child: ChildProcess | null = null
  const { DATABASE_URL: _, DATABASE_OWNER_URL: __, ...environment } = process.env
  const env = {
    ...{ ...environment, NODE_ENV: 'production', APM_HOME: home, APM_PORT: String(port) },
    ...{ APM_ROOT_EMAIL: email, APM_ROOT_PASSWORD: password },
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child
    child = null
    if (running === null || running.exitCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await gone
  }
  const server: KillServer = {
    ...{ url, graphqlUrl: `${url}/graphql`, email, password },
    kill: () => end('SIGKILL'),
    async start() {
      child ??= spawn(process.execPath, [program], { env, stdio: 'ignore' })
      for (const until = Date.now() + 60_000; ; await wait(100)) {
        if ((await fetch(`${url}/readyz`).catch(() => null))?.ok) return
        if (Date.now() > until || child?.exitCode !== null) throw new Error('the server does not start')
      }
    },
    stop: () => end('SIGTERM'),
  }
  await server.start()
  return server
}
