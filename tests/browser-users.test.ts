/** People in the web app: inviting, choosing a password, roles, sessions, and the password once more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import { type Console, expectAccessible, openConsole } from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole({ seed: null })
})
afterAll(() => console?.close())

const goodPassword = 'salt on the mountain'

/** As if everybody had given their password long ago. */
async function forgetConfirmations(): Promise<void> {
  const owner = connectOwner(console.server.database.owner)
  await owner.begin(async (tx) => {
    await tx`alter table sessions disable trigger audit_guard_update`
    await tx`update sessions set confirmed_at = confirmed_at - interval '1 hour'`
    await tx`alter table sessions enable trigger audit_guard_update`
  })
  await owner.end()
}

describe('from invitation to being shut out', () => {
  test('somebody is invited, chooses a password, logs in, gets a role, and is disabled', async () => {
    const page = await console.page({ path: '/users' })
    await page.getByRole('textbox', { name: 'E-mail' }).fill('dora@test.example')
    await page.getByRole('textbox', { name: 'Name' }).fill('Dora')
    await page.getByLabel('Role').selectOption('REGULAR')
    await page.getByRole('button', { name: 'Invite' }).click()
    const url = await page.getByText(/\/password#apm_link_/).textContent()
    await page.getByRole('row', { name: /Dora/ }).getByText('Invited').waitFor()

    const hers = await console.page({ as: null, expectedFaults: /401/ })
    await hers.goto(url ?? '')
    await hers.getByLabel('New password').fill('password1234')
    await hers.getByRole('button', { name: 'Set password' }).click()
    await hers.getByText('one of the passwords that are guessed first').waitFor()
    await expectAccessible(hers)
    await hers.getByLabel('New password').fill(goodPassword)
    await hers.getByRole('button', { name: 'Set password' }).click()
    await hers.getByText('Log in as dora@test.example.').waitFor()
    await hers.getByRole('link', { name: 'Go to the login page' }).click()
    await hers.getByLabel('E-mail').fill('dora@test.example')
    await hers.getByLabel('Password').fill(goodPassword)
    await hers.getByRole('button', { name: 'Log in' }).click()
    await hers.getByRole('heading', { name: 'Proxies', exact: true }).waitFor()
    await hers.goto(`${console.url}/users`)
    await hers.getByText('Only administrators see who there is.').waitFor()

    await page.getByRole('button', { name: 'Manage Dora' }).click()
    const dialog = page.getByRole('dialog', { name: 'Dora' })
    await dialog.getByRole('button', { name: /^End the session/ }).waitFor()
    await expectAccessible(page)
    await dialog.getByLabel('Role').selectOption('ADMIN')
    await dialog.getByRole('button', { name: 'Change role' }).click()
    // Her page knows by itself: the socket that began with the old role was closed.
    await hers.getByLabel('Search name or e-mail').waitFor()
    await dialog.getByRole('button', { name: 'Disable account' }).click()
    await hers.getByText('Your session ended.').waitFor()
    await dialog.getByRole('button', { name: 'Enable account' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('row', { name: /Dora/ }).getByText('Disabled').waitFor()
    await hers.close()
    await page.close()
  })

  test('a link that was used says where to get another', async () => {
    const page = await console.page({ as: null, expectedFaults: /401/ })
    await page.goto(`${console.url}/password#apm_link_of_nobody`)
    await page.getByLabel('New password').fill(goodPassword)
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.getByText('Ask an administrator for a new one.').waitFor()
    await page.close()
  })
})

describe('one’s own account', () => {
  test('changes its password, with a reason where it is refused', async () => {
    const page = await console.page({ as: 'regular', path: '/settings' })
    const panel = page.getByRole('region', { name: 'Your password' })
    await panel.getByLabel('Current password').fill('not this one')
    await panel.getByLabel('New password').fill(goodPassword)
    await panel.getByRole('button', { name: 'Change password' }).click()
    await panel.getByText('The password is wrong.').waitFor()
    await panel.getByLabel('Current password').fill(console.fleet.users.regular.password)
    await panel.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password was changed').waitFor()
    await page.close()
  })

  test('ends its session on another computer', async () => {
    const here = await console.page({ as: 'admin', path: '/settings' })
    const there = await console.page({ as: 'admin', path: '/configs', expectedFaults: /401|4401/ })
    const panel = here.getByRole('region', { name: 'Where you are logged in' })
    await expect.poll(() => panel.getByRole('listitem').count()).toBe(2)
    // The one that was heard last comes first: which is which shows by what happens.
    const sessions = await console.server.database
      .sql`select id from sessions where ended_at is null order by created_at desc`
    expect(sessions.length).toBeGreaterThanOrEqual(2)
    await panel
      .getByRole('button', { name: /^End the session/ })
      .first()
      .click()
    await expect
      .poll(async () => [here, there].filter((page) => page.url().includes('/login')).length)
      .toBe(1)
    await here.close()
    await there.close()
  })
})

test('what needs the password asks for it once more, and goes on where it was', async () => {
  const page = await console.page({ path: '/settings', expectedFaults: /never/ })
  await forgetConfirmations()
  const panel = page.getByRole('region', { name: 'API tokens' })
  await panel.getByLabel('Name of the new token').fill('nightly')
  await panel.getByRole('button', { name: 'Create token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Is it still you?' })
  await expectAccessible(page)
  await dialog.getByLabel('Your password').fill('wrong')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByText('The password is wrong.').waitFor()
  await dialog.getByLabel('Your password').fill(console.fleet.users.root.password)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await panel.getByText('This token is shown only now.').waitFor()
  await panel.getByText('never used').waitFor()
  const token = /apm_api_[\w-]{43}/
  expect(await page.locator('main').textContent()).toMatch(token)
  await page.reload()
  await panel.getByText('never used').waitFor()
  expect(await page.locator('main').textContent()).not.toMatch(token)
  await page.close()
})
