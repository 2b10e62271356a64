/** Cloning and retiring a config, versions by id, and the warnings that an approval says were read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrol, enrolmentToken } from './support/agents.ts'
import {
  approve,
  approvedConfig,
  changeConfig,
  configInput,
  configMutation,
  inAnHour,
  newAgent,
  newConfig,
  submittedConfig,
  unique,
} from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const retire = (by: TestUser, { id, revision }: Data, reason = 'replaced') =>
  by.send(configMutation('retireConfig', 'id status retiredAt configHash hasActiveVersion'), {
    input: { id, revision, reason },
  })
const wholeFields = `id name description status defaultAction rules { id kind value action enabled note owner expiresAt }
  parentProxies { host port priority enabled } clientRules { range action }
  failover { selection failThreshold retrySeconds connectTimeoutSeconds directWhenAllDown }
  routeTests { target method clientAddress resolvedAddress expect note } proxyIds`
const whole = async (id: string): Promise<Data> =>
  (await root.get(`query ($id: ID!) { config(id: $id) { ${wholeFields} } }`, { id })).config
const clone = (input: Record<string, unknown>, by = root) =>
  by.send(configMutation('cloneConfig', wholeFields), { input })
const trailOf = async (id: string, action: string): Promise<Data> =>
  (
    await root.get(
      'query ($id: ID!, $action: String!) { auditEntries(entityId: $id, action: $action) { edges { node { oldValue newValue } } } }',
      { id, action },
    )
  ).auditEntries.edges.map(({ node }: Data) => node)
const rules = (config: Data) => config.rules.map(({ id: _, ...rule }: Data) => rule)

describe('a clone', () => {
  test('is a draft with the rules, parents and description of the working copy, and none of its proxies', async () => {
    const agent = await newAgent({ server, root })
    const failover = { selection: 'STICKY', failThreshold: 7, directWhenAllDown: true }
    const rule = {
      kind: 'HOST',
      value: 'a.example',
      action: 'DIRECT',
      enabled: false,
      note: 'why',
      owner: 'who',
      expiresAt: inAnHour(),
    }
    const made = await newConfig(root, {
      description: 'the original',
      failover,
      rules: [rule, { kind: 'IP_RANGE', value: '10.0.0.0/8', action: 'PARENT' }],
    })
    await changeConfig(root, 'setConfigProxies', {
      configId: made.id,
      revision: made.revision,
      proxyIds: [agent.proxyId],
    })
    const source = await whole(made.id)
    const name = unique('clone')
    const { data } = await clone({ id: made.id, name })
    const copy = data.cloneConfig.config
    expect(copy).toEqual({
      ...source,
      id: copy.id,
      name,
      status: 'DRAFT',
      rules: copy.rules,
      proxyIds: [],
    })
    expect(rules(copy)).toEqual(rules(source))
    const ids = [...copy.rules, ...source.rules].map((each: Data) => each.id)
    expect(new Set(ids).size).toBe(4)
    expect(await whole(copy.id)).toEqual(copy)
    expect(await trailOf(copy.id, 'config.clone')).toEqual([
      expect.objectContaining({
        oldValue: null,
        newValue: expect.objectContaining({
          clonedFrom: source.name,
          clonedFromId: made.id,
          clonedVersion: null,
        }),
      }),
    ])
  })

  test('of a version has what was approved, not what was edited since', async () => {
    const approved = await approvedConfig(root)
    const before = await whole(approved.id)
    await changeConfig(root, 'updateConfig', { id: approved.id, revision: approved.revision, rules: [] })
    const versionId = approved.activeVersion.id
    const { data } = await clone({ id: approved.id, name: unique('clone'), versionId })
    const copy = data.cloneConfig.config
    expect(rules(copy)).toEqual(rules(before))
    expect((await whole(approved.id)).rules).toEqual([])
    const [entry] = await trailOf(copy.id, 'config.clone')
    expect(entry.newValue.clonedVersion).toBe(1)
  })

  test('of ten thousand rules keeps every one in its place', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      kind: index % 2 === 0 ? 'HOST' : 'IP_RANGE',
      value: index % 2 === 0 ? `h${index}.example` : `10.${index >> 8}.${index & 255}.0/24`,
      action: index % 3 === 0 ? 'PARENT' : 'DIRECT',
    }))
    const source = await newConfig(root, { rules: many })
    const { data } = await clone({ id: source.id, name: unique('clone') })
    expect(data.cloneConfig.config.rules.map((rule: Data) => rule.value)).toEqual(
      many.map((rule) => rule.value),
    )
  })

  test.each([
    [
      'a taken name',
      async () => ({ name: (await whole((await newConfig(root)).id)).name.toUpperCase() }),
      'CONFLICT',
    ],
    ['no name', async () => ({ name: ' ' }), 'BAD_USER_INPUT'],
    ['an unknown config', async () => ({ id: 'nonsense' }), 'NOT_FOUND'],
    ['an unknown version', async () => ({ versionId: crypto.randomUUID() }), 'NOT_FOUND'],
    [
      'a version of another config',
      async () => ({ versionId: (await approvedConfig(root)).activeVersion.id }),
      'NOT_FOUND',
    ],
  ])('with %s is refused, and nothing is made', async (_what, change, code) => {
    const { id } = await newConfig(root)
    const input = { id, name: unique('clone'), ...(await change()) }
    const count = async () => (await root.get('{ configs { totalCount } }')).configs.totalCount
    const before = await count()
    const { errors } = await clone(input)
    expect(errors[0]?.extensions.code).toBe(code)
    expect(await count()).toBe(before)
  })
})

describe('a retired config', () => {
  test('leaves the list, gives its name back, and stays readable with its versions and its trail', async () => {
    const name = unique('retired')
    const made = await newConfig(root, { name })
    const submitted = await changeConfig(root, 'submitConfig', { id: made.id, revision: made.revision })
    const active = await approve(root, submitted)
    const { data } = await retire(root, active, '  replaced by another  ')
    expect(data.retireConfig.config).toMatchObject({
      status: 'DRAFT',
      configHash: null,
      hasActiveVersion: true,
      retiredAt: expect.any(String),
    })
    const named = async (args: string) =>
      (await root.get(`{ configs(search: "${name}"${args}) { edges { node { id } } } }`)).configs.edges.map(
        ({ node }: Data) => node.id,
      )
    expect([await named(''), await named(', isRetired: true')]).toEqual([[], [made.id]])
    const { config } = await root.get(
      'query ($id: ID!) { config(id: $id) { retiredAt versions { edges { node { id number rules { value } } } } } }',
      { id: made.id },
    )
    expect(config.retiredAt).toBe(data.retireConfig.config.retiredAt)
    expect(config.versions.edges).toMatchObject([{ node: { number: 1, rules: [{}, {}] } }])
    expect(await trailOf(made.id, 'config.retire')).toEqual([
      {
        oldValue: { status: 'active', retiredAt: null, reason: null },
        newValue: { status: 'draft', retiredAt: config.retiredAt, reason: 'replaced by another' },
      },
    ])
    const again = await newConfig(root, { name })
    expect(again.id).not.toBe(made.id)
    const copied = await clone({ id: made.id, name: unique('clone') })
    expect(copied.errors).toEqual([])
  })

  test('takes no step any more, and every refusal says so', async () => {
    const active = await approvedConfig(root)
    expect((await retire(root, active)).errors).toEqual([])
    const { id, revision, activeVersion } = active
    const steps: readonly (readonly [string, Record<string, unknown>])[] = [
      ['updateConfig', { id, revision, description: 'x' }],
      ['editRules', { id, revision, operations: [] }],
      ['setConfigProxies', { configId: id, revision, proxyIds: [] }],
      ['submitConfig', { id, revision }],
      ['approveConfig', { id, revision, configHash: 'a'.repeat(64) }],
      ['rejectConfig', { id, revision, reason: 'x' }],
      ['restoreVersion', { versionId: activeVersion.id, revision }],
      ['retireConfig', { id, revision, reason: 'x' }],
    ]
    for (const [name, input] of steps) {
      const { errors } = await root.send(configMutation(name), { input })
      expect([name, errors[0]?.extensions]).toMatchObject([
        name,
        { code: 'CONFLICT', problems: [{ code: 'RETIRED' }] },
      ])
      expect(errors[0]?.message).toContain('clone it')
    }
  })

  test('that was waiting for approval waits no more', async () => {
    const submitted = await submittedConfig(root)
    const { data } = await retire(root, submitted)
    expect(data.retireConfig.config).toMatchObject({ status: 'DRAFT', configHash: null })
  })

  test('can’t be named by a new enrolment token', async () => {
    const active = await approvedConfig(root)
    await retire(root, active)
    const { errors } = await root.send(
      'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { token } }',
      { input: { name: 'late', configId: active.id, expiresAt: inAnHour() } },
    )
    expect(errors[0]?.extensions).toMatchObject({
      code: 'CONFLICT',
      problems: [{ path: 'configId', code: 'CONFIG_RETIRED' }],
    })
  })
})

describe('a config is not retired', () => {
  test('while proxies should run it: the refusal says how many, and what to do', async () => {
    const agents = [await newAgent({ server, root }), await newAgent({ server, root })]
    const active = await approvedConfig(root, agents)
    const { errors } = await retire(root, active)
    expect(errors[0]?.extensions).toMatchObject({ code: 'CONFLICT', problems: [{ code: 'CONFIG_RUNS' }] })
    expect(errors[0]?.message).toMatch(/2 proxies .*another config/)
    expect((await whole(active.id)).status).toBe('ACTIVE')
    await approvedConfig(root, agents)
    expect((await retire(root, active)).errors).toEqual([])
  })

  test('while a proxy follows it through its token, although it has no version yet', async () => {
    const made = await newConfig(root)
    const token = await enrolmentToken(root, { configId: made.id, maxUses: 1 })
    const agent = await enrol(server, token, `${unique('follower')}.test.example`)
    const { errors } = await retire(root, made)
    expect(errors[0]?.extensions.problems).toMatchObject([{ path: 'proxies', code: 'CONFIG_RUNS' }])
    await root.get('mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }', {
      input: { id: agent.proxyId },
    })
    expect((await retire(root, made)).errors).toEqual([])
  })

  test('while an enrolment token that can still be used names it', async () => {
    const made = await newConfig(root)
    await enrolmentToken(root, { configId: made.id })
    const { createEnrolmentToken } = await root.get(
      'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { enrolmentToken { id } } }',
      { input: { name: 'second', configId: made.id, expiresAt: inAnHour() } },
    )
    const revoke = (id: string) =>
      root.get(
        'mutation ($input: RevokeEnrolmentTokenInput!) { revokeEnrolmentToken(input: $input) { enrolmentToken { id } } }',
        { input: { id } },
      )
    const first = await retire(root, made)
    expect(first.errors[0]?.extensions.problems).toMatchObject([
      {
        path: 'enrolmentTokens',
        code: 'CONFIG_NAMED_BY_TOKEN',
        message: expect.stringContaining('2 enrolment'),
      },
    ])
    await revoke(createEnrolmentToken.enrolmentToken.id)
    expect((await retire(root, made)).errors[0]?.message).toContain('1 enrolment token')
    const { enrolmentTokens } = await root.get('{ enrolmentTokens { id revokedAt config { id } } }')
    for (const token of enrolmentTokens) {
      if (token.config?.id === made.id && token.revokedAt === null) await revoke(token.id)
    }
    expect((await retire(root, made)).errors).toEqual([])
  })

  test('without a reason, or by somebody who has seen an older revision', async () => {
    const made = await newConfig(root)
    const unreasoned = await retire(root, made, ' ')
    expect(unreasoned.errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ path: 'reason', code: 'REASON_EMPTY' }],
    })
    await changeConfig(root, 'updateConfig', { id: made.id, revision: made.revision, description: 'x' })
    const stale = await retire(root, made)
    expect(stale.errors[0]?.extensions).toMatchObject({
      code: 'CONFLICT',
      problems: [{ code: 'STALE_REVISION' }],
    })
  })

  test('by an approval and a retirement that meet: one of the two is refused', async () => {
    const agent = await newAgent({ server, root })
    for (let round = 0; round < 5; round += 1) {
      const submitted = await submittedConfig(root, [agent])
      const { id, revision, configHash } = submitted
      const [approved, retired] = await Promise.all([
        root.send(configMutation('approveConfig'), { input: { id, revision, configHash } }),
        retire(root, submitted),
      ])
      expect([approved, retired].filter(({ errors }) => errors.length === 0)).toHaveLength(1)
      const [{ running }] = (await server.database.sql`select count(*)::int as running from proxies p
        join config_versions v on v.id = p.version_id join configs c on c.id = v.config_id
        where c.retired_at is not null and p.retired_at is null`) as unknown as [{ running: number }]
      expect(running).toBe(0)
    }
  })
})

describe('an approved version', () => {
  test('is read by its id, with the number of proxies that should run exactly it', async () => {
    const agents = [await newAgent({ server, root }), await newAgent({ server, root })]
    const active = await approvedConfig(root, agents)
    const edited = await changeConfig(root, 'updateConfig', {
      id: active.id,
      revision: active.revision,
      defaultAction: 'DIRECT',
    })
    const submitted = await changeConfig(root, 'submitConfig', { id: edited.id, revision: edited.revision })
    const second = await approve(root, submitted)
    const read = async (id: string) =>
      (
        await root.get(
          'query ($id: ID!) { configVersion(id: $id) { number status defaultAction proxyCount config { id } } }',
          { id },
        )
      ).configVersion
    expect(await read(active.activeVersion.id)).toEqual({
      number: 1,
      status: 'SUPERSEDED',
      defaultAction: 'PARENT',
      proxyCount: 0,
      config: { id: active.id },
    })
    expect(await read(second.activeVersion.id)).toMatchObject({ number: 2, status: 'ACTIVE', proxyCount: 2 })
  })

  test.each(['nonsense', crypto.randomUUID()])('of an unknown id (%s) is NOT_FOUND', async (id) => {
    const { errors } = await root.send('query ($id: ID!) { configVersion(id: $id) { id } }', { id })
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND')
  })
})

describe('the warnings that an approval says were read', () => {
  const approveWith = ({ id, revision, configHash }: Data, acknowledgedWarnings: readonly string[] | null) =>
    root.send(configMutation('approveConfig'), { input: { id, revision, configHash, acknowledgedWarnings } })

  test('stand in its audit entry, each once', async () => {
    const submitted = await submittedConfig(root)
    const { errors } = await approveWith(submitted, ['NO_PARENT', 'WIDE_RANGE', 'NO_PARENT'])
    expect(errors).toEqual([])
    const [entry] = await trailOf(submitted.id, 'config.approve')
    expect(entry.newValue.acknowledgedWarnings).toEqual(['NO_PARENT', 'WIDE_RANGE'])
  })

  test('are not mentioned when there are none', async () => {
    const submitted = await submittedConfig(root)
    await approveWith(submitted, null)
    const [entry] = await trailOf(submitted.id, 'config.approve')
    expect(entry.newValue).not.toHaveProperty('acknowledgedWarnings')
  })

  test.each([
    ['more than a hundred', Array.from({ length: 101 }, (_, index) => `W${index}`), 'TOO_MANY'],
    ['longer than a hundred characters', ['W'.repeat(101)], 'CODE_TOO_LONG'],
  ])('%s are refused, and nothing is approved', async (_what, codes, code) => {
    const submitted = await submittedConfig(root)
    const { errors } = await approveWith(submitted, codes)
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ path: 'acknowledgedWarnings', code }],
    })
    expect((await whole(submitted.id)).status).toBe('PENDING_APPROVAL')
  })
})

describe('files of a working copy', () => {
  test('are rendered only for the generation that was asked for, and equal those of all', async () => {
    const { id } = await newConfig(root, configInput())
    const files = async (args: string): Promise<Data[]> =>
      (
        await root.get(
          `query ($id: ID!) { config(id: $id) { files${args} { generation name content sha256 } } }`,
          {
            id,
          },
        )
      ).config.files
    const all = await files('')
    expect(all).toHaveLength(12)
    expect(await files('(generation: ATS_10_1)')).toEqual(
      all.filter(({ generation }) => generation === 'ATS_10_1'),
    )
  })
})
