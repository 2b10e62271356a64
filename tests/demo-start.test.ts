/** What scripts rely on: `npm run demo` as a user starts, stops, crashes and starts it again. */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn } from '../scripts/demo/api.ts'
import { type SpawnedDemo, spawnDemo } from '../scripts/demo/spawn.ts'
import { request } from './support/ats.ts'
import { apiToken } from './support/demo.ts'
import { untilTrue } from './support/until.ts'

let demo: SpawnedDemo
beforeAll(async () => {
  demo = await spawnDemo()
})
afterAll(() => demo.close())

const isAlive = (pid: number | null) => pid !== null && existsSync(`/proc/${pid}`)
const whereTo = async (method: 'GET' | 'CONNECT', name: string) => {
  const proxyPort = Number(new URL(demo.forwardProxy ?? '').port)
  const { status, via } = await request(proxyPort, { method, host: `${name}:${demo.origin.port}` })
  return `${status} ${via}`
}

describe('the demo', () => {
  test('says in demo.json, readable for its owner only, where everything is', () => {
    expect(statSync(join(demo.home, 'demo.json')).mode & 0o777).toBe(0o600)
    expect(demo).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      graphqlUrl: `${demo.url}/graphql`,
      websocketUrl: `${demo.url.replace('http', 'ws')}/graphql`,
      email: expect.stringContaining('@'),
      password: expect.stringMatching(/^\S{12,}$/),
      forwardProxy: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      parents: [
        { name: 'primary', host: '127.0.0.1', port: expect.any(Number) },
        { name: 'secondary', host: '127.0.0.1', port: expect.any(Number) },
      ],
      proxy: { id: expect.any(String), hostname: 'demo-proxy-1' },
      ats: {
        version: expect.stringMatching(/^9\.2\./),
        configDir: expect.any(String),
        logDir: expect.any(String),
      },
    })
    for (const pid of Object.values(demo.pids)) expect(isAlive(pid)).toBe(true)
    const domains = new Set(demo.origin.names.map((name) => name.split('.').slice(-2).join('.')))
    expect(domains.size).toBe(2)
    for (const text of [demo.url, demo.email, demo.password, '1. ', '2. ', '3. '])
      expect(demo.printed()).toContain(text)
  })

  test('serves the web app, and answers health checks', async () => {
    const page = await fetch(demo.url)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'nonce-")
    expect(await page.text()).toContain('<div id="app">')
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${demo.url}${path}`)).status).toBe(200)
  })

  test('a script with an API token changes where a real ATS sends its traffic, for HTTP and for CONNECT', async () => {
    const environment = {
      ...process.env,
      APM_GRAPHQL_URL: demo.graphqlUrl,
      APM_TOKEN: await apiToken(demo),
      APM_CONFIG: 'by script',
      APM_PROXY: demo.proxy?.hostname,
      APM_PARENTS: demo.parents.map(({ host, port }) => `${host}:${port}`).join(','),
      APM_DIRECT_DOMAIN: 'corp.example',
    }
    const script = fileURLToPath(new URL('../docs/approve-by-script.mjs', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
      env: environment,
      encoding: 'utf8',
    })
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' })
    for (const method of ['GET', 'CONNECT'] as const) {
      expect(await whereTo(method, 'www.corp.example')).toBe('200 direct')
      expect(await whereTo(method, 'www.shop.example')).toBe('200 primary')
    }
  })

  test('a demo that is running is not started twice in the same home', async () => {
    const second = spawnDemo({ home: demo.home })
    await expect(second).rejects.toThrow(/runs already/)
  })

  test('after a crash the next start takes over what was left, and keeps data, ports and password', async () => {
    const { pids, home, url, password, parents, forwardProxy } = demo
    process.kill(demo.pid, 'SIGKILL')
    await untilTrue(() => !isAlive(demo.pid))
    demo = await spawnDemo({ home })
    expect(demo).toMatchObject({ url, password, parents, forwardProxy })
    await untilTrue(() => !isAlive(pids.agent))
    const api = await logIn(demo.graphqlUrl, demo.email, demo.password)
    await untilTrue(async () => {
      const { proxies } = await api.send<{ proxies: { edges: { node: { status: string } }[] } }>(
        '{ proxies { edges { node { status } } } }',
      )
      return proxies.edges.length === 1 && proxies.edges[0]?.node.status === 'IN_SYNC'
    })
    expect(await whereTo('GET', 'www.shop.example')).toBe('200 primary')
  })

  test('Ctrl-C stops everything that it started', async () => {
    const { pids } = demo
    expect(await demo.stop()).toBe(0)
    // An ended process stays in the list for a moment, until the system has taken down its memory.
    await untilTrue(() => !Object.values(pids).some(isAlive))
    demo = await spawnDemo({ home: demo.home })
    expect((await fetch(`${demo.url}/readyz`)).status).toBe(200)
  })
})
