/** Statistics as agents tell them: what of a report is taken, and what becomes of it, without an ATS. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportStatsMutation, syncMutation } from './support/agents.ts'
import { newAgent } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { isBackground } from './support/statements.ts'
import { evenly, minutesAgo, rollUp, startedAt, stored, told } from './support/stats.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

describe('the newest sample', () => {
  test('is what the list of proxies shows: counts beyond 32 bits whole, what is missing as null', async () => {
    const agent = await newAgent({ server, root })
    const query = `query ($search: String) { proxies(search: $search) { edges { node { stats {
      at atsStartedAt currentClientConnections totalClientConnections ramCacheHits ramCacheMisses requests
      clientResponseBytes hostLoad requestsPerSecond } } } } }`
    const shown = async () => (await root.get(query, { search: agent.hostname })).proxies.edges[0].node.stats
    expect(await shown()).toBeNull()
    const numbers = { currentClientConnections: 7, totalClientConnections: 5_000_000_000, ramCacheHits: 3 }
    const first = told(new Date(Date.now() - 30_000), { requests: 10, ...numbers })
    const second = told(new Date(), {
      requests: 70,
      clientResponseBytes: 2 ** 53 - 1,
      hostLoad: 0.25,
      ...numbers,
    })
    expect(await agent.reportStats([first])).toMatchObject({ isFull: false })
    await agent.reportStats([second], first)
    await untilTrue(async () => (await shown())?.requests === 70)
    expect(await shown()).toEqual({
      at: second.at,
      atsStartedAt: startedAt,
      currentClientConnections: 7,
      totalClientConnections: 5_000_000_000,
      ramCacheHits: 3,
      ramCacheMisses: null,
      requests: 70,
      clientResponseBytes: 2 ** 53 - 1,
      hostLoad: 0.25,
      requestsPerSecond: expect.closeTo(2, 1),
    })
    const [row] = await server.database
      .sql`select * from v_proxies_with_stats where proxy_id = ${agent.proxyId}`
    expect(row).toMatchObject({ hostname: agent.hostname, requests: '70', ram_cache_misses: null })
  })

  test('of an ATS that can’t be read is told as such, and the next one counts over it', async () => {
    const agent = await newAgent({ server, root })
    const samples = [
      told(minutesAgo(3), { requests: 100 }),
      { at: minutesAgo(3, 30).toISOString(), hostLoad: 1 },
      told(minutesAgo(2), { requests: 160 }),
    ]
    await agent.reportStats(samples)
    await stored(server, agent, 3)
    const rows = await server.database.sql`select seconds, requests from proxy_stats
      where proxy_id = ${agent.proxyId} order by at`
    expect(rows).toEqual([
      { seconds: null, requests: null },
      { seconds: null, requests: null },
      { seconds: 60, requests: '60' },
    ])
  })

  test('of a list page costs one statement, however many proxies it has', async () => {
    const query =
      'query ($first: Int!) { proxies(first: $first) { edges { node { stats { at requests } } } } }'
    const cost = async (first: number) => {
      server.database.forgetStatements()
      await root.get(query, { first })
      return server.database.statements.filter((text) => text.includes('v_proxies_with_stats')).length
    }
    expect([await cost(1), await cost(100)]).toEqual([1, 1])
  })
})

describe('what is taken', () => {
  test('each sample once, however often and in whatever order it is told', async () => {
    const agent = await newAgent({ server, root })
    const [a, b, c] = evenly(10, 30).slice(0, 3) as [Data, Data, Data]
    await agent.reportStats([a, b])
    await agent.reportStats([a, b])
    await agent.reportStats([b, c], a)
    await agent.reportStats([c], b)
    await agent.reportStats([b], a)
    await stored(server, agent, 3)
    await rollUp(server)
    await agent.reportStats([c], b)
    await agent.reportStats([told(minutesAgo(5), { requests: 1_090 })], c)
    await stored(server, agent, 4)
    await rollUp(server)
    const [sum] = await server.database
      .sql`select sum(requests)::int as requests, sum(samples)::int as samples
      from proxy_stats_minute where proxy_id = ${agent.proxyId}`
    expect(sum).toEqual({ requests: 90, samples: 4 })
  })

  test('nothing that is more than an hour old, or an hour ahead', async () => {
    const agent = await newAgent({ server, root })
    await agent.reportStats([
      told(minutesAgo(65), { requests: 1 }),
      told(minutesAgo(55), { requests: 2 }),
      told(minutesAgo(1), { requests: 3 }),
      told(minutesAgo(-65), { requests: 4 }),
    ])
    await stored(server, agent, 2)
  })

  test('what was told before a clock was set back gives way as the newest', async () => {
    const agent = await newAgent({ server, root })
    const newest = async () => {
      const { proxy } = await root.get('query ($id: ID!) { proxy(id: $id) { stats { requests } } }', {
        id: agent.proxyId,
      })
      return proxy.stats.requests
    }
    await agent.reportStats([told(minutesAgo(-10), { requests: 5 })])
    await stored(server, agent, 1)
    await agent.reportStats([told(minutesAgo(1), { requests: 6 })])
    await stored(server, agent, 2)
    expect(await newest()).toBe(6)
    await agent.reportStats([told(minutesAgo(2), { requests: 4 })])
    await stored(server, agent, 3)
    expect(await newest()).toBe(6)
  })

  test('an agent that starts anew goes on from what is stored', async () => {
    const agent = await newAgent({ server, root })
    await agent.reportStats([told(minutesAgo(4), { requests: 10 })])
    await stored(server, agent, 1)
    await agent.reportStats([told(minutesAgo(2), { requests: 25 })])
    await stored(server, agent, 2)
    const [row] = await server.database.sql`select requests, seconds from proxy_stats
      where proxy_id = ${agent.proxyId} order by at desc limit 1`
    expect(row).toEqual({ requests: '15', seconds: 120 })
  })

  test.each([
    [[told(minutesAgo(2), { requests: -1 })], 'samples.0.requests'],
    [[told(minutesAgo(2), {}), told(minutesAgo(3), {})], 'samples.1.at'],
    [[told(minutesAgo(2), { hostLoad: 1e300 })], 'samples.0.hostLoad'],
    [Array.from({ length: 121 }, (_, index) => told(minutesAgo(5, index), {})), 'samples'],
  ])('nonsense is refused by name: %#', async (samples, path) => {
    const agent = await newAgent({ server, root })
    const { errors } = await agent.client().send(reportStatsMutation, { input: { samples } })
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ path }] })
  })

  test('statistics that are refused leave the answer of sync beside them whole', async () => {
    const agent = await newAgent({ server, root })
    const { data, errors } = await agent.client().send(
      `mutation ($sync: SyncInput!, $stats: ReportStatsInput!) {
        sync(input: $sync) { upToDate } reportStats(input: $stats) { serverTime } }`,
      {
        sync: { hostname: agent.hostname, agentVersion: 'test' },
        stats: { samples: [told(minutesAgo(2), { requests: -1 })] },
      },
    )
    expect(data).toEqual({ sync: { upToDate: true }, reportStats: null })
    expect(errors).toHaveLength(1)
  })

  test('a report beside an unchanged sync costs no statement but its share of a batch', async () => {
    const agent = await newAgent({ server, root })
    await agent.sync(null)
    const previous = told(minutesAgo(2), { requests: 1 })
    const document = `${syncMutation.replace('($input', '($stats: ReportStatsInput!, $input').replace(/}\s*$/, '')}
      reportStats(input: $stats) { isFull } }`
    const input = { hostname: agent.hostname, hash: null, atsVersion: '9.2.9', agentVersion: 'test' }
    const send = (seconds: number) =>
      agent
        .client()
        .get(document, { input, stats: { previous, samples: [told(minutesAgo(1, seconds), {})] } })
    const http = await send(1) // proves the token, and opens connections
    expect(http.reportStats.isFull).toBe(false)
    await stored(server, agent, 1)
    const client = agent.client()
    await client.get(document, { input, stats: { previous, samples: [] } })
    server.database.forgetStatements()
    for (let seconds = 2; seconds < 12; seconds += 1) {
      await client.get(document, { input, stats: { previous, samples: [told(minutesAgo(1, seconds), {})] } })
    }
    await stored(server, agent, 11)
    const own = server.database.statements.filter((text) => !isBackground(text) && !text.includes('count(*)'))
    expect(own).toEqual([])
  })
})
