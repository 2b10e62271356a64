/** Several proxies' captured logs as one list: from the fleet, by time, a colour and a name for each. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enrol, enrolmentToken, type TestAgent } from './support/agents.ts'
import { type Console, expectAccessible, expectNoOverflow, openConsole } from './support/console.ts'
import type { Data } from './support/server.ts'
import { untilTrue } from './support/until.ts'

let console: Console
let agents: TestAgent[]
const names = ['edge-1.example', 'edge-2.example', 'edge-3.example']
beforeAll(async () => {
  console = await openConsole({ seed: null })
  const root = await console.api()
  agents = []
  for (const name of names) {
    const agent = await enrol(console.server, await enrolmentToken(root), name)
    await agent.sync(null)
    agents.push(agent)
  }
})
afterAll(() => console?.close())

const startedAt = Date.parse('2026-03-01T10:00:00Z')
let offset = 0
const line = (path: string, seconds: number, more: Record<string, unknown> = {}) => {
  offset += 1
  const at = new Date(startedAt + seconds * 1_000).toISOString()
  const url = `http://corp.example/${path}`
  return {
    ...{ epoch: 1, offset, source: 'ACCESS', at, text: `GET ${url}`, client: '10.0.0.1', method: 'GET', url },
    ...{ host: 'corp.example', parent: '10.96.215.26', status: 200, durationMs: 42 },
    ...more,
  }
}
const list = (page: Page, name = 'Captured lines') => page.getByRole('listbox', { name })
/** From the top down: whose, and the end of the URL. */
async function rows(page: Page): Promise<string[]> {
  const texts = await list(page)
    .getByRole('option')
    .evaluateAll((options) =>
      options
        .map((option) => ({ top: option.getBoundingClientRect().top, text: option.textContent ?? '' }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text),
    )
  return texts.map((text) => {
    const path = /corp\.example\/(\S+)/.exec(text)?.[1]
    return `${/^edge-\d/.exec(text)?.[0]} ${path ?? text}`
  })
}
const addressOf = (ids = agents.map(({ proxyId }) => proxyId)) => `/logs?proxies=${ids.join(',')}`

test('from the fleet: lines of three proxies by time, live, hidden and shown again', async () => {
  const [one, two, three] = agents
  await one?.reportLogLines([line('a', 1), line('d', 4)])
  await two?.reportLogLines([line('b', 2), line('e', 5)])
  await three?.reportLogLines([line('c', 3), line('', 3.5, { text: '', url: null, gap: 'LIMIT', lost: 7 })])
  const page = await console.page({ path: '/proxies' })
  await page.getByRole('checkbox', { name: /edge-1/ }).check()
  await page.getByRole('checkbox', { name: /edge-2/ }).check()
  await page.getByRole('checkbox', { name: /edge-3/ }).check()
  await page.getByRole('region', { name: 'Selected proxies' }).getByRole('button', { name: 'Logs' }).click()
  await page.getByRole('heading', { name: 'Logs of several proxies', exact: true }).waitFor()
  await list(page).getByText('/e').waitFor()
  await untilTrue(async () => (await rows(page)).length === 6)
  const all = await rows(page)
  expect(all.map((row) => row.slice(0, 8))).toEqual([
    'edge-1 a',
    'edge-2 b',
    'edge-3 c',
    'edge-3 e', // the gap: its row is its proxy's name and its words
    'edge-1 d',
    'edge-2 e',
  ])
  expect(all[3]).toContain('7 lines are missing')
  const colours = await list(page)
    .locator('[title^=edge]')
    .evaluateAll((cells) =>
      cells.map((cell) => `${cell.getAttribute('title')} ${getComputedStyle(cell).borderLeftColor}`),
    )
  expect(new Set(colours).size).toBe(3)
  expect(new Set(colours.map((each) => each.split(' ').slice(1).join(' '))).size).toBe(3)
  await expectAccessible(page)
  await expectNoOverflow(page)

  // A line that comes late stands where it belongs.
  await two?.reportLogLines([line('late', 2.5), line('f', 6)])
  await list(page).getByText('/f').waitFor()
  expect((await rows(page))[2]).toBe('edge-2 late')
  await page.getByRole('checkbox', { name: 'edge-2.example' }).uncheck()
  await untilTrue(async () => (await rows(page)).length === 4)
  expect((await rows(page)).some((row) => row.startsWith('edge-2'))).toBe(false)
  await page.getByRole('checkbox', { name: 'edge-2.example' }).check()
  await list(page).getByText('/late').click()
  const details = page.getByRole('region', { name: 'The chosen line' })
  expect(await details.getByRole('link', { name: 'edge-2.example' }).getAttribute('href')).toContain(
    `/proxies/${two?.proxyId}/logs?line=`,
  )
  const address = page.url()
  await page.goto(address)
  await details.getByText('/late').waitFor()
  await page.close()
})

test('captures of all of them are started and stopped together, in Portuguese and dark too', async () => {
  const page = await console.page({ path: addressOf() })
  await page.getByRole('button', { name: 'Start a capture…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Capture the logs of 3 proxies' })
  await dialog.getByRole('button', { name: 'Start' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(/Capturing on 3 of 3, (5:00|4:\d\d) left/).waitFor()
  for (const agent of agents) expect((await agent.sync(null)).captures).toHaveLength(1)
  const other = await console.page({ path: addressOf(), theme: 'dark', locale: 'pt-BR' })
  await other.getByText('Capturando em 3 de 3').waitFor()
  await list(other, 'Linhas capturadas').waitFor()
  await expectAccessible(other)
  await other.close()
  await page.getByRole('button', { name: 'Stop all' }).click()
  await page.getByText('Logs are not captured now').waitFor()
  for (const agent of agents) expect((await agent.sync(null)).captures).toBeNull()
  await page.close()
})

test('from a capture of several proxies, while it runs and when it is over, to the logs of exactly those', async () => {
  const [one, two, three] = agents
  const together = [one, three].map((agent) => agent?.proxyId ?? '')
  const api = await console.api()
  const start =
    'mutation ($input: StartLogCaptureInput!) { startLogCapture(input: $input) { proxies { id } } }'
  await api.get(start, { input: { proxyIds: together, minutes: 5 } })
  await api.get(start, { input: { proxyIds: [two?.proxyId], minutes: 5 } })
  const page = await console.page({ path: `/proxies/${two?.proxyId}/logs` })
  await page.getByText(/Capturing, \d:\d\d left/).waitFor()
  expect(await page.getByRole('link', { name: /together/ }).count()).toBe(0)
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Logs are not captured now').waitFor()
  const arrive = async () => {
    await page.getByRole('heading', { name: 'Logs of several proxies', exact: true }).waitFor()
    const proxies = new URL(page.url()).searchParams.get('proxies')?.split(',') ?? []
    expect(proxies.toSorted()).toEqual(together.toSorted())
    const shown = page.getByRole('group', { name: 'Whose lines' }).getByRole('checkbox')
    await shown.nth(1).waitFor()
    expect(await shown.count()).toBe(2)
  }
  await page.goto(`${console.url}/proxies/${three?.proxyId}/logs`)
  const link = page.getByRole('link', { name: 'The logs of all its 2 proxies together' })
  await link.waitFor()
  await expectAccessible(page)
  await link.click()
  await arrive()
  await page.getByRole('button', { name: 'Stop all' }).click()
  await page.getByText('Logs are not captured now').waitFor()
  await page.goto(`${console.url}/proxies/${one?.proxyId}/logs`)
  const earlier = page.getByText(/earlier captures? whose lines/)
  await earlier.focus()
  await page.keyboard.press('Enter')
  await link.waitFor()
  await expectAccessible(page)
  await expectNoOverflow(page)
  await link.click()
  await arrive()
  await page.close()
})

test('lines of all of them are downloaded by time, each with its proxy’s name, and the trail says so for each', async () => {
  const page = await console.page({ path: addressOf() })
  const other = await console.page({ path: addressOf(), locale: 'pt-BR' })
  const taken = async (on: Page, name: string) => {
    const saved = on.waitForEvent('download')
    await on.getByRole('button', { name }).click()
    const file = await saved
    let text = ''
    for await (const chunk of await file.createReadStream()) text += chunk
    return { name: file.suggestedFilename(), lines: text.trim().split('\n') }
  }
  const json = await taken(page, 'Download JSON lines')
  expect(json.name).toMatch(/^3-proxies-.*\.jsonl$/)
  const told = json.lines.map((each) => JSON.parse(each))
  expect(told.map(({ proxy, url, gap }) => `${proxy.slice(0, 6)} ${gap ?? url.split('/').pop()}`)).toEqual([
    ...[
      'edge-1 a',
      'edge-2 b',
      'edge-2 late',
      'edge-3 c',
      'edge-3 LIMIT',
      'edge-1 d',
      'edge-2 e',
      'edge-2 f',
    ],
  ])
  const text = await taken(other, 'Baixar texto')
  expect(text.name).toMatch(/^3-proxies-.*\.log$/)
  expect(text.lines).toEqual(
    told.map(({ proxy, text: own, gap }) =>
      gap === null
        ? `${proxy} ${own}`
        : expect.stringMatching(/^edge-3\.example --- faltam 7 linhas: .* ---$/),
    ),
  )
  await page.close()
  await other.close()
  const api = await console.api()
  for (const { proxyId } of agents) {
    const { auditEntries } = await api.get(
      'query ($id: ID!) { auditEntries(entityId: $id, first: 2) { edges { node { action entityName } } } }',
      { id: proxyId },
    )
    expect(auditEntries.edges.map(({ node }: Data) => node.action)).toEqual([
      'log_lines.export',
      'log_lines.export',
    ])
  }
})

test('who may only read sees the lines and why no capture can be started; a link to none says what to do', async () => {
  const page = await console.page({ path: addressOf(), as: 'regular' })
  await list(page).getByText('/a').waitFor()
  expect(await page.getByRole('button', { name: 'Start a capture…' }).getAttribute('aria-disabled')).toBe(
    'true',
  )
  await page.goto(`${console.url}/logs`)
  await page.getByText('No proxy is chosen').waitFor()
  await expectAccessible(page)
  await page.close()
})
