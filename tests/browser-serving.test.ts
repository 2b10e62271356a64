/** What the server sends a browser: its security policy, its compressed assets, and how little comes first. */
import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openContext } from '../scripts/browser.ts'
import { type Console, expectAccessible, openConsole, visit } from './support/console.ts'

let console: Console
beforeAll(async () => {
  console = await openConsole({ seed: { proxies: 60, rules: 20, configs: 3 } })
})
afterAll(() => console?.close())

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
      '/overview',
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
      '/settings/instance',
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
      expect(bytes.js).toBeLessThan(90_000)
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
