/** Measures in a page: waits for facts in milliseconds, worst frames, heap and nodes. */
import { readFileSync } from 'node:fs'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'

interface PageRecorder {
  deltas: number[]
  longFrames: number[]
  keys: number[]
  inputAt: number
  readonly seen: Readonly<Record<string, number>>
  start(): void
  whenShown(fact: () => boolean): Promise<number | null>
  /** What `whenShown` said of lines of a log that were asked for before. */
  lines: Promise<readonly (number | null)[]>
}
declare global {
  interface Window {
    bench: PageRecorder
  }
}

/** One measured step. Times in milliseconds. */
export interface Measured {
  readonly ms: number
  /** Longest time between two animation frames. */
  readonly worstGapMs: number
  /** The browser's own longest frame, from its start to its picture; 0: none took 50 ms. */
  readonly worstFrameMs: number
  /** What the page's main thread worked, whoever else wanted the processor. */
  readonly cpuMs: number
  readonly heapMb: number
  /** Elements and texts that the browser keeps for the page, also those out of the document. */
  readonly nodes: number
}

const source = readFileSync(new URL('./page-recorder.js', import.meta.url), 'utf8')

/** @param selectors by name: when the first such element is shown is kept from the navigation on */
export async function recordIn(
  context: BrowserContext,
  selectors: Readonly<Record<string, string>> = {},
): Promise<void> {
  await context.addInitScript({
    content: `{${source}\nrecorder.selectors = ${JSON.stringify(selectors)}}`,
  })
}

/** When the first element of that name was shown, counted from the navigation. */
export async function firstSeen(page: Page, name: string): Promise<number> {
  await page.waitForFunction((wanted) => window.bench.seen[wanted] !== undefined, name)
  await twoFrames(page)
  return page.evaluate((wanted) => window.bench.seen[wanted] ?? Number.NaN, name)
}

/** What a step took, and what stands in memory after it. @param ms measured by the caller */
export async function measured(page: Page, ms: number): Promise<Measured> {
  await twoFrames(page)
  const { worstGapMs, worstFrameMs } = await page.evaluate(() => ({
    worstGapMs: Math.max(0, ...window.bench.deltas),
    worstFrameMs: Math.max(0, ...window.bench.longFrames),
  }))
  const cpuMs = await cpuSinceLast(page)
  const { heapMb, nodes } = await memoryOf(page)
  await cpuSinceLast(page) // collecting the garbage was not the step's work
  await twoFrames(page) // nor is the frame that it held up the next step's
  await page.evaluate(() => window.bench.start())
  return { ms, worstGapMs, worstFrameMs, cpuMs, heapMb, nodes }
}

/** From the last key or press to the frame in which the fact that `shown` waits for was seen. */
export async function sinceInput(page: Page, shown: Promise<number | null>): Promise<number> {
  const at = await shown
  if (at === null) throw new Error(`nothing to see within 30 s at ${page.url()}`)
  return at - (await page.evaluate(() => window.bench.inputAt))
}

const sessions = new WeakMap<Page, Promise<CDPSession>>()

/** Once for each page, before its first navigation: from here on its work is counted. */
export function protocolOf(page: Page): Promise<CDPSession> {
  const known = sessions.get(page)
  if (known) return known
  const opened = page
    .context()
    .newCDPSession(page)
    .then(async (protocol) => {
      await protocol.send('Performance.enable', { timeDomain: 'threadTicks' })
      return protocol
    })
  sessions.set(page, opened)
  return opened
}

const workedMs = new WeakMap<Page, number>()

async function cpuSinceLast(page: Page): Promise<number> {
  const { metrics } = await (await protocolOf(page)).send('Performance.getMetrics')
  const total = 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
  const before = workedMs.get(page) ?? 0
  workedMs.set(page, total)
  // A navigation may begin the count anew.
  return total >= before ? total - before : total
}

/** After a collection of the garbage. */
export async function memoryOf(page: Page): Promise<{ heapMb: number; nodes: number }> {
  const protocol = await protocolOf(page)
  await protocol.send('HeapProfiler.enable')
  await protocol.send('HeapProfiler.collectGarbage')
  const { usedSize } = await protocol.send('Runtime.getHeapUsage')
  const { nodes } = await protocol.send('Memory.getDOMCounters')
  await protocol.send('HeapProfiler.disable')
  return { heapMb: usedSize / 1_048_576, nodes }
}

/** So that the frame that is being made, and its entry, are there as well. */
function twoFrames(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  )
}
