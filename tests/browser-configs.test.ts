/** Configs and their versions as an administrator uses them, in a real browser on the real server. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ask,
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  settled,
} from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole()
})
afterAll(() => console?.close())

const rowOf = (page: Page, name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
const versionRow = (page: Page, name: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) })
const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)

async function chooseFromMenu(page: Page, menu: string, item: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: menu, exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

describe('the list', () => {
  test('holds search and status in the address; Back undoes one step, a reload keeps the view', async () => {
    const page = await console.page({ path: '/configs' })
    await rowOf(page, 'Office egress').waitFor()
    await page.getByLabel('Search configs').fill('project')
    await rowOf(page, 'Project 001').waitFor()
    await rowOf(page, 'Office egress').waitFor({ state: 'detached' })
    await page.getByRole('combobox', { name: 'Status' }).selectOption({ label: 'Active' })
    await page.getByRole('heading', { name: 'No config matches', exact: true }).waitFor()
    expect(searchOf(page)).toEqual({ search: 'project', status: 'ACTIVE' })
    await page.goBack()
    await rowOf(page, 'Project 001').waitFor()
    await page.reload()
    await rowOf(page, 'Project 001').waitFor()
    expect(await page.getByLabel('Search configs').inputValue()).toBe('project')
    await page.close()
  })

  test('says what each config waits for, and sorts by it', async () => {
    const page = await console.page({ path: '/configs' })
    await rowOf(page, 'Branch offices').getByRole('link', { name: 'Waits for your confirmation' }).waitFor()
    await rowOf(page, 'Laboratory').getByText('Not submitted yet').waitFor()
    await page.getByRole('columnheader', { name: 'Status' }).getByRole('button').click()
    await expect.poll(() => page.getByRole('row').nth(1).textContent()).toContain('Branch offices')
    expect(searchOf(page)).toEqual({ sort: 'status' })
    await page.close()
  })

  test('is walked with j, k and Enter', async () => {
    const page = await console.page({ path: '/configs' })
    const [first, second] = await page.locator('a[data-row]').allTextContents()
    for (const key of ['j', 'j', 'k', 'j']) await page.keyboard.press(key)
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    expect([first, await focused()]).toEqual([first, second])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: second ?? '', exact: true }).waitFor()
    await page.close()
  })

  test('makes a config by its dialog; a name that is taken is refused at the name', async () => {
    const page = await console.page({ path: '/configs' })
    await page.keyboard.press('c')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('office EGRESS')
    await dialog.getByRole('button', { name: 'Create config' }).click()
    await dialog.getByText('Another config has this name; choose another one.').waitFor()
    expect(await dialog.getByLabel('Name').getAttribute('aria-invalid')).toBe('true')
    await dialog.getByLabel('Name').fill('Ship to shore')
    await dialog.getByRole('button', { name: 'Create config' }).click()
    await page.getByRole('heading', { level: 1, name: 'Ship to shore' }).waitFor()
    await page.close()
  })
})

describe('versions', () => {
  const versionsPath = () => `/configs/${console.fleet.configs.big.id}/versions`

  test('each says on demand what it changed, without the documents being loaded before', async () => {
    const page = await console.page({ path: versionsPath() })
    const documents: string[] = []
    page.on('request', (request) => {
      if (request.postData()?.includes('VersionDocument')) documents.push(request.url())
    })
    await versionRow(page, 'Version 2').waitFor()
    expect(documents).toEqual([])
    await versionRow(page, 'Version 2').getByRole('button', { name: 'What changed' }).click()
    await versionRow(page, 'Version 2')
      .getByText(/^10 rules added, .*default unchanged/)
      .waitFor()
    await expectAccessible(page)
    await page.close()
  })

  test('any two are compared by ticking them; the address holds the pair, and swapping turns it', async () => {
    const page = await console.page({ path: versionsPath() })
    const compare = page.getByRole('button', { name: 'Compare the two' })
    expect(await compare.getAttribute('aria-disabled')).toBe('true')
    await page.getByRole('checkbox', { name: 'Choose Version 2 for comparing' }).check()
    await page.getByRole('checkbox', { name: 'Choose Version 1 for comparing' }).check()
    await compare.click()
    await page.waitForURL(/\/compare\?/)
    await page.getByText(/^10 rules added/).waitFor()
    await page.getByRole('button', { name: 'parent.config' }).waitFor()
    const { from, to } = searchOf(page)
    await page.getByRole('button', { name: 'Swap the sides' }).click()
    await page.getByText(/^10 rules removed/).waitFor()
    expect(searchOf(page)).toEqual({ from: to, to: from })
    await page.getByRole('button', { name: '10.2', exact: true }).click()
    await expect.poll(() => searchOf(page).ats).toBe('ATS_10_2')
    await page.reload()
    await page.getByText(/^10 rules removed/).waitFor()
    await expectAccessible(page)
    await page.close()
  })

  test('one is read on its own, with its rules and its files', async () => {
    const page = await console.page({ path: versionsPath() })
    await page.getByRole('link', { name: 'Version 1', exact: true }).click()
    await page.getByText(/^30 rules, default Parent, /).waitFor()
    await page.getByText('New file').first().waitFor()
    await page.close()
  })

  test('an older one is restored into a submitted working copy, and runs after its approval', async () => {
    const page = await console.page({ path: versionsPath() })
    const { id } = console.fleet.configs.big
    await chooseFromMenu(page, 'Actions for Version 1', /^Restore/)
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The proxies stay those of the working copy.').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Restore and review' }).click()
    await page.waitForURL(/\/review$/)
    const query = 'query ($id: ID!) { config(id: $id) { id status revision configHash rules { id } } }'
    const { config } = await ask(console, query, { id })
    expect([config.status, config.rules.length]).toEqual(['PENDING_APPROVAL', 30])

    await page.goto(`${console.url}${versionsPath()}`)
    await versionRow(page, 'Working copy').getByText('Waiting for approval').waitFor()
    await chooseFromMenu(page, 'Actions for Version 2', /^Restore/)
    await page.getByText(/waits for approval: it is overwritten/).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await ask(
      console,
      'mutation ($input: ApproveConfigInput!) { approveConfig(input: $input) { config { id } } }',
      { input: { id, revision: config.revision, configHash: config.configHash } },
    )
    await versionRow(page, 'Version 3').getByText('Running').waitFor()
    await page.close()
  })
})

describe('clone and retire', () => {
  test('a clone of a version is a draft with its rules under a name of its own', async () => {
    const page = await console.page({ path: `/configs/${console.fleet.configs.pending.id}/versions` })
    await chooseFromMenu(page, 'Actions for Version 1', /^Clone/)
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/The rules of version 1 go into a new draft/).waitFor()
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Branch offices copy')
    await dialog.getByLabel('Name').fill('Office egress')
    await dialog.getByRole('button', { name: 'Clone' }).click()
    await dialog.getByText('Another config has this name; choose another one.').waitFor()
    await dialog.getByLabel('Name').fill('Branch offices copy')
    await dialog.getByRole('button', { name: 'Clone' }).click()
    await page.getByRole('heading', { level: 1, name: 'Branch offices copy' }).waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)
    const { config } = await ask(
      console,
      'query ($id: ID!) { config(id: $id) { id status rules { id } proxyIds } }',
      { id },
    )
    expect([config.status, config.rules.length, config.proxyIds]).toEqual(['DRAFT', 40, []])
    await page.close()
  })

  test('what proxies run is not retired; the way to these proxies is shown', async () => {
    const page = await console.page({ path: `/configs/${console.fleet.configs.pending.id}/versions` })
    await chooseFromMenu(page, 'More actions', /^Retire/)
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/prox(y runs|ies run) it/).waitFor()
    expect(await dialog.getByRole('button', { name: 'Retire' }).getAttribute('aria-disabled')).toBe('true')
    await dialog.getByRole('link', { name: 'Show these proxies' }).click()
    await page.waitForURL(/\/proxies\?/)
    expect(searchOf(page)).toEqual({ config: console.fleet.configs.pending.id })
    await page.close()
  })

  test('what a token names is refused in the server’s words; without the token it is retired, and only read', async () => {
    const { id, name } = console.fleet.configs.long
    const { createEnrolmentToken } = await ask(
      console,
      'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { enrolmentToken { id } } }',
      { input: { name: 'autoscaling', configId: id, expiresAt: new Date(Date.now() + 3_600_000) } },
    )
    const page = await console.page({ path: '/configs' })
    await chooseFromMenu(page, `Actions for ${name}`, /^Retire/)
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('Replaced by the new data centre')
    await dialog.getByRole('button', { name: 'Retire' }).click()
    await dialog.getByText('1 enrolment token names it: revoke it first.').waitFor()
    await dialog.getByRole('link', { name: 'Show the enrolment tokens' }).waitFor()
    await expectAccessible(page)
    await ask(
      console,
      'mutation ($input: RevokeEnrolmentTokenInput!) { revokeEnrolmentToken(input: $input) { enrolmentToken { id } } }',
      { input: { id: createEnrolmentToken.enrolmentToken.id } },
    )
    await dialog.getByRole('button', { name: 'Retire' }).click()
    await rowOf(page, name).waitFor({ state: 'detached' })
    await page.getByRole('combobox', { name: 'Status' }).selectOption({ label: 'Retired' })
    await rowOf(page, name).getByRole('link', { name, exact: true }).click()
    await page.getByText('Retired by root@apm.example').waitFor()
    await page.getByText('Reason: Replaced by the new data centre').waitFor()
    expect(await page.getByRole('button', { name: 'Submit for approval' }).count()).toBe(0)
    await page.getByRole('main').getByRole('button', { name: 'Clone…' }).click()
    await page.getByRole('dialog').getByLabel('Name').waitFor()
    await page.close()
  })
})

describe('who may only read', () => {
  test('sees everything, and each closed step with its reason', async () => {
    const { big, draft } = console.fleet.configs
    const page = await console.page({ as: 'regular', path: '/configs' })
    const create = page.getByRole('button', { name: 'New config' }).first()
    await create.waitFor()
    expect(await create.getAttribute('aria-disabled')).toBe('true')
    expect(await create.getAttribute('title')).toBe('Your role does not allow this.')
    await page.goto(`${console.url}/configs/${big.id}/versions`)
    await settled(page)
    await page.getByRole('button', { name: 'Actions for Version 1' }).click()
    for (const name of [/^Restore/, /^Clone/]) {
      const item = page.getByRole('menuitem', { name })
      expect(await item.getAttribute('aria-disabled')).toBe('true')
      expect(await item.textContent()).toContain('Your role does not allow this.')
    }
    await page.goto(`${console.url}/configs/${draft.id}/versions`)
    await settled(page)
    const submit = page.getByRole('button', { name: 'Submit for approval' })
    await submit.waitFor()
    expect(await submit.getAttribute('title')).toBe('Your role does not allow this.')
    await page.close()
  })
})

describe('every part', () => {
  test.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 768 },
    { theme: 'dark', width: 390, locale: 'pt-BR' },
  ] as const)('has no A or AA violation and no sideways scrolling: %o', async (view) => {
    const { pending, long } = console.fleet.configs
    const page = await console.page(view)
    for (const path of [
      '/configs',
      `/configs/${pending.id}/versions`,
      `/configs/${pending.id}/audit`,
      `/configs/${pending.id}/compare`,
      `/configs/${long.id}/versions`,
      '/audit',
    ]) {
      await page.goto(`${console.url}${path}`)
      await settled(page)
      await expectAccessible(page)
      await expectNoOverflow(page)
    }
    await page.close()
  })
})
