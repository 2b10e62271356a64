/** Ten thousand proxies by their live numbers, as people use them: followed, narrowed down, on a phone. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedStats, tellStats } from '../scripts/fleet/seed-stats.ts'
import {
  ask,
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  settled,
  visit,
} from './support/console.ts'
import { chip, drawnRows, hostnames, rowOf } from './support/fleet-page.ts'
import { rollUp } from './support/stats.ts'

let console: Console
/** That tell statistics. */
let telling: readonly string[] = []
beforeAll(async () => {
  console = await openConsole({ seed: { proxies: 10_000, rules: 20, configs: 5 } })
  telling = console.fleet.proxies
    .filter(({ status }) => status === 'in_sync')
    .slice(0, 220)
    .map(({ id }) => id)
  await seedStats(console.server.database, telling, { minutes: 5 })
}, 120_000)
afterAll(() => console?.close())

const tell = (ids: readonly string[], connections: number, errorRate: number) =>
  tellStats(console.server.database.sql, ids, { connections, errorRate })

/** The machine may be busy. */
const patience = { timeout: 30_000 }
const columns = 'cols=status,requests,connections,hits,errors'
/** Questions for live numbers from now on. */
function questions(page: Page): readonly string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const text = request.postData() ?? ''
    if (text.includes('query FleetLive')) asked.push(text)
  })
  return asked
}

test('the rows in sight are asked for by one question, then told what is new', async () => {
  const page = await console.page({ path: '/settings' })
  const asked = questions(page)
  await visit(page, `${console.url}/proxies?sort=REQUESTS&desc=1&${columns}`)
  const [first = '', second = ''] = await hostnames(console, 'first: 2, sort: REQUESTS, descending: true')
  await rowOf(page, first).getByText(/\d\/s/).waitFor()
  await rowOf(page, second).getByRole('img', { name: 'Requests in the last hour' }).waitFor()
  expect(await drawnRows(page).first().textContent()).toContain(first)
  expect(await drawnRows(page).count()).toBeLessThanOrEqual(60)
  expect(asked).toHaveLength(1)
  const { id = '' } = console.fleet.proxies.find(({ hostname }) => hostname === first) ?? {}
  await tell([id], 4_321, 0.25)
  await rowOf(page, first).getByText('4.32K').waitFor()
  expect(await rowOf(page, first).textContent()).toContain('25%')
  expect(asked).toHaveLength(1)
  await expectAccessible(page)
  await page.close()
})

test('two hundred rows in sight are all told', async () => {
  const page = await console.page({ path: '/settings' })
  await page.setViewportSize({ width: 1280, height: 11_000 })
  await visit(page, `${console.url}/proxies?sort=CONNECTIONS&desc=1&${columns}`)
  const rows = drawnRows(page)
  await expect.poll(() => rows.filter({ hasText: '/s' }).count(), patience).toBeGreaterThanOrEqual(200)
  await tell(telling, 1_234, 0.01)
  await expect.poll(() => rows.filter({ hasText: '1.23K' }).count(), patience).toBeGreaterThanOrEqual(200)
  await page.close()
})

test('the list is narrowed down by numbers, which lie in the address', async () => {
  const ill = telling.slice(0, 3)
  await tell(telling, 50, 0)
  await tell(ill, 60, 0.125)
  const page = await console.page({ path: '/proxies' })
  const numbers = page.getByRole('button', { name: 'Numbers…' })
  await numbers.click()
  const dialog = page.getByRole('dialog', { name: 'Narrow the list by live numbers' })
  await dialog.getByRole('spinbutton', { name: 'Answers 5xx: at least' }).fill('5')
  await dialog.getByRole('spinbutton', { name: 'Connections: at least' }).fill('70')
  await dialog.getByRole('spinbutton', { name: 'Connections: at most' }).fill('60')
  const show = dialog.getByRole('button', { name: 'Show these proxies' })
  expect(await show.getAttribute('aria-disabled')).toBe('true')
  expect(await show.getAttribute('title')).toContain('At most must not be less')
  await expectAccessible(page)
  await dialog.getByRole('spinbutton', { name: 'Connections: at least' }).fill('')
  await page.keyboard.press('Enter')
  await page.waitForURL(/errorRate=0\.05\.\./)
  expect(new URL(page.url()).searchParams.get('connections')).toBe('..60')
  await expect.poll(() => drawnRows(page).count(), patience).toBe(3)
  const names = console.fleet.proxies.filter(({ id }) => ill.includes(id)).map(({ hostname }) => hostname)
  for (const name of names) await rowOf(page, name).waitFor()
  // What is counted and what is selected is what is listed.
  await expect.poll(() => chip(page, 'All').textContent(), patience).toBe('All3')

  await page.reload()
  await settled(page)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Connections ≤ 60: remove this filter' }).click()
  await page.getByRole('button', { name: 'Answers 5xx ≥ 5%: remove this filter' }).click()
  await page.waitForURL(/\/proxies$/)
  await page.goBack()
  await page.getByRole('button', { name: 'Answers 5xx ≥ 5%: remove this filter' }).waitFor()
  await page.close()
})

test('the overview has all of them in a handful of charts, and goes on without a reload', async () => {
  const page = await console.page({ path: '/overview?range=15m' })
  const charts = page.getByRole('slider')
  await charts.first().locator('canvas').waitFor()
  expect(await charts.count()).toBe(11)
  const { proxyCounts } = await ask(console, '{ proxyCounts { status count } }')
  const alive = proxyCounts
    .filter(({ status }: { status: string }) => status !== 'RETIRED')
    .reduce((sum: number, { count }: { count: number }) => sum + count, 0)
  expect(alive).toBeGreaterThan(9_000)
  const states = page.getByRole('region', { name: 'Proxies by status' })
  await states.getByText(`/ ${new Intl.NumberFormat('en').format(alive)}`).waitFor()
  const told = page.locator('[data-value=proxies]')
  await expect.poll(() => told.textContent(), patience).toBe('220')
  await page.evaluate(() => document.body.setAttribute('data-same', ''))
  const { sql } = console.server.database
  await sql`insert into fleet_stats (step, at, proxies, restarts, requests)
    values ('minute', date_trunc('minute', now()), 9876, 0, 5)
    on conflict (step, config_id, at) do update set proxies = excluded.proxies`
  await rollUp(console.server)
  await expect.poll(() => told.textContent(), patience).toBe('9.88K')
  expect(await page.locator('body[data-same]').count()).toBe(1)
  await expectAccessible(page)
  await page.close()
})

test('a filter that nothing matches can be cleared', async () => {
  const page = await console.page({ path: '/proxies?connections=1000000..' })
  await page.getByRole('heading', { name: 'No proxy matches', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.waitForURL(/\/proxies$/)
  await page.close()
})

test('on a phone a card has the two numbers that say most, in both languages', async () => {
  const page = await console.page({ path: '/settings', locale: 'pt-BR' })
  await page.setViewportSize({ width: 390, height: 844 })
  await tell(telling, 50, 0.125)
  await visit(page, `${console.url}/proxies?sort=ERROR_RATE&desc=1`)
  const card = drawnRows(page).first()
  await card.getByText('Requisições 7/s').waitFor()
  await card.getByText('Respostas 5xx 12,5%').waitFor()
  await expectNoOverflow(page)
  await expectAccessible(page)
  await page.close()
})
