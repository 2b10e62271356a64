/** The frame around every page: security headers, palette, shortcuts, connection, faults, theme and language. */
import { get } from 'node:http'
import type { Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { logInByForm, openContext } from '../scripts/browser.ts'
import {
  type Console,
  expectAccessible,
  expectNoOverflow,
  openConsole,
  settled,
  visit,
} from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole({ seed: { proxies: 60, rules: 20, configs: 3 } })
})
afterAll(() => console?.close())
afterEach(async () => {
  if (isCut) await mend()
})

let isCut = false
async function cut() {
  isCut = true
  await console.cut()
}
async function mend() {
  await console.mend()
  isCut = false
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '')

describe('what the server sends', () => {
  test('each page has a nonce of its own, which is the one of its policy, and is never stored', async () => {
    const nonces = new Set<string>()
    for (const path of ['/', '/login', '/proxies', '/configs/some-id/review']) {
      const { headers, body } = await fetched(path)
      const [, nonce = ''] =
        /script-src 'nonce-([^']+)' 'strict-dynamic'/.exec(String(headers['content-security-policy'])) ?? []
      expect(Buffer.from(nonce, 'base64').length).toBe(16)
      expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`)
      expect(headers['cache-control']).toBe('no-store')
      expect(headers.etag).toBeUndefined()
      const written = [...body.toString().matchAll(/nonce="([^"]*)"/g)].map(([, value]) => value)
      expect(written.length).toBeGreaterThan(2)
      expect(new Set(written)).toEqual(new Set([nonce]))
      expect(body.toString().match(/<script/g)?.length).toBe(
        body.toString().match(/<script[^>]* nonce=/g)?.length,
      )
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(4)
  })

  test('scripts and styles come compressed as the browser likes, and stay for a year', async () => {
    const html = (await fetched('/login')).body.toString()
    for (const asset of html.match(/\/assets\/[^"]+\.(js|css)/g) ?? []) {
      const plain = await fetched(asset)
      for (const [accepted, encoding] of [
        ['gzip, deflate, br', 'br'],
        ['gzip', 'gzip'],
      ] as const) {
        const { headers, body } = await fetched(asset, accepted)
        expect([asset, headers['content-encoding']]).toEqual([asset, encoding])
        expect(headers['cache-control']).toContain('immutable')
        expect(body.length).toBeLessThan(plain.body.length)
      }
    }
  })

  test('a file that is not there is not found, and robots.txt is one', async () => {
    expect((await fetched('/assets/nothing.js')).status).toBe(404)
    expect((await fetched('/robots.txt')).body.toString()).toMatch(/^User-agent: \*/)
  })

  test('every page keeps to its policy: no violation, nothing from elsewhere', async () => {
    const page = await console.page({ as: 'root' })
    const origins = new Set<string>()
    page.on('request', (request) => origins.add(new URL(request.url()).origin))
    const { big, pending, draft } = console.fleet.configs
    const proxy = console.fleet.proxies[0]?.id ?? ''
    const paths = [
      '/proxies',
      `/proxies/${proxy}`,
      `/proxies/${proxy}/files`,
      `/proxies/${proxy}/events`,
      '/configs',
      `/configs/${draft.id}`,
      `/configs/${big.id}/versions`,
      `/configs/${big.id}/audit`,
      `/configs/${pending.id}/review`,
      '/audit',
      '/settings',
      '/nowhere',
    ]
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        globalThis.console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`)
      })
    })
    for (const path of paths) await visit(page, `${console.url}${path}`)
    expect([...origins]).toEqual([console.url])
    await page.close()
  })

  test('what loads before anybody does anything is small', async () => {
    for (const [as, path] of [
      [null, '/login'],
      ['root', '/proxies'],
    ] as const) {
      const page = await console.page({ as, path: '/login' })
      const assets = new Set<string>()
      page.on('request', (request) => assets.add(new URL(request.url()).pathname))
      await visit(page, `${console.url}${path}`)
      await page.waitForLoadState('networkidle')
      const bytes = { js: 0, css: 0 }
      for (const asset of assets) {
        const [, kind] = /\.(js|css)$/.exec(asset) ?? []
        if (kind === 'js' || kind === 'css') bytes[kind] += (await fetched(asset, 'gzip')).body.length
      }
      expect(bytes.js).toBeGreaterThan(10_000)
      expect(bytes.js).toBeLessThanOrEqual(90 * 1024)
      expect(bytes.css).toBeLessThanOrEqual(12 * 1024)
      await page.close()
    }
  })

  test('who has never logged in is asked to, without a request that is refused', async () => {
    const context = await openContext(console.browser)
    const page = await context.newPage()
    const faults: string[] = []
    let asked = 0
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    page.on('request', (request) => {
      if (request.url().endsWith('/graphql')) asked += 1
    })
    await page.goto(`${console.url}/configs`)
    await page.waitForURL(/\/login\?next=%2Fconfigs/)
    await page.getByLabel('E-mail').waitFor()
    expect([asked, faults]).toEqual([0, []])
    await expectAccessible(page)
    await context.close()
  })
})

describe('the command palette', () => {
  test('reaches any proxy with the keyboard alone, and lists it first the next time', async () => {
    const page = await console.page({ path: '/audit' })
    const { hostname, id } = console.fleet.proxies.at(-1) ?? { hostname: '', id: '' }
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: 'Search or go to' })
    await field.waitFor()
    await expectAccessible(page)
    await page.keyboard.type(hostname)
    const option = page.getByRole('option', { name: hostname })
    await option.waitFor()
    expect(await option.getAttribute('aria-selected')).toBe('true')
    expect(await field.getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'))
    await page.keyboard.press('Enter')
    await page.waitForURL(`${console.url}/proxies/${id}`)
    await page.getByRole('heading', { name: hostname, level: 1 }).waitFor()

    await page.keyboard.press('Control+k')
    await page
      .getByRole('group', { name: 'Looked at last' })
      .getByRole('option', { name: hostname })
      .waitFor()
    await page.close()
  })

  test('says when nothing has that name and when the server can’t be asked, and gives the focus back', async () => {
    const page = await console.page({ path: '/settings', expectedFaults: /ERR_FAILED|Failed to load/ })
    const before = page.getByRole('checkbox', { name: /Single-key/ })
    await before.focus()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or go to' }).waitFor()
    await page.keyboard.type('no such thing')
    await page.getByText('Nothing is called “no such thing”.').waitFor()
    await page.route('**/graphql', (route) => route.abort())
    await page.keyboard.type('!')
    await page.getByText('The server could not be searched.').waitFor()
    await page.unroute('**/graphql')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => before.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.close()
  })

  test('shows the answer to what was typed last, whichever comes last', async () => {
    const page = await console.page({ path: '/audit' })
    const [early, late] = [
      console.fleet.proxies[0]?.hostname ?? '',
      console.fleet.proxies.at(-1)?.hostname ?? '',
    ]
    const held: Route[] = []
    await page.route('**/graphql', (route) => {
      if (held.length === 0 && route.request().postData()?.includes(`"search":"${early}"`)) held.push(route)
      else void route.continue()
    })
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox', { name: 'Search or go to' })
    await field.fill(early)
    await expect.poll(() => held.length).toBe(1)
    await field.fill(late)
    await page.getByRole('option', { name: late }).waitFor()
    const answered = page.waitForResponse((response) => response.request() === held[0]?.request())
    await held[0]?.continue()
    await answered
    await page.getByRole('option', { name: late }).waitFor()
    expect(await page.getByRole('option', { name: early }).count()).toBe(0)
    await page.close()
  })
})

describe('shortcuts', () => {
  test('lead to the pages and to the page’s search, are listed, and rest while somebody types', async () => {
    const page = await console.page({ path: '/proxies' })
    await page.keyboard.type('gc')
    await page.waitForURL(/\/configs$/)
    await settled(page)
    await page.keyboard.press('/')
    await page.waitForFunction(() => document.activeElement instanceof HTMLInputElement)
    await page.keyboard.type('gf?')
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toContain('gf?')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(page.url()).toMatch(/\/configs(\?|$)/)

    await page.locator('main').focus()
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    for (const line of ['Go to Proxies', 'Go to Settings', 'Search on this page', 'Show shortcuts']) {
      await help.getByText(line, { exact: true }).waitFor()
    }
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })
    await page.close()
  })

  test('of one key can be switched off, and those with Ctrl stay', async () => {
    const page = await console.page({ path: '/settings' })
    await page.getByRole('checkbox', { name: /Single-key shortcuts/ }).uncheck()
    await page.reload()
    await settled(page)
    expect(await page.getByRole('checkbox', { name: /Single-key shortcuts/ }).isChecked()).toBe(false)
    await page.locator('main').focus()
    await page.keyboard.type('gf?')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search or go to' }).waitFor()
    expect([new URL(page.url()).pathname, await page.getByRole('dialog').count()]).toEqual(['/settings', 1])
    await page.close()
  })
})

describe('the connection', () => {
  test('lost: a banner with the way to try now, everything stays in sight; back: it clears and catches up', async () => {
    const page = await console.page({ path: '/configs', expectedFaults: /ERR_|WebSocket|Failed to/ })
    await page.getByText('Live', { exact: true }).waitFor()
    await cut()
    const banner = page.getByRole('region', { name: 'Reconnecting…' })
    await banner.getByText(/Connection lost at/).waitFor()
    await banner.getByText(/Next try in \d+ s|Trying now/).waitFor()
    expect(await page.locator('main').getAttribute('data-stale')).not.toBeNull()
    await page.getByRole('link', { name: console.fleet.configs.big.name }).first().waitFor()
    const spoken = await page.getByRole('status').allTextContents()
    expect(spoken.filter((text) => text.includes('Connection lost'))).toHaveLength(1)
    expect(spoken.join()).not.toMatch(/Next try|Trying/)
    await expectAccessible(page)

    const api = await console.api()
    await api.get('mutation ($input: CreateConfigInput!) { createConfig(input: $input) { config { id } } }', {
      input: { name: 'Made while nobody heard', defaultAction: 'DIRECT' },
    })
    // While nothing answers: afterwards the page may be faster than the click.
    await banner.getByRole('button', { name: 'Retry now' }).click()
    await mend()
    await banner.waitFor({ state: 'detached' })
    await page.getByText('Connected again').waitFor({ state: 'attached' })
    await page.getByText('Made while nobody heard').first().waitFor()
    expect(await page.locator('main').getAttribute('data-stale')).toBeNull()
    await page.close()
  })

  test('a browser that goes offline says so at once, and is live again by itself', async () => {
    const page = await console.page({ path: '/settings', expectedFaults: /ERR_|WebSocket|Failed to/ })
    await page.getByText('Live', { exact: true }).waitFor()
    await page.context().setOffline(true)
    await page
      .getByText(/Connection lost at/)
      .first()
      .waitFor()
    await page.context().setOffline(false)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.close()
  })
})

describe('faults', () => {
  test('of the server show their reference and a way to try again; the rest of the page goes on', async () => {
    const page = await console.page({ path: '/audit' })
    let isBroken = true
    await page.route('**/graphql', async (route) => {
      if (!isBroken || !route.request().postData()?.includes('query Tokens')) return route.continue()
      const fault = {
        message: 'Unexpected',
        extensions: { code: 'INTERNAL_SERVER_ERROR', referenceId: 'ref-4711' },
      }
      await route.fulfill({ json: { data: null, errors: [fault] } })
    })
    await page.goto(`${console.url}/settings`)
    const panel = page.getByRole('region', { name: 'API tokens' })
    await panel.getByText('ref-4711').waitFor()
    await panel.getByRole('button', { name: 'Copy the reference' }).waitFor()
    await page.getByRole('radio', { name: /Whoever submits/ }).waitFor()
    isBroken = false
    await panel.getByRole('button', { name: 'Try again' }).click()
    await panel.getByText('You have none.').waitFor()
    await page.close()
  })

  test('of the page stay in their panel, with a reference that is also in the console', async () => {
    const lines: string[] = []
    const page = await console.page({ path: '/audit', expectedFaults: /fault ui-/ })
    page.on('console', (message) => message.type() === 'error' && lines.push(message.text()))
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('query Tokens')) return route.continue()
      await route.fulfill({ json: { data: { enrolmentTokens: null, apiTokens: [] } } })
    })
    await page.goto(`${console.url}/settings`)
    const panel = page.getByRole('region', { name: 'Enrolment tokens' })
    const reference = (await panel.getByText(/^ui-[0-9a-f]{10}$/).textContent()) ?? ''
    expect(lines.filter((line) => line.includes(reference))).toHaveLength(1)
    await page.getByRole('region', { name: 'API tokens' }).getByText('You have none.').waitFor()
    await page.getByRole('group', { name: 'Language' }).getByRole('button', { name: 'Português' }).click()
    await page.getByRole('heading', { name: 'Ajustes' }).waitFor()
    await page.close()
  })
})

describe('theme and language', () => {
  test('are there at the first paint', async () => {
    const page = await console.page({ theme: 'dark', locale: 'pt-BR', path: '/configs' })
    await page.addInitScript(() => {
      const seen: string[] = []
      Object.assign(globalThis, { seen })
      const look = () => {
        const { lang } = document.documentElement
        if (document.body) seen.push(`${lang} ${getComputedStyle(document.body).backgroundColor}`)
        if (document.querySelector('h1') === null) requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    await visit(page, `${console.url}/configs`)
    expect(
      await page.evaluate(() => [...new Set((globalThis as unknown as { seen: string[] }).seen)]),
    ).toEqual(['pt-BR rgb(15, 18, 19)'] /* --bg of the dark theme */)
    await page.close()
  })

  test('follow the browser at first, are changed from every page, and stay as chosen', async () => {
    const context = await console.browser.newContext({ colorScheme: 'dark', locale: 'pt-BR' })
    const page = await context.newPage()
    const { email, password } = console.fleet.users.root
    await logInByForm(page, console.url, email, password)
    await visit(page, `${console.url}/configs`)
    expect(await looks(page)).toEqual(['pt-BR', 'dark'])
    await page.getByRole('button', { name: /conta e preferências/ }).click()
    const menu = page.getByRole('dialog', { name: 'Sua conta' })
    await expectAccessible(page)
    await menu.getByRole('button', { name: 'Claro' }).click()
    await menu.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Configs', level: 1 }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Configs', level: 1 }).waitFor()
    expect(await looks(page)).toEqual(['en', 'light'])
    await context.close()
  })
})

/** The page's language, and the theme that it has in truth. */
const looks = (page: Page) =>
  page.evaluate(() => {
    const root = document.documentElement
    const background = getComputedStyle(document.body).backgroundColor
    const [red = 0] = background.match(/\d+/g)?.map(Number) ?? []
    return [root.lang, red < 128 ? 'dark' : 'light']
  })

describe('at every width', () => {
  test('390: a drawer holds the navigation, takes the focus and gives it back', async () => {
    const page = await console.page({ width: 390, path: '/settings' })
    await expectNoOverflow(page)
    const opener = page.getByRole('button', { name: 'Open navigation' })
    await opener.focus()
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('link', { name: 'Proxies' }).waitFor()
    await expectAccessible(page)
    expect(await drawer.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    await expect.poll(() => focused(page)).toBe('Open navigation')

    await opener.click()
    await drawer.getByRole('link', { name: 'Audit' }).click()
    await page.waitForURL(/\/audit$/)
    await drawer.waitFor({ state: 'detached' })
    await page.close()
  })

  test('768: icons whose names are spoken; 1280: labels, which can be put away for good', async () => {
    const narrow = await console.page({ width: 768, path: '/settings' })
    const link = narrow.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Configs' })
    expect([await link.getAttribute('title'), (await link.boundingBox())?.width ?? 0]).toEqual([
      'Configs',
      expect.closeTo(40, -1),
    ])
    await expectAccessible(narrow)
    await narrow.close()

    const wide = await console.page({ width: 1280, path: '/settings' })
    await wide.getByRole('button', { name: 'Collapse side bar' }).click()
    await wide.reload()
    await settled(wide)
    await wide.getByRole('button', { name: 'Expand side bar' }).click()
    await wide.getByText('Administration', { exact: true }).waitFor()
    await wide.close()
  })

  test('nothing jumps while the fleet and a proxy load', async () => {
    const page = await console.page({ path: '/audit' })
    await page.addInitScript(() => {
      const shifts: number[] = []
      Object.assign(globalThis, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
      }).observe({ type: 'layout-shift', buffered: true })
    })
    for (const path of ['/proxies', `/proxies/${console.fleet.proxies[0]?.id}`]) {
      await visit(page, `${console.url}${path}`)
      await page.waitForLoadState('networkidle')
      const sum = await page.evaluate(() =>
        (globalThis as unknown as { shifts: number[] }).shifts.reduce((total, value) => total + value, 0),
      )
      expect([path, sum < 0.05, sum]).toEqual([path, true, sum])
    }
    await page.close()
  })
})

interface Fetched {
  readonly status: number
  readonly headers: import('node:http').IncomingHttpHeaders
  /** As it was sent: not decompressed. */
  readonly body: Buffer
}

function fetched(path: string, acceptEncoding = 'identity'): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    get(`${console.url}${path}`, { headers: { 'accept-encoding': acceptEncoding } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
      response.on('error', reject)
    }).on('error', reject)
  })
}
