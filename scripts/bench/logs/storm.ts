/** Many lines a second for minutes, ten viewers of them, and the account of every line. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { memoryOf, protocolOf } from '../console/recorder.ts'
import { say } from '../console/report.ts'
import { percentile, round } from '../figures.ts'
import { rssMibOf, watchMemory } from '../memory.ts'
import { processorTimeOf } from '../processor-time.ts'
import { type Account, openAccount } from './account.ts'
import type { LogBench } from './fleet.ts'
import { startViewer } from './viewer.ts'
import { writeLines } from './writer.ts'

/** The page is the tenth. */
const viewerCount = 9
const lookEveryMs = 100
/** To bring what is left once nothing is written any more. */
const patienceMs = 180_000

export async function measureStorm(
  { pids, logs, demo, api, proxyId }: LogBench,
  page: Page,
  load: { readonly linesPerSecond: number; readonly seconds: number },
): Promise<Record<string, number>> {
  const accounts = Array.from({ length: viewerCount }, openAccount)
  const target = { websocketUrl: demo.websocketUrl, token: api.token, proxyId }
  const viewers = accounts.map(({ take }) => startViewer(target, take))
  const [stalled] = viewers
  const [stalledAccount, ...live] = accounts
  await wait(1_000) // each has told from where on it wants them
  const watched = { server: pids.server, agent: pids.agent }
  const atRest = { server: rssMibOf(pids.server), agent: rssMibOf(pids.agent) }
  const memory = watchMemory(watched)
  const cpuBefore = { server: cpuOf(pids.server), agent: cpuOf(pids.agent), bench: process.cpuUsage() }
  const shown = watchPage(page)
  await page.evaluate(() => window.bench.start())

  const writing = writeLines(logs.access, load, shown.onWritten)
  // Then it has a place to come back to.
  while (stalledAccount?.delivered === 0) await wait(50)
  stalled?.stall()
  const written = await writing
  const frames = await page.evaluate(() => window.bench.deltas)
  const cpu = (name: 'server' | 'agent') =>
    round((100 * (cpuOf(pids[name]) - cpuBefore[name])) / written.seconds)
  const benchCpu = process.cpuUsage(cpuBefore.bench)
  const [serverCpuPercent, agentCpuPercent] = [cpu('server'), cpu('agent')]
  const { lagsMs, heapMaxMb } = await shown.stop()
  const caughtUpAfterSeconds = await untilAccounted(live, written.lines)
  const rss = memory.stop()
  stalled?.goOn()
  // What others wrote came to those who kept up; whoever did not may have it among what is declared.
  const others = Math.max(...live.map((account) => account.others))
  await untilAccounted(accounts.slice(0, 1), written.lines + others)
  const { heapMb } = await memoryOf(page)
  for (const viewer of viewers) viewer.close()
  const differences = accounts.map((account) => accountedFor(account) - written.lines - others)
  return {
    writtenLines: written.lines,
    othersLines: others,
    writtenLinesPerSecond: round(written.lines / written.seconds),
    writtenBytes: written.bytes,
    viewers: viewers.length + 1,
    deliveredLinesMin: Math.min(...live.map(({ delivered }) => delivered)),
    declaredLinesMax: Math.max(...live.map(({ declared }) => declared)),
    stalledDeliveredLines: stalledAccount?.delivered ?? 0,
    stalledDeclaredLines: stalledAccount?.declared ?? 0,
    unaccountedLines: differences.reduce((sum, lines) => sum + Math.abs(lines), 0),
    disorderedLines: accounts.reduce((sum, { disordered }) => sum + disordered, 0),
    caughtUpAfterSeconds,
    serverRssBeforeMib: atRest.server,
    serverRssMaxMib: rss.server ?? Number.NaN,
    agentRssBeforeMib: atRest.agent,
    agentRssMaxMib: rss.agent ?? Number.NaN,
    serverCpuPercent,
    agentCpuPercent,
    benchCpuPercent: round((benchCpu.user + benchCpu.system) / 10_000 / written.seconds),
    pageFramesPerSecond: round((1_000 * frames.length) / frames.reduce((sum, ms) => sum + ms, 0)),
    pageWorstFrameMs: round(Math.max(...frames)),
    pageHeapMaxMb: round(heapMaxMb),
    pageHeapCollectedMb: round(heapMb),
    pageLagP50Ms: round(percentile(lagsMs, 50)),
    pageLagP95Ms: round(percentile(lagsMs, 95)),
  }
}

/** How far the last line in the page is behind the newest that is written, and the page's heap, while it runs. */
function watchPage(page: Page) {
  const lagsMs: number[] = []
  const writtenAt: { readonly newest: number; readonly at: number }[] = []
  let heapMaxMb = 0
  let isOver = false
  const look = async () => {
    const protocol = await protocolOf(page)
    for (let count = 0; !isOver; count += 1, await wait(lookEveryMs)) {
      const number = await page.evaluate(() => {
        const text = document.querySelector('[role=listbox]')?.textContent ?? ''
        return Math.max(-1, ...[...text.matchAll(/\/numbered\/(\d+)\?/g)].map(([, found]) => Number(found)))
      })
      const at = writtenAt.find(({ newest }) => newest >= number)?.at
      if (number >= 0 && at !== undefined) lagsMs.push(Date.now() - at)
      if (count % 20 === 0) {
        const { usedSize } = await protocol.send('Runtime.getHeapUsage')
        heapMaxMb = Math.max(heapMaxMb, usedSize / 1_048_576)
      }
    }
  }
  const looking = look()
  return {
    onWritten: (newest: number) => void writtenAt.push({ newest, at: Date.now() }),
    async stop() {
      isOver = true
      await looking
      return { lagsMs, heapMaxMb }
    },
  }
}

function accountedFor({ delivered, others, declared }: Account): number {
  return delivered + others + declared
}

/** @param lines which are accounted for in the end */
async function untilAccounted(accounts: readonly Account[], lines: number): Promise<number> {
  const startedAt = performance.now()
  while (!accounts.every((account) => accountedFor(account) >= lines)) {
    if (performance.now() - startedAt > patienceMs) {
      for (const { delivered, others, declared } of accounts) {
        say(`  ${delivered} delivered, ${others} of others, ${declared} declared`)
      }
      break
    }
    await wait(50)
  }
  return round((performance.now() - startedAt) / 1_000)
}

function cpuOf(pid: number): number {
  return processorTimeOf(pid)?.own ?? Number.NaN
}
