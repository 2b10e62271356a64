/** What the charts of a page show, as a table and as a file, is what was sent to a real ATS. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import { formatAmount } from '../web/stats/units.ts'
import type { TestAgent } from './support/agents.ts'
import { startAts, type TestAts } from './support/ats.ts'
import { holdConnections, type Traffic, together, useCache, useProxy } from './support/ats-traffic.ts'
import { newAgent } from './support/calls.ts'
import { type Console, openConsole } from './support/console.ts'
import type { Data } from './support/server.ts'
import { rollUp, stored } from './support/stats.ts'
import { startStatsAgent } from './support/stats-agent.ts'
import { untilTrue } from './support/until.ts'

let console: Console
let ats: TestAts
let agent: TestAgent
beforeAll(async () => {
  ;[console, ats] = await Promise.all([
    openConsole({ seed: null }),
    startAts({ extraRecords: ['CONFIG proxy.config.http.cache.http INT 1'] }),
  ])
}, 120_000)
afterAll(() => Promise.all([console?.close(), ats?.close()]))

/** What a chart's column holds of what was sent, as an amount a second. */
const columns: readonly (readonly [column: string, of: keyof Traffic | 'answers2xx', perSecond?: number])[] =
  [
    ['requests_per_second', 'requests'],
    ['connects_per_second', 'connectRequests'],
    ['bytes_from_clients_per_second', 'clientRequestBytes'],
    ['bytes_to_clients_per_second', 'clientResponseBytes'],
    ['failures_per_minute', 'connectFailures', 1 / 60],
    ['answers_2xx_per_second', 'answers2xx'],
  ]

/** The whole page as it is downloaded: a map for each row. */
async function download(page: Page): Promise<readonly ReadonlyMap<string, string>[]> {
  await page.getByRole('button', { name: 'Download what is shown' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download all charts as CSV' }).click(),
  ])
  const [head = [], ...rows] = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','))
  return rows.map((cells) => new Map(head.map((name, index) => [name, cells[index] ?? ''])))
}

test('requests, bytes, connections and cache hits are those that were sent, on the page of a proxy and of the fleet', async () => {
  const server = console.server
  // PostgreSQL keeps its own time: the fleet's minutes have to be over by that.
  console.advance(-1_800)
  const read = createAts({ ...ats, binDir: '/usr/bin' })
  const numbers = async () => (await read.statistics()) as unknown as Data
  const seen = (requests: number) => untilTrue(async () => (await numbers())?.requests === requests, 40_000)
  agent = await newAgent({ server, root: (await console.api()) as Parameters<typeof newAgent>[0]['root'] })
  const telling = startStatsAgent(server, agent, read, (seconds) => console.advance(seconds))
  await seen(0)
  await telling.tell() // the first answer tells the time
  await telling.pass()
  await telling.tell()

  const some = await useProxy(ats, 6, 3)
  const kept = await useCache(ats, 4, 5)
  const held = await holdConnections(ats, 3)
  const sent = together(some, kept, held.traffic)
  await seen(sent.requests)
  await telling.pass(2)
  await telling.tell()
  await telling.stop()
  const told = await numbers()
  held.close()
  await stored(server, agent, 4)
  await rollUp(server)

  // What ATS makes of its caches is its own to say; how often they were asked is not.
  expect(told.cacheHits).toBe(kept.cacheHits)
  expect(told.cacheMisses).toBe(6 + 3 + (4 * 5 - kept.cacheHits) + some.connectFailures)
  expect(told.ramCacheHits).toBeGreaterThan(0)
  expect(told.ramCacheHits + told.ramCacheMisses).toBe(kept.cacheHits)

  const amounts = { ...sent, answers2xx: 6 + 4 * 5 + 3 }
  const known = await server.database
    .sql`select at, seconds from proxy_stats_minute where proxy_id = ${agent.proxyId}`
  const secondsAt = new Map(known.map(({ at, seconds }) => [new Date(at).toISOString(), Number(seconds)]))
  for (const path of [`/proxies/${agent.proxyId}/statistics`, '/overview']) {
    const page = await console.page({ path: `${path}?range=15m` })
    await page.getByRole('slider').first().locator('canvas').waitFor()
    const rows = await download(page)
    for (const [column, of, perSecond = 1] of columns) {
      const sum = rows.reduce((total, row) => {
        const rate = Number(row.get(column)) * perSecond
        return total + rate * (secondsAt.get(row.get('time') ?? '') ?? 0)
      }, 0)
      expect([path, column, Math.round(sum)]).toEqual([path, column, amounts[of]])
    }
    const [busy, ...more] = rows.filter((row) => Number(row.get('requests_per_second')) > 0)
    expect(more).toEqual([])
    const share = (part: number, rest: number) => expect.closeTo(part / (part + rest), 9)
    expect(Number(busy?.get('ram_cache_hit_share'))).toEqual(share(told.ramCacheHits, told.ramCacheMisses))
    expect(Number(busy?.get('cache_hit_share'))).toEqual(share(told.cacheHits, told.cacheMisses))
    expect(Number(rows.findLast((row) => row.get('client_connections'))?.get('client_connections'))).toBe(3)

    // The table has the same, in the words of its language.
    const chart = page.getByRole('region', { name: 'Requests', exact: true })
    await chart.getByRole('button', { name: 'Requests: table and files' }).click()
    await page.getByRole('menuitem', { name: 'Show as a table' }).click()
    const cells = await chart
      .locator('tbody tr')
      .evaluateAll((lines) =>
        lines.map((line) => [...line.querySelectorAll('td')].map((cell) => cell.textContent)),
      )
    const shown = rows.map((row) =>
      ['requests_per_second', 'connects_per_second'].map((column) => {
        const text = row.get(column) ?? ''
        return text === '' ? '–' : formatAmount('en', 'perSecond', Number(text))
      }),
    )
    expect(cells).toEqual(shown.reverse())
    await page.close()
  }
}, 180_000)
