/** Flow 1 as an administrator lives it, in a real browser against the demo fleet. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeViolations, launchBrowser, logInByForm, openContext, type View } from '../scripts/browser.ts'
import { logIn } from '../scripts/demo/api.ts'
import { type SpawnedDemo, spawnDemo } from '../scripts/demo/spawn.ts'
import { request } from './support/ats.ts'

let demo: SpawnedDemo
let browser: Browser
beforeAll(async () => {
  ;[demo, browser] = await Promise.all([spawnDemo(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await demo?.close()
})

async function openPage(view: View = {}, isLoggedIn = true): Promise<Page> {
  const page = await (await openContext(browser, view)).newPage()
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // The browser itself reports refused requests; a policy that is broken is our fault.
    if (message.type() === 'error' && !message.text().includes('status of 401')) faults.push(message.text())
  })
  page.on('close', () => expect(faults).toEqual([]))
  if (isLoggedIn) await logInByForm(page, demo.url, demo.email, demo.password)
  return page
}

const whereTo = async (method: 'GET' | 'CONNECT', name: string) => {
  const port = Number(new URL(demo.forwardProxy ?? '').port)
  const { status, via } = await request(port, { method, host: `${name}:${demo.origin.port}` })
  return `${status} ${via}`
}

describe('flow 1 in the browser', () => {
  test('log in, write a config, submit, review, confirm: ATS obeys, and the proxy’s page says so by itself', async () => {
    const page = await openPage({}, false)
    await page.goto(`${demo.url}/configs`)
    await page.waitForURL(/\/login\?next=%2Fconfigs/)
    await page.getByLabel('E-mail').fill(demo.email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('alert').getByText('E-mail or password is wrong.').waitFor()
    await page.getByLabel('Password').fill(demo.password)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.waitForURL(/\/configs$/)

    const watcher = await page.context().newPage()
    await watcher.goto(`${demo.url}/proxies`)
    await watcher.getByRole('link', { name: 'demo-proxy-1' }).click()
    await watcher.getByText('Unassigned').first().waitFor()

    await page.getByRole('button', { name: 'New config' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('egress')
    await dialog.getByRole('button', { name: 'New config' }).click()
    await page.waitForURL(/\/configs\/[\w-]+$/)

    await page.getByLabel('Default action').selectOption({ label: 'Parent' })
    await page.getByRole('button', { name: 'Add rule' }).click()
    await page.getByLabel('Value of rule 1').fill('bad domain')
    await page.getByLabel('Value of rule 1').blur()
    await page.locator('[aria-invalid=true]').waitFor()
    await page.getByLabel('Value of rule 1').fill('corp.example')
    for (const [index, { host, port }] of demo.parents.entries()) {
      await page.getByRole('button', { name: 'Add parent' }).click()
      await page.getByLabel(`Host of parent ${index + 1}`).fill(host)
      await page.getByLabel(`Port of parent ${index + 1}`).fill(String(port))
    }
    await page.getByLabel(/demo-proxy-1/).check()
    await page.getByRole('button', { name: /^Save revision/ }).click()
    await page.getByText(/^Revision \d+ saved\.$/).waitFor()
    await page.getByRole('button', { name: 'Submit for approval' }).click()
    await page.waitForURL(/\/review$/)

    await page.getByText('Rule 1 added: Domain corp.example', { exact: false }).waitFor()
    await page.getByText('dest_domain=corp.example').first().waitFor()
    await page.getByRole('link', { name: 'demo-proxy-1' }).waitFor()
    await page.getByRole('button', { name: 'Approve…' }).click()
    const confirmation = page.getByRole('dialog')
    expect(await axeViolations(page)).toEqual([])
    const shown = await confirmation.textContent()
    const { config } = await submittedConfig()
    expect(shown).toContain(config.configHash.slice(0, 8))
    expect(shown).toContain('1 proxy gets these files')
    await confirmation.getByRole('button', { name: 'Approve and deliver' }).click()
    await page.getByText('1 of 1 proxy in sync').waitFor({ timeout: 30_000 })
    await watcher.getByText('In sync').first().waitFor()

    for (const method of ['GET', 'CONNECT'] as const) {
      expect(await whereTo(method, 'www.corp.example')).toBe('200 direct')
      expect(await whereTo(method, 'www.shop.example')).toBe('200 primary')
    }

    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit' }).click()
    for (const action of ['Config created', 'Config submitted', 'Config approved', 'Proxy tried a version']) {
      await page.getByText(action).filter({ visible: true }).first().waitFor()
    }
    await page.context().close()
  })

  test('the keyboard moves a rule, a stale revision is told and nothing is lost', async () => {
    const [page, other] = [await openPage(), await openPage()]
    const { config } = await submittedConfig()
    await page.goto(`${demo.url}/configs/${config.id}`)
    await page.getByRole('button', { name: 'Add rule' }).click()
    await page.getByLabel('Value of rule 2').fill('shop.example')
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(() => page.getByLabel('Value of rule 1').inputValue()).toBe('shop.example')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Value of rule 1',
    )

    await other.goto(`${demo.url}/configs/${config.id}`)
    await other.getByLabel('Description').fill('changed by somebody else')
    await other.getByRole('button', { name: /^Save revision/ }).click()
    await other.getByText(/^Revision \d+ saved\.$/).waitFor()
    await page.getByText(/was saved while you are editing/).waitFor()
    await page.getByRole('button', { name: /^Save revision/ }).click()
    await page.getByText('Somebody else saved first').first().waitFor()
    expect(await page.getByLabel('Value of rule 1').inputValue()).toBe('shop.example')
    for (const each of [page, other]) await each.context().close()
  })

  test('a reload keeps the session, logging out ends it on every tab', async () => {
    const page = await openPage()
    const tab = await page.context().newPage()
    await tab.goto(`${demo.url}/proxies`)
    await tab.getByRole('link', { name: 'demo-proxy-1' }).waitFor()
    await page.reload()
    await page.getByRole('link', { name: 'demo-proxy-1' }).waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    for (const each of [page, tab]) await each.waitForURL(/\/login/)
    await page.context().close()
  })
})

describe('every page', () => {
  const views: readonly View[] = [
    { theme: 'light', locale: 'en' },
    { theme: 'dark', locale: 'pt-BR' },
    { theme: 'dark', locale: 'en', width: 390 },
  ]

  test.each(views)('has no A or AA violation and no sideways scrolling: %o', async (view) => {
    const page = await openPage(view)
    const { config } = await submittedConfig()
    const { pathname } = new URL(page.url())
    expect(pathname).toBe('/proxies')
    const visited = [
      '/proxies',
      `/proxies/${demo.proxy?.id}`,
      '/configs',
      `/configs/${config.id}`,
      `/configs/${config.id}/audit`,
      `/configs/${config.id}/review`,
      '/audit',
      '/settings',
      '/nowhere',
    ]
    for (const path of visited) {
      await page.goto(`${demo.url}${path}`)
      await page.locator('main h1').first().waitFor()
      await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
      expect([path, await axeViolations(page)]).toEqual([path, []])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect([path, overflow <= 0]).toEqual([path, true])
    }
    await page.context().close()
    const stranger = await openPage(view, false)
    await stranger.goto(`${demo.url}/login`)
    await stranger.locator('input[type=password]').waitFor()
    expect(await axeViolations(stranger)).toEqual([])
    await stranger.context().close()
  })
})

/** The config that the first test makes; on its own, a test that needs it makes one. */
async function submittedConfig(): Promise<{ config: { id: string; configHash: string } }> {
  const api = await logIn(demo.graphqlUrl, demo.email, demo.password)
  const { configs } = await api.send<{ configs: { edges: { node: { id: string; configHash: string } }[] } }>(
    '{ configs { edges { node { id configHash } } } }',
  )
  const known = configs.edges[0]?.node
  if (known) return { config: known }
  const { createConfig } = await api.send<{ createConfig: { config: { id: string; configHash: string } } }>(
    'mutation ($input: CreateConfigInput!) { createConfig(input: $input) { config { id configHash } } }',
    {
      input: {
        name: 'egress',
        defaultAction: 'DIRECT',
        rules: [{ kind: 'DOMAIN', value: 'corp.example', action: 'DIRECT' }],
      },
    },
  )
  return createConfig
}
