/**
 * Whoever dies, debug is off again: captures of a minute on `BENCH_PROXIES` (10) real ATS at once, in each of which the
 * agent or its watchdog is killed with -9 at a random moment; the server and a browser that watches are killed as well.
 * `BENCH_RUNS` (50) captures in all.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { logIn } from '../demo/api.ts'
import { say } from './console/report.ts'
import { percentile } from './figures.ts'
import { startKilledBrowser } from './log-kills/browser.ts'
import { type KillProxy, startKillProxy } from './log-kills/proxy.ts'
import { startKillServer } from './log-kills/server.ts'

const runs = Number(process.env.BENCH_RUNS ?? 50)
const proxyCount = Math.min(runs, Number(process.env.BENCH_PROXIES ?? 10))
const promisedMs = 5_000
/** A capture lasts a minute at least. */
const captureMs = 60_000

const home = mkdtempSync('/tmp/apm-kills-')
const server = await startKillServer(join(home, 'server'))
const ends: (() => Promise<void> | void)[] = [
  () => rmSync(home, { recursive: true, force: true }),
  server.stop,
]
const killed = { agents: 0, watchdogs: 0, servers: 0, browsers: 0 }
const lateMs: number[] = []
try {
  say(`Starting ${proxyCount} proxies…`)
  const proxies: KillProxy[] = []
  for (let count = 1; count <= proxyCount; count += 1) {
    const proxy = await startKillProxy(join(home, `p${count}`), `edge-${count}.example`, server)
    ends.push(proxy.stop)
    proxies.push(proxy)
  }
  while (lateMs.length < runs) await round(proxies.slice(0, runs - lateMs.length))
  report()
} finally {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
}

async function round(proxies: readonly KillProxy[]): Promise<void> {
  for (const proxy of proxies) await proxy.prepare()
  const api = await logIn(server.graphqlUrl, server.email, server.password)
  const ids = proxies.map(({ id }) => id)
  const { startLogCapture } = await api.send<{
    startLogCapture: { proxies: readonly { captureLogsUntil: string }[] }
  }>(
    'mutation ($input: StartLogCaptureInput!) { startLogCapture(input: $input) { proxies { captureLogsUntil } } }',
    { input: { proxyIds: ids, minutes: 1 } },
  )
  const deadline = Math.max(...startLogCapture.proxies.map((each) => Date.parse(each.captureLogsUntil)))
  const browser = await startKilledBrowser(server, ids)
  ends.push(browser.kill)
  for (const proxy of proxies) await proxy.untilCapturing()
  const moment = () => Math.random() * Math.max(0, deadline - 1_000 - Date.now())
  const deeds = [
    ...proxies.map(async (proxy) => {
      await wait(moment())
      const isAgent = Math.random() < 0.5
      killed[isAgent ? 'agents' : 'watchdogs'] += 1
      if (isAgent) await proxy.killAgent(Math.random() < 0.5 ? null : 5_000 * Math.random())
      else await proxy.killWatchdog()
    }),
    (async () => {
      await wait(moment())
      killed.browsers += 1
      await browser.kill()
    })(),
    (async () => {
      if (Math.random() < 0.3) return
      await wait(moment())
      killed.servers += 1
      await server.kill()
    })(),
  ]
  const late = await Promise.all(proxies.map((proxy) => proxy.lateness(deadline, captureMs)))
  await Promise.all(deeds)
  lateMs.push(...late)
  say(`${lateMs.length} of ${runs}: ${late.map((ms) => `${(ms / 1_000).toFixed(1)} s`).join(' ')}`)
  await server.start()
}

function report(): void {
  const inTime = lateMs.filter((ms) => ms <= promisedMs).length
  say(`\nback within ${promisedMs / 1_000} s of the deadline: ${inTime} of ${runs}`)
  say(
    JSON.stringify({
      bench: 'log-kills',
      runs,
      proxiesAtOnce: proxyCount,
      inTimeRuns: inTime,
      lateP50Ms: percentile(lateMs, 50),
      lateMaxMs: Math.max(...lateMs),
      agentsKilled: killed.agents,
      watchdogsKilled: killed.watchdogs,
      serversKilled: killed.servers,
      browsersKilled: killed.browsers,
    }),
  )
}
