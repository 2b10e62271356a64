/** The built web app on the real server with a seeded database, and pages in a real browser that fail on any fault. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import {
  atRest,
  axeViolations,
  launchBrowser,
  openContext,
  takeSession,
  type View,
} from '../../scripts/browser.ts'
import {
  type SeededFleet,
  type SeededUser,
  type SeedSize,
  seedFleet,
  seedUsers,
} from '../../scripts/fleet/seed.ts'
import { keepSeen } from '../../scripts/fleet/seed-proxies.ts'
import { buildWebApp } from '../../scripts/fleet/web-build.ts'
import type { Role } from '../../server/core/vocabulary.ts'
import { startRelay } from './relay.ts'
import { type ApiClient, type Data, startServer, type TestServer } from './server.ts'

export interface PageOptions extends View {
  /** Who is logged in; null: nobody, at the login page. `root` by default. */
  readonly as?: Role | null
  /** Opened after the login; the fleet by default. */
  readonly path?: string
  /** Console messages that belong to what the test does (a refused request, a server that is gone). */
  readonly expectedFaults?: RegExp
}

export interface Console {
  /** What the browser sees: a relay before the server, which `cut` takes away. */
  readonly url: string
  readonly server: TestServer
  readonly fleet: SeededFleet
  readonly browser: Browser
  /** The API as that user, over HTTP; for preparing and checking, beside what the page does. */
  api(role?: Role): Promise<ApiClient>
  /** A page in a context of its own. Its console errors, CSP violations and page errors fail the test when it is closed. */
  page(options?: PageOptions): Promise<Page>
  /** Every connection ends and no new one is taken, on the same port, until `mend`. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** Moves the server's clock; the seeded proxies go on reporting by it. */
  advance(seconds: number): void
  close(): Promise<void>
}

/** One for a test file. @param options.seed how much there is; 24 proxies and 40 rules by default; null: nothing but users */
export async function openConsole(options: { seed?: Partial<SeedSize> | null } = {}): Promise<Console> {
  const home = mkdtempSync(join(tmpdir(), 'apm-console-'))
  const webDirectory = await buildWebApp(home)
  const server = await startServer({ webDirectory })
  const { db } = server.database
  const fleet = options.seed === null ? await seedUsers(db) : await seedFleet(db, options.seed)
  let offsetMs = 0
  const heartbeat = keepSeen(db, fleet.proxies, () => new Date(Date.now() + offsetMs))
  const relay = await startRelay(Number(new URL(server.url).port))
  const browser = await launchBrowser()
  const url = `http://127.0.0.1:${relay.port}`

  return {
    url,
    server,
    fleet,
    browser,
    async api(role = 'root') {
      const { email, password } = fleet.users[role]
      const { login } = await server
        .client(null)
        .get('mutation ($input: LoginInput!) { login(input: $input) { accessToken } }', {
          input: { email, password },
        })
      return server.client(login.accessToken)
    },
    page: (options = {}) => openPage(browser, url, fleet.users, options),
    cut: () => relay.cut(),
    mend: () => relay.mend(),
    advance(seconds) {
      offsetMs += seconds * 1000
      server.advance(seconds)
    },
    async close() {
      await browser.close()
      await heartbeat.stop()
      await relay.cut()
      await server.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function openPage(
  browser: Browser,
  url: string,
  users: Readonly<Record<Role, SeededUser>>,
  options: PageOptions,
): Promise<Page> {
  const { as = 'root', path, expectedFaults, ...view } = options
  const context = await openContext(browser, view)
  if (as !== null) await takeSession(context, url, users[as])
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  const note = (text: string) => {
    // The browser itself reports a request that is refused before there is a session.
    if (!text.includes('status of 401') && !expectedFaults?.test(text)) faults.push(text)
  }
  page.on('pageerror', (error) => note(error.stack ?? error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') note(message.text())
  })
  const close = page.close.bind(page)
  page.close = async (closing) => {
    await close(closing)
    await page.context().close()
    expect(faults).toEqual([])
  }
  await visit(page, `${url}${path ?? (as === null ? '/login' : '/')}`)
  return page
}

/** Opens an address and waits until its page has its heading and nothing is loading. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await settled(page)
}

/** The page has a heading, nothing on it is loading, and nothing that moves or fades is still on its way. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
  await atRest(page)
}

/** No WCAG A or AA violation on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  const violations = await axeViolations(page)
  const url = page.url()
  expect([url, violations]).toEqual([url, []])
}

/** The page itself doesn't scroll sideways; a table inside it may. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect([page.url(), Math.max(0, overflow)]).toEqual([page.url(), 0])
}

/** A query that has to succeed, for a test that asks the server what the page did. */
export async function ask(
  console: Console,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  return (await console.api()).get(query, variables)
}
