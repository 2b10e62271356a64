/** The fleet by its live numbers: sorted and narrowed by them on the server, and followed by whoever looks. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { syncMutation, type TestAgent } from './support/agents.ts'
import { newAgent } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket, type Stream } from './support/sockets.ts'
import { isBackground } from './support/statements.ts'
import { evenly, minutesAgo, rollUp, stored, told } from './support/stats.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
const agents = new Map<string, TestAgent>()
const idOf = (name: string) => agents.get(name)?.proxyId ?? ''
/** Two looks, half a minute apart: the second is the newest. */
const tell = (agent: TestAgent, secondsAgo: number, numbers: Record<string, number>) => {
  const at = new Date(Date.now() - secondsAgo * 1_000)
  const before = new Date(at.getTime() - 30_000)
  const none = { requests: 0, responses5xx: 0, ramCacheHits: 0, ramCacheMisses: 0 }
  return agent.reportStats([told(before, none), told(at, { ...none, ...numbers })])
}

beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  const numbers: Readonly<Record<string, readonly [secondsAgo: number, numbers: Record<string, number>]>> = {
    busy: [
      5,
      { requests: 3_000, responses5xx: 3, ramCacheHits: 1, ramCacheMisses: 9, currentClientConnections: 9 },
    ],
    ill: [
      5,
      { requests: 300, responses5xx: 150, ramCacheHits: 9, ramCacheMisses: 1, currentClientConnections: 4 },
    ],
    idle: [5, { currentClientConnections: 20 }],
    old: [400, { requests: 90_000, responses5xx: 90_000, ramCacheHits: 1, currentClientConnections: 5_000 }],
  }
  for (const name of ['busy', 'ill', 'idle', 'old', 'silent'])
    agents.set(name, await newAgent({ server, root }))
  for (const [name, [secondsAgo, counted]] of Object.entries(numbers)) {
    const agent = agents.get(name) as TestAgent
    await tell(agent, secondsAgo, counted)
    await stored(server, agent, 2)
  }
})
afterAll(() => server.close())

const nameOf = (id: string) => [...agents].find(([, { proxyId }]) => proxyId === id)?.[0] ?? id
const among = () => `ids: ${JSON.stringify([...agents.values()].map(({ proxyId }) => proxyId))}`
async function listed(args: string): Promise<readonly string[]> {
  const { proxies } = await root.get(`{ proxies(${among()}, ${args}) { totalCount edges { node { id } } } }`)
  expect(proxies.totalCount).toBe(proxies.edges.length)
  return proxies.edges.map(({ node }: Data) => nameOf(node.id))
}

describe('an order by live numbers', () => {
  /** Both ways; what is old, or was never told, comes last in either. */
  const orders = [
    ['REQUESTS', ['busy', 'ill', 'idle']],
    ['CONNECTIONS', ['idle', 'busy', 'ill']],
    ['ERROR_RATE', ['ill', 'busy']],
    ['RAM_CACHE_HIT_RATIO', ['ill', 'busy']],
  ] as const

  test.each(orders)('%s, and the other way round', async (sort, known) => {
    const down = await listed(`sort: ${sort}, descending: true`)
    const up = await listed(`sort: ${sort}`)
    expect(down.slice(0, known.length)).toEqual(known)
    expect(up.slice(0, known.length)).toEqual([...known].reverse())
    expect(up.slice(known.length)).toEqual(down.slice(known.length))
    expect(down).toHaveLength(agents.size)
  })

  test.each(orders)('%s: pages follow each other without a gap, also while numbers move', async (sort) => {
    const whole = await listed(`sort: ${sort}, descending: true`)
    const page = `query ($after: String) { proxies(${among()}, sort: ${sort}, descending: true, first: 1, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } }`
    const walked: string[] = []
    let after: string | null = null
    do {
      const { proxies }: Data = await root.get(page, { after })
      walked.push(nameOf(proxies.edges[0].node.id))
      after = proxies.pageInfo.hasNextPage ? proxies.pageInfo.endCursor : null
    } while (after !== null)
    expect(walked).toEqual(whole)
  })
})

describe('a filter by live numbers', () => {
  test.each([
    ['errorRate: { min: 0.01 }', ['ill']],
    ['errorRate: { max: 0.01 }', ['busy']],
    ['requestsPerSecond: { min: 10, max: 10 }', ['ill']],
    ['connections: { min: 5 }', ['busy', 'idle']],
    ['connections: { min: 5 }, requestsPerSecond: { max: 1 }', ['idle']],
    ['ramCacheHitRatio: { max: 0.5 }', ['busy']],
    ['ramCacheHitRatio: { min: 0 }', ['busy', 'ill']],
    ['connections: {}', ['busy', 'idle', 'ill', 'old', 'silent']],
  ])('%s', async (live, expected) => {
    expect([...(await listed(`live: { ${live} }`))].sort()).toEqual(expected)
  })

  test('counts and ids are those of the list', async () => {
    const live = 'live: { errorRate: { min: 0.01 } }'
    const { proxyCounts, proxyIds } = await root.get(`{ proxyCounts(${live}) { count } proxyIds(${live}) }`)
    expect(proxyCounts.reduce((sum: number, { count }: Data) => sum + count, 0)).toBe(1)
    expect(proxyIds).toEqual([idOf('ill')])
  })

  test.each([
    ['errorRate: { min: -1 }', 'live.errorRate.min', 'OUT_OF_RANGE'],
    ['connections: { min: 5, max: 4 }', 'live.connections.max', 'OUT_OF_ORDER'],
  ])('%s is refused by name', async (live, path, code) => {
    const { errors } = await root.send(`{ proxies(live: { ${live} }) { totalCount } }`)
    expect(errors[0]?.extensions.problems).toMatchObject([{ path, code }])
  })

  test('costs one statement for a page with its numbers’ order, and one for the numbers', async () => {
    const query = `{ proxies(first: 100, live: { connections: { min: 1 } }, sort: ERROR_RATE) {
      edges { node { id hostname stats { at errorRate } } } } }`
    server.database.forgetStatements()
    await root.get(query)
    const own = server.database.statements.filter((text) =>
      /proxy_stats_newest|v_proxies_with_stats/.test(text),
    )
    expect(own).toHaveLength(2)
  })
})

test('more ids than a page has are refused, and ids that are none are nobody’s', async () => {
  const many = JSON.stringify(Array.from({ length: 101 }, () => randomUUID()))
  const { errors } = await root.send(`{ proxies(ids: ${many}) { totalCount } }`)
  expect(errors[0]?.extensions.problems).toMatchObject([{ path: 'ids', code: 'TOO_MANY' }])
  for (const ids of ['["nobody"]', '[]'])
    expect((await root.get(`{ proxies(ids: ${ids}) { totalCount } }`)).proxies.totalCount).toBe(0)
})

describe('who follows live numbers', () => {
  const document = `subscription ($ids: [ID!]) { fleetStatsChanged(proxyIds: $ids) {
    rolledUpTo proxies { proxyId stats { at requestsPerSecond errorRate currentClientConnections } } } }`
  const newsOf = ({ received }: Stream, id: string): readonly Data[] =>
    received.flatMap(({ fleetStatsChanged }) =>
      fleetStatsChanged.proxies.filter(({ proxyId }: Data) => proxyId === id),
    )

  test('is told what is known at once, then what is new, whichever replica has heard it', async () => {
    const other = await startServer({ database: server.database })
    const socket = openSocket(other, root.accessToken)
    const agent = await newAgent({ server, root })
    try {
      const stream = socket.subscribe(document, { ids: [agent.proxyId, idOf('busy'), 'nobody'] })
      await untilTrue(() => newsOf(stream, idOf('busy')).length === 1)
      expect(newsOf(stream, idOf('busy'))[0].stats).toMatchObject({
        requestsPerSecond: 100,
        errorRate: 0.001,
      })
      const first = told(new Date(Date.now() - 60_000), { requests: 0 })
      const second = told(new Date(Date.now() - 30_000), { requests: 60, currentClientConnections: 3 })
      await agent.reportStats([first])
      await untilTrue(() => newsOf(stream, agent.proxyId).length === 1)
      await agent.reportStats([second], first)
      await untilTrue(() => newsOf(stream, agent.proxyId).length === 2)
      expect(newsOf(stream, agent.proxyId)[1].stats).toMatchObject({
        at: second.at,
        requestsPerSecond: 2,
        currentClientConnections: 3,
      })
      expect(newsOf(stream, idOf('busy'))).toHaveLength(1)
    } finally {
      await socket.close()
      await other.close()
    }
  })

  test('hears of each roll-up, also without a proxy in sight', async () => {
    const socket = openSocket(server, root.accessToken)
    const stream = socket.subscribe(document, { ids: null })
    await untilTrue(() => stream.received.length === 1)
    const before = stream.received[0].fleetStatsChanged
    expect(before.proxies).toEqual([])
    await rollUp(server)
    await untilTrue(() => stream.received.length === 2)
    expect(Date.parse(stream.received[1].fleetStatsChanged.rolledUpTo)).toBeGreaterThan(
      Date.parse(before.rolledUpTo),
    )
    await socket.close()
  })

  test('costs one statement a look however many follow, none when nobody does, and an agent’s sync nothing', async () => {
    const looks = () => server.database.statements.filter((text) => text.includes('unnest')).length
    const socket = openSocket(server, root.accessToken)
    const agent = await newAgent({ server, root })
    await agent.sync(null)
    const streams = [...agents.values()].map(({ proxyId }) => socket.subscribe(document, { ids: [proxyId] }))
    await untilTrue(() => streams.every(({ received }) => received.length > 0))
    server.database.forgetStatements()
    const client = agent.client()
    const input = { hostname: agent.hostname, hash: null, atsVersion: '9.2.9', agentVersion: 'test' }
    await client.get(syncMutation, { input }) // proves the token
    const began = Date.now()
    server.database.forgetStatements()
    await untilTrue(async () => {
      await client.get(syncMutation, { input })
      return looks() >= 3
    })
    expect(looks()).toBeLessThanOrEqual(2 + (Date.now() - began) / 1_000)
    const own = server.database.statements.filter((text) => !isBackground(text) && !text.includes('unnest'))
    expect(own).toEqual([])

    await socket.close()
    await untilTrue(async () => {
      server.database.forgetStatements()
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      return looks() === 0
    })
  })

  test('names those in sight: more than 200 are refused', async () => {
    const socket = openSocket(server, root.accessToken)
    const stream = socket.subscribe(document, { ids: Array.from({ length: 201 }, () => randomUUID()) })
    await untilTrue(() => stream.errors.length > 0)
    expect(stream.errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ path: 'proxyIds', code: 'TOO_MANY' }],
    })
    await socket.close()
  })

  test('an agent that catches up is told of by its newest sample', async () => {
    const agent = await newAgent({ server, root })
    const socket = openSocket(server, root.accessToken)
    const stream = socket.subscribe(document, { ids: [agent.proxyId] })
    await agent.reportStats(evenly(8, 30))
    await untilTrue(() => newsOf(stream, agent.proxyId).length > 0)
    const last = minutesAgo(8, 300).toISOString()
    expect(newsOf(stream, agent.proxyId).at(-1).stats).toMatchObject({ at: last, requestsPerSecond: 1 })
    await socket.close()
  })
})
