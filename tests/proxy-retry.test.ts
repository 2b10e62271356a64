/** What an operator can do for a proxy whose last attempt failed: have it tried again, without another approval. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestAgent } from './support/agents.ts'
import { approvedConfig, newAgent } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

const retry = 'mutation ($input: RetryProxyInput!) { retryProxy(input: $input) { proxy { status } } }'
const statusOf = 'query ($id: ID!) { proxy(id: $id) { status } }'
const history =
  'query ($id: ID!) { auditEntries(entityId: $id, action: "proxy.retry") { edges { node { actor { id } oldValue newValue } } } }'

let server: TestServer
let root: TestUser
let agent: TestAgent
let offer: Data
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  agent = await newAgent({ server, root })
  await approvedConfig(root, [agent])
  offer = await agent.sync(null)
})
afterAll(() => server.close())

const input = () => ({ input: { id: agent.proxyId } })

describe('trying again', () => {
  test('is refused while nothing has failed', async () => {
    const { errors } = await root.send(retry, input())
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(/^id: /),
      extensions: { code: 'CONFLICT' },
    })
  })

  test('offers the same bytes under a new sequence, wakes the agent, and is audited', async () => {
    const { hash, sequence } = offer
    await agent.acknowledge({ hash, sequence, outcome: 'REJECTED_BY_ATS', message: 'ATS says no.' })
    expect((await root.get(statusOf, { id: agent.proxyId })).proxy.status).toBe('FAILED')
    const socket = openSocket(server, agent.token())
    const nudges = socket.subscribe('subscription { nudges { at } }')
    await untilTrue(() => nudges.received.length === 1)

    expect((await root.get(retry, input())).retryProxy.proxy.status).toBe('PENDING')

    await untilTrue(() => nudges.received.length === 2)
    await socket.close()
    const again = await agent.sync(null)
    expect(again).toMatchObject({ upToDate: false, hash, sequence: sequence + 1, files: offer.files })
    expect(again.signature).not.toBe(offer.signature)
    const { auditEntries } = await root.get(history, { id: agent.proxyId })
    expect(auditEntries.edges).toHaveLength(1)
    expect(auditEntries.edges[0].node).toMatchObject({
      actor: { id: root.id },
      oldValue: { sequence },
      newValue: { sequence: sequence + 1 },
    })
  })

  test('what is acknowledged then counts, and a late word about the first attempt does not', async () => {
    const { hash, sequence } = await agent.sync(null)
    await agent.acknowledge({ hash, sequence, outcome: 'APPLIED', message: '' })
    await agent.sync(hash)
    await agent.acknowledge({ hash, sequence: offer.sequence, outcome: 'FAILED', message: 'late' })
    expect((await root.get(statusOf, { id: agent.proxyId })).proxy.status).toBe('IN_SYNC')
  })
})
