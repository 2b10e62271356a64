/** Statistics over time: samples become minutes, hours and days, are read as points, and go when they are old. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countsOf, gaugesOf, statsCounters } from '../server/core/stats.ts'
import { observeStats, type StoredSample } from '../server/database/observe-stats.ts'
import { dropOldStats } from '../server/stats/keep.ts'
import type { TestAgent } from './support/agents.ts'
import { approvedConfig, newAgent } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { evenly, minutesAgo, operationOf, rollUp, stored, told } from './support/stats.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

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
      for (let turn = 0; turn < 10; turn += 1) await rollUp(server)
    }
    await Promise.all([write(), roll(), write(), roll(), write()])
    await rollUp(server)
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
    await stored(server, agent, 2)
    await rollUp(server)
    await agent.reportStats([at(20, 9)])
    await stored(server, agent, 3)
    await rollUp(server)
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
    await dropOldStats(operationOf(server))
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

async function historyOf(agent: TestAgent, args: string, fields: string): Promise<Data> {
  const { proxy } = await root.get(
    `query ($id: ID!) { proxy(id: $id) { statsHistory(${args}) { ${fields} } } }`,
    {
      id: agent.proxyId,
    },
  )
  return proxy.statsHistory
}

describe('over time', () => {
  test('a proxy’s counters are rates, and what nobody told is null', async () => {
    const agent = await newAgent({ server, root })
    await agent.reportStats(evenly(10, 45))
    await stored(server, agent, 11)
    await rollUp(server)
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
    for (let count = 0; count < 10; count += 1) await newAgent({ server, root })
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
      await rollUp(other)
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
