/** The second factor in the web app, approvals that ask for the password, and tokens for given configs. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import { approvedConfig, newConfig, submittedConfig, unique } from './support/calls.ts'
import { ask, type Console, expectAccessible, openConsole } from './support/console.ts'
import { shownCode } from './support/second-factor.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole({ seed: null })
})
afterAll(() => console?.close())

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

const nextCode = (secret: string) => shownCode(secret, console.server.now())

/** Until the app shows another code: none counts twice. */
const nextStep = () => console.advance(30)

async function logIn(page: Page, who: 'regular' | 'root', code?: string): Promise<void> {
  const { email, password } = console.fleet.users[who]
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  if (code !== undefined) await page.getByLabel('Code', { exact: true }).fill(code)
  await page.getByRole('button', { name: 'Log in' }).click()
}

describe('a second factor', () => {
  test('is set up with a QR code or its text, asked for at the login, renewed, and taken away', async () => {
    const page = await console.page({ as: 'regular', path: '/settings' })
    await forgetConfirmations()
    const panel = page.getByRole('region', { name: 'Second factor' })
    await panel.getByText('Your password is all that protects your account.').waitFor()
    await panel.getByRole('button', { name: 'Set up' }).click()
    const once = page.getByRole('dialog', { name: 'Is it still you?' })
    await once.getByLabel('Your password').fill(console.fleet.users.regular.password)
    await once.getByRole('button', { name: 'Confirm' }).click()

    const dialog = page.getByRole('dialog', { name: 'Set up a second factor' })
    await dialog.getByRole('img').waitFor()
    await expectAccessible(page)
    const text = await dialog.getByRole('region', { name: 'Secret as text' }).textContent()
    const secret = (text ?? '').replaceAll(/[^A-Z2-7]/g, '')
    expect(secret).toHaveLength(32)
    await dialog.getByLabel('Code that the app shows').fill('000000')
    await dialog.getByRole('button', { name: 'Switch on' }).click()
    await dialog.getByText('The code is wrong', { exact: false }).waitFor()
    await dialog.getByLabel('Code that the app shows').fill(nextCode(secret))
    await dialog.getByRole('button', { name: 'Switch on' }).click()

    const codes = page.getByRole('dialog', { name: 'Recovery codes' })
    const shown = await codes.getByRole('region', { name: 'Recovery codes' }).textContent()
    const recovery = (shown ?? '').match(/[0-9a-z]{4}(-[0-9a-z]{4}){3}/g) ?? []
    expect(recovery).toHaveLength(10)
    await expectAccessible(page)
    // Codes that were not kept would be lost: no key closes them.
    await page.keyboard.press('Escape')
    await codes.getByRole('button', { name: 'I have kept them' }).click()
    await panel.getByText('10 recovery codes are left.').waitFor()

    const login = await console.page({ as: null, theme: 'dark', expectedFaults: /401/ })
    await logIn(login, 'regular')
    await login.getByLabel('Code', { exact: true }).waitFor()
    await expectAccessible(login)
    await login.getByLabel('Code', { exact: true }).fill('000000')
    await login.getByRole('button', { name: 'Log in' }).click()
    await login.getByText('The code is wrong, or was used already', { exact: false }).waitFor()
    await login.getByLabel('Code', { exact: true }).fill(recovery[0] ?? '')
    await login.getByRole('button', { name: 'Log in' }).click()
    await login.getByRole('heading', { name: 'Proxies', exact: true }).waitFor()
    await login.close()

    await page.reload()
    await panel.getByText('9 recovery codes are left.').waitFor()
    await panel.getByRole('button', { name: 'New recovery codes' }).click()
    const renewal = page.getByRole('dialog', { name: 'New recovery codes' })
    await renewal.getByLabel('Your password').fill(console.fleet.users.regular.password)
    await renewal.getByLabel('Code', { exact: true }).fill(recovery[0] ?? '')
    await renewal.getByRole('button', { name: 'New recovery codes' }).click()
    await renewal.getByText('The code is wrong, or was used already', { exact: false }).waitFor()
    await expectAccessible(page)
    nextStep()
    await renewal.getByLabel('Code', { exact: true }).fill(nextCode(secret))
    await renewal.getByRole('button', { name: 'New recovery codes' }).click()
    await renewal.getByRole('button', { name: 'I have kept them' }).click()
    await panel.getByText('10 recovery codes are left.').waitFor()

    nextStep()
    await panel.getByRole('button', { name: 'Switch off' }).click()
    const off = page.getByRole('dialog', { name: 'Switch off the second factor' })
    await off.getByLabel('Your password').fill(console.fleet.users.regular.password)
    await off.getByLabel('Code', { exact: true }).fill(nextCode(secret))
    await off.getByRole('button', { name: 'Switch off' }).click()
    await panel.getByText('Your password is all that protects your account.').waitFor()
    await page.close()
  })

  test('administrators see who has one, and take it away from whoever has lost it', async () => {
    const regular = await console.api('regular')
    const { startSecondFactor } = await regular.get('mutation { startSecondFactor { secret } }')
    nextStep()
    await regular.get(
      'mutation ($input: EnableSecondFactorInput!) { enableSecondFactor(input: $input) { recoveryCodes } }',
      { input: { code: nextCode(startSecondFactor.secret) } },
    )
    const page = await console.page({ path: '/users' })
    const { name } = (await ask(console, '{ users(search: "regular") { edges { node { name } } } }')).users
      .edges[0].node
    const row = page.getByRole('row', { name: new RegExp(name) })
    await row.getByText('Second factor').waitFor()
    await row.getByRole('button', { name: /^Manage/ }).click()
    const dialog = page.getByRole('dialog', { name })
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Take away the second factor' }).click()
    await row.getByText('Second factor').waitFor({ state: 'detached' })
    await page.close()
  })
})

test('by a setting an approval asks for a password that was given long ago, with the code, and goes on where it was', async () => {
  const root = await console.api()
  const config = await submittedConfig(root, [], { name: unique('asked') })
  const page = await console.page({ path: '/settings/instance' })
  await page.getByLabel('Approvals ask for the password again').check()
  await page.getByText('Saved.').first().waitFor()
  await forgetConfirmations()
  await page.goto(`${console.url}/configs/${config.id}/review`)
  await page.getByRole('checkbox').first().waitFor()
  for (const box of await page.getByRole('checkbox').all()) await box.check()
  await page.getByRole('button', { name: 'Approve…' }).click()
  const confirming = page.getByRole('dialog', { name: /^Approve/ })
  await confirming.getByRole('button', { name: 'Approve and deliver' }).click()
  const once = page.getByRole('dialog', { name: 'Is it still you?' })
  await once.getByLabel('Your password').fill(console.fleet.users.root.password)
  await expectAccessible(page)
  await once.getByRole('button', { name: 'Confirm' }).click()
  await confirming.waitFor({ state: 'detached' })
  await expect
    .poll(
      async () =>
        (await ask(console, 'query ($id: ID!) { config(id: $id) { status } }', { id: config.id })).config
          .status,
    )
    .toBe('ACTIVE')
  await page.close()
})

test('a token is made for given configs alone', async () => {
  const root = await console.api()
  const [first, second] = [await newConfig(root), await approvedConfig(root)]
  const page = await console.page({ path: '/settings' })
  const panel = page.getByRole('region', { name: 'API tokens' })
  const names = await Promise.all(
    [first, second].map(
      async ({ id }) =>
        (await ask(console, 'query ($id: ID!) { config(id: $id) { name } }', { id })).config.name,
    ),
  )
  await panel.getByLabel('Name of the new token').fill('for two')
  for (const name of names) {
    await panel.getByLabel('Only for these configs').fill(name)
    await panel.getByRole('option', { name: new RegExp(`^${name}`) }).click()
    await panel.getByRole('button', { name: `Leave out ${name}` }).waitFor()
  }
  await expectAccessible(page)
  expect(await panel.getByLabel('Operate').isDisabled()).toBe(true)
  await panel.getByRole('button', { name: `Leave out ${names[1]}` }).click()
  await panel.getByRole('button', { name: 'Create token' }).click()
  await panel.getByText('This token is shown only now.').waitFor()
  await panel.getByText('for 1 config').waitFor()
  const rows = await console.server.database
    .sql`select array_to_json(config_ids) as ids from api_tokens where name = 'for two'`
  expect(rows).toEqual([{ ids: [first.id] }])
  await page.close()
})
