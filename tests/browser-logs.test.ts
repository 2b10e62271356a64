/** A proxy's captured logs in a real browser: started, watched live, paused, found in, joined, and stopped. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import { enrol, enrolmentToken, type TestAgent } from './support/agents.ts'
import { type Console, expectAccessible, expectNoOverflow, openConsole } from './support/console.ts'
import { untilTrue } from './support/until.ts'

let console: Console
let agent: TestAgent
beforeAll(async () => {
  console = await openConsole({ seed: null })
  const root = await console.api()
  agent = await enrol(console.server, await enrolmentToken(root), 'edge-1.example')
  await agent.sync(null)
})
afterAll(() => console?.close())

let offset = 0
const startedAt = Date.parse('2026-03-01T10:00:00Z')
const access = (path: string, more: Record<string, unknown> = {}) => {
  offset += 100
  const url = `http://corp.example/${path}`
  return {
    ...{ epoch: 1, offset, source: 'ACCESS', at: new Date(startedAt + offset).toISOString() },
    ...{ text: `1772359200 42 10.0.0.1 TCP_MISS/200 516 GET ${url}`, client: '10.0.0.1', method: 'GET', url },
    ...{ host: 'corp.example', parent: '10.96.215.26', status: 200, durationMs: 42 },
    ...more,
  }
}
const debug = (transaction: string, text: string, more: Record<string, unknown> = {}) => {
  offset += 1
  return {
    ...{
      epoch: 2,
      offset,
      source: 'DEBUG',
      at: new Date(startedAt + offset).toISOString(),
      transaction,
      text,
    },
    ...more,
  }
}
const lines = (page: Page) => page.getByRole('listbox', { name: 'Captured lines' })

test('a capture is started, told of, watched live, and stopped', async () => {
  const page = await console.page({ path: `/proxies/${agent.proxyId}` })
  await page.getByRole('link', { name: 'Logs' }).click()
  await page.getByText('Nothing is captured yet').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Start a capture…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Capture the logs of edge-1.example' })
  await dialog.getByText('ATS writes about ten debug lines').waitFor()
  await expectAccessible(page)
  await dialog.getByLabel('With this text').fill('(')
  await dialog.getByLabel('It is a regular expression').check()
  await dialog.getByRole('button', { name: 'Start' }).click()
  await dialog.getByText('no regular expression').waitFor()
  await dialog.getByLabel('With this text').fill('corp|ext')
  await dialog.getByLabel('Minutes').fill('10')
  await dialog.getByRole('button', { name: 'Start' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(/Capturing, (10:00|9:\d\d) left/).waitFor()
  expect((await agent.sync(null)).captures).toMatchObject([{ filter: { text: 'corp|ext', isRegex: true } }])

  await agent.reportLogLines([
    access('first'),
    access('bad', { status: 502, parent: 'NONE' }),
    access('evil', { url: '<img src=x onerror=alert(1)>\u001b[31m' }),
  ])
  await lines(page).getByText('http://corp.example/first').waitFor()
  await lines(page).getByText('<img src=x onerror=alert(1)>\\x1b[31m').waitFor()
  expect(await lines(page).locator('img').count()).toBe(0)
  await page.getByText('ATS writes 10 lines and 1 kB a second; it uses 2 % of one processor.').waitFor()
  await agent.reportLogLines([access('', { text: '', url: null, gap: 'LIMIT', lost: 128 }), access('after')])
  await lines(page).getByText('128 lines are missing').waitFor()
  await page.getByText('4 lines', { exact: true }).waitFor()
  await page.getByText('So far: 5 lines and gaps.').waitFor()
  await expectAccessible(page)
  await expectNoOverflow(page)

  await page.getByRole('main').getByRole('link', { name: 'Overview' }).click()
  await page.getByText('Its logs are captured until').waitFor()
  await page.getByRole('link', { name: 'Show the logs' }).click()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Logs are not captured now').waitFor()
  expect((await agent.sync(null)).captures).toBeNull()
  await page.close()
})

test('paused, lines are held and counted; found, joined and explained, all of it by the keyboard', async () => {
  await agent.reportLogLines([
    debug('t1', 'Result for corp.example was parent 10.96.215.26:3128', {
      ruleLine: 3,
      parent: '10.96.215.26:3128',
      host: 'corp.example',
    }),
    debug('t2', 'Result for other.example was PARENT_DIRECT', { host: 'other.example', parent: 'DIRECT' }),
  ])
  const page = await console.page({ path: `/proxies/${agent.proxyId}/logs` })
  await lines(page).getByText('http://corp.example/first').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  const shown = await lines(page).getByRole('option').count()
  await agent.reportLogLines([access('held'), access('held2')])
  await page.getByRole('button', { name: '2 new' }).waitFor()
  expect(await lines(page).getByRole('option').count()).toBe(shown)
  await page.getByRole('button', { name: '2 new' }).click()
  await lines(page).getByText('http://corp.example/held2').waitFor()

  await page.getByLabel('Find', { exact: true }).fill('result for')
  await page.getByText('0 of 2').waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('1 of 2').waitFor()
  await page.keyboard.press('Shift+Enter')
  await page.getByText('2 of 2').waitFor()
  expect(await lines(page).locator('mark').count()).toBe(2)
  await page.getByRole('button', { name: 'Lines of this request' }).click()
  await page.getByText('1 line', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'All lines again' }).click()
  await page.getByLabel('Show only lines with').fill('/held')
  await page.getByText('2 lines', { exact: true }).waitFor()
  await lines(page).focus()
  await page.keyboard.press('End')
  await page.getByRole('region', { name: 'The chosen line' }).getByText('/held2').waitFor()
  await page.keyboard.press('ArrowUp')
  await page.getByRole('region', { name: 'The chosen line' }).getByText(/held$/).waitFor()
  await expectAccessible(page)
  const address = page.url()
  await page.getByRole('link', { name: 'Why did it go there?' }).click()
  await untilTrue(() => page.url().includes('/routes?'))
  expect(new URL(page.url()).searchParams.get('url')).toBe('http://corp.example/held')
  await page.goto(address)
  await page.getByRole('region', { name: 'The chosen line' }).getByText(/held$/).waitFor()
  await page.close()
})

test('after a lost connection it goes on where it was, and says so meanwhile; no line twice', async () => {
  const page = await console.page({
    path: `/proxies/${agent.proxyId}/logs?filter=again`,
    expectedFaults: /WebSocket|Failed to load|net::/,
  })
  await agent.reportLogLines([access('again1')])
  await lines(page).getByText('/again1').waitFor()
  await console.cut()
  await page.getByText('Reconnecting; what is shown ends').waitFor()
  await agent.reportLogLines([access('again2'), access('again3')])
  await console.mend()
  await lines(page).getByText('/again3').waitFor()
  await page.getByText('3 lines', { exact: true }).waitFor()
  await page.close()
})

test('what is kept is downloaded as text and as JSON, inert, in Portuguese and dark too', async () => {
  const page = await console.page({ path: `/proxies/${agent.proxyId}/logs`, theme: 'dark', locale: 'pt-BR' })
  await page.getByRole('listbox', { name: 'Linhas capturadas' }).waitFor()
  for (const [name, end] of [
    ['Baixar texto', 'log'],
    ['Baixar linhas JSON', 'jsonl'],
  ] as const) {
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name }).click()
    const file = await saved
    expect(file.suggestedFilename()).toMatch(new RegExp(`^edge-1\\.example-.*\\.${end}$`))
    let text = ''
    for await (const chunk of await file.createReadStream()) text += chunk
    expect(text).not.toContain('\u001b')
    expect(text.trim().split('\n').length).toBeGreaterThan(8)
    if (end === 'log') expect(text).toContain('--- faltam 128 linhas')
    else for (const line of text.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('source')
  }
  await expectAccessible(page)
  await page.close()
})

test('fifty thousand lines: few rows in the page, found, filtered, raw, wrapped and copied by the keyboard', async () => {
  const big = await enrol(console.server, await enrolmentToken(await console.api()), 'edge-2.example')
  await big.sync(null)
  const long = `deep/${'x'.repeat(400)}`
  for (let thousand = 0; thousand < 51; thousand += 1) {
    await big.reportLogLines(
      Array.from({ length: 1_000 }, (_, n) =>
        access(thousand === 50 && n === 999 ? long : `n${thousand}/${n}`),
      ),
    )
  }
  const page = await console.page({ path: `/proxies/${big.proxyId}/logs?line=none` })
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  await page.getByText('50,000 lines', { exact: true }).waitFor()
  await page.getByText('The page holds the newest 50,000').waitFor()
  expect(await lines(page).getByRole('option').count()).toBeLessThan(100)

  await page.getByLabel('Find', { exact: true }).fill('/n50/')
  await page.getByText('0 of 999').waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('1 of 999').waitFor()
  await page.keyboard.press('Shift+Enter')
  await page.getByText('999 of 999').waitFor()
  await lines(page).getByRole('option', { selected: true }).getByText('/n50/').waitFor()
  // From the last that was found to the last of all, with keys alone.
  await lines(page).focus()
  await page.keyboard.press('End')
  const details = page.getByRole('region', { name: 'The chosen line' })
  await details.getByText('/deep/').waitFor()
  await page.keyboard.press('Home')
  await details.getByText('/n1/0').waitFor()
  await page.keyboard.press('PageDown')
  await details.getByText('/n1/20').waitFor()

  await page.keyboard.press('Tab')
  await details.getByRole('button', { name: 'Copy the line' }).focus()
  await page.keyboard.press('Enter')
  await untilTrue(async () => (await copied()).endsWith('GET http://corp.example/n1/20'))
  await details.getByRole('button', { name: 'Copy a link to the line' }).focus()
  await page.keyboard.press('Enter')
  await untilTrue(async () => (await copied()) === `${page.url()}`)

  await lines(page).focus()
  await page.keyboard.press('End')
  const row = lines(page).getByRole('option', { selected: true })
  await row.getByText('/deep/').waitFor()
  const height = async () => (await row.boundingBox())?.height ?? 0
  const low = await height()
  await page.getByLabel('Wrap').focus()
  await page.keyboard.press('Space')
  await untilTrue(async () => (await height()) > 2 * low)
  await page.getByLabel('Wrap').press('Space')
  await page.getByText('Raw', { exact: true }).click()
  await row.getByText('1772359200 42 10.0.0.1 TCP_MISS/200 516 GET').waitFor()
  await page.getByLabel('Show only lines with').fill('/n7/')
  await page.getByText('1,000 lines', { exact: true }).waitFor()
  await expectAccessible(page)
  await page.close()
}, 120_000)

test('a stream that broke goes on by itself, and misses nothing', async () => {
  const page = await console.page({ path: `/proxies/${agent.proxyId}/logs?filter=broke` })
  await agent.reportLogLines([access('broke1')])
  await lines(page).getByText('/broke1').waitFor()
  const owner = connectOwner(console.server.database.owner)
  try {
    await owner`revoke select on proxy_logs from apm_app`
    await agent.reportLogLines([access('broke2')])
    await untilTrue(() => console.server.logged.some((line) => line.includes('permission denied')))
    await owner`grant select on proxy_logs to apm_app`
    await lines(page).getByText('/broke2').waitFor()
    await agent.reportLogLines([access('broke3')])
    await lines(page).getByText('/broke3').waitFor()
    await page.getByText('3 lines', { exact: true }).waitFor()
  } finally {
    await owner`grant select on proxy_logs to apm_app`
    await owner.end()
  }
  await page.close()
})

test('how long lines are kept and how many a capture may have is set by root alone, within bounds', async () => {
  const page = await console.page({ path: '/settings/instance' })
  const hours = page.getByLabel('Hours that captured lines are kept')
  const panel = page.getByRole('region', { name: 'Captured logs' })
  await hours.fill('48')
  await hours.press('Enter')
  await page.getByText('Saved.').first().waitFor()
  await panel.getByLabel('Lines that one capture may have').fill('1000000')
  await panel.getByLabel('Lines that one capture may have').press('Enter')
  const settings = async () =>
    (await (await console.api()).get('{ settings { logHours logLinesPerCapture } }')).settings
  await untilTrue(
    async () => JSON.stringify(await settings()) === '{"logHours":48,"logLinesPerCapture":1000000}',
  )
  await page.close()
  const other = await console.page({ path: '/settings/instance', as: 'admin' })
  expect(await other.getByLabel('Hours that captured lines are kept').isDisabled()).toBe(true)
  await other.close()
})

test('all lines of a proxy are deleted by who may, after saying what that means', async () => {
  const reader = await console.page({ path: `/proxies/${agent.proxyId}/logs`, as: 'regular' })
  const button = reader.getByRole('button', { name: 'Delete…' })
  expect(await button.getAttribute('aria-disabled')).toBe('true')
  await reader.close()
  const page = await console.page({ path: `/proxies/${agent.proxyId}/logs`, as: 'admin' })
  await lines(page).waitFor()
  await page.getByRole('button', { name: 'Delete…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete the captured lines of edge-1.example' })
  await dialog.getByText('for everybody').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Delete them all' }).click()
  await page.getByText(/\d+ lines deleted/).waitFor()
  await page.getByText('Nothing is captured yet').waitFor()
  const api = await console.api()
  const { auditEntries } = await api.get(
    'query ($id: ID!) { auditEntries(entityId: $id, first: 1) { edges { node { action } } } }',
    { id: agent.proxyId },
  )
  expect(auditEntries.edges[0].node.action).toBe('log_lines.delete')
  await page.close()
})
