/** A parent taken out by an administrator: kept as intent of each proxy, told to its agent, and audited. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestAgent } from './support/agents.ts'
import { approve, approvedConfig, changeConfig, newAgent, newConfig, parentHost } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

const takeOut = 'mutation ($input: TakeOutParentInput!) { takeOutParent(input: $input) { changedCount } }'
const bringBack =
  'mutation ($input: BringBackParentInput!) { bringBackParent(input: $input) { changedCount } }'
const history =
  'query ($id: ID!, $action: String) { auditEntries(entityId: $id, action: $action) { edges { node { actor { id } oldValue newValue } } } }'

let server: TestServer
let root: TestUser
let first: TestAgent
let second: TestAgent
let other: TestAgent
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  first = await newAgent({ server, root })
  second = await newAgent({ server, root })
  other = await newAgent({ server, root })
  await approvedConfig(root, [first, second])
})
afterAll(() => server.close())

const reason = 'its disk is being replaced'
const told = async (agent: TestAgent) => (await agent.sync(null)).takenOut
const codeOf = async (query: string, input: Data) => (await root.send(query, { input })).errors[0]?.extensions

describe('a parent', () => {
  test('is taken out on one proxy: its agent is woken and told, no other is, and it is audited', async () => {
    const socket = openSocket(server, first.token())
    const nudges = socket.subscribe('subscription { nudges { at } }')
    await untilTrue(() => nudges.received.length === 1)
    const { takeOutParent } = await root.get(takeOut, {
      input: { host: parentHost, proxyIds: [first.proxyId], reason },
    })
    expect(takeOutParent.changedCount).toBe(1)
    await untilTrue(() => nudges.received.length === 2)
    await socket.close()

    expect(await told(first)).toEqual([parentHost])
    expect(await told(second)).toEqual([])
    const { auditEntries } = await root.get(history, { id: first.proxyId, action: 'parent.withdraw' })
    expect(auditEntries.edges.map(({ node }: Data) => node)).toEqual([
      { actor: { id: root.id }, oldValue: null, newValue: { parent: parentHost, reason } },
    ])
  })

  test('is taken out on all that use it, where it is not out yet', async () => {
    const { takeOutParent } = await root.get(takeOut, { input: { host: parentHost, reason } })
    expect(takeOutParent.changedCount).toBe(1)
    expect(await told(first)).toEqual([parentHost])
    expect(await told(second)).toEqual([parentHost])
    expect(await told(other)).toEqual([])
  })

  test('shows on the page of a proxy that runs it, with the reason', async () => {
    const { hash } = await first.sync(null)
    await first.sync(hash)
    const { proxy } = await root.get(
      'query ($id: ID!) { proxy(id: $id) { parents { host port takenOut { reason by } } takenOutParents { host } } }',
      { id: first.proxyId },
    )
    expect(proxy.parents).toEqual([{ host: parentHost, port: 3128, takenOut: { reason, by: root.email } }])
    expect(proxy.takenOutParents).toEqual([{ host: parentHost }])
  })

  test('is confirmed by what its agent reads back from ATS, or why it is not', async () => {
    const seen = async () =>
      (
        await root.get(
          'query ($id: ID!) { proxy(id: $id) { takenOutParents { host isTold isOut says } returningParents { host says } } }',
          { id: first.proxyId },
        )
      ).proxy
    const tell = (parentsOut: readonly Data[] | null) =>
      first
        .client()
        .send('mutation ($input: ReportHostInput!) { reportHost(input: $input) { serverTime } }', {
          input: { problems: [], parentsOut },
        })
    const out = { host: parentHost, isTold: true }
    const nothing = { takenOutParents: [{ ...out, isOut: null, says: null }], returningParents: [] }
    expect(await seen()).toEqual(nothing)
    const says = 'traffic_ctl host down failed: no socket'
    await tell([{ host: parentHost, isOut: null, says }])
    expect((await seen()).takenOutParents).toEqual([{ ...out, isOut: null, says }])
    const confirmed = async () => {
      const query = 'query ($host: String) { parentHosts(host: $host) { outOn confirmedOn } }'
      return (await root.get(query, { host: parentHost })).parentHosts[0]
    }
    expect(await confirmed()).toEqual({ outOn: 2, confirmedOn: 0 })
    await tell([
      { host: parentHost, isOut: true },
      { host: 'back.example', isOut: true, says: 'still out' },
    ])
    expect(await seen()).toEqual({
      takenOutParents: [{ ...out, isOut: true, says: null }],
      returningParents: [{ host: 'back.example', says: 'still out' }],
    })
    expect(await confirmed()).toEqual({ outOn: 2, confirmedOn: 1 })
    for (const bad of [Array(101).fill({ host: 'a.example' }), [{ host: '' }], [{ host: 'a\0' }]]) {
      const { errors } = await tell(bad)
      expect(errors[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        problems: [{ path: 'parentsOut' }],
      })
    }
    await tell(null) // an older agent
    expect(await seen()).toEqual(nothing)
  })

  test('stays out of a new version, and can be brought back whatever runs', async () => {
    await approvedConfig(root, [second])
    expect(await told(second)).toEqual([parentHost])
    const { bringBackParent } = await root.get(bringBack, { input: { host: parentHost } })
    expect(bringBackParent.changedCount).toBe(2)
    expect(await told(first)).toEqual([])
    expect(await told(second)).toEqual([])
    const { auditEntries } = await root.get(history, { id: first.proxyId, action: 'parent.return' })
    expect(auditEntries.edges[0].node).toMatchObject({ oldValue: { parent: parentHost }, newValue: null })
  })
})

describe('the hosts of parents', () => {
  let agents: readonly [TestAgent, TestAgent]
  let config: Data
  const standby = 'standby.example'
  beforeAll(async () => {
    agents = [await newAgent({ server, root }), await newAgent({ server, root })]
    const { id, revision } = await newConfig(root, {
      parentProxies: [
        { host: 'twice.example', port: 3128, priority: 1 },
        { host: 'twice.example', port: 8080, priority: 2 },
        { host: standby, port: 3128, priority: 3 },
        { host: 'off.example', port: 3128, priority: 4, enabled: false },
      ],
    })
    const proxyIds = agents.map((agent) => agent.proxyId)
    const named = await changeConfig(root, 'setConfigProxies', { configId: id, revision, proxyIds })
    const submitted = await changeConfig(root, 'submitConfig', { id, revision: named.revision })
    config = await approve(root, submitted)
  })
  const hosts = async (scope: Data) =>
    (
      await root.get(
        `query ($proxyIds: [ID!], $runsConfigId: ID, $host: String) {
          parentHosts(proxyIds: $proxyIds, runsConfigId: $runsConfigId, host: $host) {
            host ports usedOn lastOn directOn outOn waitingOn waitingFor } }`,
        scope,
      )
    ).parentHosts
  const nowhere = { lastOn: 0, directOn: 0, outOn: 0, waitingOn: 0, waitingFor: [] }

  test('are those of enabled parents, each with its ports and the proxies that use it', async () => {
    const expected = [
      { host: standby, ports: [3128], usedOn: 2, ...nowhere },
      { host: 'twice.example', ports: [3128, 8080], usedOn: 2, ...nowhere },
    ]
    expect(await hosts({ runsConfigId: config.id })).toEqual(expected)
    expect(await hosts({ runsConfigId: config.id, host: standby })).toEqual(expected.slice(0, 1))
    expect((await hosts({ proxyIds: [agents[0].proxyId], host: standby }))[0]).toMatchObject({ usedOn: 1 })
    expect((await hosts({})).length).toBeGreaterThan(2)
  })

  test('show which is the last one, and which agents have not asked since', async () => {
    const [told, silent] = agents
    const { takeOutParent } = await root.get(takeOut, {
      input: { host: 'twice.example', runsConfigId: config.id, reason },
    })
    expect(takeOutParent.changedCount).toBe(2)
    const waiting = { usedOn: 0, lastOn: 0, outOn: 2 }
    expect(await hosts({ runsConfigId: config.id })).toMatchObject([
      { host: standby, usedOn: 2, lastOn: 2, directOn: 0, outOn: 0 },
      {
        host: 'twice.example',
        ...waiting,
        waitingOn: 2,
        waitingFor: [told.hostname, silent.hostname].sort(),
      },
    ])
    await told.sync(null)
    const twice = { runsConfigId: config.id, host: 'twice.example' }
    await untilTrue(async () => (await hosts(twice))[0].waitingOn === 1)
    expect((await hosts(twice))[0].waitingFor).toEqual([silent.hostname])
    const { proxy } = await root.get(
      'query ($id: ID!) { proxy(id: $id) { takenOutParents { host isTold } } }',
      { id: silent.proxyId },
    )
    expect(proxy.takenOutParents).toEqual([{ host: 'twice.example', isTold: false }])
    const { bringBackParent } = await root.get(bringBack, {
      input: { host: 'twice.example', runsConfigId: config.id },
    })
    expect(bringBackParent.changedCount).toBe(2)
  })

  test('show where requests would go direct instead of failing', async () => {
    const { id, revision } = await newConfig(root, { failover: { directWhenAllDown: true } })
    const { proxyId } = await newAgent({ server, root })
    const named = await changeConfig(root, 'setConfigProxies', {
      configId: id,
      revision,
      proxyIds: [proxyId],
    })
    await approve(root, await changeConfig(root, 'submitConfig', { id, revision: named.revision }))
    expect(await hosts({ runsConfigId: id })).toMatchObject([{ usedOn: 1, lastOn: 1, directOn: 1 }])
  })

  test('are refused for what is no id', async () => {
    const { errors } = await root.send('{ parentHosts(proxyIds: ["p1"]) { host } }')
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('refused', () => {
  test.each([
    { what: 'nothing to bring back', query: bringBack, input: { host: parentHost }, code: 'CONFLICT' },
    {
      what: 'a host that nobody uses',
      query: takeOut,
      input: { host: 'x.example', reason },
      code: 'CONFLICT',
    },
    { what: 'no reason', query: takeOut, input: { host: parentHost, reason: ' ' }, code: 'BAD_USER_INPUT' },
    { what: 'no host', query: takeOut, input: { host: '', reason }, code: 'BAD_USER_INPUT' },
    {
      what: 'something that is no id',
      query: bringBack,
      input: { host: parentHost, proxyIds: ['p1'] },
      code: 'BAD_USER_INPUT',
    },
  ])('$what', async ({ query, input, code }) => {
    expect(await codeOf(query, input)).toMatchObject({ code })
  })
})
