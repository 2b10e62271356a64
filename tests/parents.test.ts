/** A parent that dies and comes back, from the server's point of view: real ATS, real parents, a request loop. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPlace } from '../agent/ats-place.ts'
import { createKeyPair, createToken } from '../agent/identity.ts'
import { createLink, enrol } from '../agent/link.ts'
import { createLog } from '../agent/log.ts'
import { type Loop, startLoop, systemClock } from '../agent/loop.ts'
import { type ParentWatch, watchParents } from '../agent/parents.ts'
import { reconcile } from '../agent/reconcile.ts'
import { agentParts } from './support/agent-parts.ts'
import { enrolmentToken, reportParentsMutation, type TestAgent } from './support/agents.ts'
import { request, startAts, type TestAts } from './support/ats.ts'
import { approve, approvedConfig, changeConfig, newAgent, newConfig, unique } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const read = async (proxyId: string, first = 50): Promise<Data> =>
  (
    await root.get(
      `query ($id: ID!, $first: Int!) { proxy(id: $id) { status parents { host port state since reason }
        parentEvents(first: $first) { totalCount pageInfo { hasNextPage }
          edges { node { host port kind at reason } } } } }`,
      { id: proxyId, first },
    )
  ).proxy
/** With whatever errors it is answered. */
const report = (agent: TestAgent, events: readonly Data[]) =>
  agent.client().send(reportParentsMutation, { input: { events } })

describe('a report of parents', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 26, 10, 0, second)).toISOString()
  /** The parent of `configInput`. */
  const parent = { host: '10.96.215.26', port: 3128 }
  const event = (kind: string, second: number) => ({
    ...parent,
    kind,
    at: at(second),
    reason: `words ${second}`,
  })
  const reset = (second: number) => ({
    kind: 'RESET',
    at: at(second),
    reason: 'parent.config finished loading',
  })

  async function running(): Promise<TestAgent> {
    const agent = await newAgent({ server, root })
    await agent.sync(null)
    await approvedConfig(root, [agent])
    const { hash, sequence } = await agent.sync(null)
    await agent.acknowledge({ hash, sequence, outcome: 'APPLIED', message: '' })
    return agent
  }

  test('nothing told: the state is unknown, not up', async () => {
    const { proxyId } = await running()
    expect((await read(proxyId)).parents).toEqual([
      { ...parent, state: 'UNKNOWN', since: null, reason: null },
    ])
  })

  test.each([
    ['its last event counts', [event('FAILING', 1), event('DOWN', 2)], 'DOWN', 2],
    ['whatever the order of the telling', [event('RESTORED', 3), event('DOWN', 2)], 'UP', 3],
    ['a reset of all is later', [event('DOWN', 1), reset(2)], 'UP', 2],
    ['a reset of all is earlier', [reset(1), event('FAILING', 2)], 'FAILING', 2],
    ['nothing but a reset', [reset(1)], 'UP', 1],
  ])('%s', async (_what, events, state, second) => {
    const agent = await running()
    expect((await report(agent, events)).errors).toEqual([])
    const { parents } = await read(agent.proxyId)
    expect(parents).toMatchObject([{ ...parent, state, since: at(second) }])
  })

  test('told twice it is kept once, in pages, the last first', async () => {
    const agent = await running()
    await report(agent, [reset(0), event('FAILING', 1), event('DOWN', 2)])
    await report(agent, [reset(0), event('FAILING', 1), event('DOWN', 2), event('RESTORED', 3)])
    const { parentEvents } = await read(agent.proxyId, 3)
    expect(parentEvents).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } })
    expect(parentEvents.edges.map(({ node }: Data) => node.kind)).toEqual(['RESTORED', 'DOWN', 'FAILING'])
  })

  test('the oldest make room', async () => {
    const agent = await running()
    for (let batch = 0; batch < 6; batch += 1) {
      const events = Array.from({ length: 200 }, (_, index) =>
        event(index % 2 === 0 ? 'DOWN' : 'RESTORED', batch * 200 + index),
      )
      expect((await report(agent, events)).errors).toEqual([])
    }
    expect((await read(agent.proxyId, 1)).parentEvents.totalCount).toBe(1_000)
  })

  test.each([
    ['no parent', [{ kind: 'DOWN', at: at(1), reason: '' }], 'PARENT_MALFORMED'],
    ['a port out of range', [{ ...event('DOWN', 1), port: 70_000 }], 'PARENT_MALFORMED'],
    ['what is no text', [{ ...event('DOWN', 1), reason: 'a\0b' }], 'NOT_TEXT'],
    ['too many', Array.from({ length: 201 }, (_, index) => event('DOWN', index)), 'TOO_MANY'],
  ])('with %s is refused', async (_what, events, code) => {
    const { errors } = await report(await newAgent({ server, root }), events)
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ code }] })
  })
})

describe('with a real ATS', () => {
  const failover = { failThreshold: 2, retrySeconds: 3, connectTimeoutSeconds: 1 }
  const home = mkdtempSync(join(tmpdir(), 'apm-parents-test-'))
  let ats: TestAts
  let proxyId: string
  let loop: Loop
  let watch: ParentWatch
  let stop = async () => {}
  /** Each answer of the request loop, in order. */
  const answers: string[] = []
  beforeAll(async () => {
    ats = await startAts()
    const log = createLog(() => {})
    const place = await findPlace({ root: ats.directory, binDir: '/usr/bin' }, home)
    const { publicKey, privateKey } = await createKeyPair()
    const token = await enrolmentToken(root)
    const hostname = `${unique('real')}.test.example`
    const enrolled = await enrol([server.url], { token, hostname, publicKey })
    proxyId = enrolled.proxy.id
    const { instanceId, serverKey } = enrolled
    const identity = {
      servers: [server.url],
      hostname,
      proxyId,
      privateKey,
      ats: place,
      instanceId,
      serverKey,
    }
    const link = createLink({
      servers: [server.url],
      isPollOnly: false,
      createToken: () => createToken(identity, new Date()),
      onNudge: () => loop?.nudge(),
      onLost: () => {},
    })
    const now = () => Date.now()
    const onNews = () => loop?.nudge()
    watch = await watchParents({ logDir: place.logDir, link, log, clock: systemClock, now, onNews })
    const parts = await agentParts(home, place, { identity, link, reportParents: watch.report })
    loop = startLoop({ pass: () => reconcile(parts), clock: systemClock, random: () => 0.5, onFailure() {} })
    let isAsking = false
    stop = async () => {
      isAsking = false
      await loop.stop()
      await watch.stop()
      await link.close()
      await ats.close()
      rmSync(home, { recursive: true })
    }
    await untilTrue(async () => (await read(proxyId)).status === 'UNASSIGNED')
    const { id, revision } = await newConfig(root, {
      failover,
      clientRules: [{ range: '127.0.0.0/8', action: 'ALLOW' }],
      parentProxies: ats.parents.map(({ host, port }, index) => ({ host, port, priority: index + 1 })),
    })
    const named = await changeConfig(root, 'setConfigProxies', {
      configId: id,
      revision,
      proxyIds: [proxyId],
    })
    await approve(root, await changeConfig(root, 'submitConfig', { id, revision: named.revision }))
    await untilTrue(async () => (await read(proxyId)).status === 'IN_SYNC', 40_000)
    isAsking = true
    void (async () => {
      while (isAsking) {
        const { status, via } = await request(ats.port, { host: `ext.example:${ats.origin.port}` })
        answers.push(`${status} ${via}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })()
  }, 90_000)
  afterAll(() => stop())

  const states = async () => (await read(proxyId)).parents.map(({ state }: Data) => state)
  const kindsOfFirst = async (since: number) =>
    (await read(proxyId)).parentEvents.edges
      .map(({ node }: Data) => node)
      .filter(({ port, at }: Data) => port === ats.parents[0].port && Date.parse(at) >= since)
      .map(({ kind }: Data) => kind)
      .reverse()

  test('both parents are up, since ATS has loaded parent.config', async () => {
    await untilTrue(async () => (await states()).join() === 'UP,UP')
    await untilTrue(() => answers.includes('200 p1'))
    expect((await read(proxyId)).parents[0].reason).toBe('parent.config finished loading')
  })

  test.each(['refuse', 'ignore'] as const)(
    'a primary that does %s is seen down, and then restored',
    async (behaviour) => {
      const since = Date.now()
      const from = answers.length
      await ats.parents[0].behave(behaviour)
      await untilTrue(async () => (await states()).join() === 'DOWN,UP', 30_000)
      expect((await read(proxyId)).parents[0].reason).toMatch(/failcount:2 >= threshold:2/)
      await untilTrue(() => answers.slice(from).includes('200 p2'))
      await ats.parents[0].behave('forward')
      await untilTrue(async () => (await states()).join() === 'UP,UP', 30_000)
      expect((await read(proxyId)).parents[0].reason).toContain('restored')
      const kinds = await kindsOfFirst(since)
      expect(kinds.slice(0, 2)).toEqual(['FAILING', 'DOWN'])
      expect(kinds.at(-1)).toBe('RESTORED')
      const asked = answers.slice(from)
      expect(asked.filter((answer) => !/^200 p[12]$/.test(answer))).toEqual([])
    },
    90_000,
  )
})
