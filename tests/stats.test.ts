/** Statistics from an agent's word to charts: on the real server and PostgreSQL, agents without an ATS. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countsOf, gaugesOf, statsCounters } from '../server/core/stats.ts'
import { observeStats, type StoredSample } from '../server/database/observe-stats.ts'
import { dropOldStats, rollUpStats } from '../server/stats/keep.ts'
import { systemOperation } from '../server/upkeep.ts'
import { reportStatsMutation, syncMutation, type TestAgent } from './support/agents.ts'
import { approvedConfig, newAgent, newApiToken } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { isBackground } from './support/statements.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const operation = () => systemOperation({ db: server.database.db, clock: server.now }, 'test')
const rollUp = () => rollUpStats(operation())
const minutesAgo = (minutes: number, seconds = 0) =>
  new Date(Math.floor(Date.now() / 60_000) * 60_000 - minutes * 60_000 + seconds * 1_000)
const startedAt = new Date(Date.now() - 86_400_000).toISOString()
const told = (at: Date, numbers: Record<string, unknown>) => ({
  at: at.toISOString(),
  atsStartedAt: startedAt,
  ...numbers,
})

const storedCount = async (proxyId: string): Promise<number> => {
  const [row] = await server.database
    .sql`select count(*)::int as n from proxy_stats where proxy_id = ${proxyId}`
  return row?.n ?? 0
}
const isStored = async (agent: TestAgent) => (await storedCount(agent.proxyId)) === 2
const stored = (agent: TestAgent, count: number) =>
  untilTrue(async () => (await storedCount(agent.proxyId)) === count)

/** 30 s apart in each of five minutes, the counts rising evenly. */
const evenly = (firstMinute: number, perSample: number) =>
  Array.from({ length: 11 }, (_, index) =>
    told(minutesAgo(firstMinute, index * 30), {
      requests: 1_000 + index * perSample,
      currentClientConnections: 4,
    }),
  )

async function historyOf(agent: TestAgent, args: string, fields: string): Promise<Data> {
  const { proxy } = await root.get(
    `query ($id: ID!) { proxy(id: $id) { statsHistory(${args}) { ${fields} } } }`,
    {
      id: agent.proxyId,
    },
  )
  return proxy.statsHistory
}

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
    await stored(agent, 3)
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

describe('a list of proxies', () => {
  const newest = (agent: TestAgent, seconds: number, requests: number, connections: number) => {
    const at = new Date(Date.now() - seconds * 1_000)
    const before = new Date(at.getTime() - 30_000)
    return agent.reportStats([
      told(before, { requests: 0 }),
      told(at, { requests, currentClientConnections: connections }),
    ])
  }
  const listed = async (args: string): Promise<string[]> => {
    const { proxies } = await root.get(`{ proxies(${args}) { edges { node { id } } } }`)
    return proxies.edges.map(({ node }: Data) => node.id)
  }

  test('is sorted by live numbers page by page; what is old or was never told comes last', async () => {
    const [busy, idle, old, silent] = [
      await newAgent({ server, root }),
      await newAgent({ server, root }),
      await newAgent({ server, root }),
      await newAgent({ server, root }),
    ]
    await newest(busy, 5, 100, 9)
    await newest(idle, 5, 0, 20)
    await newest(old, 400, 5_000, 5_000)
    await untilTrue(async () => (await Promise.all([busy, idle, old].map(isStored))).every(Boolean))
    const ids = [busy, idle, old, silent].map(({ proxyId }) => proxyId)
    const only = `ids: ${JSON.stringify(ids)}`
    const [first, second, ...rest] = await listed(`${only}, sort: REQUESTS, descending: true`)
    expect([first, second]).toEqual([busy.proxyId, idle.proxyId])
    expect(rest.sort()).toEqual([old.proxyId, silent.proxyId].sort())
    expect((await listed(`${only}, sort: CONNECTIONS, descending: true`)).slice(0, 2)).toEqual([
      idle.proxyId,
      busy.proxyId,
    ])
    const page = `query ($after: String) { proxies(${only}, sort: REQUESTS, descending: true, first: 1, after: $after) {
      edges { node { id } } pageInfo { endCursor } } }`
    const walked: string[] = []
    let after: string | null = null
    for (let turn = 0; turn < 4; turn += 1) {
      const { proxies }: Data = await root.get(page, { after })
      walked.push(proxies.edges[0].node.id)
      after = proxies.pageInfo.endCursor
    }
    expect(walked).toEqual([
      first,
      second,
      ...(await listed(`${only}, sort: REQUESTS, descending: true`)).slice(2),
    ])
  })

  test('by more ids than a page has is refused, and ids that are none are nobody’s', async () => {
    const many = JSON.stringify(Array.from({ length: 101 }, () => randomUUID()))
    const [error] = (await root.send(`{ proxies(ids: ${many}) { totalCount } }`)).errors ?? []
    expect(error?.extensions.problems).toMatchObject([{ path: 'ids', code: 'TOO_MANY' }])
    expect(await listed('ids: ["nobody"]')).toEqual([])
    expect(await listed('ids: []')).toEqual([])
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
    await stored(agent, 3)
    await rollUp()
    await agent.reportStats([c], b)
    await agent.reportStats([told(minutesAgo(5), { requests: 1_090 })], c)
    await stored(agent, 4)
    await rollUp()
    const [sum] = await server.database
      .sql`select sum(requests)::int as requests, sum(samples)::int as samples
      from proxy_stats_minute where proxy_id = ${agent.proxyId}`
    expect(sum).toEqual({ requests: 90, samples: 4 })
  })

  test('nothing of the future, nothing that is more than an hour old', async () => {
    const agent = await newAgent({ server, root })
    await agent.reportStats([
      told(minutesAgo(65), { requests: 1 }),
      told(minutesAgo(55), { requests: 2 }),
      told(minutesAgo(1), { requests: 3 }),
      told(minutesAgo(-3), { requests: 4 }),
    ])
    await stored(agent, 2)
  })

  test('an agent that starts anew goes on from what is stored', async () => {
    const agent = await newAgent({ server, root })
    await agent.reportStats([told(minutesAgo(4), { requests: 10 })])
    await stored(agent, 1)
    await agent.reportStats([told(minutesAgo(2), { requests: 25 })])
    await stored(agent, 2)
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
    await stored(agent, 1)
    const client = agent.client()
    await client.get(document, { input, stats: { previous, samples: [] } })
    server.database.forgetStatements()
    for (let seconds = 2; seconds < 12; seconds += 1) {
      await client.get(document, { input, stats: { previous, samples: [told(minutesAgo(1, seconds), {})] } })
    }
    await stored(agent, 11)
    const own = server.database.statements.filter((text) => !isBackground(text) && !text.includes('count(*)'))
    expect(own).toEqual([])
  })
})

describe('sums', () => {
  /** Any amounts at any times of the last 100 minutes, as they come out of a queue. */
  function anySamples(proxyIds: readonly string[], count: number): readonly StoredSample[] {
    return Array.from({ length: count }, (_, index) => {
      const at = new Date(Date.now() - Math.floor(Math.random() * 6_000_000))
      const own = { proxyId: proxyIds[index % proxyIds.length] ?? '', at }
      const amounts = countsOf(() => (Math.random() < 0.1 ? null : Math.floor(Math.random() * 1e10)))
      return {
        added: {
          ...own,
          seconds: Math.random() * 60,
          restarts: index % 7 ? 0 : 1,
          ...gaugesOf(() => 5),
          ...amounts,
        },
        newest: { ...own, countersContinue: false, ...gaugesOf(() => 5), ...amounts },
      }
    })
  }

  test('of minutes, hours and days are those of the samples, while writers and roll-ups run at once', async () => {
    const proxyIds = Array.from({ length: 5 }, () => randomUUID())
    const { sql } = server.database
    const write = async () => {
      for (let turn = 0; turn < 5; turn += 1) await observeStats(sql, anySamples(proxyIds, 200))
    }
    const roll = async () => {
      for (let turn = 0; turn < 10; turn += 1) await rollUp()
    }
    await Promise.all([write(), roll(), write(), roll(), write()])
    await rollUp()
    const columns = statsCounters.map((counter) =>
      counter.replace(/[A-Z]|(?<=s)(?=\dxx)/g, (c) => `_${c.toLowerCase()}`),
    )
    const sumsOf = async (table: string, samples: string) => {
      const [row] = await sql`select ${sql.unsafe(samples)}::int as samples, sum(restarts)::int as restarts,
        round(sum(seconds)::numeric, 3)::text as seconds, ${sql.unsafe(columns.map((name) => `sum(${name})::text as ${name}`).join(', '))}
        from ${sql(table)} where proxy_id in ${sql(proxyIds)}`
      return row
    }
    const samples = await sumsOf('proxy_stats', 'count(*)')
    expect(samples?.samples).toBe(3_000)
    for (const table of ['proxy_stats_minute', 'proxy_stats_hour', 'proxy_stats_day']) {
      expect(await sumsOf(table, 'sum(samples)')).toEqual(samples)
    }
  }, 60_000)

  test('gauges become means, weighted by their samples, and a peak', async () => {
    const agent = await newAgent({ server, root })
    const at = (seconds: number, connections: number) =>
      told(minutesAgo(10, seconds), { currentClientConnections: connections })
    await agent.reportStats([at(0, 2), at(10, 4)])
    await stored(agent, 2)
    await rollUp()
    await agent.reportStats([at(20, 9)])
    await stored(agent, 3)
    await rollUp()
    const [row] = await server.database
      .sql`select current_client_connections as mean, current_client_connections_peak as peak
      from proxy_stats_minute where proxy_id = ${agent.proxyId}`
    expect(row).toEqual({ mean: 5, peak: 9 })
  })

  test('what is old goes in whole parts, by the settings', async () => {
    const partsOf = async (table: string): Promise<readonly string[]> => {
      const rows = await server.database
        .sql`select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = ${table}::regclass order by 1`
      return rows.map(({ relname }) => relname)
    }
    const { sql } = server.database
    await observeStats(sql, anySamples([randomUUID()], 50))
    const hours = await partsOf('proxy_stats_hour')
    await sql`select apm_make_stats_parts(now() - interval '10 days', now() - interval '9 days')`
    await sql`select apm_make_stats_parts(now() - interval '400 days', now() - interval '399 days')`
    const before = await partsOf('proxy_stats_minute')
    await dropOldStats(operation())
    const after = await partsOf('proxy_stats_minute')
    expect(before.length).toBeGreaterThan(after.length)
    expect(after.length).toBeGreaterThan(0)
    for (const left of hours) expect(await partsOf('proxy_stats_hour')).toContain(left)
    const kept = 24 * 3_600_000 + 6 * 3_600_000
    for (const name of after) {
      const [day, hour] = name.split('_').slice(-2) as [string, string]
      const begins = Date.UTC(+day.slice(0, 4), +day.slice(4, 6) - 1, +day.slice(6), +hour)
      expect(Date.now() - begins).toBeLessThan(kept)
    }
    await observeStats(sql, anySamples([randomUUID()], 50)) // is stored as before
  })

  test('how long they are kept is a setting, with bounds', async () => {
    const mutation =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { statsMinuteHours statsHourDays } } }'
    const { updateSettings } = await root.get(mutation, { input: { statsMinuteHours: 48 } })
    expect(updateSettings.settings).toEqual({ statsMinuteHours: 48, statsHourDays: 90 })
    const { errors } = await root.send(mutation, { input: { statsSampleHours: 1, statsDayDays: 4_000 } })
    expect(errors[0]?.extensions.problems).toEqual([
      { path: 'statsSampleHours', code: 'OUT_OF_RANGE', message: 'From 2 to 48 hours.' },
      { path: 'statsDayDays', code: 'OUT_OF_RANGE', message: 'From 30 to 3650 days.' },
    ])
    await root.get(mutation, { input: { statsMinuteHours: 24 } })
  })
})

describe('over time', () => {
  test('a proxy’s counters are rates, and what nobody told is null', async () => {
    const agent = await newAgent({ server, root })
    await agent.reportStats(evenly(10, 45))
    await stored(agent, 11)
    await rollUp()
    const since = minutesAgo(12).toISOString()
    const until = minutesAgo(3).toISOString()
    const points = await historyOf(
      agent,
      `since: "${since}", until: "${until}", step: 60`,
      'at requestsPerSecond currentClientConnections connectRequestsPerSecond restarts',
    )
    expect(points.map(({ at }: Data) => at)).toEqual(
      Array.from({ length: 9 }, (_, index) => minutesAgo(12 - index).toISOString()),
    )
    expect(points.map(({ requestsPerSecond }: Data) => requestsPerSecond)).toEqual([
      null,
      null,
      1.5,
      1.5,
      1.5,
      1.5,
      1.5,
      1.5,
      null,
    ])
    expect(points[3]).toMatchObject({
      currentClientConnections: 4,
      connectRequestsPerSecond: null,
      restarts: 0,
    })
    const hours = await historyOf(
      agent,
      `since: "${minutesAgo(60).toISOString()}", step: 3600`,
      'requestsPerSecond',
    )
    expect(hours.some((point: Data) => point.requestsPerSecond === 1.5)).toBe(true)
  })

  test('histories of many proxies with the same range are one statement', async () => {
    server.database.forgetStatements()
    const args = `since: "${minutesAgo(60).toISOString()}", step: 300`
    const { proxies } = await root.get(
      `{ proxies(first: 10) { edges { node { statsHistory(${args}) { requestsPerSecond } } } } }`,
    )
    expect(proxies.edges.length).toBe(10)
    const asked = server.database.statements.filter((text) => /from "proxy_stats_minute"/.test(text))
    expect(asked).toHaveLength(1)
  })

  test.each([
    ['step: 90', 'step', 'multiple of 60'],
    ['step: 60', 'step', '10081 points are asked for, at most 1500'],
    ['step: 0', 'step', 'multiple of 60'],
    ['until: "2020-01-01T00:00:00Z"', 'since', 'earlier than until'],
  ])('%s: refused with the reason', async (args, path, words) => {
    const since = minutesAgo(7 * 24 * 60).toISOString()
    const { errors } = await root.send(`{ fleetStats(since: "${since}", ${args}) { at } }`)
    expect(errors[0]?.extensions.problems?.[0]).toMatchObject({ path })
    expect(errors[0]?.message).toContain(words)
  })

  test('without a step there are at most 400 points, whole ones', async () => {
    for (const minutes of [30, 24 * 60, 7 * 24 * 60, 89 * 24 * 60, 700 * 24 * 60]) {
      const { fleetStats } = await root.get(
        `{ fleetStats(since: "${minutesAgo(minutes).toISOString()}") { at } }`,
      )
      expect(fleetStats.length).toBeGreaterThan(20)
      expect(fleetStats.length).toBeLessThanOrEqual(402)
    }
  })

  test('the fleet is the sum of its proxies, and so is a config', async () => {
    const other = await startServer() // a fleet of its own
    try {
      const person = await other.user('root')
      const agents: TestAgent[] = []
      for (let count = 0; count < 3; count += 1) agents.push(await newAgent({ server: other, root: person }))
      for (const agent of agents) await agent.sync(null)
      const config = await approvedConfig(person, agents.slice(0, 2))
      await Promise.all(agents.map((agent, index) => agent.reportStats(evenly(20, 30 * (index + 1)))))
      await untilTrue(async () => {
        const [row] = await other.database.sql`select count(*)::int as n from proxy_stats`
        return row?.n === 33
      })
      await rollUpStats(systemOperation({ db: other.database.db, clock: other.now }, 'test'))
      const range = `since: "${minutesAgo(18).toISOString()}", until: "${minutesAgo(17).toISOString()}", step: 60`
      const asked = (more: string) =>
        person.get(
          `{ fleetStats(${range}${more}) { proxies requestsPerSecond currentClientConnections restarts } }`,
        )
      const point = { restarts: 0, currentClientConnections: 12, proxies: 3, requestsPerSecond: 6 }
      expect((await asked('')).fleetStats).toEqual([point])
      expect((await asked(`, configId: "${config.id}"`)).fleetStats).toEqual([
        { ...point, proxies: 2, requestsPerSecond: 3, currentClientConnections: 8 },
      ])
      const { errors } = await person.send(`{ fleetStats(${range}, configId: "${randomUUID()}") { at } }`)
      expect(errors[0]?.extensions.code).toBe('NOT_FOUND')
      const hour = await person.get(
        `{ fleetStats(since: "${minutesAgo(60).toISOString()}", step: 3600) { requestsPerSecond } }`,
      )
      expect(hour.fleetStats.some((each: Data) => each.requestsPerSecond === 6)).toBe(true)
    } finally {
      await other.close()
    }
  })
})

describe('for Prometheus', () => {
  const ask = (token: string | null) =>
    fetch(`${server.url}/metrics`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })

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
      return Number(/^apm_fleet_requests_total (\d+)$/m.exec(text)?.[1])
    }
    await rollUp()
    const before = await read()
    await agent.reportStats(evenly(10, 7))
    await stored(agent, 11)
    await rollUp()
    expect(await read()).toBe(before + 70)
  })
})
