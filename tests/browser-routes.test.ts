/** Where a URL goes, in a real browser: beside the editor, on a page of its own, for one and for thousands. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { approve, changeConfig, unique } from './support/calls.ts'
import {
  ask,
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  settled,
  visit,
} from './support/console.ts'
import type { Data } from './support/server.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole()
})
afterAll(() => console?.close())

const parents = [
  { host: '10.96.215.26', port: 3128, priority: 1 },
  { host: '10.253.16.93', port: 3128, priority: 2 },
]
const rule = (kind: string, value: string, action: string) => ({ kind, value, action })

async function newConfig(more: Record<string, unknown> = {}): Promise<Data> {
  const root = await console.api()
  return changeConfig(root, 'createConfig', {
    name: unique('routed'),
    defaultAction: 'DIRECT',
    rules: [
      rule('DOMAIN', 'corp.example', 'PARENT'),
      rule('IP_RANGE', '198.51.100.0/24', 'PARENT'),
      rule('HOST', 'www.shop.example', 'DIRECT'),
    ],
    parentProxies: parents,
    ...more,
  })
}

/** What it holds now runs; `change` is the draft on top. */
async function runningConfig(change: Record<string, unknown>): Promise<Data> {
  const root = await console.api()
  let config = await newConfig()
  config = await changeConfig(root, 'submitConfig', { id: config.id, revision: config.revision })
  config = await approve(root, config)
  return changeConfig(root, 'updateConfig', { id: config.id, revision: config.revision, ...change })
}

async function openTry(id: string, options: Parameters<Console['page']>[0] = {}): Promise<Page> {
  const page = await console.page({ ...options, path: `/configs/${id}` })
  page.setDefaultTimeout(15_000)
  await page.keyboard.press('Alt+r')
  await page.locator('#try-route input').first().waitFor()
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('#try-route') !== null))
    .toBe(true)
  return page
}

/** Puts `text` on the field for many URLs as a paste of the clipboard does. */
async function paste(page: Page, text: string): Promise<void> {
  await page.getByLabel('URLs, one a line').evaluate((field, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}

const url = (page: Page) => page.getByLabel('URL or host:port', { exact: true })
const answer = (page: Page) => page.locator('[data-answer=after]')
const today = (page: Page) => page.locator('[data-answer=before]')
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

describe('beside the editor', () => {
  test('an answer comes while the URL is typed, with the parents in order, and leads to its rule', async () => {
    const config = await newConfig()
    const page = await openTry(config.id)
    await page.keyboard.type('https://mail.corp.example/')
    await answer(page).getByText('Through the parents').waitFor()
    await answer(page).getByText('10.96.215.26:3128, then 10.253.16.93:3128').waitFor()
    await page.getByRole('status').filter({ hasText: 'Through the parents, by rule 1.' }).waitFor()
    await answer(page).getByRole('button', { name: 'Rule 1: domain corp.example', exact: true }).click()
    await expect.poll(() => focused(page)).toBe('Value of rule 1')
    await expectAccessible(page)
    await page.close()
  })

  test('the draft answers, not what was saved: typing in the list changes the answer beside it', async () => {
    const config = await newConfig()
    const page = await openTry(config.id)
    await url(page).fill('http://www.shop.example/')
    await answer(page).getByRole('button', { name: 'Rule 3: host www.shop.example', exact: true }).waitFor()
    await page.getByLabel('Value of rule 1', { exact: true }).fill('shop.example')
    await answer(page).getByRole('button', { name: 'Rule 1: domain shop.example', exact: true }).waitFor()
    await page.getByLabel('Value of rule 1', { exact: true }).fill('not a name')
    await page.getByText('As if rule 1 were off', { exact: false }).waitFor()
    await answer(page).getByRole('button', { name: 'Rule 3: host www.shop.example', exact: true }).waitFor()
    await page.close()
  })

  test('what runs today stands beside the draft’s answer: the same, or where it goes today', async () => {
    const config = await runningConfig({
      rules: [rule('DOMAIN', 'corp.example', 'DIRECT'), rule('HOST', 'www.shop.example', 'DIRECT')],
    })
    const page = await openTry(config.id)
    await url(page).fill('http://192.0.2.44/')
    await today(page).getByText('the same').waitFor()
    await url(page).fill('http://corp.example/')
    await answer(page).getByText('Direct', { exact: true }).waitFor()
    await today(page).getByText('Today, by version 1').waitFor()
    await today(page).getByText('Through the parents').waitFor()
    await page.close()
  })

  test('where the address decides, its branches are a table; with the address there is one answer', async () => {
    const config = await newConfig()
    const page = await openTry(config.id)
    await url(page).fill('http://elsewhere.example/')
    await answer(page).getByText('Depends on the address', { exact: true }).waitFor()
    const rows = answer(page).locator('tbody tr')
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/^198\.51\.100\.0\/24\s+Through the parents/),
      // Whatever the rules say, a proxy connects to none of these.
      expect.stringMatching(/^0\.0\.0\.0\/8, .*\s+Refused/),
      expect.stringMatching(/^every other address\s+Direct/),
    ])
    await page.getByLabel('Address of the name (optional)').fill('198.51.100.7')
    await answer(page)
      .getByRole('button', { name: 'Rule 2: IP range 198.51.100.0/24', exact: true })
      .waitFor()
    await expectAccessible(page)
    await page.close()
  })

  test('a client that is kept out is told, and a bad address is named at its field', async () => {
    const config = await newConfig({ clientRules: [{ range: '10.0.0.0/8', action: 'ALLOW' }] })
    const page = await openTry(config.id)
    await url(page).fill('http://corp.example/')
    await page.getByLabel('Client address (optional)').fill('192.0.2.1')
    await answer(page).getByText('Denied').waitFor()
    await answer(page).getByText('No client rule holds 192.0.2.1').waitFor()
    await page.getByLabel('Client address (optional)').fill('somebody')
    await url(page).focus()
    await expect
      .poll(() => page.getByLabel('Client address (optional)').getAttribute('aria-invalid'))
      .toBe('true')
    await page.close()
  })

  test('what was tried is there again after a reload, and Escape gives the focus back', async () => {
    const config = await newConfig()
    const page = await openTry(config.id)
    await url(page).fill('http://corp.example/')
    await url(page).press('Enter')
    await page.getByRole('button', { name: 'Try http://corp.example/', exact: true }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Try http://corp.example/', exact: true }).click()
    await answer(page).getByText('Through the parents').waitFor()
    await url(page).press('Escape')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('try-route-button')
    expect(await page.locator('#try-route').count()).toBe(0)
    await page.close()
  })
})

describe('route tests', () => {
  test('a try is kept as a test, fails when a rule changes, says why, and can be taken back', async () => {
    const config = await newConfig()
    const page = await openTry(config.id)
    await url(page).fill('http://corp.example/')
    await page.getByRole('button', { name: 'Keep as a route test' }).click()
    await page.getByText('1 passes').waitFor()
    await page.getByLabel('Action of rule 1', { exact: true }).selectOption('direct')
    await page.getByText('1 fails').waitFor()
    await page.getByText(/^http:\/\/corp\.example\/: Direct\. Rule 1/).click()
    await expect.poll(() => focused(page)).toBe('Value of rule 1')
    await page.keyboard.press('Control+z')
    await page.getByText('1 passes').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText(/^Revision \d+ saved\.$/).waitFor()
    const query = 'query ($id: ID!) { config(id: $id) { routeTests { target expect } } }'
    expect((await ask(console, query, { id: config.id })).config.routeTests).toEqual([
      { target: 'http://corp.example/', expect: 'PARENT' },
    ])
    await page.close()
  })

  test('pasted lines become tests; what can’t be read stays; the review shows what fails and blocks', async () => {
    const config = await newConfig()
    const page = await console.page({ path: `/configs/${config.id}` })
    page.setDefaultTimeout(15_000)
    await page.getByRole('button', { name: 'Paste tests…' }).click()
    await page
      .getByLabel('Tests, one a line')
      .fill('*.corp.example parent # mail\nhttp://www.shop.example/ denied\nnothing at all')
    await page.getByRole('button', { name: 'Take tests' }).click()
    await page.getByText('1 line can’t be read').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('1 passes').waitFor()
    await page.getByText('1 fails').waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Control+s')
    await page.getByText(/^Revision \d+ saved\.$/).waitFor()
    await visit(page, `${console.url}/configs/${config.id}/review`)
    const panel = page.locator('#route-tests')
    await panel.getByText('What fails has to be mended', { exact: false }).waitFor()
    expect(await panel.locator('li').allInnerTexts()).toEqual([
      expect.stringContaining('http://www.shop.example/'),
      expect.stringContaining('*.corp.example'),
    ])
    await expectAccessible(page)
    await page.close()
  })

  test('a config without any is told so, with a way to add one', async () => {
    const config = await newConfig()
    const page = await console.page({ path: `/configs/${config.id}/review` })
    await page.locator('#route-tests').getByText('There are no route tests yet', { exact: false }).waitFor()
    await page.locator('#route-tests').getByRole('link', { name: 'Add the first test' }).click()
    await page.getByRole('button', { name: 'Suggest from the rules' }).click()
    await page.getByText(/^\d pass(es)?$/).waitFor()
    await page.close()
  })
})

describe('the page of routes', () => {
  test('a link with a URL, two sides and an address shows the same after a reload', async () => {
    const config = await runningConfig({ rules: [rule('DOMAIN', 'corp.example', 'DIRECT')] })
    const page = await console.page({ path: `/routes?config=${config.id}` })
    await url(page).fill('http://corp.example/')
    await page.getByLabel('Client address (optional)').fill('10.1.2.3')
    await expect.poll(() => new URL(page.url()).searchParams.get('client')).toBe('10.1.2.3')
    const seen = async () => [
      await answer(page).getByText('Direct', { exact: true }).textContent(),
      await today(page).getByText('Through the parents').textContent(),
    ]
    const before = await seen()
    await page.reload()
    await settled(page)
    expect(await seen()).toEqual(before)
    expect(await url(page).inputValue()).toBe('http://corp.example/')
    await answer(page).getByRole('link', { name: 'Rule 1: domain corp.example', exact: true }).click()
    await expect.poll(() => focused(page)).toBe('Value of rule 1')
    await page.close()
  })

  test('a proxy’s page leads to what it runs', async () => {
    const proxy = console.fleet.proxies.find(({ status }) => status === 'in_sync')
    const page = await console.page({ path: `/proxies/${proxy?.id}` })
    await page.getByRole('link', { name: 'Where does a URL go here?' }).click()
    await page.getByText(`${proxy?.hostname} runs version`, { exact: false }).waitFor()
    await url(page).fill('https://www.example.com/')
    await answer(page).waitFor()
    await page.close()
  })

  test('of 4,000 pasted URLs those that go elsewhere are listed, counted, filtered, explained and downloaded', async () => {
    const config = await runningConfig({ rules: [rule('DOMAIN', 'corp.example', 'DIRECT')] })
    const page = await console.page({ path: `/routes?config=${config.id}&view=many` })
    page.setDefaultTimeout(15_000)
    const lines = Array.from({ length: 4_000 }, (_, index) =>
      index % 1_000 === 7
        ? `http://host${index}.corp.example/`
        : `http://host${index}.example/ - 203.0.113.9`,
    )
    await paste(page, [...lines, 'ftp://no.example/'].join('\n'))
    await page.getByText('4 of 4,000 go elsewhere').waitFor()
    await page.getByText('1 line can’t be read').waitFor()
    const list = page.getByRole('region', { name: 'Answers' }).last()
    await list.getByText('http://host7.corp.example/').waitFor()
    expect(await list.locator('[data-row-key]').count()).toBe(4)
    const options = await page.getByLabel('Change', { exact: true }).locator('option').allInnerTexts()
    expect(options).toEqual(['All changes', 'Through the parents → Direct (4)'])
    await expectAccessible(page)

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download CSV' }).click()
    const stream = await (await download).createReadStream()
    let csv = ''
    for await (const part of stream) csv += String(part)
    expect(csv.trim().split('\r\n')).toHaveLength(5)
    expect(csv).toContain(
      '8,http://host7.corp.example/,GET,,,parent,1,10.96.215.26:3128 10.253.16.93:3128,direct,1,,true',
    )

    await page.getByRole('button', { name: 'All', exact: true }).click()
    await expect.poll(() => new URL(page.url()).searchParams.get('show')).toBe('all')
    await page.getByLabel('Filter by text').fill('host3999.')
    await expect.poll(() => list.locator('[data-row-key]').count()).toBe(1)
    await page.getByRole('button', { name: 'Why? Line 4000' }).click()
    await answer(page).getByText('Direct', { exact: true }).waitFor()
    expect(await page.getByLabel('Address of the name (optional)').inputValue()).toBe('203.0.113.9')
    await page.close()
  })
})

test.each([
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 768, locale: 'pt-BR' },
  { theme: 'light', width: 390 },
] as const)('pages are accessible and fit, %o', async (view) => {
  const config = await runningConfig({ rules: [rule('DOMAIN', 'corp.example', 'DIRECT')] })
  const page = await openTry(config.id, view)
  await page.locator('#try-route input').first().fill('http://corp.example/')
  await answer(page).waitFor()
  await expectAccessible(page)
  await expectNoOverflow(page)
  for (const path of ['/routes', `/routes?config=${config.id}&url=http://corp.example/`]) {
    await visit(page, `${console.url}${path}`)
    await expectAccessible(page)
    await expectNoOverflow(page)
  }
  await visit(page, `${console.url}/routes?config=${config.id}&view=many`)
  await page.locator('textarea').fill('http://corp.example/\nhttp://b.example/')
  await page.locator('textarea').press('Control+Enter')
  await page.locator('[data-row-key]').first().waitFor()
  await expectAccessible(page)
  await expectNoOverflow(page)
  await page.close()
})
