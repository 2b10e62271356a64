/** Statistics over time as the API answers them: of a proxy, of many, of a config and of the fleet. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestAgent } from './support/agents.ts'
import { approvedConfig, newAgent } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { evenly, minutesAgo, rollUp, stored } from './support/stats.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

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

  test('the fleet is the sum of its proxies, its hosts’ mean and the worst of them, and so is a config', async () => {
    const other = await startServer() // a fleet of its own
    try {
      const person = await other.user('root')
      const agents: TestAgent[] = []
      for (let count = 0; count < 3; count += 1) agents.push(await newAgent({ server: other, root: person }))
      for (const agent of agents) await agent.sync(null)
      const config = await approvedConfig(person, agents.slice(0, 2))
      /** The third tells nothing of its memory. */
      const hosts = [
        { hostLoad: 0.25, hostMemoryTotalBytes: 8_000, hostMemoryAvailableBytes: 6_000 },
        { hostLoad: 0.5, hostMemoryTotalBytes: 4_000, hostMemoryAvailableBytes: 1_000 },
        { hostLoad: 1.5, hostMemoryTotalBytes: 64_000 },
      ]
      await Promise.all(
        agents.map((agent, index) =>
          agent.reportStats(evenly(20, 30 * (index + 1)).map((look) => ({ ...look, ...hosts[index] }))),
        ),
      )
      await untilTrue(async () => {
        const [row] = await other.database.sql`select count(*)::int as n from proxy_stats`
        return row?.n === 33
      })
      await rollUp(other)
      const range = `since: "${minutesAgo(18).toISOString()}", until: "${minutesAgo(17).toISOString()}", step: 60`
      const asked = (more: string) =>
        person.get(
          `{ fleetStats(${range}${more}) { proxies requestsPerSecond currentClientConnections restarts
            hostLoad hostLoadPeak hostMemoryTotalBytes hostMemoryAvailableBytes hostMemoryUsedPeak } }`,
        )
      const memory = {
        hostMemoryTotalBytes: 12_000,
        hostMemoryAvailableBytes: 7_000,
        hostMemoryUsedPeak: 0.75,
      }
      const point = {
        restarts: 0,
        currentClientConnections: 12,
        proxies: 3,
        requestsPerSecond: 6,
        hostLoad: 0.75,
        hostLoadPeak: 1.5,
        ...memory,
      }
      expect((await asked('')).fleetStats).toEqual([point])
      expect((await asked(`, configId: "${config.id}"`)).fleetStats).toEqual([
        {
          ...point,
          proxies: 2,
          requestsPerSecond: 3,
          currentClientConnections: 8,
          hostLoad: 0.375,
          hostLoadPeak: 0.5,
        },
      ])
      const { errors } = await person.send(`{ fleetStats(${range}, configId: "${randomUUID()}") { at } }`)
      expect(errors[0]?.extensions.code).toBe('NOT_FOUND')
      const hour = await person.get(
        `{ fleetStats(since: "${minutesAgo(60).toISOString()}", step: 3600) {
          requestsPerSecond hostLoad hostLoadPeak hostMemoryTotalBytes hostMemoryAvailableBytes hostMemoryUsedPeak } }`,
      )
      expect(hour.fleetStats).toContainEqual({
        requestsPerSecond: 6,
        hostLoad: 0.75,
        hostLoadPeak: 1.5,
        ...memory,
      })
    } finally {
      await other.close()
    }
  })
})
