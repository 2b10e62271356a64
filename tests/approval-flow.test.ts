/** Flow 1 over GraphQL against the real server and database, step by step. */
import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrol, enrolmentToken, type TestAgent } from './support/agents.ts'
import { newAgent, unique } from './support/calls.ts'
import {
  approved,
  associate,
  createConfig,
  edit,
  readProxy,
  refusal,
  reject,
  restore,
  submitted,
  update,
} from './support/config-life.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

describe('from draft to in sync', () => {
  test('a config is created, associated, submitted, approved, delivered and acknowledged', async () => {
    const agent = await newAgent({ server, root })
    expect(await agent.sync(null)).toMatchObject({ upToDate: true, hash: null })
    expect((await readProxy(root, agent)).status).toBe('UNASSIGNED')

    const draft = await createConfig(root)
    expect(draft).toMatchObject({
      status: 'DRAFT',
      revision: 1,
      configHash: null,
      submittedAt: null,
      activeVersion: null,
    })
    const associated = await associate(root, draft, [agent])
    expect(associated).toMatchObject({ revision: 2, status: 'DRAFT' })
    const pending = await submitted(root, associated)
    expect(pending).toMatchObject({ status: 'PENDING_APPROVAL', revision: 2, submittedBy: { id: root.id } })
    expect(pending.configHash).toMatch(/^[0-9a-f]{64}$/)
    const active = await approved(root, pending)
    expect(active).toMatchObject({
      status: 'ACTIVE',
      approvedBy: { id: root.id },
      configHash: pending.configHash,
      activeVersion: { number: 1, status: 'ACTIVE', configHash: pending.configHash },
    })
    expect((await readProxy(root, agent)).status).toBe('PENDING')

    const offer = await agent.sync(null)
    expect(offer).toMatchObject({ upToDate: false, version: 1, configId: draft.id })
    expect(offer.files.map((file: Data) => file.name).sort()).toEqual([
      'ip_allow.yaml',
      'parent.config',
      'sni.yaml',
    ])
    const proxy = await readProxy(root, agent)
    expect(offer.hash).toBe(proxy.desiredHash)
    expectSignature(offer, agent)

    await agent.acknowledge({
      hash: offer.hash,
      sequence: offer.sequence,
      outcome: 'APPLIED',
      message: 'loaded',
    })
    expect(await readProxy(root, agent)).toMatchObject({
      status: 'IN_SYNC',
      runningHash: offer.hash,
      attempted: { hash: offer.hash, outcome: 'APPLIED', message: 'loaded' },
    })
    expect(await agent.sync(offer.hash)).toMatchObject({
      upToDate: true,
      hash: offer.hash,
      files: null,
      signature: null,
    })
  })

  test('the delivered bytes are those that the approver saw, for the proxy’s own ATS generation', async () => {
    const agent = await newAgent({ server, root })
    await agent.sync(null, '10.2.0')
    const pending = await submitted(root, await associate(root, await createConfig(root), [agent]))
    const seen = await root.get(
      'query ($id: ID!) { config(id: $id) { files(generation: ATS_10_2) { name content sha256 } } }',
      { id: pending.id },
    )
    await approved(root, pending)
    const offer = await agent.sync(null, '10.2.0')
    expect(offer.files).toEqual(seen.config.files)
    const upgraded = await agent.sync(offer.hash, '9.2.9')
    expect(upgraded.upToDate).toBe(false)
    expect(upgraded.sequence).toBeGreaterThan(offer.sequence)
    expect(upgraded.hash).not.toBe(offer.hash)
  })

  test('an ATS that is not supported gets no offer, and its page says why', async () => {
    const agent = await newAgent({ server, root })
    await agent.sync(null, '8.1.5')
    await approved(root, await submitted(root, await associate(root, await createConfig(root), [agent])))
    expect(await agent.sync(null, '8.1.5')).toMatchObject({ upToDate: true, hash: null })
    const proxy = await readProxy(root, agent)
    expect(proxy).toMatchObject({ status: 'PENDING', desiredHash: null })
    expect(proxy.statusReason).toContain('8.1.5')
  })

  test('an edit after submission makes it a draft again, and what runs keeps running', async () => {
    const agent = await newAgent({ server, root })
    await agent.sync(null)
    const active = await approved(
      root,
      await submitted(root, await associate(root, await createConfig(root), [agent])),
    )
    const input = { id: active.id, revision: active.revision, description: 'edited' }
    const edited = (await root.get(update, { input })).updateConfig.config
    expect(edited).toMatchObject({
      status: 'DRAFT',
      configHash: null,
      approvedAt: null,
      activeVersion: { number: 1 },
    })
    expect((await readProxy(root, agent)).config.id).toBe(active.id)
    const again = await approved(root, await submitted(root, edited))
    expect(again.activeVersion.number).toBe(2)
    const { config } = await root.get(
      'query ($id: ID!) { config(id: $id) { versions { totalCount edges { node { number status } } } } }',
      { id: active.id },
    )
    expect(config.versions.edges.map((edge: Data) => edge.node)).toEqual([
      { number: 2, status: 'ACTIVE' },
      { number: 1, status: 'SUPERSEDED' },
    ])
  })

  test('a proxy that the working copy no longer names is released at approval and keeps its files', async () => {
    const [kept, released] = [await newAgent({ server, root }), await newAgent({ server, root })]
    await Promise.all([kept.sync(null), released.sync(null)])
    const active = await approved(
      root,
      await submitted(root, await associate(root, await createConfig(root), [kept, released])),
    )
    const offer = await released.sync(null)
    await released.acknowledge({
      hash: offer.hash,
      sequence: offer.sequence,
      outcome: 'APPLIED',
      message: '',
    })
    const fewer = await associate(root, active, [kept])
    const { config } = await root.get(
      'query ($id: ID!) { config(id: $id) { leavingProxies { edges { node { id } } } } }',
      { id: active.id },
    )
    expect(config.leavingProxies.edges).toEqual([{ node: { id: released.proxyId } }])
    await approved(root, await submitted(root, fewer))
    expect(await released.sync(offer.hash)).toMatchObject({ upToDate: true, hash: null })
    expect((await readProxy(root, released)).status).toBe('UNASSIGNED')
    expect((await readProxy(root, kept)).config.id).toBe(active.id)
  })

  test('a proxy enrolled with a token that names a config follows its active version', async () => {
    const active = await approved(root, await submitted(root, await createConfig(root)))
    const following = await enrolmentToken(root, { configId: active.id })
    const agent = await enrol(server, following, `${unique('scaled')}.test.example`)
    expect(await agent.sync(null)).toMatchObject({ upToDate: false, version: 1 })
    const input = { id: active.id, revision: active.revision, defaultAction: 'DIRECT' }
    const edited = (await root.get(update, { input })).updateConfig.config
    await approved(root, await submitted(root, edited))
    expect(await agent.sync(null)).toMatchObject({ upToDate: false, version: 2 })
    const { config } = await root.get(
      'query ($id: ID!) { config(id: $id) { followingProxyCount proxies { totalCount } } }',
      { id: active.id },
    )
    expect(config).toEqual({ followingProxyCount: 1, proxies: { totalCount: 0 } })
  })

  test('a rejection with a reason returns to draft, and says so in the trail', async () => {
    const pending = await submitted(root, await createConfig(root))
    const other = await server.user('admin')
    const input = { id: pending.id, revision: pending.revision, reason: 'wrong parent' }
    const rejected = (await other.get(reject, { input })).rejectConfig.config
    expect(rejected).toMatchObject({ status: 'DRAFT', revision: pending.revision, configHash: null })
    const { auditEntries } = await root.get(
      'query ($id: ID!) { auditEntries(entityId: $id, action: "config.reject") { edges { node { newValue actor { id } } } } }',
      { id: pending.id },
    )
    expect(auditEntries.edges[0].node).toMatchObject({
      newValue: { reason: 'wrong parent' },
      actor: { id: other.id },
    })
  })

  test('restoring a version puts its document into a submitted working copy', async () => {
    const first = await approved(root, await submitted(root, await createConfig(root)))
    const input = { id: first.id, revision: first.revision, rules: [] }
    const emptied = (await root.get(update, { input })).updateConfig.config
    const second = await approved(root, await submitted(root, emptied))
    const restored = (
      await root.get(restore, { input: { versionId: first.activeVersion.id, revision: second.revision } })
    ).restoreVersion.config
    expect(restored).toMatchObject({ status: 'PENDING_APPROVAL', revision: second.revision + 1 })
    const { config } = await root.get('query ($id: ID!) { config(id: $id) { rules { value } } }', {
      id: first.id,
    })
    expect(config.rules).toEqual([{ value: 'corp.example' }])
    expect((await approved(root, restored)).activeVersion.number).toBe(3)
  })
})

test('one update of rules and proxies is one revision, and all of it or nothing', async () => {
  const [agent, config] = [await newAgent({ server, root }), await createConfig(root)]
  const input = { id: config.id, revision: 1, description: 'both', proxyIds: [agent.proxyId] }
  const both = (await root.get(update, { input })).updateConfig.config
  expect(both).toMatchObject({ revision: 2, proxies: { edges: [{ node: { id: agent.proxyId } }] } })
  const bad = { id: config.id, revision: 2, description: 'neither', proxyIds: ['nobody'] }
  expect(refusal(await root.send(update, { input: bad }))).toEqual({
    code: 'BAD_USER_INPUT',
    problems: ['proxyIds.0 NO_SUCH_PROXY'],
  })
  const { config: after } = await root.get('query ($id: ID!) { config(id: $id) { revision description } }', {
    id: config.id,
  })
  expect(after).toEqual({ revision: 2, description: 'both' })
})

describe('editing rules by operations', () => {
  const rules = ['a.example', 'b.example', 'c.example'].map((value) => ({
    kind: 'DOMAIN',
    value,
    action: 'DIRECT',
  }))
  const list = async (id: string): Promise<Data[]> =>
    (await root.get('query ($id: ID!) { config(id: $id) { rules { id kind value enabled note } } }', { id }))
      .config.rules

  test('add, update, move and remove keep the order and the ids of the other rules', async () => {
    const config = await createConfig(root, { rules })
    const [a, b, c] = await list(config.id)
    const range = { kind: 'IP_RANGE', value: '10.0.0.0/8', action: 'DIRECT', note: 'inside' }
    const operations = [
      { add: { rule: range, at: 0 } },
      { move: { id: c.id, to: 1 } },
      { update: { id: a.id, rule: { kind: 'HOST', value: 'A.Example', action: 'PARENT', enabled: false } } },
      { remove: { id: b.id } },
    ]
    await root.get(edit, { input: { id: config.id, revision: 1, operations } })
    expect(await list(config.id)).toEqual([
      { id: expect.any(String), kind: 'IP_RANGE', value: '10.0.0.0/8', enabled: true, note: 'inside' },
      { id: c.id, kind: 'DOMAIN', value: 'c.example', enabled: true, note: '' },
      { id: a.id, kind: 'HOST', value: 'a.example', enabled: false, note: '' },
    ])
  })

  test('one bad operation changes nothing and is named', async () => {
    const config = await createConfig(root, { rules })
    const before = await list(config.id)
    const operations = [{ remove: { id: before[0].id } }, { move: { id: before[1].id, to: 9 } }]
    const answer = await root.send(edit, { input: { id: config.id, revision: 1, operations } })
    expect(refusal(answer)).toEqual({
      code: 'BAD_USER_INPUT',
      problems: ['operations.1.move.to OUT_OF_RANGE'],
    })
    const both = { remove: { id: before[0].id }, move: { id: before[1].id, to: 0 } }
    const ambiguous = await root.send(edit, { input: { id: config.id, revision: 1, operations: [both] } })
    expect(refusal(ambiguous).problems).toEqual(['operations.0 ONE_OF'])
    expect(await list(config.id)).toEqual(before)
  })
})

function expectSignature(offer: Data, agent: TestAgent): void {
  const [header, payload, signature] = offer.signature.split('.')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: agent.serverKey }, format: 'jwk' })
  const isValid = verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))
  expect(isValid).toBe(true)
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
    proxyId: agent.proxyId,
    configId: offer.configId,
    version: offer.version,
    hash: offer.hash,
    sequence: offer.sequence,
  })
}
