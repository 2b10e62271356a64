/** A real ATS with its agent, whose processes are killed during captures. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createAts } from '../../../agent/ats.ts'
import { findPlace } from '../../../agent/ats-place.ts'
import { readDebug, setDebug } from '../../../agent/log-capture/debug-switch.ts'
import { logIn, makeEnrolmentToken } from '../../demo/api.ts'
import { startAts } from '../../fleet/ats-instance.ts'
import { freePort } from '../../fleet/listen.ts'
import { startResolverStub } from '../../fleet/resolver-stub.ts'
import type { KillServer } from './server.ts'

export interface KillProxy {
  readonly id: string
  /** The agent runs, nothing is captured, and debug is this or that, as somebody may have left it. */
  prepare(): Promise<void>
  untilCapturing(): Promise<void>
  /** @param againAfterMs when it is started again; null: not in this run */
  killAgent(againAfterMs: number | null): Promise<void>
  killWatchdog(): Promise<void>
  /** How long after `deadline`, at most `mostMs`, debug was what it had been. */
  lateness(deadline: number, mostMs: number): Promise<number>
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('../../../dist/agent.mjs', import.meta.url))
const formers = [
  { enabled: '0', tags: 'http|dns' },
  { enabled: '1', tags: 'dns' },
]
const lookEveryMs = 200

export async function startKillProxy(
  directory: string,
  hostname: string,
  server: KillServer,
): Promise<KillProxy> {
  mkdirSync(directory)
  const resolver = await startResolverStub({ names: new Map() })
  const root = join(directory, 'ats')
  const instance = await startAts({
    ...{ directory: root, port: await freePort(), resolverPort: resolver.port, hasAccessLog: true },
  })
  const home = join(directory, 'agent')
  const token = await makeEnrolmentToken(await logIn(server.graphqlUrl, server.email, server.password))
  const options = ['--server', server.url, '--hostname', hostname, '--ats-root', root]
  await promisify(execFile)(process.execPath, [program, 'enrol', '--home', home, ...options], {
    env: { ...process.env, APM_ENROLMENT_TOKEN: token },
  })
  const { proxyId } = JSON.parse(readFileSync(join(home, 'identity.json'), 'utf8')) as { proxyId: string }
  const ats = createAts(await findPlace({ root, binDir: '/usr/bin' }, home))
  let agent: ChildProcess | null = null
  let former = formers[0] ?? { enabled: '0', tags: '' }
  let isOver = false
  const isFormer = async () => {
    const { enabled, tags } = await readDebug(ats)
    return enabled === former.enabled && tags === former.tags
  }

  function startAgent(): void {
    if (isOver || (agent !== null && agent.exitCode === null && agent.signalCode === null)) return
    agent = spawn(process.execPath, [program, 'run', '--home', home], { stdio: 'ignore' })
  }
  return {
    id: proxyId,
    async prepare() {
      startAgent()
      await untilTrue(() => !existsSync(join(home, 'capture.json')))
      former = formers[Math.floor(Math.random() * formers.length)] ?? former
      await setDebug(ats, former)
    },
    untilCapturing: () =>
      untilTrue(
        async () => watchdogsOf(home).length === 1 && (await readDebug(ats)).tags.includes('parent_select'),
      ),
    async killAgent(againAfterMs) {
      agent?.kill('SIGKILL')
      if (againAfterMs === null) return
      await wait(againAfterMs)
      startAgent()
    },
    async killWatchdog() {
      for (const pid of watchdogsOf(home)) process.kill(pid, 'SIGKILL')
    },
    async lateness(deadline, mostMs) {
      await wait(Math.max(0, deadline - Date.now()))
      while (Date.now() < deadline + mostMs && !(await isFormer())) await wait(lookEveryMs)
      return Math.max(0, Date.now() - deadline)
    },
    async stop() {
      isOver = true
      agent?.kill('SIGKILL')
      for (const pid of watchdogsOf(home)) process.kill(pid, 'SIGKILL')
      await instance.stop()
      await resolver.stop()
    },
  }
}

function watchdogsOf(home: string): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return text.includes(`\0watchdog\0--home\0${home}\0`) ? [Number(pid)] : []
    } catch {
      return []
    }
  })
}

async function untilTrue(fact: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await fact()); await wait(lookEveryMs)) {
    if (Date.now() > end) throw new Error(`still not true after a minute: ${fact}`)
  }
}
