/** When something fails: a connection that is lost, a server's fault, a page's own fault. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Console, expectAccessible, openConsole } from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole({ seed: { proxies: 60, rules: 20, configs: 3 } })
})
afterAll(() => console?.close())

afterEach(async () => {
  if (isCut) await mend()
})

let isCut = false
async function cut() {
  isCut = true
  await console.cut()
}
async function mend() {
  await console.mend()
  isCut = false
}

describe('the connection', () => {
  test('lost: a banner with the way to try now, everything stays in sight; back: it clears and catches up', async () => {
    const page = await console.page({ path: '/configs', expectedFaults: /ERR_|WebSocket|Failed to/ })
    await page.getByText('Live', { exact: true }).waitFor()
    await cut()
    const banner = page.getByRole('region', { name: 'Reconnecting…' })
    await banner.getByText(/Connection lost at/).waitFor()
    await banner.getByText(/Next try in \d+ s|Trying now/).waitFor()
    expect(await page.locator('main').getAttribute('data-stale')).not.toBeNull()
    await page.getByRole('link', { name: console.fleet.configs.big.name }).first().waitFor()
    const spoken = await page.getByRole('status').allTextContents()
    expect(spoken.filter((text) => text.includes('Connection lost'))).toHaveLength(1)
    expect(spoken.join()).not.toMatch(/Next try|Trying/)
    await expectAccessible(page)

    const api = await console.api()
    await api.get('mutation ($input: CreateConfigInput!) { createConfig(input: $input) { config { id } } }', {
      input: { name: 'Made while nobody heard', defaultAction: 'DIRECT' },
    })
    // While nothing answers: afterwards the page may be faster than the click.
    await banner.getByRole('button', { name: 'Retry now' }).click()
    await mend()
    await banner.waitFor({ state: 'detached' })
    await page.getByText('Connected again').waitFor({ state: 'attached' })
    await page.getByText('Made while nobody heard').first().waitFor()
    expect(await page.locator('main').getAttribute('data-stale')).toBeNull()
    await page.close()
  })

  test('a browser that goes offline says so at once, and is live again by itself', async () => {
    const page = await console.page({ path: '/settings', expectedFaults: /ERR_|WebSocket|Failed to/ })
    await page.getByText('Live', { exact: true }).waitFor()
    await page.context().setOffline(true)
    await page
      .getByText(/Connection lost at/)
      .first()
      .waitFor()
    await page.context().setOffline(false)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.close()
  })
})

describe('faults', () => {
  test('of the server show their reference and a way to try again; the rest of the page goes on', async () => {
    const page = await console.page({ path: '/audit' })
    let isBroken = true
    await page.route('**/graphql', async (route) => {
      if (!isBroken || !route.request().postData()?.includes('query ApiTokens')) return route.continue()
      const fault = {
        message: 'Unexpected',
        extensions: { code: 'INTERNAL_SERVER_ERROR', referenceId: 'ref-4711' },
      }
      await route.fulfill({ json: { data: null, errors: [fault] } })
    })
    await page.goto(`${console.url}/settings`)
    const panel = page.getByRole('region', { name: 'API tokens' })
    await panel.getByText('ref-4711').waitFor()
    await panel.getByRole('button', { name: 'Copy the reference' }).waitFor()
    await page.getByRole('button', { name: 'Change password' }).waitFor()
    isBroken = false
    await panel.getByRole('button', { name: 'Try again' }).click()
    await panel.getByText('You have none.').waitFor()
    await page.close()
  })

  test('of a server without its database are told as that, and the page asks again by itself', async () => {
    const page = await console.page({ path: '/audit', expectedFaults: /503/ })
    let isGone = true
    await page.route('**/graphql', async (route) => {
      if (!isGone || !route.request().postData()?.includes('query ApiTokens')) return route.continue()
      const extensions = { code: 'UNAVAILABLE', retryAfterSeconds: 3 }
      const message = 'The server’s database does not answer at the moment. Come back in 3 s.'
      await route.fulfill({ status: 503, json: { errors: [{ message, extensions }] } })
    })
    await page.goto(`${console.url}/settings`)
    const panel = page.getByRole('region', { name: 'API tokens' })
    await panel.getByText('The server is there, but can’t work at the moment.').waitFor()
    await panel.getByText('database does not answer').waitFor()
    await panel.getByText('Trying again in 3 s.').waitFor()
    isGone = false
    await panel.getByText('You have none.').waitFor()
    await page.close()
  })

  test('of the page stay in their panel, with a reference that is also in the console', async () => {
    const lines: string[] = []
    const page = await console.page({ path: '/audit', expectedFaults: /fault ui-/ })
    page.on('console', (message) => message.type() === 'error' && lines.push(message.text()))
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('query ApiTokens')) return route.continue()
      await route.fulfill({ json: { data: { apiTokens: null } } })
    })
    await page.goto(`${console.url}/settings`)
    const panel = page.getByRole('region', { name: 'API tokens' })
    const reference = (await panel.getByText(/^ui-[0-9a-f]{10}$/).textContent()) ?? ''
    expect(lines.filter((line) => line.includes(reference))).toHaveLength(1)
    await page.getByRole('button', { name: 'Change password' }).waitFor()
    await page.getByRole('group', { name: 'Language' }).getByRole('button', { name: 'Português' }).click()
    await page.getByRole('heading', { name: 'Ajustes', exact: true }).waitFor()
    await page.close()
  })
})
