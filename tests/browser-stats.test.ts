/** Statistics as people see them: charts under one time range, live, by mouse and keyboard, in both languages. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedStats } from '../scripts/fleet/seed-stats.ts'
import { rollUpStats } from '../server/stats/keep.ts'
import { systemOperation } from '../server/upkeep.ts'
import { approvedConfig } from './support/calls.ts'
import {
  ask,
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  settled,
  visit,
} from './support/console.ts'

let console: Console
let proxyId = ''
beforeAll(async () => {
  console = await openConsole()
  const telling = console.fleet.proxies.filter(({ status }) => status === 'in_sync').slice(0, 5)
  const ids = telling.map(({ id }) => id)
  proxyId = ids[0] ?? ''
  await seedStats(console.server.database, ids, {
    minutes: 110,
    gap: [44, 37],
    restartAt: 26,
    markDownAt: 14,
  })
})
afterAll(() => console?.close())

const sliders = (page: Page) => page.getByRole('slider')
const firstChart = (page: Page) => page.getByRole('region', { name: 'Requests', exact: true })
const newestOf = (page: Page, line: string) => page.locator(`[data-value=${line}]`)
const params = (page: Page) => new URL(page.url()).searchParams

async function openCharts(path: string, options: Parameters<Console['page']>[0] = {}): Promise<Page> {
  const page = await console.page({ ...options, path })
  await sliders(page).first().locator('canvas').waitFor()
  return page
}

/** From one share of the chart's width to another. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const plot = firstChart(page).locator('.u-over')
  await plot.scrollIntoViewIfNeeded()
  const box = await plot.boundingBox()
  if (!box) throw new Error('the chart is not there')
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + box.width * from, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * to, y, { steps: 5 })
  await page.mouse.up()
}

describe('the overview', () => {
  test('has the fleet’s states, its traffic, and what happened on the time axis', async () => {
    const page = await openCharts('/overview')
    const states = page.getByRole('region', { name: 'Proxies by status' })
    const { proxyCounts } = await ask(console, '{ proxyCounts { status count } }')
    const failed = proxyCounts.find((each: { status: string }) => each.status === 'FAILED').count
    const card = states.getByRole('link', { name: 'Failed' })
    expect(await card.textContent()).toContain(String(failed))
    expect(await sliders(page).count()).toBe(11)
    const busiest = Number(await newestOf(page, 'busiest_host_load').textContent())
    expect(busiest).toBeGreaterThan(Number(await newestOf(page, 'host_load').textContent()))
    for (const line of ['host_memory_used_share', 'fullest_host_memory_used_share'])
      expect(await newestOf(page, line).textContent()).toMatch(/^[\d.]+%$/)
    const happened = page.getByRole('region', { name: 'What happened' })
    await happened.getByText('ATS restarted').waitFor()
    await happened.getByText('Parents were marked down 3 times').waitFor()
    await approvedConfig(await console.api())
    await happened.getByRole('link', { name: /approved by/ }).waitFor()
    await card.click()
    await page.waitForURL(/\/proxies\?status=FAILED$/)
    await page.close()
  })

  test('says which approvals have no mark, for want of room', async () => {
    const page = await console.page({ path: '/settings' })
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('query Approvals')) return route.continue()
      const answer = await route.fetch()
      const body = await answer.json()
      body.data.auditEntries.totalCount = body.data.auditEntries.edges.length + 7
      return route.fulfill({ response: answer, json: body })
    })
    await visit(page, `${console.url}/overview`)
    await page.getByText('7 older approvals of this time are not marked').waitFor()
    await page.close()
  })

  test('is one shortcut away', async () => {
    const page = await console.page({ path: '/proxies' })
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await page.waitForURL(/\/overview$/)
    await page.close()
  })

  test('one fault leaves the rest, and can be tried again', async () => {
    const page = await console.page({ path: '/settings' })
    let isFailing = true
    await page.route('**/graphql', (route) =>
      isFailing && route.request().postData()?.includes('FleetHistory')
        ? route.fulfill({
            contentType: 'application/json',
            body: JSON.stringify({
              errors: [
                { message: 'no', extensions: { code: 'INTERNAL_SERVER_ERROR', referenceId: 'r-4711' } },
              ],
            }),
          })
        : route.continue(),
    )
    await visit(page, `${console.url}/overview`)
    await page.getByRole('alert').getByText('r-4711').waitFor()
    await page.getByRole('region', { name: 'Proxies by status' }).getByText('Drifted').waitFor()
    isFailing = false
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click()
    await sliders(page).first().locator('canvas').waitFor()
    await page.close()
  })

  test('a time without statistics teaches where they come from', async () => {
    const page = await console.page({
      path: '/overview?from=2020-01-01T00:00:00Z&to=2020-01-01T06:00:00Z',
    })
    await page.getByRole('heading', { name: 'No statistics in this time', exact: true }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Look at 90 days' }).click()
    await sliders(page).first().waitFor()
    expect([...params(page)]).toEqual([['range', '90d']])
    await page.close()
  })
})

describe('the time range', () => {
  test('is drawn with the mouse for all charts, lies in the address, and goes back', async () => {
    const page = await openCharts('/overview?range=1h')
    const steps = async () => Number(await sliders(page).nth(4).getAttribute('aria-valuemax'))
    expect(await steps()).toBeGreaterThan(55)
    await drag(page, 0.3, 0.6)
    await page.locator('[data-zoomed]').waitFor()
    const length = Date.parse(params(page).get('to') ?? '') - Date.parse(params(page).get('from') ?? '')
    expect(length / 60_000).toBeGreaterThan(14)
    expect(length / 60_000).toBeLessThan(24)
    await expect.poll(steps).toBeLessThan(24)

    await page.reload()
    await page.locator('[data-zoomed]').waitFor()
    await page.keyboard.press('z')
    await page.locator('[data-zoomed]').waitFor({ state: 'detached' })
    expect([...params(page)]).toEqual([])
    await page.goBack()
    await page.locator('[data-zoomed]').waitFor()
    await page.goBack()
    await page.locator('[data-zoomed]').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: '15 min' }).click()
    await expect.poll(steps).toBeLessThan(17)
    expect(params(page).get('range')).toBe('15m')
    await page.close()
  })

  test('and the period before it are compared', async () => {
    const page = await openCharts('/overview?range=15m')
    await page.getByRole('checkbox', { name: 'Compare with the period before' }).check()
    await newestOf(page, 'requests_per_second').getByTitle('In the period before').waitFor()
    expect(params(page).get('compare')).toBe('1')
    await page.close()
  })

  test('is typed in as date and time', async () => {
    const page = await openCharts('/overview')
    const opener = page.getByRole('button', { name: 'From … to …' })
    await opener.click()
    const [from, to] = [page.getByLabel('From', { exact: true }), page.getByLabel('To', { exact: true })]
    const shown = Date.parse(await to.inputValue()) - Date.parse(await from.inputValue())
    expect(shown).toBe(60 * 60_000)
    await expectAccessible(page)
    await from.fill('')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('Give a date and a time.').waitFor()
    await from.fill('2021-03-03T10:00')
    await to.fill('2021-03-03T12:30')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.locator('[data-zoomed]').waitFor()
    const length = Date.parse(params(page).get('to') ?? '') - Date.parse(params(page).get('from') ?? '')
    expect(length / 60_000).toBe(150)
    expect(await opener.getAttribute('aria-expanded')).toBe('false')
    await page.close()
  })

  test('is walked through and zoomed into by keyboard', async () => {
    const page = await openCharts('/overview')
    const slider = sliders(page).first()
    await slider.focus()
    for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowLeft')
    const words = (await slider.getAttribute('aria-valuetext')) ?? ''
    expect(words).toMatch(/^\w+ \d+, \d+:\d\d [AP]M.*, Requests [\d.K]+\/s, CONNECT [\d.K]+\/s$/)
    const [time = ''] = /^\w+ \d+, \d+:\d\d\s[AP]M/.exec(words) ?? []
    expect(await page.locator('[data-note]').allTextContents()).toEqual(
      Array.from({ length: 11 }, () => expect.stringContaining(time)),
    )
    for (let step = 0; step < 8; step += 1) await page.keyboard.press('Shift+ArrowLeft')
    await page.keyboard.press('Enter')
    await page.locator('[data-zoomed]').waitFor()
    const length = Date.parse(params(page).get('to') ?? '') - Date.parse(params(page).get('from') ?? '')
    expect(length).toBe(8 * 60_000)
    await page.close()
  })
})

describe('a proxy’s statistics', () => {
  test('grow without a reload', async () => {
    const page = await openCharts(`/proxies/${proxyId}/statistics?range=15m`)
    const shown = newestOf(page, 'host_load')
    const before = await shown.textContent()
    const { sql, db } = console.server.database
    await sql`insert into proxy_stats_minute (proxy_id, at, samples, seconds, restarts, host_load)
      values (${proxyId}, date_trunc('minute', now()), 1, 60, 0, 7.5)`
    await rollUpStats(systemOperation({ db, clock: () => new Date() }, 'test'))
    await expect.poll(() => shown.textContent(), { timeout: 30_000 }).toBe('7.5')
    expect(before).not.toBe('7.5')
    await page.close()
  })

  test('have gaps where nothing is known, and no line over them', async () => {
    const page = await openCharts(`/proxies/${proxyId}/statistics`)
    await firstChart(page).getByRole('button', { name: 'Requests: table and files' }).click()
    await page.getByRole('menuitem', { name: 'Show as a table' }).click()
    const cells = await firstChart(page).locator('tbody tr td:nth-child(2)').allTextContents()
    const lost = cells.slice(10, 50).filter((text) => text === '–')
    expect(lost).toHaveLength(8)
    await visit(page, `${console.url}/proxies/${proxyId}`)
    const trend = page.getByRole('region', { name: 'Now' }).getByRole('img', { name: 'Requests' })
    await expect.poll(() => trend.locator('path').getAttribute('d')).toMatch(/M.*M/)
    await page.close()
  })

  test('are taken away as CSV, JSON and a picture', async () => {
    const page = await openCharts(`/proxies/${proxyId}/statistics`)
    const take = async (item: string) => {
      await firstChart(page).getByRole('button', { name: 'Requests: table and files' }).click()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: item }).click(),
      ])
      return readFileSync(await download.path())
    }
    const csv = (await take('Download CSV')).toString()
    expect(csv.split('\r\n')[0]).toBe('time,requests_per_second,connects_per_second')
    expect(csv.split('\r\n').length).toBeGreaterThan(60)
    const rows = JSON.parse((await take('Download JSON')).toString())
    expect(rows[30]).toMatchObject({ time: expect.any(String), requests_per_second: expect.any(Number) })
    expect((await take('Download PNG')).subarray(1, 4).toString()).toBe('PNG')
    await page.close()
  })
})

describe('in both themes and languages', () => {
  test.each([
    ['light', 'en', 'Requests', /^\w+ \d+, \d+:\d\d\s[AP]M, Requests/],
    ['dark', 'pt-BR', 'Requisições', /^\d+ de \w+\., \d{1,2}:\d\d, Requisições [\d,]+\/s/],
  ] as const)('%s, %s: accessible and whole at every width', async (theme, locale, _title, words) => {
    const big = console.fleet.configs.big.id
    const page = await openCharts('/overview', { theme, locale })
    await sliders(page).first().focus()
    for (let step = 0; step < 9; step += 1) await page.keyboard.press('ArrowLeft')
    expect(await sliders(page).first().getAttribute('aria-valuetext')).toMatch(words)
    // The same parts stand on all three pages: one at every width, the others at one each.
    for (const [path, ...widths] of [
      ['/overview', 1280, 768, 390],
      [`/proxies/${proxyId}/statistics`, 390],
      [`/configs/${big}/statistics`, 1280],
    ] as const) {
      await visit(page, `${console.url}${path}`)
      await sliders(page).first().locator('canvas').waitFor()
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 })
        await settled(page)
        await expectNoOverflow(page)
        await expectAccessible(page)
      }
    }
    await page.close()
  })
})
