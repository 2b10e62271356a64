/** The frame around every page: theme and language from the first paint, and its shape at every width. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logInByForm } from '../scripts/browser.ts'
import {
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  settled,
  visit,
} from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole({ seed: { proxies: 60, rules: 20, configs: 3 } })
})
afterAll(() => console?.close())

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '')

describe('theme and language', () => {
  test('are there at the first paint', async () => {
    const page = await console.page({ theme: 'dark', locale: 'pt-BR', path: '/configs' })
    await page.addInitScript(() => {
      const seen: string[] = []
      Object.assign(globalThis, { seen })
      const look = () => {
        const { lang } = document.documentElement
        if (document.body) seen.push(`${lang} ${getComputedStyle(document.body).backgroundColor}`)
        if (document.querySelector('h1') === null) requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    await visit(page, `${console.url}/configs`)
    expect(
      await page.evaluate(() => [...new Set((globalThis as unknown as { seen: string[] }).seen)]),
    ).toEqual(['pt-BR rgb(15, 18, 19)'] /* --bg of the dark theme */)
    await page.close()
  })

  test('follow the browser at first, are changed from every page, and stay as chosen', async () => {
    const context = await console.browser.newContext({ colorScheme: 'dark', locale: 'pt-BR' })
    const page = await context.newPage()
    const { email, password } = console.fleet.users.root
    await logInByForm(page, console.url, email, password)
    await visit(page, `${console.url}/configs`)
    expect(await looks(page)).toEqual(['pt-BR', 'dark'])
    await page.getByRole('button', { name: /conta e preferências/ }).click()
    const menu = page.getByRole('dialog', { name: 'Sua conta' })
    await expectAccessible(page)
    await menu.getByRole('button', { name: 'Claro' }).click()
    await menu.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Configs', level: 1 }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Configs', level: 1 }).waitFor()
    expect(await looks(page)).toEqual(['en', 'light'])
    await context.close()
  })
})

/** The page's language, and the theme that it has in truth. */
const looks = (page: Page) =>
  page.evaluate(() => {
    const root = document.documentElement
    const background = getComputedStyle(document.body).backgroundColor
    const [red = 0] = background.match(/\d+/g)?.map(Number) ?? []
    return [root.lang, red < 128 ? 'dark' : 'light']
  })

describe('at every width', () => {
  test('390: a drawer holds the navigation, takes the focus and gives it back', async () => {
    const page = await console.page({ width: 390, path: '/settings' })
    await expectNoOverflow(page)
    const opener = page.getByRole('button', { name: 'Open navigation' })
    await opener.focus()
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('link', { name: 'Proxies' }).waitFor()
    await expectAccessible(page)
    expect(await drawer.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    await expect.poll(() => focused(page)).toBe('Open navigation')

    await opener.click()
    await drawer.getByRole('link', { name: 'Audit' }).click()
    await page.waitForURL(/\/audit$/)
    await drawer.waitFor({ state: 'detached' })
    await page.close()
  })

  test('768: icons whose names are spoken; 1280: labels, which can be put away for good', async () => {
    const narrow = await console.page({ width: 768, path: '/settings' })
    const link = narrow.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Configs' })
    expect([await link.getAttribute('title'), (await link.boundingBox())?.width ?? 0]).toEqual([
      'Configs',
      expect.closeTo(40, -1),
    ])
    await expectAccessible(narrow)
    await narrow.close()

    const wide = await console.page({ width: 1280, path: '/settings' })
    await wide.getByRole('button', { name: 'Collapse side bar' }).click()
    await wide.reload()
    await settled(wide)
    await wide.getByRole('button', { name: 'Expand side bar' }).click()
    await wide.getByText('Administration', { exact: true }).waitFor()
    await wide.close()
  })

  test('nothing jumps while the fleet and a proxy load', async () => {
    const page = await console.page({ path: '/audit' })
    await page.addInitScript(() => {
      const shifts: number[] = []
      Object.assign(globalThis, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
      }).observe({ type: 'layout-shift', buffered: true })
    })
    for (const path of ['/proxies', `/proxies/${console.fleet.proxies[0]?.id}`]) {
      await visit(page, `${console.url}${path}`)
      await page.waitForLoadState('networkidle')
      const sum = await page.evaluate(() =>
        (globalThis as unknown as { shifts: number[] }).shifts.reduce((total, value) => total + value, 0),
      )
      expect([path, sum < 0.05, sum]).toEqual([path, true, sum])
    }
    await page.close()
  })
})
