/** What the server does by itself about proxies: copied identities, edits by hand, hosts that went without a word. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { retireSilentProxies } from '../server/proxy/retire.ts'
import { systemOperation } from '../server/upkeep.ts'
import { enrol, enrolmentToken, type TestAgent } from './support/agents.ts'
import { approve, approvedConfig, changeConfig, newAgent, unique } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const proxyOf = async ({ proxyId }: TestAgent): Promise<Data> =>
  (
    await root.get(
      'query ($id: ID!) { proxy(id: $id) { status isEphemeral copies { address at } namesakes { id status } } }',
      { id: proxyId },
    )
  ).proxy
const updateSettings = (input: Record<string, unknown>) =>
  root.send(
    'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { driftPolicy ephemeralSilenceMinutes } } }',
    { input },
  )
describe('an identity in use twice', () => {
  let agent: TestAgent
  const copies = async () => (await proxyOf(agent)).copies
  beforeAll(async () => {
    agent = await newAgent({ server, root })
  })
  const speaks = async (life: string) => (await agent.sync(null, '9.2.9', life)).isCopied

  test('an agent that restarts is no copy, however often', async () => {
    for (const life of ['a', 'b', 'c'])
      expect([await speaks(life), await speaks(life)]).toEqual([false, false])
    expect(await copies()).toEqual([])
  })

  test('the last words of a process that was just replaced are no copy', async () => {
    expect(await speaks('b')).toBe(false)
    expect(await copies()).toEqual([])
  })

  test('two that take turns are: both agents are told, the proxy shows both addresses, the trail has it', async () => {
    server.advance(30)
    expect(await speaks('b')).toBe(true)
    server.advance(15)
    expect(await speaks('c')).toBe(true)
    expect(await copies()).toEqual([
      { address: '127.0.0.1', at: expect.any(String) },
      { address: '127.0.0.1', at: expect.any(String) },
    ])
    const { auditEntries } = await root.get(
      'query ($id: ID!) { auditEntries(entityId: $id, action: "proxy.report") { edges { node { newValue } } } }',
      { id: agent.proxyId },
    )
    expect(auditEntries.edges[0].node.newValue).toHaveProperty('copiedAt')
  })

  test('while it goes on it is written down once in five minutes, not at every poll', async () => {
    const written = async () =>
      (
        await server.database
          .sql`select count(*)::int as n from audit_logs where entity_id = ${agent.proxyId}`
      )[0]?.n
    const before = await written()
    for (const life of ['b', 'c', 'b', 'c']) {
      server.advance(5)
      expect(await speaks(life)).toBe(true)
    }
    expect(await written()).toBe(before)
  })

  test('it is forgotten when only one has spoken for a while', async () => {
    server.advance(60 * 5)
    await speaks('b')
    server.advance(60 * 11)
    expect(await speaks('b')).toBe(false)
    root = await server.user('root')
    expect(await copies()).toEqual([])
  })
})

describe('an edit by hand', () => {
  let agent: TestAgent
  let offer: Data
  let config: Data
  const edited = 'f'.repeat(64)
  beforeAll(async () => {
    root = await server.user('root')
    agent = await newAgent({ server, root })
    config = await approvedConfig(root, [agent])
    offer = await agent.sync(null)
    await agent.acknowledge({ hash: offer.hash, sequence: offer.sequence, outcome: 'APPLIED', message: '' })
  })

  test('is undone by default: the same is offered again', async () => {
    expect(await agent.sync(edited)).toMatchObject({ upToDate: false, hash: offer.hash })
  })

  test('is left by setting, and shown', async () => {
    expect((await updateSettings({ driftPolicy: 'LEAVE' })).errors).toEqual([])
    expect(await agent.sync(edited)).toMatchObject({ upToDate: true, hash: offer.hash, files: null })
    expect((await proxyOf(agent)).status).toBe('DRIFTED')
  })

  test('a proxy that has nothing of ours yet gets its files all the same', async () => {
    expect(await agent.sync(null)).toMatchObject({ upToDate: false, hash: offer.hash })
    await agent.sync(edited)
  })

  test('an operator has the approved files put back', async () => {
    const { retryProxy } = await root.get(
      'mutation ($input: RetryProxyInput!) { retryProxy(input: $input) { proxy { id } } }',
      { input: { id: agent.proxyId } },
    )
    expect(retryProxy.proxy.id).toBe(agent.proxyId)
    const again = await agent.sync(edited)
    expect(again).toMatchObject({ upToDate: false, hash: offer.hash, sequence: offer.sequence + 1 })
    await agent.acknowledge({ hash: again.hash, sequence: again.sequence, outcome: 'APPLIED', message: '' })
    expect(await agent.sync(edited)).toMatchObject({ upToDate: true })
  })

  test('ends with what is approved next', async () => {
    const changed = await changeConfig(root, 'updateConfig', {
      id: config.id,
      revision: config.revision,
      defaultAction: 'DIRECT',
    })
    const submitted = await changeConfig(root, 'submitConfig', {
      id: changed.id,
      revision: changed.revision,
    })
    await approve(root, submitted)
    const next = await agent.sync(edited)
    expect(next.upToDate).toBe(false)
    expect(next.hash).not.toBe(offer.hash)
  })

  test('the setting is for root, and only those two words', async () => {
    const regular = await server.user('regular')
    const query =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { driftPolicy } } }'
    const { errors } = await regular.send(query, { input: { driftPolicy: 'RESTORE' } })
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await updateSettings({ driftPolicy: 'IGNORE' })).errors[0]?.extensions.code).toBe(
      'BAD_USER_INPUT',
    )
    expect((await updateSettings({ driftPolicy: 'RESTORE' })).errors).toEqual([])
  })
})

describe('an ephemeral proxy', () => {
  const job = () =>
    retireSilentProxies(
      systemOperation({ db: server.database.db, clock: () => server.now() }, 'retire-silent-proxies'),
    )
  let agent: TestAgent
  let lasting: TestAgent
  beforeAll(async () => {
    root = await server.user('root')
    const token = await enrolmentToken(root, { isEphemeral: true })
    agent = await enrol(server, token, `${unique('edge')}.test.example`)
    lasting = await newAgent({ server, root })
    for (const each of [agent, lasting]) await each.sync(null)
    const ids = [agent, lasting].map(({ proxyId }) => proxyId)
    await untilTrue(async () => {
      const rows = await server.database.sql`select 1 from proxy_reports
        where proxy_id in ${server.database.sql(ids)} and last_seen_at is not null`
      return rows.length === ids.length
    })
  })

  test('is one that enrolled with an ephemeral token', async () => {
    expect([(await proxyOf(agent)).isEphemeral, (await proxyOf(lasting)).isEphemeral]).toEqual([true, false])
  })

  test('a silence outside 5 minutes to 30 days is refused', async () => {
    for (const ephemeralSilenceMinutes of [4, 43_201]) {
      const { errors } = await updateSettings({ ephemeralSilenceMinutes })
      expect(errors[0]?.extensions.problems).toMatchObject([
        { path: 'ephemeralSilenceMinutes', code: 'OUT_OF_RANGE' },
      ])
    }
  })

  test('is retired by the server after the silence of the settings, and only it; its history stays', async () => {
    await updateSettings({ ephemeralSilenceMinutes: 10 })
    server.advance(9 * 60)
    await job()
    root = await server.user('root')
    expect((await proxyOf(agent)).status).toBe('UNKNOWN')

    server.advance(2 * 60)
    await Promise.all([job(), job()])
    root = await server.user('root')
    expect([(await proxyOf(agent)).status, (await proxyOf(lasting)).status]).toEqual(['RETIRED', 'UNKNOWN'])
    const { auditEntries } = await root.get(
      'query ($id: ID!) { auditEntries(entityId: $id, action: "proxy.retire") { edges { node { actor { kind name } newValue } } } }',
      { id: agent.proxyId },
    )
    expect(auditEntries.edges).toHaveLength(1)
    expect(auditEntries.edges[0].node).toMatchObject({
      actor: { kind: 'SYSTEM', name: 'retire-silent-proxies' },
      newValue: { silentMinutes: 10 },
    })
  })

  test('its hostname is free again, and both enrolments name each other', async () => {
    const again = await enrol(server, await enrolmentToken(root), agent.hostname)
    expect((await proxyOf(again)).namesakes).toEqual([{ id: agent.proxyId, status: 'RETIRED' }])
    expect((await proxyOf(agent)).namesakes).toMatchObject([{ id: again.proxyId }])
  })
})
