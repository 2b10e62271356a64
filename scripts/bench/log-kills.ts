/**
 * Whoever dies, debug is off again: captures of a minute on `BENCH_PROXIES` (10) real ATS at once, in each of which the
 * agent or its watchdog is killed with -9 at a random moment; the server and a browser that watches are killed as well.
 * `BENCH_RUNS` (50) captures in all.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { logIn } from '../demo/api.ts'
import { say } from './console/report.ts'
import { percentile } from './figures.ts'
import { type KillProxy, startKillProxy } from './log-kills/proxy.ts'
import { type Kills, runRound } from './log-kills/round.ts'
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
const killed: Kills[] = []
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
  const { lateMs: late, killed: kills } = await runRound({
    ...{ server, proxies, start, isServerKilled: Math.random() < 0.7, mostMs: captureMs },
  })
  lateMs.push(...late)
  killed.push(kills)
  say(`${lateMs.length} of ${runs}: ${late.map((ms) => `${(ms / 1_000).toFixed(1)} s`).join(' ')}`)
  await server.start()
}

async function start(proxyIds: readonly string[]): Promise<number> {
  const api = await logIn(server.graphqlUrl, server.email, server.password)
  const { startLogCapture } = await api.send<{
    startLogCapture: { proxies: readonly { captureLogsUntil: string }[] }
  }>(
    'mutation ($input: StartLogCaptureInput!) { startLogCapture(input: $input) { proxies { captureLogsUntil } } }',
    { input: { proxyIds, minutes: 1 } },
  )
  return Math.max(...startLogCapture.proxies.map((each) => Date.parse(each.captureLogsUntil)))
}

function report(): void {
  const countOf = (whom: keyof Kills) => killed.reduce((sum, kills) => sum + kills[whom], 0)
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
      agentsKilled: countOf('agents'),
      watchdogsKilled: countOf('watchdogs'),
      serversKilled: countOf('servers'),
      browsersKilled: countOf('browsers'),
    }),
  )
}
