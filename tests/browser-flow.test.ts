/** Flow 1 as an administrator lives it, by keyboard alone, in a real browser against the demo fleet. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeViolations, launchBrowser, logInByForm, openContext } from '../scripts/browser.ts'
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

async function openPage(isLoggedIn = true): Promise<Page> {
  const page = await (await openContext(browser)).newPage()
  page.setDefaultTimeout(20_000)
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

/** Goes there by Tab, as somebody without a mouse does; what Tab doesn't lead to can't be used. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 300; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${target}`)
}

async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press(key)
}

async function write(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
}

describe('flow 1 in the browser', () => {
  test('no mouse: log in, write a config, submit, review, confirm; ATS obeys, and the proxy’s page says so by itself', async () => {
    const page = await openPage(false)
    await page.goto(`${demo.url}/configs`)
    await page.waitForURL(/\/login\?next=%2Fconfigs/)
    await write(page, page.getByLabel('E-mail'), demo.email)
    await write(page, page.getByLabel('Password'), 'not the password')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('E-mail or password is wrong.').waitFor()
    await write(page, page.getByLabel('Password'), demo.password)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/configs$/)

    const watcher = await page.context().newPage()
    await watcher.goto(`${demo.url}/proxies/${demo.proxy?.id}`)
    await watcher.getByText('Unassigned').first().waitFor()
    await page.bringToFront()

    await page.getByRole('heading', { name: 'Configs', exact: true }).first().waitFor()
    await page.keyboard.press('c')
    await write(page, page.getByRole('dialog').getByLabel('Name'), 'egress')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/configs\/[\w-]+$/)

    await tabTo(page, page.getByLabel('Default action'))
    await page.keyboard.type('Parent')
    await press(page, page.getByRole('button', { name: 'Add rule' }))
    await write(page, page.getByLabel('Value of rule 1', { exact: true }), 'bad domain')
    await page.keyboard.press('Tab')
    await page.locator('[aria-invalid=true]').first().waitFor()
    await page.keyboard.press('Shift+Tab')
    await write(page, page.getByLabel('Value of rule 1', { exact: true }), 'corp.example')
    for (const [index, { host, port }] of demo.parents.entries()) {
      await press(page, page.getByRole('button', { name: 'Add parent' }))
      await page.keyboard.type(host)
      await write(page, page.getByLabel(`Port of parent ${index + 1}`), String(port))
    }
    await press(page, page.getByRole('checkbox', { name: /demo-proxy-1/ }), 'Space')
    await page.keyboard.press('Control+s')
    await page.getByText(/^Revision \d+ saved\.$/).waitFor()
    await press(page, page.getByRole('button', { name: 'Submit for approval' }))
    await page.waitForURL(/\/review$/)

    await page.getByText('corp.example').first().waitFor()
    await page.getByText('dest_domain=corp.example').first().waitFor()
    await acknowledgeWarnings(page)
    await page.keyboard.press('a')
    const confirmation = page.getByRole('dialog')
    await confirmation.waitFor()
    expect(await axeViolations(page)).toEqual([])
    const { config } = await onlyConfig()
    expect(await confirmation.textContent()).toContain(config.configHash.slice(0, 8))
    await press(page, confirmation.getByRole('button', { name: 'Approve and deliver' }))
    await page.getByText('1 of 1 proxy in sync').first().waitFor({ timeout: 60_000 })
    await watcher.getByText('In sync').first().waitFor()

    for (const method of ['GET', 'CONNECT'] as const) {
      expect(await whereTo(method, 'www.corp.example')).toBe('200 direct')
      expect(await whereTo(method, 'www.shop.example')).toBe('200 primary')
    }

    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.waitForURL(/\/audit$/)
    for (const action of ['Config created', 'Config submitted', 'Config approved', 'Proxy tried a version']) {
      await page.getByText(action).filter({ visible: true }).first().waitFor()
    }
    await page.context().close()
  })

  test('a reload keeps the session, logging out ends it on every tab', async () => {
    const page = await openPage()
    const tab = await page.context().newPage()
    await tab.goto(`${demo.url}/proxies`)
    await tab.getByRole('link', { name: 'demo-proxy-1' }).first().waitFor()
    await page.reload()
    await page.getByRole('link', { name: 'demo-proxy-1' }).first().waitFor()
    await page.bringToFront()
    await press(page, page.getByRole('button', { name: /preferences/i }))
    await press(page, page.getByRole('button', { name: 'Log out' }))
    for (const each of [page, tab]) await each.waitForURL(/\/login/)
    await page.context().close()
  })
})

/** One tick for each kind; how many there are is the review's business. */
async function acknowledgeWarnings(page: Page): Promise<void> {
  const left = page.getByRole('region', { name: 'Warnings' }).getByRole('checkbox', { checked: false })
  for (let count = await left.count(); count > 0; count = await left.count()) {
    await press(page, left.first(), 'Space')
    await expect.poll(() => left.count()).toBeLessThan(count)
  }
}

/** The config that the first test makes. */
async function onlyConfig(): Promise<{ config: { id: string; configHash: string } }> {
  const api = await logIn(demo.graphqlUrl, demo.email, demo.password)
  const { configs } = await api.send<{ configs: { edges: { node: { id: string; configHash: string } }[] } }>(
    '{ configs { edges { node { id configHash } } } }',
  )
  const config = configs.edges[0]?.node
  if (!config) throw new Error('there is no config')
  return { config }
}
