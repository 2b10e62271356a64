/**
 * Live logs end to end: how long a line takes from ATS's file into a browser, what debug costs ATS, and
 * `BENCH_LINES_PER_SECOND` (5,000) for `BENCH_SECONDS` (300) with ten viewers, one of them a page in chromium and one
 * that stalls. Every line that was written has to come, or to be declared missing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser, logInByForm } from '../browser.ts'
import { type SpawnedDemo, spawnDemo } from '../demo/spawn.ts'
import { protocolOf, recordIn } from './console/recorder.ts'
import { say } from './console/report.ts'
import { percentile, round } from './figures.ts'
import { approveParents, captureLogs, type LogBench, openBench, untilDebugIsOn } from './logs/fleet.ts'
import { measureWaits } from './logs/latency.ts'
import { measureStorm } from './logs/storm.ts'
import { measureTraffic } from './logs/traffic.ts'

const linesPerSecond = Number(process.env.BENCH_LINES_PER_SECOND ?? 5_000)
const seconds = Number(process.env.BENCH_SECONDS ?? 300)
const probes = Number(process.env.BENCH_PROBES ?? 100)
const traffic = { requestsPerSecond: 200, seconds: 15 }

const home = mkdtempSync(join(tmpdir(), 'apm-bench-logs-'))
say('Starting a demo with a real ATS…')
const demo = await spawnDemo({ home })
const browser = await launchBrowser()
try {
  const bench = await openBench(demo)
  await approveParents(bench)
  say(`${traffic.requestsPerSecond} requests/s without debug, ${traffic.seconds} s…`)
  const without = await measureTraffic(bench, traffic)
  const page = await openPage(bench, demo)
  await captureLogs(bench)
  await untilDebugIsOn(bench)
  say(`${traffic.requestsPerSecond} requests/s with debug, ${traffic.seconds} s…`)
  const withDebug = await measureTraffic(bench, traffic)
  say(`${probes} lines of each kind, one after the other…`)
  const waits = await measureWaits(page, bench.logs, bench.probes(probes))
  say(`${linesPerSecond} lines/s for ${seconds} s…`)
  const storm = await measureStorm(bench, page, { linesPerSecond, seconds })
  report({
    debugLineP50Ms: round(percentile(waits.debugMs, 50)),
    debugLineP95Ms: round(percentile(waits.debugMs, 95)),
    accessLineP50Ms: round(percentile(waits.accessMs, 50)),
    accessLineP95Ms: round(percentile(waits.accessMs, 95)),
    requestsPerSecond: traffic.requestsPerSecond,
    atsCpuPercentWithoutDebug: round(without.cpuPercent),
    atsCpuPercentWithDebug: round(withDebug.cpuPercent),
    atsCpuUsPerRequestWithoutDebug: round(without.cpuUsPerRequest),
    atsCpuUsPerRequestWithDebug: round(withDebug.cpuUsPerRequest),
    ...storm,
  })
} finally {
  await browser.close()
  await demo.stop()
  rmSync(home, { recursive: true, force: true })
}

async function openPage({ proxyId }: LogBench, { url, email, password }: SpawnedDemo): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await recordIn(context)
  const page = await context.newPage()
  await protocolOf(page)
  await logInByForm(page, url, email, password)
  await page.goto(`${url}/proxies/${proxyId}/logs`)
  return page
}

function report(figures: Readonly<Record<string, number>>): void {
  say()
  for (const [name, value] of Object.entries(figures)) {
    say(`${name.padEnd(34)}${value.toLocaleString('en').padStart(14)}`)
  }
  say(JSON.stringify({ bench: 'logs', ...figures }))
}
