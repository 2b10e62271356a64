/** The audit trail as somebody reads it who wants to know what happened: narrowed, searched, linked to, taken along. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import { ask, type Console, expectAccessible, expectNoOverflow, openConsole } from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole()
})
afterAll(() => console?.close())

const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)
const entries = (page: Page) => page.locator('[data-entry]')

test('is narrowed by action, person and time, held by the address, and cleared in one step', async () => {
  const page = await console.page({ path: '/audit' })
  await page.getByRole('combobox', { name: 'Action' }).selectOption({ label: 'Config approved' })
  await page.getByRole('combobox', { name: 'Who' }).selectOption({ label: 'Me' })
  await expect.poll(() => searchOf(page).actor).toBe(console.fleet.users.root.id)
  await entries(page).filter({ hasText: 'Office egress' }).first().waitFor()
  expect(await entries(page).filter({ hasText: 'admin@apm.example' }).count()).toBe(0)
  await page.goBack()
  await entries(page).filter({ hasText: 'admin@apm.example' }).first().waitFor()
  await page.getByRole('combobox', { name: 'Action' }).selectOption({ label: 'User created' })
  await page.getByRole('combobox', { name: 'When' }).selectOption({ label: 'Last hour' })
  await page.getByRole('heading', { name: 'No entry matches', exact: true }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'No entry matches', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Clear the filter' }).first().click()
  await expect.poll(() => searchOf(page)).toEqual({})
  await entries(page).first().waitFor()
  await page.close()
})

/** Two configs of a March long ago: noon of the 4th and of the 8th, in UTC. */
async function addOldEntries(): Promise<void> {
  const owner = connectOwner(console.server.database.owner)
  await owner`
    insert into audit_logs (at, action, actor_kind, actor_name, entity_kind, entity_name, address, channel, request_id, nonce)
    select at, 'config.create', 'system', 'past', 'config', name, 'local', 'system', 'past', gen_random_uuid()
    from (values ('2021-03-04T12:00Z'::timestamptz, 'Of the fourth'), ('2021-03-08T12:00Z', 'Of the eighth')) old (at, name)`
  await owner.end()
}

describe('from when to when', () => {
  beforeAll(addOldEntries)
  const fields = (page: Page) => ({
    when: page.getByRole('combobox', { name: 'When' }),
    from: page.getByLabel('From', { exact: true }),
    to: page.getByLabel('To', { exact: true }),
    show: page.getByRole('button', { name: 'Show', exact: true }),
  })
  const instantOf = (page: Page, local: string) =>
    page.evaluate((text) => new Date(text).toISOString(), local)

  test('is chosen by date and time in the reader’s zone, held by the address, exported, and taken away by its chip', async () => {
    const page = await console.page({ path: '/audit' })
    const { when, from, to, show } = fields(page)
    await when.selectOption({ label: 'From … to …' })
    await from.fill('2021-03-03T00:00')
    await to.fill('2021-03-06T18:30')
    await show.click()
    await entries(page).filter({ hasText: 'Of the fourth' }).waitFor()
    expect(await entries(page).count()).toBe(1)
    expect(searchOf(page)).toEqual({
      since: await instantOf(page, '2021-03-03T00:00'),
      until: await instantOf(page, '2021-03-06T18:30'),
    })
    await expect.poll(() => when.evaluate((select) => select === document.activeElement)).toBe(true)
    await page.reload()
    await entries(page).filter({ hasText: 'Of the fourth' }).waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Export these entries as JSON' }).click(),
    ])
    const saved = JSON.parse(readFileSync(await download.path(), 'utf8'))
    expect(saved.map(({ entityName }: { entityName: string }) => entityName)).toEqual(['Of the fourth'])

    // The chip says it in words; pressed, it gives the fields back as they were.
    await page.getByRole('button', { name: /^Mar 3, 2021.+Mar 6, 2021.+6:30 PM$/ }).click()
    await expect.poll(() => from.evaluate((field) => field === document.activeElement)).toBe(true)
    expect([await from.inputValue(), await to.inputValue()]).toEqual(['2021-03-03T00:00', '2021-03-06T18:30'])
    await to.fill('')
    await show.click()
    await entries(page).filter({ hasText: 'Of the eighth' }).waitFor()
    await page.getByText(/^Since Mar 3, 2021/).waitFor()
    await page.getByRole('button', { name: 'Remove this filter' }).click()
    await expect.poll(() => searchOf(page)).toEqual({})
    expect(await when.inputValue()).toBe('')
    await page.close()
  })

  test('says what is wrong beside the field, and takes it back as it is mended', async () => {
    const page = await console.page({ path: '/audit' })
    const { when, from, to, show } = fields(page)
    await when.selectOption({ label: 'From … to …' })
    await show.click()
    await page.getByText('Give a beginning, an end, or both.').waitFor()
    await from.fill('2021-03-06T00:00')
    await to.fill('2021-03-03T00:00')
    await show.click()
    await page.getByText('The end has to come after the beginning.').waitFor()
    expect(await to.getAttribute('aria-invalid')).toBe('true')
    expect(searchOf(page)).toEqual({})
    await expectAccessible(page)
    await to.fill('2021-03-09T00:00')
    await expect.poll(() => to.getAttribute('aria-invalid')).toBeNull()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect([await when.inputValue(), await from.count()]).toEqual(['', 0])
    await page.close()
  })

  test('an address whose end is before its beginning says so, and a span until now takes its place', async () => {
    const page = await console.page({ path: '/audit?since=2021-03-06T00:00:00Z&until=2021-03-03T00:00:00Z' })
    await page.getByText('The end has to come after the beginning.').waitFor()
    await fields(page).when.selectOption({ label: 'Last 24 hours' })
    await expect.poll(() => searchOf(page)).toEqual({ time: 'day' })
    await entries(page).first().waitFor()
    expect(await fields(page).from.count()).toBe(0)
    await page.close()
  })
})

test('an entry has a link of its own that leads back to it', async () => {
  const page = await console.page({ path: '/audit?action=config.approve' })
  const entry = entries(page).filter({ hasText: 'Data centre Frankfurt' }).first()
  const id = await entry.getAttribute('data-entry')
  const href = await entry.locator('a').first().getAttribute('href')
  await page.goto(`${console.url}${href}`)
  const marked = page.locator('[data-entry][aria-current=true]')
  await marked.waitFor()
  expect(await marked.getAttribute('data-entry')).toBe(id)
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-entry'))).toBe(id)
  await page.getByText('About Data centre Frankfurt').waitFor()
  await page.close()
})

test('is searched by text: a name, a reason, a value; what matches nothing says how to go on', async () => {
  const page = await console.page({ path: '/audit' })
  const search = page.getByRole('searchbox', { name: 'Search names, reasons, values' })
  await search.fill('branch-recife')
  await expect.poll(() => searchOf(page).text).toBe('branch-recife')
  const found = entries(page).filter({ hasText: 'branch-recife.corp.example' })
  await found.first().waitFor()
  expect(await entries(page).count()).toBe(await found.count())
  await search.fill('nothing is called so')
  await page.getByRole('heading', { name: 'No entry matches', exact: true }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'No entry matches', exact: true }).waitFor()
  expect(await search.inputValue()).toBe('nothing is called so')
  await page.getByRole('button', { name: 'Clear the filter' }).first().click()
  await entries(page).first().waitFor()
  expect(await search.inputValue()).toBe('')
  await page.close()
})

test.each(['CSV', 'JSON'] as const)(
  'what is shown can be taken along as %s, by who may only read, too',
  async (format) => {
    const page = await console.page({ as: 'regular', path: '/audit?action=config.approve' })
    await entries(page).first().waitFor()
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: `Export these entries as ${format}` }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(new RegExp(`^audit-[\\dT-]+\\.${format.toLowerCase()}$`))
    const text = readFileSync(await download.path(), 'utf8')
    const shown = await entries(page).evaluateAll((all) => all.map((each) => each.getAttribute('data-entry')))
    const saved =
      format === 'JSON'
        ? JSON.parse(text).map(({ id }: { id: number }) => String(id))
        : [...text.matchAll(/^(\d+),/gm)].map(([, id]) => id)
    expect(saved.reverse()).toEqual(expect.arrayContaining(shown))
    expect(text).toContain('Office egress')
    await page.close()
  },
)

test('a long export can be stopped, and a busy server says to come again', async () => {
  const page = await console.page({ path: '/audit', expectedFaults: /503/ })
  const choose = async () => {
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: 'Export these entries as CSV' }).click()
  }
  await page.route('**/export/audit.csv*', () => {}) // never answered
  await choose()
  await page.getByRole('button', { name: /^0 MB so far/ }).click()
  await page.getByRole('button', { name: 'Export' }).waitFor()
  await page.unroute('**/export/audit.csv*')
  await page.route('**/export/audit.csv*', (route) => route.fulfill({ status: 503, body: '' }))
  await choose()
  await page.getByText('Too many exports run at the moment').waitFor()
  await page.close()
})

test('shows an edit field by field, what went and what came', async () => {
  const { id } = console.fleet.configs.draft
  const page = await console.page({ path: `/audit?entity=${id}` })
  const { config } = await ask(console, 'query ($id: ID!) { config(id: $id) { revision } }', { id })
  await ask(
    console,
    'mutation ($input: UpdateConfigInput!) { updateConfig(input: $input) { config { id } } }',
    { input: { id, revision: config.revision, description: 'Told field by field' } },
  )
  await page.getByRole('button', { name: /^Show \d+ new entr/ }).click()
  const edit = entries(page).filter({ hasText: 'Told field by field' }).first()
  await edit.getByText('Description', { exact: true }).waitFor()
  await edit.getByText(String(config.revision + 1), { exact: true }).waitFor()
  await page.close()
})

test.each([
  ['of a user', '/users', 'History of'],
  ['of the settings', '/settings/instance', 'History of Settings'],
])('the history %s is one click away', async (_what, path, name) => {
  await ask(
    console,
    'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { sessionHours } } }',
    { input: { sessionHours: 11 } },
  )
  const page = await console.page({ path })
  await page.getByRole('link', { name }).first().click()
  await page.waitForURL(/\/audit\?/)
  await entries(page).first().waitFor()
  await page.close()
})

test('what is new waits at the top until it is asked for', async () => {
  const page = await console.page({ path: '/audit' })
  const first = await entries(page).first().getAttribute('data-entry')
  await ask(
    console,
    'mutation ($input: CreateConfigInput!) { createConfig(input: $input) { config { id } } }',
    { input: { name: 'Made meanwhile', defaultAction: 'DIRECT' } },
  )
  const button = page.getByRole('button', { name: /^Show \d+ new entr/ })
  await button.waitFor()
  expect(await entries(page).first().getAttribute('data-entry')).toBe(first)
  await button.click()
  await entries(page).filter({ hasText: 'Made meanwhile' }).waitFor()
  await page.close()
})

test('tells an edit in words, rule by rule, in the reader’s language', async () => {
  const path = `/configs/${console.fleet.configs.pending.id}/audit`
  const page = await console.page({ path, locale: 'pt-BR' })
  const edit = entries(page).filter({ hasText: 'Configuração editada' }).first()
  await edit.getByText('Situação', { exact: true }).waitFor()
  await edit.getByText('Domínio branch-recife.corp.example → Direto', { exact: false }).waitFor()
  expect(await edit.locator('dt').allTextContents()).not.toContain('rules')
  await page.close()
})

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each(['en', 'pt-BR'] as const)('everybody can use it, on a phone too: %s', async (locale) => {
    const page = await console.page({ path: '/audit', theme, locale })
    await entries(page).first().waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: /^Export/ }).click()
    await page.getByRole('menuitem').first().waitFor()
    await expectAccessible(page)
    await page.goto(`${console.url}/audit?text=nothing+is+called+so`)
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await expectAccessible(page)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${console.url}/audit?since=2021-03-06T00:00:00Z&until=2021-03-03T00:00:00Z`)
    await page.locator('input[type=datetime-local]').first().waitFor()
    await expectNoOverflow(page)
    await expectAccessible(page)
    await page.goto(`${console.url}/audit`)
    await entries(page).first().waitFor()
    await expectNoOverflow(page)
    await page.close()
  })
})
