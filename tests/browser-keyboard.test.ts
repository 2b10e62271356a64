/** Getting about without a mouse: the command palette and the shortcuts. */
import type { Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Console, expectAccessible, openConsole, settled } from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole({ seed: { proxies: 60, rules: 20, configs: 3 } })
})
afterAll(() => console?.close())

describe('the command palette', () => {
  test('reaches any proxy with the keyboard alone, and lists it first the next time', async () => {
    const page = await console.page({ path: '/audit' })
    const { hostname, id } = console.fleet.proxies.at(-1) ?? { hostname: '', id: '' }
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: 'Search or go to' })
    await field.waitFor()
    await expectAccessible(page)
    await page.keyboard.type(hostname)
    const option = page.getByRole('option', { name: hostname })
    await option.waitFor()
    expect(await option.getAttribute('aria-selected')).toBe('true')
    expect(await field.getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'))
    await page.keyboard.press('Enter')
    await page.waitForURL(`${console.url}/proxies/${id}`)
    await page.getByRole('heading', { name: hostname, level: 1 }).waitFor()

    await page.keyboard.press('Control+k')
    await page
      .getByRole('group', { name: 'Looked at last' })
      .getByRole('option', { name: hostname })
      .waitFor()
    await page.close()
  })

  test('says when nothing has that name and when the server can’t be asked, and gives the focus back', async () => {
    const page = await console.page({ path: '/settings', expectedFaults: /ERR_FAILED|Failed to load/ })
    const before = page.getByRole('checkbox', { name: /Single-key/ })
    await before.focus()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or go to' }).waitFor()
    await page.keyboard.type('no such thing')
    await page.getByText('Nothing is called “no such thing”.').waitFor()
    await page.route('**/graphql', (route) => route.abort())
    await page.keyboard.type('!')
    await page.getByText('The server could not be searched.').waitFor()
    await page.unroute('**/graphql')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => before.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.close()
  })

  test('shows the answer to what was typed last, whichever comes last', async () => {
    const page = await console.page({ path: '/audit' })
    const [early, late] = [
      console.fleet.proxies[0]?.hostname ?? '',
      console.fleet.proxies.at(-1)?.hostname ?? '',
    ]
    const held: Route[] = []
    await page.route('**/graphql', (route) => {
      if (held.length === 0 && route.request().postData()?.includes(`"search":"${early}"`)) held.push(route)
      else void route.continue()
    })
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: 'Search or go to' })
    await field.fill(early)
    await expect.poll(() => held.length).toBe(1)
    await field.fill(late)
    await page.getByRole('option', { name: late }).waitFor()
    const answered = page.waitForResponse((response) => response.request() === held[0]?.request())
    await held[0]?.continue()
    await answered
    await page.getByRole('option', { name: late }).waitFor()
    expect(await page.getByRole('option', { name: early }).count()).toBe(0)
    await page.close()
  })
})

describe('shortcuts', () => {
  test('lead to the pages and to the page’s search, are listed, and rest while somebody types', async () => {
    const page = await console.page({ path: '/proxies' })
    await page.keyboard.type('gc')
    await page.waitForURL(/\/configs$/)
    await settled(page)
    await page.keyboard.press('/')
    await page.waitForFunction(() => document.activeElement instanceof HTMLInputElement)
    await page.keyboard.type('gf?')
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toContain('gf?')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(page.url()).toMatch(/\/configs(\?|$)/)

    await page.locator('main').focus()
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    for (const line of ['Go to Proxies', 'Go to Settings', 'Search on this page', 'Show shortcuts']) {
      await help.getByText(line, { exact: true }).waitFor()
    }
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })
    await page.close()
  })

  test('of one key can be switched off, and those with Ctrl stay', async () => {
    const page = await console.page({ path: '/settings' })
    await page.getByRole('checkbox', { name: /Single-key shortcuts/ }).uncheck()
    await page.reload()
    await settled(page)
    expect(await page.getByRole('checkbox', { name: /Single-key shortcuts/ }).isChecked()).toBe(false)
    await page.locator('main').focus()
    await page.keyboard.type('gf?')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or go to' }).waitFor()
    expect([new URL(page.url()).pathname, await page.getByRole('dialog').count()]).toEqual(['/settings', 1])
    await page.close()
  })
})
