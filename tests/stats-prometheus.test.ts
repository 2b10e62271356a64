/** Statistics for other tools: the fleet's metrics, and the Grafana dashboard that is made for them. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countsOf } from '../server/core/stats.ts'
import { newAgent, newApiToken } from './support/calls.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { evenly, rollUp, stored, told } from './support/stats.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const ask = (token: string | null) =>
  fetch(`${server.url}/metrics`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })

describe('for Prometheus', () => {
  test('the fleet is told to whoever may read it, and to nobody else', async () => {
    const agent = await newAgent({ server, root })
    const tokens = [null, agent.token(), (await newApiToken(root, ['AUTHOR'])).token, 'apm_api_unknown']
    expect(await Promise.all(tokens.map(async (token) => (await ask(token)).status))).toEqual([
      401, 403, 403, 401,
    ])
    const answer = await ask((await newApiToken(root, ['READ'])).token)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
  })

  test('totals only grow, by exactly what was rolled up, and there are few of them', async () => {
    const agent = await newAgent({ server, root })
    const { token } = await newApiToken(root, ['READ'])
    const read = async () => {
      const text = await (await ask(token)).text()
      expect(text.match(/^# TYPE /gm)?.length).toBe(text.match(/^# HELP /gm)?.length)
      expect(text.split('\n').length).toBeLessThan(150)
      return Number(/^apm_fleet_requests_total (\d+)$/m.exec(text)?.[1] ?? 0)
    }
    await rollUp(server)
    const before = await read()
    await agent.reportStats(evenly(10, 7))
    await stored(server, agent, 11)
    await rollUp(server)
    expect(await read()).toBe(before + 70)
  })

  test('hosts are told as the fullest, the busiest and all together, of those that told both numbers', async () => {
    const [large, small, silent] = await Promise.all(
      Array.from({ length: 3 }, () => newAgent({ server, root })),
    )
    if (!large || !small || !silent) throw new Error('no agents')
    const at = new Date()
    await large.reportStats([
      told(at, { hostLoad: 0.25, hostMemoryTotalBytes: 4_000, hostMemoryAvailableBytes: 3_000 }),
    ])
    await small.reportStats([
      told(at, { hostLoad: 2.75, hostMemoryTotalBytes: 1_000, hostMemoryAvailableBytes: 100 }),
    ])
    await silent.reportStats([told(at, { hostMemoryTotalBytes: 9_000 })])
    for (const agent of [large, small, silent]) await stored(server, agent, 1)
    const text = await (await ask((await newApiToken(root, ['READ'])).token)).text()
    expect(text).toContain('apm_fleet_host_load_mean 1.5\n')
    expect(text).toContain('apm_fleet_host_load_max 2.75\n')
    expect(text).toContain('apm_fleet_host_memory_bytes 5000\n')
    expect(text).toContain('apm_fleet_host_memory_available_bytes 3100\n')
    expect(text).toContain('apm_fleet_host_memory_used_ratio_max 0.9\n')
  })
})

describe('who is refused is in the trail', () => {
  let behindProxy: TestServer
  beforeAll(async () => {
    behindProxy = await startServer({ database: server.database, isBehindProxy: true })
  })
  afterAll(() => behindProxy.close())

  const askFrom = async (address: string, token: string | null) => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
    return (
      await fetch(`${behindProxy.url}/metrics`, { headers: { 'x-forwarded-for': address, ...authorization } })
    ).status
  }
  const refusedOf = (addresses: string) => server.database.sql`
    select actor_kind, actor_name, entity_name, address, new_value from audit_logs
    where action = 'access.refuse' and address like ${addresses} order by id`

  test('once an hour: by name where a token lacks the scope, by address where it is missing, wrong, over or ended', async () => {
    const [reader, revoked] = [await newApiToken(root, ['READ']), await newApiToken(root, ['READ'])]
    const { id } = revoked.apiToken
    await root.get(
      'mutation ($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { id } } }',
      { input: { id } },
    )
    const author = await newApiToken(root, ['AUTHOR'])
    for (let time = 0; time < 15; time += 1) {
      expect(await askFrom('192.0.2.1', author.token)).toBe(403)
      expect(await askFrom('192.0.2.2', null)).toBe(401)
      expect(await askFrom('192.0.2.3', 'apm_api_unknown')).toBe(401)
      expect(await askFrom('192.0.2.4', revoked.token)).toBe(401)
      expect(await askFrom('192.0.2.5', reader.token)).toBe(200)
    }
    behindProxy.advance(2 * 3_600)
    for (let time = 0; time < 15; time += 1) expect(await askFrom('192.0.2.6', reader.token)).toBe(401)
    const stranger = { actor_kind: 'anonymous', actor_name: 'anonymous', entity_name: 'unknown' }
    const unknown = { operation: 'metrics', reason: 'The API token is unknown, expired or revoked.' }
    const name = expect.stringMatching(/ \(script-.+\)$/)
    expect(await refusedOf('192.0.2.%')).toEqual([
      {
        actor_kind: 'user',
        actor_name: name,
        entity_name: name,
        address: '192.0.2.1',
        new_value: { operation: 'metrics', reason: 'Your role or token does not allow "fleet.read".' },
      },
      {
        ...stranger,
        address: '192.0.2.2',
        new_value: { operation: 'metrics', reason: 'Log in, or send a valid token.' },
      },
      { ...stranger, address: '192.0.2.3', new_value: unknown },
      { ...stranger, address: '192.0.2.4', new_value: unknown },
      { ...stranger, address: '192.0.2.6', new_value: unknown },
    ])
  })

  test('not more than sixty strangers in an hour, wherever they come from', async () => {
    for (let host = 1; host <= 100; host += 1) {
      expect(await askFrom(`198.51.100.${host}`, 'apm_api_unknown')).toBe(401)
    }
    const rows = await refusedOf('%')
    expect(rows.filter(({ actor_kind }) => actor_kind === 'anonymous')).toHaveLength(60)
  })
})

describe('the Grafana dashboard', () => {
  interface Panel {
    readonly id: number
    readonly title: string
    readonly type: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
  }
  const dashboard: {
    readonly panels: readonly Panel[]
    readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] }
  } = JSON.parse(readFileSync(new URL('../docs/grafana/fleet.json', import.meta.url), 'utf8'))
  const charts = dashboard.panels.filter(({ type }) => type !== 'row')
  const targets = charts.flatMap(({ title, targets: own = [] }) => own.map((each) => ({ title, ...each })))

  /** By metric, which labels it has; those that Prometheus itself gives every series are on all. */
  async function exported(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const agent = await newAgent({ server, root })
    const numbers = {
      ...countsOf(() => 1),
      currentClientConnections: 1,
      currentParentConnections: 1,
      hostLoad: 1,
      hostMemoryTotalBytes: 2,
      hostMemoryAvailableBytes: 1,
    }
    await agent.reportStats([told(new Date(Date.now() - 30_000), numbers), told(new Date(), numbers)])
    await stored(server, agent, 2)
    await rollUp(server)
    const { token } = await newApiToken(root, ['READ'])
    const metrics = new Map<string, Set<string>>()
    for (const [, name = '', labels = ''] of (await (await ask(token)).text()).matchAll(
      /^(\w+)(?:\{(.*)\})? \S+$/gm,
    )) {
      const known = metrics.get(name) ?? new Set(['job', 'instance'])
      for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
      metrics.set(name, known)
    }
    return metrics
  }

  test('asks only for metrics and labels that the server has, and for all of its metrics', async () => {
    const known = await exported()
    expect(targets.length).toBeGreaterThan(20)
    const asked = new Set<string>()
    for (const { title, expr, legendFormat } of targets) {
      const names = [...expr.matchAll(/\b(apm_\w+)(?:\{([^}]*)\})?/g)]
      expect([title, names.length > 0]).toEqual([title, true])
      for (const [, name = '', matchers = ''] of names) {
        asked.add(name)
        const used = [
          ...[...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label]) => label),
          ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
          ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label),
        ]
        expect([title, name, [...(known.get(name) ?? [])]]).toEqual([
          title,
          name,
          expect.arrayContaining([...used, 'job']),
        ])
      }
    }
    expect([...asked].sort()).toEqual([...known.keys()].sort())
    for (const { query } of dashboard.templating.list) {
      const [, name] = /label_values\((\w+),/.exec(typeof query === 'string' ? query : query.query) ?? []
      if (name) expect(known.has(name)).toBe(true)
    }
  })

  test('names only statuses and classes that there are', async () => {
    const values = targets.flatMap(({ expr }) =>
      [...expr.matchAll(/(status|code)(?:=~|!=|=)"([^"]+)"/g)].flatMap(([, label, list = '']) =>
        list.split('|').map((value) => `${label} ${value}`),
      ),
    )
    const { token } = await newApiToken(root, ['READ'])
    await exported()
    const text = await (await ask(token)).text()
    expect(values.length).toBeGreaterThan(4)
    for (const [label, value] of values.map((each) => each.split(' ')))
      expect(text).toContain(`${label}="${value}"`)
  })

  test('has rates of counters only, each panel under its own number, and none on top of another', () => {
    for (const { expr } of targets) {
      for (const [counter] of expr.matchAll(/\bapm_\w+_total\b/g))
        expect(expr).toMatch(new RegExp(`(rate|increase)\\(${counter}\\b`))
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24)
  })
})
