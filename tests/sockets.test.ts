/** GraphQL over WebSocket: who is let in, what is announced, and that refusals read the same as over HTTP. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { connectOwner } from '../server/database/connect.ts'
import { acknowledgeMutation, syncMutation, type TestAgent } from './support/agents.ts'
import {
  approve,
  approvedConfig,
  changeConfig,
  configInput,
  configMutation,
  newAgent,
  newConfig,
  submittedConfig,
} from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket, type Stream, type TestSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const opened: TestSocket[] = []
afterEach(async () => {
  for (const socket of opened.splice(0)) await socket.close()
})
function open(token: string): TestSocket {
  const socket = openSocket(server, token)
  opened.push(socket)
  return socket
}

const changes = 'subscription { changes { kind id } }'
const nudges = 'subscription { nudges { at } }'
const report = (agent: TestAgent, hash: string | null = null) => ({
  input: { hostname: agent.hostname, hash, atsVersion: '9.2.9', agentVersion: 'test' },
})

/** Announcements arrive in the order of their commits: once this one is here, so are all before it. */
async function everythingAnnounced(stream: Stream): Promise<void> {
  const { id } = await newConfig(root)
  await untilTrue(() => stream.received.some((each) => each.changes.id === id))
}
async function listenToChanges(): Promise<Stream> {
  const stream = open(root.accessToken).subscribe(changes)
  await untilTrue(async () => {
    await newConfig(root)
    return stream.received.length > 0
  })
  await everythingAnnounced(stream)
  stream.received.splice(0)
  return stream
}
const seen = (stream: Stream, kind: string, id: string) =>
  stream.received.filter(({ changes }) => changes.kind === kind && changes.id === id).length

describe('who is let in', () => {
  test.each([
    ['no token', null],
    ['a dead token', 'apm_api_nobody'],
    ['nonsense', 'x'.repeat(5_000)],
  ])('%s: closed with 4401', async (_what, token) => {
    expect(await openSocket(server, token).closed).toBe(4401)
  })

  test('an operation before the greeting: closed with 4401', async () => {
    const socket = new WebSocket(server.websocketUrl, 'graphql-transport-ws')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ me { id } }' } }))
    expect(await closed).toBe(4401)
  })

  test('a token that is not a text: closed with 4401', async () => {
    const socket = new WebSocket(server.websocketUrl, 'graphql-transport-ws')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await new Promise((resolve) => socket.once('open', resolve))
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: { $ne: 1 } } }))
    expect(await closed).toBe(4401)
  })

  test('another path or protocol is no way in', async () => {
    const closed = (url: string, protocol: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(url, protocol)
        socket.once('error', () => resolve('refused'))
        socket.once('close', resolve)
      })
    expect(await closed(`${server.websocketUrl}/other`, 'graphql-transport-ws')).toBe('refused')
    expect(await closed(server.websocketUrl, 'graphql-ws')).not.toBe(1000)
  })
})

describe('changes', () => {
  test('come after each audited change, of every kind', async () => {
    const stream = await listenToChanges()
    const config = await newConfig(root)
    const agent = await newAgent({ server, root })
    const user = await server.user('regular')
    await everythingAnnounced(stream)
    expect(seen(stream, 'CONFIG', config.id)).toBe(1)
    expect(seen(stream, 'PROXY', agent.proxyId)).toBe(1)
    expect(seen(stream, 'USER', user.id)).toBe(1)
    expect(stream.received.some((each) => each.changes.kind === 'SESSION')).toBe(true)
    expect(stream.received.some((each) => each.changes.kind === 'ENROLMENT_TOKEN')).toBe(true)
    await approve(root, await changeConfig(root, 'submitConfig', { id: config.id, revision: 1 }))
    await everythingAnnounced(stream)
    expect(seen(stream, 'CONFIG', config.id)).toBe(3)
  })

  test('an approval names its proxies; more than forty of them at once are "any proxy"', async () => {
    const few = [await newAgent({ server, root }), await newAgent({ server, root })]
    const many: TestAgent[] = []
    for (let count = 0; count < 41; count += 1) many.push(await newAgent({ server, root }))
    const stream = await listenToChanges()
    await approvedConfig(root, few)
    await everythingAnnounced(stream)
    for (const agent of few) expect(seen(stream, 'PROXY', agent.proxyId)).toBe(1)
    stream.received.splice(0)
    await approvedConfig(root, many)
    await everythingAnnounced(stream)
    expect(stream.received.filter(({ changes }) => changes.kind === 'PROXY')).toEqual([
      { changes: { kind: 'PROXY', id: null } },
    ])
  })

  test('a heartbeat, a beacon and a refused change announce nothing', async () => {
    const agent = await newAgent({ server, root })
    await agent.sync(null)
    const stream = await listenToChanges()
    for (let time = 0; time < 3; time += 1) await agent.sync(null)
    await root.get('mutation { beacon { status } }')
    const input = { id: randomUUID(), revision: 1 }
    await root.send(configMutation('updateConfig'), { input })
    await untilTrue(async () => {
      const [row] = await server.database
        .sql`select last_seen_at is not null as seen from proxy_reports where proxy_id = ${agent.proxyId}`
      return row?.seen
    })
    await everythingAnnounced(stream)
    expect(stream.received.map(({ changes }) => changes.kind)).toEqual(['CONFIG'])
  })
})

describe('nudges', () => {
  let agent: TestAgent
  beforeAll(async () => {
    agent = await newAgent({ server, root })
    await agent.sync(null)
  })

  /** Subscribed, and past the nudge that comes at once. */
  async function listening(by: TestAgent): Promise<{ stream: Stream; socket: TestSocket }> {
    const socket = open(by.token())
    const stream = socket.subscribe(nudges)
    await untilTrue(() => stream.received.length > 0)
    expect(stream.received).toHaveLength(1)
    stream.received.splice(0)
    return { stream, socket }
  }
  /** What was announced before has reached the agent's stream as well: its listener stands beside the others. */
  async function settled(): Promise<void> {
    await everythingAnnounced(await listenToChanges())
    await wait(50) // from the listener to the agent's end of the socket
  }

  test('one at once, one after an approval that names the proxy, none for its own words', async () => {
    const { stream, socket } = await listening(agent)
    await approvedConfig(root, [agent])
    await untilTrue(() => stream.received.length > 0)
    const { sync } = (await socket.send(syncMutation, report(agent))).data
    expect(sync).toMatchObject({ upToDate: false, version: 1 })
    const { hash, sequence } = sync
    const input = { hash, sequence, outcome: 'APPLIED', message: 'loaded' }
    expect((await socket.send(acknowledgeMutation, { input })).errors).toEqual([])
    expect((await socket.send(syncMutation, report(agent, hash))).data.sync.upToDate).toBe(true)
    await settled()
    expect(stream.received).toHaveLength(1)
  })

  test('none for another proxy’s approval', async () => {
    const { stream } = await listening(agent)
    const other = await newAgent({ server, root })
    await approvedConfig(root, [other])
    await settled()
    expect(stream.received).toEqual([])
  })

  test('one when it is released', async () => {
    const leaving = await newAgent({ server, root })
    const config = await approvedConfig(root, [leaving])
    const { stream } = await listening(leaving)
    const fewer = await changeConfig(root, 'setConfigProxies', {
      configId: config.id,
      revision: config.revision,
      proxyIds: [],
    })
    await approve(root, await changeConfig(root, 'submitConfig', { id: config.id, revision: fewer.revision }))
    await untilTrue(() => stream.received.length > 0)
    expect(stream.received).toHaveLength(1)
  })

  test('a burst of approvals is told in few, and the last is what it gets', async () => {
    const { stream, socket } = await listening(agent)
    let config = await approvedConfig(root)
    const rounds = 6
    for (let round = 0; round < rounds; round += 1) {
      const draft = await changeConfig(root, 'setConfigProxies', {
        configId: config.id,
        revision: config.revision,
        proxyIds: [agent.proxyId],
      })
      const pending = await changeConfig(root, 'submitConfig', { id: draft.id, revision: draft.revision })
      config = await approve(root, pending)
    }
    await settled()
    expect(stream.received.length).toBeGreaterThan(0)
    expect(stream.received.length).toBeLessThanOrEqual(rounds)
    const { sync } = (await socket.send(syncMutation, report(agent))).data
    expect(sync).toMatchObject({ configId: config.id, version: rounds + 1 })
  })
})

describe('the same answer as over HTTP', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['bad input', configMutation('createConfig'), { input: { ...configInput(), name: '' } }],
    ['an unknown id', configMutation('updateConfig'), { input: { id: randomUUID(), revision: 1 } }],
    ['agents only', syncMutation, { input: { hostname: 'x', agentVersion: 'x' } }],
    ['a bad page', '{ configs(first: 0) { totalCount } }', {}],
    [
      'a variable of the wrong type',
      'query ($first: Int!) { configs(first: $first) { totalCount } }',
      { first: 'x' },
    ],
    ['a missing variable', 'query ($id: ID!) { config(id: $id) { id } }', {}],
    ['a syntax error', '{ me { id }', {}],
    ['an unknown field', '{ me { shoeSize } }', {}],
  ])('%s', async (_what, query, variables) => {
    const http = await root.send(query, variables)
    const socket = await open(root.accessToken).send(query, variables)
    expect(socket.errors[0]?.extensions.code).toBe(http.errors[0]?.extensions.code ?? 'none')
    expect(socket.errors[0]?.message).toBe(http.errors[0]?.message)
    expect(socket.errors[0]?.extensions.problems).toEqual(http.errors[0]?.extensions.problems)
  })

  test.each(['HTTP', 'a socket'])('syntax and validation have Apollo’s codes over %s', async (way) => {
    const socket = way === 'HTTP' ? root : open(root.accessToken)
    const codeOf = async (query: string) => (await socket.send(query)).errors[0]?.extensions.code
    expect(await codeOf('{ me { id }')).toBe('GRAPHQL_PARSE_FAILED')
    expect(await codeOf('{ me { shoeSize } }')).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(await codeOf(`{ ${'me { id } '.repeat(2_000)} }`)).toBe('GRAPHQL_PARSE_FAILED')
    expect((await socket.send('{ me { id } }')).data.me.id).toBe(root.id)
  })

  test('a fault is masked, with a reference to its line in the log', async () => {
    const owner = connectOwner(server.database.owner)
    await owner`revoke select on enrolment_tokens from apm_app`
    try {
      const query = '{ enrolmentTokens { id } }'
      const answers = [await open(root.accessToken).send(query), await root.send(query)]
      for (const { errors } of answers) {
        const { code, referenceId = 'none' } = errors[0]?.extensions ?? {}
        expect(code).toBe('INTERNAL_SERVER_ERROR')
        expect(errors[0]?.message).toContain(referenceId)
        expect(JSON.stringify(errors)).not.toMatch(/permission|select|postgres/i)
        const lines = server.logged.filter((line) => line.includes(referenceId))
        expect(lines).toHaveLength(1)
        expect(lines[0]).toContain('permission denied')
      }
    } finally {
      await owner`grant select on enrolment_tokens to apm_app`
      await owner.end()
    }
  })

  test('one socket may run 64 operations at a time', async () => {
    const socket = open(root.accessToken)
    const streams = Array.from({ length: 65 }, () => socket.subscribe(changes))
    await untilTrue(() => streams.some((stream) => stream.isOver))
    const refused = streams.filter((stream) => stream.isOver)
    expect(refused.map((stream) => stream.errors[0]?.extensions.code)).toEqual(['RATE_LIMITED'])
    for (const stream of streams) stream.stop()
    await untilTrue(async () => (await socket.send('{ me { id } }')).errors.length === 0)
  })
})

test('flow 1 over the agent’s socket alone', async () => {
  const agent = await newAgent({ server, root })
  const socket = open(agent.token())
  const sync = async (hash: string | null): Promise<Data> =>
    (await socket.send(syncMutation, report(agent, hash))).data.sync
  expect(await sync(null)).toMatchObject({ upToDate: true, hash: null })
  const stream = socket.subscribe(nudges)
  await untilTrue(() => stream.received.length === 1)
  await approve(root, await submittedConfig(root, [agent]))
  await untilTrue(() => stream.received.length === 2)
  const offer = await sync(null)
  expect(offer.files).toHaveLength(3)
  const input = { hash: offer.hash, sequence: offer.sequence, outcome: 'APPLIED', message: '' }
  await socket.send(acknowledgeMutation, { input })
  const { proxy } = await root.get('query ($id: ID!) { proxy(id: $id) { status } }', { id: agent.proxyId })
  expect(proxy.status).toBe('IN_SYNC')
})
