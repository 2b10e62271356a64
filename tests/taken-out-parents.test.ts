/** A parent taken out by an administrator: kept as intent of each proxy, told to its agent, and audited. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestAgent } from './support/agents.ts'
import { approvedConfig, newAgent, parentHost } from './support/calls.ts'
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
      'query ($id: ID!) { proxy(id: $id) { parents { host port takenOut { reason } } } }',
      { id: first.proxyId },
    )
    expect(proxy.parents).toEqual([{ host: parentHost, port: 3128, takenOut: { reason } }])
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
