/** One act on many proxies: what it says, what failed, how it is stopped, and what it leaves. */
import type { Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, type Console, openConsole } from './support/console.ts'
import { bulkBar, hostnames, retireMutation, rowOf } from './support/fleet-page.ts'

/** As many requests as are under way at once. */
const atOnce = 4

describe('a selection of the fleet', () => {
  let console: Console
  beforeAll(async () => {
    console = await openConsole({ seed: { proxies: 3_000, rules: 20, configs: 30 } })
  })
  afterAll(() => console?.close())

  test('is retired by the dozen: what failed is named, and trying again acts on only that', async () => {
    const page = await console.page({
      path: '/proxies?status=UNASSIGNED',
      expectedFaults: /ERR_FAILED/,
    })
    const listed = await hostnames(console, 'first: 40, status: UNASSIGNED')
    await rowOf(page, listed[0] ?? '')
      .getByRole('checkbox')
      .click()
    await rowOf(page, listed[4] ?? '')
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] })
    await bulkBar(page).getByText('5 selected').waitFor()

    // The network loses one request: that one fails, the others are done.
    const sent: string[] = []
    let lost: string | undefined
    await page.route('**/graphql', async (route) => {
      const body = route.request().postDataJSON() as {
        operationName?: string
        variables?: { input?: { id: string } }
      }
      const id = body.variables?.input?.id
      if (body.operationName !== 'RetireProxy' || id === undefined) return route.fallback()
      sent.push(id)
      if (lost !== undefined) return route.fallback()
      lost = id
      return route.abort()
    })
    await bulkBar(page).getByRole('button', { name: 'Retire…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Retire 5 proxies?' })
    await dialog.getByRole('button', { name: 'Retire 5 proxies' }).click()
    await dialog.getByText('4 proxies are retired.').waitFor()
    await dialog.getByText('1 proxy failed.').waitFor()
    const { proxy } = await ask(console, 'query ($id: ID!) { proxy(id: $id) { hostname status } }', {
      id: lost,
    })
    expect(proxy.status).toBe('UNASSIGNED')
    await dialog.getByRole('listitem').filter({ hasText: proxy.hostname }).waitFor()

    sent.length = 0
    await dialog.getByRole('button', { name: 'Retry failed' }).click()
    await dialog.getByText('1 proxy is retired.').waitFor()
    expect(sent).toEqual([lost])
    const rest = await hostnames(console, 'first: 40, status: UNASSIGNED')
    expect(rest.slice(0, 35)).toEqual(listed.slice(5))
    await dialog.getByRole('button', { name: 'Done' }).click()
    await rowOf(page, listed[5] ?? '').waitFor()
    await expect.poll(() => rowOf(page, listed[0] ?? '').count()).toBe(0)
    await page.close()
  })

  test('is retired by the hundred only by who types how many', async () => {
    const page = await console.page({ path: '/proxies?status=DRIFTED' })
    await page.getByLabel('Select the rows in sight').check()
    await bulkBar(page)
      .getByRole('button', { name: /^Select all [\d,]+ that match$/ })
      .click()
    const { proxyIds } = await ask(console, '{ proxyIds(status: DRIFTED) }')
    await bulkBar(page).getByText(`${proxyIds.length} selected`).waitFor()
    await bulkBar(page).getByRole('button', { name: 'Retire…' }).click()
    const confirm = page.getByRole('dialog').getByRole('button', { name: /^Retire \d+ proxies$/ })
    expect(await confirm.getAttribute('aria-disabled')).toBe('true')
    await page.getByRole('dialog').getByRole('textbox').fill(String(proxyIds.length))
    expect(await confirm.getAttribute('aria-disabled')).toBe(null)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.close()
  })

  test('is put on a config’s list as a whole; one that left meanwhile is named', async () => {
    const page = await console.page({ path: '/proxies?status=UNASSIGNED' })
    const { id, name } = console.fleet.configs.draft
    await page.getByLabel('Select the rows in sight').check()
    await bulkBar(page)
      .getByRole('button', { name: /^Select all/ })
      .click()
    const { proxyIds } = await ask(console, '{ proxyIds(status: UNASSIGNED) }')
    await bulkBar(page).getByText(`${proxyIds.length} selected`).waitFor()
    await bulkBar(page).getByRole('button', { name: 'Add to a config…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Config' }).fill(name)
    await dialog.getByRole('option', { name }).click()
    const gone = await ask(console, 'query ($id: ID!) { proxy(id: $id) { hostname } }', { id: proxyIds[0] })
    await ask(console, retireMutation, { input: { id: proxyIds[0] } })
    await dialog.getByRole('button', { name: /^Add \d+ proxies$/ }).click()
    await dialog.getByText(`${proxyIds.length - 1} proxies are on the list of ${name}.`).waitFor()
    await dialog.getByText('submit and approve the config').waitFor()
    await dialog.getByRole('listitem').filter({ hasText: gone.proxy.hostname }).waitFor()
    const { config } = await ask(console, 'query ($id: ID!) { config(id: $id) { proxyIds } }', { id })
    expect(config.proxyIds.toSorted()).toEqual(proxyIds.slice(1).toSorted())
    await dialog.getByRole('link', { name: `Open ${name}` }).click()
    await page.waitForURL(new RegExp(`/configs/${id}`))
    await page.close()
  })

  test('stops when told to: what is under way ends, the rest is left alone and counted', async () => {
    const page = await console.page({ path: '/proxies?status=PENDING' })
    await page.getByLabel('Select the rows in sight').check()
    await bulkBar(page)
      .getByRole('button', { name: /^Select all/ })
      .click()
    const { proxyIds } = await ask(console, '{ proxyIds(status: PENDING) }')
    await bulkBar(page).getByText(`${proxyIds.length} selected`).waitFor()

    const held: Route[] = []
    await page.route('**/graphql', (route) => {
      const { operationName } = route.request().postDataJSON() as { operationName?: string }
      if (operationName !== 'RetireProxy') return route.fallback()
      held.push(route)
    })
    await bulkBar(page).getByRole('button', { name: 'Retire…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill(String(proxyIds.length))
    await dialog.getByRole('button', { name: /^Retire \d+ proxies$/ }).click()
    await expect.poll(() => held.length).toBe(atOnce)
    await dialog.getByRole('button', { name: 'Stop' }).click()
    for (const route of held) await route.continue()
    await dialog.getByText(`${atOnce} proxies are retired.`).waitFor()
    await dialog
      .getByText(`${proxyIds.length - atOnce} proxies were not tried, because you stopped.`)
      .waitFor()
    expect(held).toHaveLength(atOnce)
    const left = await ask(console, '{ proxyIds(status: PENDING) }')
    expect(left.proxyIds).toHaveLength(proxyIds.length - atOnce)
    await page.close()
  })
})
