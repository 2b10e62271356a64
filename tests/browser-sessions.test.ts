/** What a person sees of their session: tabs, sleep, lost networks, servers that are gone, ends of every kind. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import { changeConfig, unique } from './support/calls.ts'
import { type Console, expectAccessible, openConsole, type PageOptions } from './support/console.ts'
import type { Data } from './support/server.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole({ seed: null })
})
afterAll(() => console?.close())

let isCut = false
afterEach(async () => {
  if (isCut) await console.mend()
  isCut = false
})

const faults = /ERR_|WebSocket|Failed to|4401/
const valueOf = (page: Page) => page.getByLabel('Value of rule 1', { exact: true })
const typed = 'typed.example'
const beaconOnly = 'mutation { beacon { serverTime } }'

/** An editor with something typed into it that is nowhere but in this browser, and both clocks in our hands. */
async function openDraft(options: PageOptions = {}): Promise<{ page: Page; path: string }> {
  const config: Data = await changeConfig(await console.api(), 'createConfig', {
    name: unique('draft'),
    defaultAction: 'DIRECT',
    rules: [{ kind: 'DOMAIN', value: 'a.example', action: 'DIRECT' }],
  })
  const path = `/configs/${config.id}`
  const page = await console.page({ path, expectedFaults: faults, ...options })
  watchBeacons(page)
  await page.clock.install({ time: console.server.now() })
  await page.goto(console.url + path)
  await page.getByText('Live', { exact: true }).waitFor()
  await valueOf(page).fill(typed)
  // What tells of a lost network is there by then.
  const ahead = page.waitForResponse((response) => response.url().includes('SessionWarning'))
  await page.clock.runFor(6_000)
  await ahead
  await page.getByText(/^Kept on this computer/).waitFor()
  return { page, path }
}

const underway = new WeakMap<Page, Set<unknown>>()

/** Beacons that are not answered yet: minutes that pass in a moment must not pass them by. */
function watchBeacons(page: Page): void {
  const open = new Set<unknown>()
  underway.set(page, open)
  page.on('request', (request) => {
    if (request.postData()?.includes('mutation Beacon')) open.add(request)
  })
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
}

/** So much time goes by, for the server and in the browser, whose timers run as if it were open all the while. */
async function pass(page: Page, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 5) {
    console.advance(Math.min(5, left))
    await page.clock.runFor(Math.min(5, left) * 1_000)
    // Where no answer comes at all, time goes on nevertheless.
    for (let wait = 0; wait < 25 && underway.get(page)?.size; wait += 1) await page.waitForTimeout(20)
  }
}

/** The lid is closed for so long. */
async function sleep(page: Page, seconds: number): Promise<void> {
  console.advance(seconds)
  await page.clock.fastForward(seconds * 1_000)
}

async function logInAgain(page: Page): Promise<void> {
  const { email, password } = console.fleet.users.root
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** On the login page, which names the page and says this; after the login the page is there, and so is the draft. */
async function expectLoginAndBack(page: Page, path: string, says: string): Promise<void> {
  await page.waitForURL(`${console.url}/login?next=${encodeURIComponent(path)}`)
  await page.getByRole('status').getByText(says, { exact: false }).waitFor()
  await expectAccessible(page)
  await logInAgain(page)
  await page.waitForURL(console.url + path)
  await expect.poll(() => valueOf(page).inputValue()).toBe(typed)
}

const warning = (page: Page) => page.getByRole('region', { name: 'Your session' })

/** Sessions of root as if they ended so many seconds from now at the latest. */
async function endWithin(seconds: number): Promise<void> {
  const owner = connectOwner(console.server.database.owner)
  const at = new Date(console.server.now().getTime() + seconds * 1_000)
  await owner.begin(async (tx) => {
    await tx`alter table sessions disable trigger audit_guard_update`
    await tx`update sessions set ends_at = ${at} where ended_at is null`
    await tx`alter table sessions enable trigger audit_guard_update`
  })
  await owner.end()
}

describe('tabs', () => {
  test('two share one session: each beacon is sent by one and known by both', async () => {
    const first = await console.page({ path: '/settings', expectedFaults: faults })
    await first.clock.install({ time: console.server.now() })
    const second = await first.context().newPage()
    let beacons = 0
    for (const page of [first, second]) {
      await page.goto(`${console.url}/settings`)
      await page.getByText('Live', { exact: true }).waitFor()
      page.on('requestfinished', (request) => {
        if (request.postData()?.includes('mutation Beacon')) beacons += 1
      })
      // Heard beside the app itself: what a tab is told.
      await page.evaluate(() => {
        const heard = globalThis as unknown as { renewals: number }
        heard.renewals = 0
        new BroadcastChannel('apm.session').onmessage = () => {
          heard.renewals += 1
        }
      })
    }
    const told = () =>
      Promise.all(
        [first, second].map((page) =>
          page.evaluate(() => (globalThis as unknown as { renewals: number }).renewals),
        ),
      )
    for (let beacon = 1; beacon <= 4; beacon += 1) {
      // In steps that sockets survive: one whose ping is not answered in time has a beacon sent at once.
      for (let passed = 0; passed < 30; passed += 2) {
        console.advance(2)
        await first.clock.runFor(2_000)
        await first.waitForTimeout(20)
      }
      // The tab that sent it hears itself too, by the channel that the test has opened.
      await expect.poll(told).toEqual([beacon, beacon])
    }
    expect(beacons).toBe(4)
    await first.close()
  })

  test('a suspended one that had promised the beacon is not waited for', async () => {
    const { page } = await openDraft()
    const suspended = await page.context().newPage()
    await suspended.goto(`${console.url}/settings`)
    await suspended.evaluate(() => {
      void navigator.locks.request('apm.session.renewal', () => new Promise(() => {}))
    })
    await page.waitForFunction(async () => (await navigator.locks.query()).held?.length === 1)
    await pass(page, 150)
    expect(await page.getByLabel('E-mail').count()).toBe(0)
    await page.reload()
    await valueOf(page).waitFor()
    await page.close()
  })

  test('a frozen one goes on where another kept the session alive', async () => {
    const page = await console.page({ path: '/settings', expectedFaults: faults })
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    for (let beacon = 0; beacon < 6; beacon += 1) {
      console.advance(30)
      // With the same cookies, as another tab of this browser.
      const answer = await page
        .context()
        .request.post(`${console.url}/graphql`, { data: { query: beaconOnly } })
      expect(answer.status()).toBe(200)
    }
    await devtools.send('Page.setWebLifecycleState', { state: 'active' })
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.reload()
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor()
    await page.close()
  })
})

describe('a computer that sleeps', () => {
  test('for a minute: everything goes on', async () => {
    const { page, path } = await openDraft()
    await sleep(page, 60)
    await pass(page, 60)
    await page.getByText('Live', { exact: true }).waitFor()
    expect(page.url()).toBe(console.url + path)
    expect(await valueOf(page).inputValue()).toBe(typed)
    await page.close()
  })

  test('for an hour: the login page says that it slept, and the draft is there after it', async () => {
    const { page, path } = await openDraft()
    await sleep(page, 3_600)
    await expectLoginAndBack(page, path, 'This page was suspended')
    await page.close()
  })
})

describe('a network that is lost', () => {
  test('for a minute: a warning with what happens when, and nothing else', async () => {
    const { page, path } = await openDraft()
    await page.context().setOffline(true)
    await pass(page, 80)
    await warning(page)
      .getByText(/has not answered for \d+ s/)
      .waitFor()
    await expectAccessible(page)
    await page.context().setOffline(false)
    await pass(page, 10)
    await warning(page).waitFor({ state: 'detached' })
    await page.getByText('Live', { exact: true }).waitFor()
    expect(page.url()).toBe(console.url + path)
    expect(await valueOf(page).inputValue()).toBe(typed)
    await page.close()
  })

  test('for longer than a session lives: the page stays and says so; with the network comes the login, and the draft', async () => {
    const { page, path } = await openDraft({ theme: 'dark' })
    await page.context().setOffline(true)
    await pass(page, 150)
    await warning(page).getByText('your session is over by now', { exact: false }).waitFor()
    expect([page.url(), await valueOf(page).inputValue()]).toEqual([console.url + path, typed])
    await expectAccessible(page)
    await page.context().setOffline(false)
    await pass(page, 10)
    await expectLoginAndBack(page, path, 'Nothing was heard from this browser for two minutes')
    await page.close()
  })
})

test('a server that is killed and comes back in time: the same warning, and the same session', async () => {
  const { page, path } = await openDraft()
  isCut = true
  await console.cut()
  await pass(page, 60)
  await warning(page)
    .getByText(/has not answered for \d+ s/)
    .waitFor()
  await console.mend()
  isCut = false
  await pass(page, 10)
  await warning(page).waitFor({ state: 'detached' })
  expect([page.url(), await valueOf(page).inputValue()]).toEqual([console.url + path, typed])
  await page.close()
})

describe('a session that is ended', () => {
  test('by somebody else: at once, with the reason', async () => {
    const { page, path } = await openDraft()
    const api = await console.api()
    const { sessions } = await api.get('{ sessions { id userAgent } }')
    const mine = sessions.find((session: Data) => session.userAgent.includes('Chrome'))
    await api.get('mutation ($input: EndSessionInput!) { endSession(input: $input) { session { id } } }', {
      input: { id: mine.id },
    })
    await expectLoginAndBack(page, path, 'It was ended from elsewhere')
    await page.close()
  })

  test('because its cookie was copied: the login page says so, and the next session tells from where', async () => {
    const { page, path } = await openDraft()
    const [copy] = (await page.context().cookies()).filter(({ name }) => name.startsWith('apm_session_'))
    await pass(page, 100)
    const thief = console.server.client(null)
    const used = await thief.send(beaconOnly, {}, { cookie: `${copy?.name}=${copy?.value}` })
    expect(used.errors[0]?.extensions.problems?.[0]?.code).toBe('SESSION_COPIED')
    await expectLoginAndBack(page, path, 'an old copy of its cookie was used')
    const notice = page.getByRole('region', { name: 'A copied session' })
    await notice.getByText('from 127.0.0.1', { exact: false }).waitFor()
    await expectAccessible(page)
    await notice.getByRole('button', { name: 'Understood' }).click()
    await notice.waitFor({ state: 'detached' })
    page.once('dialog', (dialog) => void dialog.accept())
    await page.reload()
    await valueOf(page).waitFor()
    await page.clock.runFor(1_000)
    expect(await notice.count()).toBe(0)
    await page.close()
  })
})

describe('the longest life of a session', () => {
  test('near its end people log in again over the page, which stays as it is', async () => {
    const { page, path } = await openDraft()
    await endWithin(240)
    await pass(page, 30)
    await warning(page)
      .getByText(/^Your session ends at .*, in \d:\d\d/)
      .waitFor()
    await expectAccessible(page)
    await warning(page).getByRole('button', { name: 'Log in again' }).click()
    const dialog = page.getByRole('dialog', { name: 'Log in again' })
    await dialog.getByLabel('Your password').fill('not this one')
    await dialog.getByRole('button', { name: 'Log in' }).click()
    await dialog.getByText('The password is wrong.').waitFor()
    await expectAccessible(page)
    await dialog.getByLabel('Your password').fill(console.fleet.users.root.password)
    await dialog.getByRole('button', { name: 'Log in' }).click()
    await dialog.waitFor({ state: 'detached' })
    await warning(page).waitFor({ state: 'detached' })
    await pass(page, 300)
    expect([page.url(), await valueOf(page).inputValue()]).toEqual([console.url + path, typed])
    await page.close()
  })

  test('at its end the login page says so, and the draft is there after it', async () => {
    const { page, path } = await openDraft()
    await endWithin(60)
    await pass(page, 95)
    await expectLoginAndBack(page, path, 'Your session lasted as long as any may')
    await page.close()
  })
})
