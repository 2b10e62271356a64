/** The list of the fleet as people use it: the real server, thousands of proxies, a real browser. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ask,
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  visit,
} from './support/console.ts'
import { bulkBar, chip, drawnRows, hostnames, retireMutation, rowOf } from './support/fleet-page.ts'

describe('a fleet of thousands', () => {
  let console: Console
  beforeAll(async () => {
    console = await openConsole({ seed: { proxies: 3_000, rules: 20, configs: 30 } })
  })
  afterAll(() => console?.close())

  test('is one list from the first to the last, of which at most sixty rows exist', async () => {
    const page = await console.page({ path: '/proxies' })
    const [first] = await hostnames(console, 'first: 1')
    const [last] = await hostnames(console, 'first: 1, descending: true')
    const { proxies } = await ask(console, '{ proxies(first: 1) { totalCount } }')
    const grid = page.getByRole('grid')
    expect(await grid.getAttribute('aria-rowcount')).toBe(String(proxies.totalCount + 1))
    await rowOf(page, first ?? '').waitFor()
    expect(await drawnRows(page).count()).toBeLessThanOrEqual(60)

    await page.keyboard.press('j')
    await page.keyboard.press('End')
    await rowOf(page, last ?? '').waitFor()
    expect(await rowOf(page, last ?? '').getAttribute('aria-rowindex')).toBe(String(proxies.totalCount + 1))
    expect(await drawnRows(page).count()).toBeLessThanOrEqual(60)

    // By the scrollbar, into a part that nobody has fetched.
    const [middle] = await hostnames(console, 'first: 1, offset: 2000')
    await grid.evaluate((element) => {
      const box = element.parentElement
      if (box) box.scrollTop = 2_000 * 52
    })
    await rowOf(page, middle ?? '').waitFor()
    expect(await drawnRows(page).count()).toBeLessThanOrEqual(60)

    await page.keyboard.press('Home')
    await rowOf(page, first ?? '').waitFor()
    await page.close()
  })

  test('shows what the address says: a reload the same, Back one step less', async () => {
    const page = await console.page({ path: '/proxies' })
    await chip(page, 'Failed').click()
    await page.waitForURL(/\?status=FAILED$/)
    await page.getByRole('button', { name: 'Last seen' }).click()
    await page.waitForURL(/sort=LAST_SEEN/)
    await page.getByRole('button', { name: 'Last seen' }).click()
    await page.waitForURL(/desc=1/)
    await page.getByRole('searchbox').fill('proxy-')
    await page.waitForURL(/search=proxy-/)

    const expected = await hostnames(
      console,
      'first: 3, status: FAILED, sort: LAST_SEEN, descending: true, search: "proxy-"',
    )
    const check = async () => {
      await rowOf(page, expected[0] ?? '').waitFor()
      expect(await page.getByRole('searchbox').inputValue()).toBe('proxy-')
      expect(await chip(page, 'Failed').getAttribute('aria-pressed')).toBe('true')
      const header = page.getByRole('columnheader', { name: 'Last seen' })
      expect(await header.getAttribute('aria-sort')).toBe('descending')
    }
    await check()
    await page.reload()
    await check()

    // Typing has replaced a step, so that one step back is the order before.
    await page.goBack()
    await page.waitForURL((url) => !url.search.includes('desc=1') && url.search.includes('sort=LAST_SEEN'))
    await page.goBack()
    await page.waitForURL(/\?status=FAILED$/)
    await page.goBack()
    await page.waitForURL((url) => url.search === '')
    await page.close()
  })

  test('narrows down by config and by ATS, counts by status, and offers the way out of nothing', async () => {
    const page = await console.page({ path: '/proxies' })
    const { id, name } = console.fleet.configs.big
    await page.getByRole('combobox', { name: 'Runs config' }).fill(name.slice(0, 6))
    await page.getByRole('option', { name, exact: true }).click()
    await page.waitForURL(new RegExp(`config=${id}`))
    await page.getByLabel('ATS generation').selectOption({ label: 'ATS 10.2' })
    await page.waitForURL(/ats=ATS_10_2/)
    const { proxyCounts } = await ask(
      console,
      'query ($id: ID!) { proxyCounts(runsConfigId: $id, atsGeneration: ATS_10_2) { status count } }',
      { id },
    )
    const failed = proxyCounts.find(({ status }: { status: string }) => status === 'FAILED').count
    await page.getByRole('button', { name: `Failed ${failed}`, exact: true }).waitFor()

    await page.getByRole('searchbox').fill('no-such-host')
    await page.getByText('No proxy matches').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.waitForURL((url) => url.search === '')
    await page.getByRole('grid').waitFor()
    await page.close()
  })

  test('is searched, selected and opened by keyboard alone, and nothing fires while typing', async () => {
    const page = await console.page({ path: '/proxies' })
    const [hostname = ''] = await hostnames(console, 'first: 1, offset: 1234')
    await page.keyboard.press('/')
    await page.keyboard.type(hostname)
    expect(await page.getByRole('searchbox').inputValue()).toBe(hostname)
    await page.waitForFunction(() => document.querySelectorAll('tbody > tr').length === 1)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('x')
    await bulkBar(page).getByText('1 selected').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: hostname }).waitFor()
    await page.close()
  })

  test('moves along when a proxy leaves it, and the focus stays with its row', async () => {
    const page = await console.page({ path: '/proxies' })
    const listed = await hostnames(console, 'first: 6')
    await rowOf(page, listed[4] ?? '').waitFor()
    for (let index = 0; index < 5; index += 1) await page.keyboard.press('j')
    const focused = page.locator('tbody > tr:focus')
    await focused.getByRole('link', { name: listed[4] ?? '', exact: true }).waitFor()
    expect(await focused.getAttribute('aria-rowindex')).toBe('6')
    await page.keyboard.press('x')

    const { proxies } = await ask(console, '{ proxies(first: 1) { edges { node { id } } } }')
    await ask(console, retireMutation, { input: { id: proxies.edges[0].node.id } })
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '5')
    await focused.getByRole('link', { name: listed[4] ?? '', exact: true }).waitFor()
    expect(await focused.getAttribute('aria-selected')).toBe('true')
    expect(await rowOf(page, listed[0] ?? '').count()).toBe(0)
    await page.close()
  })

  test('has views with names, which this browser keeps and gives back', async () => {
    const page = await console.page({ path: '/proxies?status=FAILED&sort=ENROLLED_AT' })
    await page.getByRole('button', { name: 'View: Unsaved' }).click()
    await page.getByRole('menuitem', { name: 'Save this view…' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Monday round')
    await page.getByRole('dialog').getByRole('button', { name: 'Save view' }).click()
    await page.getByRole('button', { name: 'View: Monday round' }).waitFor()

    await visit(page, `${console.url}/proxies`)
    await page.getByRole('button', { name: 'View: All proxies' }).click()
    await page.getByRole('menuitem', { name: 'Monday round' }).click()
    await page.waitForURL(/status=FAILED&sort=ENROLLED_AT/)

    await page.getByRole('button', { name: 'View: Monday round' }).click()
    await page.getByRole('menuitem', { name: 'Manage views…' }).click()
    await page.getByRole('button', { name: 'Delete Monday round' }).click()
    await page.getByRole('button', { name: 'View: Unsaved' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'View: Monday round' }).waitFor()
    await page.close()
  })

  test('a view that the browser can’t keep is not lost and not there: the list is as it was, and says why', async () => {
    const page = await console.page({ path: '/proxies?status=FAILED' })
    const save = async (name: string) => {
      await page.getByRole('button', { name: /^View: / }).click()
      await page.getByRole('menuitem', { name: 'Save this view…' }).click()
      await page.getByRole('dialog').getByLabel('Name').fill(name)
      await page.getByRole('dialog').getByRole('button', { name: 'Save view' }).click()
    }
    await save('Failed ones')
    await page.getByRole('button', { name: 'View: Failed ones' }).waitFor()
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
    })

    await page.getByRole('button', { name: 'View: Failed ones' }).click()
    await page.getByRole('menuitem', { name: 'Manage views…' }).click()
    await page.getByRole('button', { name: 'Delete Failed ones' }).click()
    await page.getByText('Your views are as they were.').waitFor()
    await page.getByRole('button', { name: 'View: Failed ones' }).waitFor()

    await chip(page, 'Drifted').click()
    await page.getByRole('button', { name: 'View: Drifted' }).waitFor()
    await page.getByRole('button', { name: 'Last seen' }).click()
    await page.getByRole('button', { name: 'View: Unsaved' }).waitFor()
    await save('Drifted ones')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Your views are as they were.').waitFor()
    expect(await dialog.getByLabel('Name').getAttribute('aria-invalid')).toBe('true')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'View: Unsaved' }).click()
    await page.getByRole('menuitem', { name: 'Failed ones' }).waitFor()
    expect(await page.getByRole('menuitem', { name: 'Drifted ones' }).count()).toBe(0)
    await page.close()
  })

  test('copies a whole hostname and a whole hash', async () => {
    const page = await console.page({ path: '/proxies?status=IN_SYNC&cols=status,runs' })
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const { proxies } = await ask(
      console,
      '{ proxies(first: 1, status: IN_SYNC) { edges { node { hostname runningHash } } } }',
    )
    const { hostname, runningHash } = proxies.edges[0].node
    const row = rowOf(page, hostname)
    await row.hover()
    await row.getByRole('button', { name: 'Copy the hostname' }).click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(hostname)
    await row.getByRole('button', { name: 'Copy the whole hash' }).click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(runningHash)
    await page.close()
  })

  test('on a phone the search is one row with a button for the rest, which says how much of it is set', async () => {
    const page = await console.page({ path: '/proxies?ats=ATS_10_2', width: 390 })
    const search = page.getByRole('searchbox')
    const further = page.getByRole('button', { name: /^Filters/ })
    const generation = page.getByLabel('ATS generation')
    const [left, right] = [await search.boundingBox(), await further.boundingBox()]
    expect(left?.y).toBe(right?.y)
    expect(await further.textContent()).toBe('Filters (1)')
    expect(await generation.isVisible()).toBe(false)
    await further.focus()
    await page.keyboard.press('Enter')
    expect(await further.getAttribute('aria-expanded')).toBe('true')
    await page.keyboard.press('Tab')
    const config = page.getByRole('combobox', { name: 'Runs config' })
    expect(await config.evaluate((element) => element === document.activeElement)).toBe(true)
    await generation.selectOption({ label: 'Any ATS' })
    await page.waitForURL((url) => url.search === '')
    expect(await further.textContent()).toBe('Filters')
    await page.getByLabel('Sort by').selectOption({ label: '↓ Last seen' })
    await page.waitForURL(/desc=1/)
    await page.getByRole('button', { name: 'Numbers…' }).click()
    await page.getByRole('dialog').getByRole('spinbutton', { name: 'Connections: at least' }).fill('1')
    await page.keyboard.press('Enter')
    await page.waitForURL(/connections=1/)
    expect(await further.textContent()).toBe('Filters (1)')
    await expectAccessible(page)
    await expectNoOverflow(page)
    await further.click()
    await generation.waitFor({ state: 'hidden' })
    await page.close()
  })

  const views = [
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 768, locale: 'pt-BR' },
    { theme: 'light', width: 390 },
    { theme: 'dark', width: 390 },
  ] as const
  test.each(views)('has no A or AA violation and no sideways scrolling: %o', async (view) => {
    const page = await console.page(view)
    const byStatus = (status: string) => console.fleet.proxies.find((each) => each.status === status)?.id
    const places = [
      '/proxies',
      '/proxies?search=no-such-host',
      `/proxies/${byStatus('failed')}`,
      `/proxies/${byStatus('unassigned')}`,
      `/proxies/${byStatus('in_sync')}/files`,
      `/proxies/${byStatus('in_sync')}/events`,
    ]
    for (const place of places) {
      await visit(page, `${console.url}${place}`)
      await expectAccessible(page)
      await expectNoOverflow(page)
    }
    await visit(page, `${console.url}/proxies`)
    await page.locator('tbody input[type=checkbox]').first().click()
    await page.locator('tbody tr[aria-selected=true]').waitFor()
    await expectAccessible(page)
    await expectNoOverflow(page)
    await page.close()
  })
})
