/** What the hot path and the list pages cost in SQL, and that replicas share nothing but the database. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WriteTransaction } from '../server/database/connect.ts'
import { systemOperation } from '../server/upkeep.ts'
import { foundOnDisk, syncMutation, type TestAgent } from './support/agents.ts'
import {
  approve,
  approvedConfig,
  changeConfig,
  newAgent,
  newConfig,
  submittedConfig,
} from './support/calls.ts'
import { type ApiClient, type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { isBackground } from './support/statements.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  server.database.forgetStatements()
  await work()
  return server.database.statements.filter((statement) => !isBackground(statement))
}

async function runningAgent(): Promise<{ agent: TestAgent; hash: string }> {
  const agent = await newAgent({ server, root })
  await agent.sync(null)
  await approvedConfig(root, [agent])
  await untilTrue(async () => (await agent.sync(null)).upToDate === false)
  const { hash, sequence } = await agent.sync(null)
  await agent.acknowledge({ hash, sequence, outcome: 'APPLIED', message: 'loaded' })
  await untilTrue(async () => (await agent.sync(hash)).upToDate)
  return { agent, hash }
}

describe('an unchanged sync', () => {
  test('costs no SQL of its own, over HTTP or a socket', async () => {
    const { agent, hash } = await runningAgent()
    const socket = openSocket(server, agent.token())
    const input = { hostname: agent.hostname, hash, atsVersion: '9.2.9', agentVersion: 'test' }
    await socket.send(syncMutation, { input })
    const http = agent.client()
    await http.get(syncMutation, { input })
    const statements = await statementsOf(async () => {
      for (let time = 0; time < 10; time += 1) {
        expect((await http.get(syncMutation, { input })).sync.upToDate).toBe(true)
        expect((await socket.send(syncMutation, { input })).data.sync.upToDate).toBe(true)
      }
    })
    await socket.close()
    expect(statements).toEqual([])
  })

  test('of an agent that says more than is kept costs none either', async () => {
    const agent = await newAgent({ server, root })
    const http = agent.client()
    const input = {
      hostname: agent.hostname,
      atsVersion: `9.2.9 ${'a'.repeat(300)}`,
      agentVersion: 'b'.repeat(300),
    }
    await http.get(syncMutation, { input })
    await http.get(syncMutation, { input })
    expect(await statementsOf(() => http.get(syncMutation, { input }))).toEqual([])
    const [kept] = await server.database.sql`select length(ats_version) as ats, length(agent_version) as agent
      from proxies where id = ${agent.proxyId}`
    expect(kept).toEqual({ ats: 100, agent: 100 })
  })

  test('heartbeats of a whole fleet are written together, and never go back in time', async () => {
    const agents: TestAgent[] = []
    for (let count = 0; count < 20; count += 1) agents.push(await newAgent({ server, root }))
    for (const agent of agents) await agent.sync(null)
    const [{ started }] = (await server.database.sql`select now() as started`) as unknown as [
      { started: string },
    ]
    server.database.forgetStatements()
    await Promise.all(agents.map((agent) => agent.sync(null)))
    const ids = agents.map((agent) => agent.proxyId)
    await untilTrue(async () => {
      const [row] = await server.database.sql`select count(*)::int as n from proxy_reports
        where proxy_id in ${server.database.sql(ids)} and last_seen_at >= ${started}`
      return row?.n === ids.length
    })
    const batches = server.database.statements.filter((text) => text.includes('set last_seen_at'))
    expect(batches.length).toBeGreaterThan(0)
    expect(batches.length).toBeLessThanOrEqual(3)
  })
})

test('an offer with long files is the same over a socket as over HTTP', async () => {
  const agents = [await newAgent({ server, root }), await newAgent({ server, root })]
  for (const agent of agents) await agent.sync(null)
  const rules = Array.from({ length: 200 }, (_, index) => ({
    kind: 'DOMAIN',
    value: `d${index}.long.example`,
    action: 'DIRECT',
  }))
  await approvedConfig(root, agents, { rules, routeTests: [] })
  for (const agent of agents) {
    await untilTrue(async () => (await agent.sync(null)).upToDate === false)
    const input = { hostname: agent.hostname, atsVersion: '9.2.9', agentVersion: 'test' }
    const { sync } = await agent.client().get(syncMutation, { input })
    const socket = openSocket(server, agent.token())
    const answer = await socket.send(syncMutation, { input })
    await socket.close()
    expect(sync.files.find(({ name }: Data) => name === 'parent.config').content.length).toBeGreaterThan(
      4_000,
    )
    expect(answer.data.sync).toEqual({ ...sync, serverTime: answer.data.sync.serverTime })
  }
})

describe('acknowledgements that come together', () => {
  test('share their commits, and each is stored and audited as its agent’s own', async () => {
    const agents: TestAgent[] = []
    for (let count = 0; count < 20; count += 1) agents.push(await newAgent({ server, root }))
    for (const agent of agents) await agent.sync(null)
    await approvedConfig(root, agents)
    const offers = new Map<TestAgent, Data>()
    await untilTrue(async () => {
      for (const agent of agents) offers.set(agent, await agent.sync(null))
      return [...offers.values()].every((offer) => offer.upToDate === false)
    })
    const statements = await statementsOf(() =>
      Promise.all(
        [...offers].map(([agent, { hash, sequence }]) =>
          agent.acknowledge({ hash, sequence, outcome: 'APPLIED', message: agent.hostname }),
        ),
      ),
    )
    const announced = statements.filter((text) => text.includes('pg_notify'))
    expect(announced.length).toBeLessThan(agents.length / 2)
    const { sql } = server.database
    const stored = await sql`select proxy_id, attempted_message from proxy_reports
      where proxy_id in ${sql(agents.map(({ proxyId }) => proxyId))}`
    const told = (rows: readonly Data[]) => new Map(rows.map((row) => [row.proxy_id, row.attempted_message]))
    expect(told(stored)).toEqual(new Map(agents.map(({ proxyId, hostname }) => [proxyId, hostname])))
    const entries = await sql`select actor_id, entity_id from audit_logs where action = 'proxy.acknowledge'
      and entity_id in ${sql(agents.map(({ proxyId }) => proxyId))}`
    expect(entries).toHaveLength(agents.length)
    expect(entries.every((entry) => entry.actor_id === entry.entity_id)).toBe(true)
  })

  test('are known at once without a read, to another replica with the next sync', async () => {
    const agent = await newAgent({ server, root })
    await agent.sync(null)
    await approvedConfig(root, [agent])
    await untilTrue(async () => (await agent.sync(null)).upToDate === false)
    const { hash, sequence } = await agent.sync(null)
    const other = await startServer({ database: server.database })
    const there = async () => {
      const input = { hostname: agent.hostname, hash, atsVersion: '9.2.9', agentVersion: 'test' }
      return other.client(agent.token()).get(syncMutation, { input })
    }
    const entries = async () =>
      (
        await server.database
          .sql`select action from audit_logs where entity_id = ${agent.proxyId} order by id`
      )
        .map(({ action }) => action)
        .filter((action) => action === 'proxy.report' || action === 'proxy.acknowledge')
    const before = await entries()
    const socket = openSocket(server, agent.token())
    const nudges = socket.subscribe('subscription { nudges { at } }')
    await untilTrue(() => nudges.received.length === 1)
    const statements = await statementsOf(async () => {
      await agent.acknowledge({ hash, sequence, outcome: 'APPLIED', message: 'loaded' })
      await agent.acknowledge({ hash, sequence, outcome: 'APPLIED', message: 'loaded' })
      expect((await agent.sync(hash)).upToDate).toBe(true)
    })
    expect(statements.filter((text) => text.includes('from "proxies"'))).toEqual([])
    expect(nudges.received).toHaveLength(1)
    expect((await there()).sync.upToDate).toBe(true)
    // Neither took the hash for news: both know what was acknowledged.
    expect(await entries()).toEqual([...before, 'proxy.acknowledge'])
    await socket.close()
    await other.close()
  })

  test('one that fails fails alone', async () => {
    const op = systemOperation({ db: server.database.db, clock: () => new Date() }, 'test')
    const entity = { kind: 'proxy', id: null, name: 'together' } as const
    const write = async (tx: WriteTransaction, rows: readonly string[]) => {
      await tx.execute(sql`select unnest(${`{${rows.join(',')}}`}::integer[])`)
    }
    const ended = await Promise.allSettled(
      ['1', '2', 'three', '4'].map((name) =>
        op.changeTogether(write, { row: name, audit: [{ action: 'proxy.report', entity, new: { name } }] }),
      ),
    )
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    const entries = await server.database.sql`select new_value->>'name' as name from audit_logs
      where entity_name = 'together' order by 1`
    expect(entries.map(({ name }) => name)).toEqual(['1', '2', '4'])
  })
})

describe('a list page costs the same for one row and for twenty', () => {
  beforeAll(async () => {
    for (let count = 0; count < 20; count += 1) {
      const agent = await newAgent({ server, root })
      await agent.sync(null)
      await approvedConfig(root, [agent])
      await untilTrue(async () => (await agent.sync(null)).upToDate === false)
      const { hash, sequence } = await agent.sync(null)
      await agent.acknowledge({ hash, sequence, outcome: 'APPLIED', message: '' })
      if (count % 2 === 0) continue
      const found = foundOnDisk(`# by hand, ${count}\n`)
      await agent.sync(found.hash)
      await agent.reportFiles(found)
    }
  }, 60_000)

  const page = 'edges { cursor node'
  const lists: readonly (readonly [string, string])[] = [
    [
      'configs',
      `configs(first: $first) { pageInfo { hasNextPage } ${page} { id name status
        rules { value } parentProxies { host } clientRules { range } failover { selection }
        problems { code } warnings { code } hasActiveVersion followingProxyCount
        activeVersion { number approvedBy { email } files { name } }
        createdBy { email } submittedBy { email } approvedBy { email } } } }`,
    ],
    [
      'proxies',
      `proxies(first: $first) { ${page} { id hostname status statusReason desiredHash runningHash
        attempted { outcome version { number } } config { name activeVersion { number } }
        version { number proxyCount config { name } } runningVersion { number config { name } }
        runningFiles { source files { name content } records { value } } } } }`,
    ],
    [
      'proxies in another order',
      `proxies(first: $first, sort: STATUS, descending: true, offset: 1) { ${page} { hostname status } } }`,
    ],
    [
      'audit entries',
      `auditEntries(first: $first) { ${page} { action actor { name } oldValue newValue } } }`,
    ],
    ['enrolment tokens', 'enrolmentTokens { id config { name } createdBy { email } }'],
  ]

  test.each(lists)('%s', async (_what, field) => {
    const isPaged = field.includes('$first')
    const query = `query ${isPaged ? '($first: Int!)' : ''} { ${field} }`
    const rows: number[] = []
    const cost = async (first: number) =>
      statementsOf(async () => {
        const [list] = Object.values(await root.get(query, isPaged ? { first } : {})) as [Data]
        rows.push((list.edges ?? list).length)
      })
    const one = await cost(1)
    const twenty = await cost(20)
    expect(rows[1]).toBeGreaterThanOrEqual(20)
    if (isPaged) expect(rows[0]).toBe(1)
    expect(one.length).toBeLessThanOrEqual(15)
    // Loads that meet in one tick share a statement; a cost per row would be nineteen more.
    expect(Math.abs(twenty.length - one.length)).toBeLessThanOrEqual(2)
  })

  test.each(['configs', 'proxies', 'auditEntries'])('%s are counted only when asked', async (name) => {
    const counted = async (fields: string) =>
      (await statementsOf(() => root.get(`{ ${name}(first: 1) { ${fields} } }`))).filter((text) =>
        text.includes('count('),
      )
    expect(await counted('edges { cursor }')).toEqual([])
    expect(await counted('totalCount edges { cursor }')).toHaveLength(1)
  })

  test('pages follow each other without a gap or a repetition', async () => {
    const read = async (query: string, by: ApiClient): Promise<string[]> => {
      const ids: string[] = []
      let after: string | null = null
      do {
        const { list }: Data = await by.get(query, { after })
        ids.push(...list.edges.map((edge: Data) => edge.node.id))
        after = list.pageInfo.hasNextPage ? list.pageInfo.endCursor : null
      } while (after !== null)
      return ids
    }
    for (const name of ['configs', 'proxies', 'auditEntries']) {
      const query = `query ($after: String) { list: ${name}(first: 7, after: $after) {
        edges { node { id } } pageInfo { hasNextPage endCursor } } }`
      const ids = await read(query, root)
      const { list } = await root.get(`{ list: ${name}(first: 1) { totalCount } }`)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toHaveLength(list.totalCount)
    }
  })
})

test('a fleet that comes back to a restarted server is read in one statement, its keys with it', async () => {
  const agents: TestAgent[] = []
  for (let count = 0; count < 20; count += 1) agents.push(await newAgent({ server, root }))
  for (const agent of agents) await agent.sync(null)
  const statements = await statementsOf(async () => {
    const restarted = await startServer({ database: server.database })
    for (const agent of agents) {
      const socket = openSocket(restarted, agent.token())
      const input = { hostname: agent.hostname, hash: null, atsVersion: '9.2.9', agentVersion: 'test' }
      expect((await socket.send(syncMutation, { input })).data.sync.upToDate).toBe(true)
      await socket.close()
    }
    await restarted.close()
  })
  const reads = statements.filter((text) => text.includes('from "proxies"'))
  expect(reads.length).toBeLessThanOrEqual(3) // who there are, what they should run, who has been silent too long
})

describe('two replicas on one database', () => {
  let other: TestServer
  beforeAll(async () => {
    other = await startServer({ database: server.database })
  })
  afterAll(() => other.close())

  test('a session of one is a session of the other, and ends on both at once', async () => {
    const user = await server.user('admin')
    const there = other.client(user.accessToken)
    expect((await there.get('{ me { id } }')).me.id).toBe(user.id)
    const socket = openSocket(other, user.accessToken)
    expect((await socket.send('{ me { id } }')).errors).toEqual([])
    await user.get('mutation { logout { ended } }')
    expect(await socket.closed).toBe(4401)
    expect((await there.send('{ me { id } }')).status).toBe(401)
  })

  test('an approval on one nudges the agent on the other, which then has the right offer in memory', async () => {
    const agent = await newAgent({ server, root })
    const socket = openSocket(other, agent.token())
    const sync = async (hash: string | null): Promise<Data> => {
      const input = { hostname: agent.hostname, hash, atsVersion: '9.2.9', agentVersion: 'test' }
      return (await socket.send(syncMutation, { input })).data.sync
    }
    expect((await sync(null)).upToDate).toBe(true)
    const nudges = socket.subscribe('subscription { nudges { at } }')
    await untilTrue(() => nudges.received.length === 1)

    const first = await approve(root, await submittedConfig(root, [agent]))
    await untilTrue(() => nudges.received.length === 2)
    const offer = await sync(null)
    expect(offer).toMatchObject({ upToDate: false, configId: first.id, version: 1 })

    const edited = await changeConfig(root, 'updateConfig', {
      id: first.id,
      revision: first.revision,
      defaultAction: 'DIRECT',
    })
    await approve(
      root,
      await changeConfig(root, 'submitConfig', { id: edited.id, revision: edited.revision }),
    )
    await untilTrue(() => nudges.received.length === 3)
    const next = await sync(offer.hash)
    expect(next).toMatchObject({ upToDate: false, version: 2 })
    expect(next.sequence).toBeGreaterThan(offer.sequence)
    await socket.close()
  })

  test('a proxy retired on one is unknown on the other', async () => {
    const agent = await newAgent({ server, root })
    const there = other.client(agent.token())
    const input = { hostname: agent.hostname, agentVersion: 'test' }
    const socket = openSocket(other, agent.token())
    expect((await there.get(syncMutation, { input })).sync.upToDate).toBe(true)
    await root.get('mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }', {
      input: { id: agent.proxyId },
    })
    expect(await socket.closed).toBe(4401)
    expect((await there.send(syncMutation, { input })).status).toBe(401)
  })

  test('changes on one are announced on the other', async () => {
    const socket = openSocket(other, root.accessToken)
    const stream = socket.subscribe('subscription { changes { kind id } }')
    await untilTrue(async () => {
      await newConfig(root)
      return stream.received.length > 0
    })
    const { id } = await newConfig(root)
    await untilTrue(() => stream.received.some(({ changes }) => changes.id === id))
    await socket.close()
  })
})
