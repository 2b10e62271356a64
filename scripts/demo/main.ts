/** The demo: server, database and a small real fleet, started in order, announced, and stopped in reverse. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../fleet/listen.ts'
import { type DemoApi, findProxy, logIn, makeEnrolmentToken, openLoopback, retireProxy } from './api.ts'
import { type Child, startChild, stopLeftoverChild } from './child.ts'
import { type DemoFleet, isFree, originNames, startFleet } from './fleet.ts'
import { type DemoFile, type DemoHome, openHome } from './state.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const serverScript = resolve(root, 'dist/server.mjs')
const agentScript = resolve(root, 'dist/agent.mjs')
const email = 'root@demo.example'
const hostname = 'demo-proxy-1'

export interface DemoOptions {
  /** What to run by hand to get ATS; null: it is there. */
  readonly missingAts: string | null
  readonly say: (line: string) => void
}

/** Runs until SIGINT or SIGTERM, then ends the process. */
export async function runDemo({ missingAts, say }: DemoOptions): Promise<void> {
  // Not the server's own default: `npm start` beside the demo must not find the demo's database.
  const home = openHome(resolve(root, process.env.APM_HOME || '.apm/demo'))
  await requireOnlyDemo(home)
  home.withdraw()
  const running: { name: string; stop(): Promise<void> }[] = []
  let isStopping = false
  const stopAll = async (exitCode: number): Promise<void> => {
    if (isStopping) return
    isStopping = true
    say('\nStopping…')
    for (const part of running.reverse()) {
      await part.stop().catch((error: Error) => say(`${part.name}: ${error.message}`))
    }
    rmSync(home.path('demo.pid'), { force: true })
    say(`Everything is stopped; the data stays in ${home.directory}`)
    process.exit(exitCode)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stopAll(0))
  const keep = <T extends { stop(): Promise<void> }>(name: string, part: T): T => {
    running.push({ name, stop: () => part.stop() })
    return part
  }

  try {
    const server = keep('server', await startServer(home, say))
    const fleet = keep('fleet', await startFleet(home, say))
    const api = await logIn(`${server.url}/graphql`, email, home.state.password)
    await openLoopback(api)
    const agent = fleet.ats && keep('agent', await startAgent(home, server, fleet.ats.directory, api, say))
    home.announce(describe(home, server, fleet, agent))
    say(welcome(describe(home, server, fleet, agent), missingAts))
    for (const child of [server.child, agent?.child]) {
      child?.ended.then((code) => {
        if (isStopping) return
        say(
          `\nThe ${child.name} ended by itself (${code ?? 'signal'}); its log: ${home.path(`${child.name}.log`)}`,
        )
        void stopAll(1)
      })
    }
  } catch (error) {
    say(`\nThe demo could not start: ${(error as Error).message}`)
    await stopAll(1)
  }
}

/** Two demos in one home would share a database, an ATS and an agent. */
async function requireOnlyDemo(home: DemoHome): Promise<void> {
  const path = home.path('demo.pid')
  const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
  const isDemo = pid > 0 && pid !== process.pid && existsSync(`/proc/${pid}`)
  if (isDemo && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('demo.mjs')) {
    process.stderr.write(
      `A demo runs already in ${home.directory} (pid ${pid}). Stop it, or choose another APM_HOME.\n`,
    )
    process.exit(1)
  }
  writeFileSync(path, String(process.pid))
  await stopLeftoverChild(home.path('agent.pid'), agentScript)
  await stopLeftoverChild(home.path('server.pid'), serverScript)
}

interface DemoServer {
  readonly child: Child
  readonly url: string
  readonly postgresPid: number
  stop(): Promise<void>
}

async function startServer(home: DemoHome, say: (line: string) => void): Promise<DemoServer> {
  say('Starting PostgreSQL and the server…')
  const kept = home.state.ports.server
  const free = kept !== undefined && (await isFree(kept)) ? kept : await freePort()
  const port = process.env.APM_PORT || String(free)
  const logPath = home.path('server.log')
  const logFrom = sizeOf(logPath)
  const { DATABASE_URL: _, DATABASE_OWNER_URL: __, ...environment } = process.env
  const child = startChild({
    name: 'server',
    args: [serverScript],
    logPath,
    pidPath: home.path('server.pid'),
    env: {
      ...environment,
      NODE_ENV: 'production',
      APM_HOME: home.directory,
      APM_PORT: port,
      APM_LISTEN: '127.0.0.1',
      APM_ROOT_EMAIL: email,
      APM_ROOT_PASSWORD: home.state.password,
    },
  })
  const url = await readyUrl(child, logPath, logFrom).catch(async (error) => {
    await child.stop()
    throw error
  })
  home.keep({ ports: { ...home.state.ports, server: Number(new URL(url).port) } })
  const postmaster = readFileSync(home.path('postgres', 'data', 'postmaster.pid'), 'utf8')
  return { child, url, postgresPid: Number(postmaster.split('\n', 1)[0]), stop: () => child.stop() }
}

/** The server says where it listens in its own log. */
async function readyUrl(child: Child, logPath: string, from: number): Promise<string> {
  let hasEnded = false
  child.ended.then(() => {
    hasEnded = true
  })
  for (const end = Date.now() + 180_000; Date.now() < end; await wait(50)) {
    const log = readFileSync(logPath).subarray(from).toString('utf8')
    const ready = log.split('\n').find((line) => line.includes('"msg":"ready"'))
    if (ready) return (JSON.parse(ready) as { url: string }).url
    if (hasEnded) throw new Error(`the server ended at its start:\n${log.slice(-2_000)}`)
  }
  throw new Error(`the server is not ready after three minutes; its log: ${logPath}`)
}

interface DemoAgent {
  readonly child: Child
  readonly proxyId: string
  stop(): Promise<void>
}

async function startAgent(
  home: DemoHome,
  server: DemoServer,
  atsRoot: string,
  api: DemoApi,
  say: (line: string) => void,
): Promise<DemoAgent> {
  const agentHome = home.path('agent')
  mkdirSync(agentHome, { recursive: true, mode: 0o700 })
  const env = { ...process.env, APM_AGENT_HOME: agentHome, APM_SERVER: server.url }
  const known = await findProxy(api, hostname)
  if (known === null || !existsSync(home.path('agent', 'identity.json'))) {
    say('Enrolling the agent beside it…')
    if (known) await retireProxy(api, known.id) // a demo was ended between enrolling and keeping the key
    const enrolling = startChild({
      name: 'agent',
      args: [agentScript, 'enrol', '--hostname', hostname, '--ats-root', atsRoot, '--again'],
      env: { ...env, APM_ENROLMENT_TOKEN: await makeEnrolmentToken(api) },
      logPath: home.path('agent.log'),
      pidPath: home.path('agent.pid'),
    })
    if ((await enrolling.ended) !== 0)
      throw new Error(`the agent could not enrol; its log: ${home.path('agent.log')}`)
  }
  const child = startChild({
    name: 'agent',
    args: [agentScript, 'run'],
    env,
    logPath: home.path('agent.log'),
    pidPath: home.path('agent.pid'),
  })
  for (const end = Date.now() + 30_000; Date.now() < end; await wait(100)) {
    const proxy = await findProxy(api, hostname)
    if (proxy?.isOnline) return { child, proxyId: proxy.id, stop: () => child.stop() }
  }
  await child.stop()
  throw new Error(`the agent did not report within 30 s; its log: ${home.path('agent.log')}`)
}

function describe(home: DemoHome, server: DemoServer, fleet: DemoFleet, agent: DemoAgent | null): DemoFile {
  const { ats } = fleet
  return {
    url: server.url,
    graphqlUrl: `${server.url}/graphql`,
    websocketUrl: `${server.url.replace(/^http/, 'ws')}/graphql`,
    email,
    password: home.state.password,
    forwardProxy: ats && `http://127.0.0.1:${ats.port}`,
    origin: { port: fleet.origin.port, names: originNames },
    parents: fleet.parents.map(({ name, host, port }) => ({ name, host, port })),
    proxy: agent && { id: agent.proxyId, hostname },
    ats: ats && { version: ats.version, configDir: ats.configDir, logDir: ats.logDir },
    pids: {
      server: server.child.pid,
      agent: agent?.child.pid ?? null,
      ats: ats?.pid ?? null,
      postgres: server.postgresPid,
    },
  }
}

function welcome(demo: DemoFile, missingAts: string | null): string {
  const [direct, viaParent] = [originNames[0], originNames[3]]
  const curl = (name: string, extra = '') =>
    `curl -s -i ${extra}-x ${demo.forwardProxy} http://${name}:${demo.origin.port}/`
  const parents = demo.parents.map(({ host, port }) => `${host}:${port}`).join(' and ')
  const tryThese = [
    `Log in and make a config: default PARENT, the parents ${parents}, and one rule: domain corp.example DIRECT. ` +
      `Name ${hostname} in it, submit, review, confirm; watch the proxy get in sync.`,
    `See ATS obey: the first answers without, the second with an X-Parent header.\n       ${curl(direct)}\n       ${curl(viaParent)}\n     and for tunnels (CONNECT), as https would:\n       ${curl(viaParent, '-p ')}`,
    'The same by script: docs/scripting.md, with an API token and docs/approve-by-script.mjs.',
  ]
  const withoutAts = `Apache Traffic Server is missing, so there is no proxy to try. ${missingAts ?? ''}\nThen start the demo again.`
  return `
ATS Proxy Manager is ready.

  ${demo.url}
  e-mail    ${demo.email}
  password  ${demo.password}

${demo.ats ? `Three things to try:\n${tryThese.map((text, index) => `  ${index + 1}. ${text}`).join('\n')}` : withoutAts}

Ctrl-C stops everything and keeps the data.`
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
