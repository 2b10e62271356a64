/** Flow 1 over GraphQL against the real server and database: every step, and every way it is refused. */
import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrol, enrolmentToken, type TestAgent } from './support/agents.ts'
import {
  type Answer,
  type ApiClient,
  type Data,
  startServer,
  type TestServer,
  type TestUser,
} from './support/server.ts'

let server: TestServer
let root: TestUser
let token: string
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  token = await enrolmentToken(root)
})
afterAll(() => server.close())

const configFields = `id name status revision configHash submittedAt approvedAt submittedBy { id } approvedBy { id }
  activeVersion { id number status configHash } proxies { edges { node { id hostname status } } }`
const mutation = (name: string, type: string) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { config { ${configFields} } } }`
const create = mutation('createConfig', 'CreateConfigInput')
const update = mutation('updateConfig', 'UpdateConfigInput')
const edit = mutation('editRules', 'EditRulesInput')
const setProxies = mutation('setConfigProxies', 'SetConfigProxiesInput')
const submit = mutation('submitConfig', 'SubmitConfigInput')
const approve = mutation('approveConfig', 'ApproveConfigInput')
const reject = mutation('rejectConfig', 'RejectConfigInput')
const restore = mutation('restoreVersion', 'RestoreVersionInput')

let serial = 0
const unique = (prefix: string) => `${prefix}-${++serial}`
const parents = [
  { host: '10.96.215.26', port: 3128, priority: 1 },
  { host: '10.253.16.93', port: 3128, priority: 2 },
]

async function createConfig(by: ApiClient, input: Record<string, unknown> = {}): Promise<Data> {
  const answer = await by.get(create, {
    input: {
      name: unique('config'),
      defaultAction: 'PARENT',
      rules: [{ kind: 'DOMAIN', value: 'corp.example', action: 'DIRECT' }],
      parentProxies: parents,
      ...input,
    },
  })
  return answer.createConfig.config
}
async function associate(by: ApiClient, config: Data, agents: readonly TestAgent[]): Promise<Data> {
  const input = {
    configId: config.id,
    revision: config.revision,
    proxyIds: agents.map((agent) => agent.proxyId),
  }
  return (await by.get(setProxies, { input })).setConfigProxies.config
}
async function submitted(by: ApiClient, config: Data): Promise<Data> {
  return (await by.get(submit, { input: { id: config.id, revision: config.revision } })).submitConfig.config
}
async function approved(by: ApiClient, config: Data): Promise<Data> {
  const { id, revision, configHash } = config
  return (await by.get(approve, { input: { id, revision, configHash } })).approveConfig.config
}
async function readConfig(by: ApiClient, id: string): Promise<Data> {
  return (await by.get(`query ($id: ID!) { config(id: $id) { ${configFields} } }`, { id })).config
}
const readProxy = async (agent: TestAgent): Promise<Data> =>
  (
    await root.get(
      `query ($id: ID!) { proxy(id: $id) { status statusReason desiredHash runningHash isOnline config { id }
        attempted { hash outcome message } } }`,
      { id: agent.proxyId },
    )
  ).proxy
const newAgent = () => enrol(server, token, `${unique('edge')}.test.example`)
const refusal = (answer: Answer) => ({
  code: answer.errors[0]?.extensions.code,
  problems: answer.errors[0]?.extensions.problems?.map(({ path, code }) => `${path} ${code}`),
})

describe('from draft to in sync', () => {
  test('a config is created, associated, submitted, approved, delivered and acknowledged', async () => {
    const agent = await newAgent()
    expect(await agent.sync(null)).toMatchObject({ upToDate: true, hash: null })
    expect((await readProxy(agent)).status).toBe('UNASSIGNED')

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
    expect((await readProxy(agent)).status).toBe('PENDING')

    const offer = await agent.sync(null)
    expect(offer).toMatchObject({ upToDate: false, version: 1, configId: draft.id })
    expect(offer.files.map((file: Data) => file.name).sort()).toEqual([
      'ip_allow.yaml',
      'parent.config',
      'sni.yaml',
    ])
    const proxy = await readProxy(agent)
    expect(offer.hash).toBe(proxy.desiredHash)
    expectSignature(offer, agent)

    await agent.acknowledge({
      hash: offer.hash,
      sequence: offer.sequence,
      outcome: 'APPLIED',
      message: 'loaded',
    })
    expect(await readProxy(agent)).toMatchObject({
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
    const agent = await newAgent()
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
    const agent = await newAgent()
    await agent.sync(null, '8.1.5')
    await approved(root, await submitted(root, await associate(root, await createConfig(root), [agent])))
    expect(await agent.sync(null, '8.1.5')).toMatchObject({ upToDate: true, hash: null })
    const proxy = await readProxy(agent)
    expect(proxy).toMatchObject({ status: 'PENDING', desiredHash: null })
    expect(proxy.statusReason).toContain('8.1.5')
  })

  test('an edit after submission makes it a draft again, and what runs keeps running', async () => {
    const agent = await newAgent()
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
    expect((await readProxy(agent)).config.id).toBe(active.id)
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
    const [kept, released] = [await newAgent(), await newAgent()]
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
    expect((await readProxy(released)).status).toBe('UNASSIGNED')
    expect((await readProxy(kept)).config.id).toBe(active.id)
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
  const [agent, config] = [await newAgent(), await createConfig(root)]
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

describe('what is refused, with its code, and changes nothing', () => {
  const unchanged = async (config: Data, act: () => Promise<Answer>): Promise<Answer> => {
    const before = await readConfig(root, config.id)
    const answer = await act()
    expect(await readConfig(root, config.id)).toEqual(before)
    return answer
  }

  test.each([
    [
      'a malformed domain',
      { rules: [{ kind: 'DOMAIN', value: 'bad domain', action: 'DIRECT' }] },
      /^rules\.0\.value /,
    ],
    [
      'an address typed as a domain',
      { rules: [{ kind: 'HOST', value: '10.0.0.1', action: 'DIRECT' }] },
      /^rules\.0\.value /,
    ],
    [
      'a malformed range',
      { rules: [{ kind: 'IP_RANGE', value: '10.0.0.0/40', action: 'DIRECT' }] },
      /^rules\.0\.value /,
    ],
    [
      'a reversed range',
      { rules: [{ kind: 'IP_RANGE', value: '10.0.0.9-10.0.0.1', action: 'DIRECT' }] },
      /^rules\.0\.value /,
    ],
    [
      'a port out of range',
      { parentProxies: [{ host: 'p.example', port: 70000, priority: 1 }] },
      /^parentProxies\.0\.port /,
    ],
    [
      'a malformed parent',
      { parentProxies: [{ host: 'p q', port: 3128, priority: 1 }] },
      /^parentProxies\.0\.host /,
    ],
    [
      'a duplicate rule',
      { rules: ['x.example', 'X.EXAMPLE.'].map((value) => ({ kind: 'DOMAIN', value, action: 'DIRECT' })) },
      /^rules\.\d\S* DUPLICATE_RULE$/,
    ],
    [
      'a duplicate priority',
      {
        parentProxies: [
          { host: 'p', port: 1, priority: 1 },
          { host: 'q', port: 1, priority: 1 },
        ],
      },
      /^parentProxies\.\d\S* DUPLICATE_PRIORITY$/,
    ],
    [
      'a malformed client range',
      { clientRules: [{ range: 'everyone', action: 'ALLOW' }] },
      /^clientRules\.0\.range /,
    ],
    ['a failover out of range', { failover: { failThreshold: 0 } }, /^failover\.failThreshold /],
    ['an empty name', { name: '  ' }, /^name NAME_EMPTY$/],
  ])('%s: BAD_USER_INPUT naming field and rule', async (_what, input, expected) => {
    const answer = await root.send(create, {
      input: { name: unique('bad'), defaultAction: 'DIRECT', ...input },
    })
    expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(refusal(answer).problems?.[0]).toMatch(expected)
    expect(answer.errors[0]?.message).toMatch(/\S+: .+\.$/s)
    const config = await createConfig(root)
    const onUpdate = await unchanged(config, () =>
      root.send(update, { input: { id: config.id, revision: config.revision, ...input } }),
    )
    expect(refusal(onUpdate)).toEqual(refusal(answer))
  })

  test('an unknown field', async () => {
    const answer = await root.send(create, { input: { name: 'x', defaultAction: 'DIRECT', colour: 'red' } })
    expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
    expect(answer.errors[0]?.message).toContain('colour')
  })

  test('a parent rule with no enabled parent can be drafted but not submitted', async () => {
    const config = await createConfig(root, {
      defaultAction: 'DIRECT',
      rules: [{ kind: 'DOMAIN', value: 'x.example', action: 'PARENT' }],
      parentProxies: [{ ...parents[0], enabled: false }],
    })
    const answer = await unchanged(config, () => root.send(submit, { input: { id: config.id, revision: 1 } }))
    expect(refusal(answer)).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [expect.stringMatching(/^rules\.0\S* NO_ENABLED_PARENT$/)],
    })
  })

  test('a stale revision', async () => {
    const config = await createConfig(root)
    await associate(root, config, [])
    for (const [query, extra] of [
      [update, { id: config.id }],
      [edit, { id: config.id, operations: [] }],
      [setProxies, { configId: config.id, proxyIds: [] }],
      [submit, { id: config.id }],
    ] as const) {
      const answer = await unchanged(config, () => root.send(query, { input: { revision: 1, ...extra } }))
      expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['revision STALE_REVISION'] })
    }
  })

  test('two editors at once: one wins, the other is told', async () => {
    const config = await createConfig(root)
    const rename = (description: string) =>
      root.send(update, { input: { id: config.id, revision: 1, description } })
    const answers = await Promise.all([rename('one'), rename('two'), rename('three')])
    const codes = answers.map((answer) => answer.errors[0]?.extensions.code ?? 'ok').sort()
    expect(codes).toEqual(['CONFLICT', 'CONFLICT', 'ok'])
    expect((await readConfig(root, config.id)).revision).toBe(2)
  })

  test('approving other content than the one shown', async () => {
    const pending = await submitted(root, await createConfig(root))
    const input = { id: pending.id, revision: pending.revision, configHash: 'f'.repeat(64) }
    const answer = await unchanged(pending, () => root.send(approve, { input }))
    expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['configHash OTHER_CONTENT'] })
  })

  test('approving after a setting changed what would be delivered', async () => {
    const pending = await submitted(root, await createConfig(root))
    const settings =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { outboundExceptions } } }'
    await root.get(settings, { input: { outboundExceptions: ['127.0.0.0/8'] } })
    const { id, revision, configHash } = pending
    const answer = await unchanged(pending, () => root.send(approve, { input: { id, revision, configHash } }))
    await root.get(settings, { input: { outboundExceptions: [] } })
    expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['configHash OTHER_CONTENT'] })
  })

  test('somebody else’s submission under SAME_USER', async () => {
    const pending = await submitted(root, await createConfig(root))
    const other = await server.user('admin')
    const { id, revision, configHash } = pending
    const answer = await unchanged(pending, () =>
      other.send(approve, { input: { id, revision, configHash } }),
    )
    expect(refusal(answer)).toMatchObject({ code: 'FORBIDDEN', problems: ['status OTHERS_SUBMISSION'] })
  })

  test('one’s own submission, or edit, under SECOND_PERSON', async () => {
    const settings =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { approvalPolicy } } }'
    const [author, submitter, reviewer] = [
      await server.user('admin'),
      await server.user('admin'),
      await server.user('admin'),
    ]
    await root.get(settings, { input: { approvalPolicy: 'SECOND_PERSON' } })
    try {
      const pending = await submitted(submitter, await createConfig(author))
      const { id, revision, configHash } = pending
      for (const person of [author, submitter]) {
        const answer = await unchanged(pending, () =>
          person.send(approve, { input: { id, revision, configHash } }),
        )
        expect(refusal(answer)).toMatchObject({ code: 'FORBIDDEN', problems: ['status OWN_SUBMISSION'] })
      }
      expect((await approved(reviewer, pending)).status).toBe('ACTIVE')
    } finally {
      await root.get(settings, { input: { approvalPolicy: 'SAME_USER' } })
    }
  })

  test('a wrong state', async () => {
    const draft = await createConfig(root)
    const { id, revision } = draft
    const early = await unchanged(draft, () =>
      root.send(approve, { input: { id, revision, configHash: 'x' } }),
    )
    expect(refusal(early)).toEqual({ code: 'CONFLICT', problems: ['status NOT_PENDING'] })
    const unasked = await unchanged(draft, () => root.send(reject, { input: { id, revision, reason: 'no' } }))
    expect(refusal(unasked)).toEqual({ code: 'CONFLICT', problems: ['status NOT_PENDING'] })
    const pending = await submitted(root, draft)
    const twice = await unchanged(pending, () => root.send(submit, { input: { id, revision } }))
    expect(refusal(twice)).toEqual({ code: 'CONFLICT', problems: ['status NOT_DRAFT'] })
  })

  test('two confirmations at once make one version', async () => {
    const { id, revision, configHash } = await submitted(root, await createConfig(root))
    const confirm = () => root.send(approve, { input: { id, revision, configHash } })
    const answers = await Promise.all([confirm(), confirm(), confirm()])
    expect(answers.filter((answer) => answer.errors.length === 0)).toHaveLength(1)
    for (const { errors } of answers.filter((answer) => answer.errors.length > 0)) {
      expect(errors[0]?.extensions.code).toBe('CONFLICT')
    }
    expect((await readConfig(root, id)).activeVersion.number).toBe(1)
  })

  test('a proxy taken over meanwhile', async () => {
    const agent = await newAgent()
    const mine = await submitted(root, await associate(root, await createConfig(root), [agent]))
    const theirs = await approved(
      root,
      await submitted(root, await associate(root, await createConfig(root), [agent])),
    )
    const { id, revision, configHash } = mine
    const answer = await unchanged(mine, () => root.send(approve, { input: { id, revision, configHash } }))
    expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['proxies PROXY_TAKEN_OVER'] })
    expect(answer.errors[0]?.message).toContain(agent.hostname)
    expect((await readProxy(agent)).config.id).toBe(theirs.id)
    const taken = 'query ($id: ID!) { config(id: $id) { takenProxyCount } }'
    expect((await root.get(taken, { id: mine.id })).config.takenProxyCount).toBe(1)
    expect((await root.get(taken, { id: theirs.id })).config.takenProxyCount).toBe(0)
  })

  test('two approvals that want one proxy at the same moment: one gets it, the other is told', async () => {
    const agent = await newAgent()
    const pendings = await Promise.all(
      [1, 2].map(async () => submitted(root, await associate(root, await createConfig(root), [agent]))),
    )
    const answers = await Promise.all(
      pendings.map(({ id, revision, configHash }) =>
        root.send(approve, { input: { id, revision, configHash } }),
      ),
    )
    const codes = answers.map((answer) => answer.errors[0]?.extensions.code ?? 'ok').sort()
    expect(codes).toEqual(['CONFLICT', 'ok'])
  })

  test('a retired proxy can’t be named, submitted or approved', async () => {
    const agent = await newAgent()
    const draft = await associate(root, await createConfig(root), [agent])
    const pending = await submitted(root, await associate(root, await createConfig(root), [agent]))
    await root.get(
      'mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { status } } }',
      {
        input: { id: agent.proxyId },
      },
    )
    const named = await root.send(setProxies, {
      input: { configId: draft.id, revision: draft.revision, proxyIds: [agent.proxyId] },
    })
    expect(refusal(named)).toEqual({ code: 'BAD_USER_INPUT', problems: ['proxyIds.0 NO_SUCH_PROXY'] })
    const again = await root.send(submit, { input: { id: draft.id, revision: draft.revision } })
    expect(refusal(again)).toEqual({ code: 'BAD_USER_INPUT', problems: ['proxies PROXY_RETIRED'] })
    const { id, revision, configHash } = pending
    const late = await unchanged(pending, () => root.send(approve, { input: { id, revision, configHash } }))
    expect(refusal(late)).toEqual({ code: 'CONFLICT', problems: ['proxies PROXY_TAKEN_OVER'] })
    const sync = await agent
      .client()
      .send('mutation ($input: SyncInput!) { sync(input: $input) { upToDate } }', {
        input: { hostname: agent.hostname, agentVersion: 'test' },
      })
    expect([sync.status, refusal(sync).code]).toEqual([401, 'UNAUTHENTICATED'])
  })

  test('unknown ids', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000'
    for (const id of [nobody, 'nonsense', "'; drop table configs; --"]) {
      for (const [query, variables] of [
        ['query ($id: ID!) { config(id: $id) { id } }', { id }],
        ['query ($id: ID!) { proxy(id: $id) { id } }', { id }],
        [update, { input: { id, revision: 1 } }],
        [submit, { input: { id, revision: 1 } }],
        [approve, { input: { id, revision: 1, configHash: 'x' } }],
        [restore, { input: { versionId: id, revision: 1 } }],
      ] as const) {
        expect(refusal(await root.send(query, variables)).code).toBe('NOT_FOUND')
      }
    }
  })

  test('a name that is taken, whatever its case', async () => {
    const config = await createConfig(root)
    const answer = await root.send(create, {
      input: { name: config.name.toUpperCase(), defaultAction: 'DIRECT' },
    })
    expect(refusal(answer)).toEqual({ code: 'CONFLICT', problems: ['name NAME_TAKEN'] })
  })

  test('an oversized body', async () => {
    const note = 'x'.repeat(5 * 1024 * 1024)
    const answer = await root.send(create, {
      input: { name: 'big', description: note, defaultAction: 'DIRECT' },
    })
    expect(answer.status).toBe(413)
    expect(refusal(answer)).toEqual({ code: 'BAD_USER_INPUT', problems: ['body BODY_TOO_LARGE'] })
    expect(answer.errors[0]?.message).toContain(String(4 * 1024 * 1024))
  })

  test('a page size or cursor that is not one', async () => {
    const list =
      'query ($first: Int!, $after: String) { configs(first: $first, after: $after) { totalCount } }'
    for (const first of [0, -1, 101])
      expect(refusal(await root.send(list, { first })).problems).toEqual(['first OUT_OF_RANGE'])
    expect(refusal(await root.send(list, { first: 1, after: 'bogus' })).problems).toEqual([
      'after CURSOR_MALFORMED',
    ])
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
