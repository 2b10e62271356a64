/** The fleet and the proxy page as people use them: the real server, thousands of proxies, a real browser. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentHash } from '../server/core/config-files.ts'
import { enrol, enrolmentToken } from './support/agents.ts'
import {
  ask,
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  visit,
} from './support/console.ts'

const retireMutation = 'mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }'

const rowOf = (page: Page, hostname: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: hostname, exact: true }) })
const drawnRows = (page: Page) => page.locator('tbody > tr')
const chip = (page: Page, status: string) =>
  page.getByRole('group', { name: 'Status' }).getByRole('button', { name: status })
const bulkBar = (page: Page) => page.getByRole('region', { name: 'Selected proxies' })

/** Hostnames as the server lists them, for comparing with what the page shows. */
async function hostnames(console: Console, args: string): Promise<string[]> {
  const { proxies } = await ask(console, `{ proxies(${args}) { edges { node { hostname } } } }`)
  return proxies.edges.map(({ node }: { node: { hostname: string } }) => node.hostname)
}

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
    expect(await rowOf(page, listed[0] ?? '').count()).toBe(0)
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

  test('copies a whole hostname and a whole hash', async () => {
    const page = await console.page({ path: '/proxies?status=IN_SYNC' })
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

  test('shows a failed proxy with ATS’s own words and the ways on', async () => {
    const { proxies } = await ask(
      console,
      '{ proxies(first: 1, status: FAILED) { edges { node { id attempted { message } config { id } } } } }',
    )
    const proxy = proxies.edges[0].node
    const page = await console.page({ path: `/proxies/${proxy.id}` })
    await page.getByText(proxy.attempted.message).first().waitFor()
    for (const heading of ['Should run', 'Tried last', 'Runs']) {
      await page.getByRole('region', { name: heading }).getByText('Hash').waitFor()
    }
    expect(await page.getByRole('link', { name: 'Restore an earlier version' }).getAttribute('href')).toBe(
      `/configs/${proxy.config.id}/versions`,
    )
    await page.getByRole('link', { name: 'Events' }).click()
    await page.getByText('Today').waitFor()
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

describe('a fleet of none', () => {
  let console: Console
  beforeAll(async () => {
    console = await openConsole({ seed: null })
  })
  afterAll(() => console?.close())

  test('teaches how to begin, waits in sight, and goes on by itself when the first proxy arrives', async () => {
    const page = await console.page({ path: '/proxies' })
    await page.getByRole('heading', { name: 'No proxies yet: add the first one' }).waitFor()
    await page.getByLabel('Name of the token').fill('first host')
    await page.getByRole('button', { name: 'Create command' }).click()
    const command = await page.getByRole('region', { name: 'Enrolment command' }).locator('pre').textContent()
    await page.getByText('Waiting for the proxy to appear…').waitFor()
    const token = /--token (\S+)/.exec(command ?? '')?.[1] ?? ''

    await enrol(console.server, token, 'edge-1.example')
    await page.getByText('1 proxy has arrived.').waitFor()
    await rowOf(page, 'edge-1.example').waitFor()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText(token).waitFor({ state: 'detached' })
    await expectAccessible(page)
    await page.close()
  })

  test('shows files that are nobody’s version as its agent reported them', async () => {
    const root = await console.api()
    const agent = await enrol(console.server, await enrolmentToken(root), 'edge-3.example')
    const files = ['parent.config', 'sni.yaml', 'ip_allow.yaml'].map((name) => ({
      name,
      content: `# ${name} by hand\n`,
    }))
    const hash = contentHash(files, [])
    await agent.sync(hash)
    await agent
      .client()
      .get('mutation ($input: ReportFilesInput!) { reportFiles(input: $input) { serverTime } }', {
        input: { hash, files, records: [] },
      })
    const page = await console.page({ path: `/proxies/${agent.proxyId}/files` })
    await page.getByText('# parent.config by hand').waitFor()
    await page.getByText('the agent sent them as they lie there').waitFor()
    await page.close()
  })

  test('shows that an agent has fallen silent, by colour and in words', async () => {
    const agent = await enrol(console.server, await enrolmentToken(await console.api()), 'edge-2.example')
    await agent.sync(null)
    const page = await console.page({ path: '/proxies' })
    const row = rowOf(page, 'edge-2.example')
    await row.getByText('Unassigned').waitFor()
    expect(await row.getByText('silent').count()).toBe(0)
    // In steps that a session survives; the page hears the server's time with each beacon.
    for (let step = 0; step < 2; step += 1) {
      console.advance(60)
      const beacon = page.waitForResponse(
        (response) => response.request().postData()?.includes('Beacon') ?? false,
      )
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
      await beacon
    }
    await row.getByText('Unknown').waitFor({ timeout: 40_000 })
    await row.getByText('silent', { exact: false }).first().waitFor()
    await page.close()
  })
})
