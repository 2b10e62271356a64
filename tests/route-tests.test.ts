/** Route tests kept with a config, and what the server says about routes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import {
  approve,
  approvedConfig,
  changeConfig,
  configInput,
  configMutation,
  newAgent,
  newConfig,
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

const testFields = 'target method clientAddress resolvedAddress expect note'
const readTests = `query ($id: ID!) { config(id: $id) {
  revision configHash routeTests { ${testFields} } problems { path code } warnings { code mend }
  routeTestResults { test { target } passed message got { verdict rule { id } parents { host port } } }
  rules { id value } activeVersion { id routeTests { target } }
} }`
const read = async (id: string): Promise<Data> => (await root.get(readTests, { id })).config
const problemsOf = ({ errors }: { readonly errors?: readonly Data[] }) =>
  (errors ?? []).flatMap(({ extensions }) =>
    extensions.problems.map(({ path, code, message }: Data) => ({ path, code, message })),
  )

describe('route tests', () => {
  test('are kept as sent, in order, with the method and note left out filled in', async () => {
    const routeTests = [
      {
        target: 'https://api.github.com/',
        method: 'get',
        clientAddress: '10.1.2.3',
        expect: 'PRIMARY',
        note: ' builds ',
      },
      { target: '*.corp.example', expect: 'DIRECT' },
    ]
    const { id } = await newConfig(root, { routeTests })
    expect((await read(id)).routeTests).toEqual([
      {
        target: 'https://api.github.com/',
        method: 'GET',
        clientAddress: '10.1.2.3',
        resolvedAddress: null,
        expect: 'PRIMARY',
        note: 'builds',
      },
      {
        target: '*.corp.example',
        method: 'GET',
        clientAddress: null,
        resolvedAddress: null,
        expect: 'DIRECT',
        note: '',
      },
    ])
  })

  test('that are malformed are refused by every save', async () => {
    const input = { ...configInput(), routeTests: [{ target: 'a b', expect: 'DIRECT' }] }
    const answer = await root.send(configMutation('createConfig'), { input })
    expect(problemsOf(answer)).toEqual([expect.objectContaining({ path: 'routeTests.0.target' })])
  })

  test('that fail are saved, and refused by submission with the rule that decides', async () => {
    const routeTests = [
      { target: 'a.corp.example', expect: 'DIRECT' },
      { target: 'http://b.corp.example/', expect: 'PARENT' },
    ]
    const { id, revision } = await newConfig(root, { routeTests })
    const config = await read(id)
    expect(config.problems).toEqual([{ path: 'routeTests.1', code: 'ROUTE_TEST_FAILED' }])
    expect(config.routeTestResults.map(({ passed, got }: Data) => [passed, got.verdict])).toEqual([
      [true, 'DIRECT'],
      [false, 'DIRECT'],
    ])
    const corp = config.rules.find(({ value }: Data) => value === 'corp.example')
    expect(config.routeTestResults[1].got.rule).toEqual({ id: corp.id })
    const answer = await root.send(configMutation('submitConfig'), { input: { id, revision } })
    expect(problemsOf(answer)).toEqual([
      {
        path: 'routeTests.1',
        code: 'ROUTE_TEST_FAILED',
        message: expect.stringMatching(
          /^Route test 2 expects http:\/\/b\.corp\.example\/ to be sent to the parents\..*direct.*Rule 1 \(domain corp\.example\)/,
        ),
      },
    ])
  })

  test('that came to fail since the submission stand in the way of approval', async () => {
    const { id, revision } = await newConfig(root, {
      defaultAction: 'DIRECT',
      rules: [],
      routeTests: [{ target: 'http://169.254.169.254/', expect: 'DENIED' }],
    })
    const submitted = await changeConfig(root, 'submitConfig', { id, revision })
    const settings =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { outboundExceptions } } }'
    await root.get(settings, { input: { outboundExceptions: ['169.254.0.0/16'] } })
    const answer = await root.send(configMutation('approveConfig'), {
      input: { id, revision, configHash: submitted.configHash },
    })
    await root.get(settings, { input: { outboundExceptions: [] } })
    expect(problemsOf(answer)).toEqual([
      expect.objectContaining({ path: 'routeTests.0', code: 'ROUTE_TEST_FAILED' }),
    ])
    expect((await approve(root, submitted)).status).toBe('ACTIVE')
  })

  test('are part of the config hash and of the version, and of no file', async () => {
    const agent = await newAgent({ server, root })
    const first = await approvedConfig(root, [agent])
    const desired = async () =>
      (await root.get('query ($id: ID!) { proxy(id: $id) { desiredHash } }', { id: agent.proxyId })).proxy
        .desiredHash
    const before = await desired()
    const edited = await changeConfig(root, 'updateConfig', {
      id: first.id,
      revision: first.revision,
      routeTests: [{ target: 'elsewhere.example', expect: 'PARENT', resolvedAddress: '192.0.2.1' }],
    })
    const submitted = await changeConfig(root, 'submitConfig', { id: first.id, revision: edited.revision })
    expect(submitted.configHash).not.toBe(first.configHash)
    await approve(root, submitted)
    expect(await desired()).toBe(before)
    expect((await read(first.id)).activeVersion.routeTests).toEqual([{ target: 'elsewhere.example' }])
    const trail = await root.get(
      'query ($id: ID!) { auditEntries(entityId: $id, action: "config.update") { edges { node { oldValue newValue } } } }',
      { id: first.id },
    )
    const values = trail.auditEntries.edges.map(({ node }: Data) => [
      node.oldValue.routeTests,
      node.newValue.routeTests,
    ])
    expect(values).toContainEqual([
      [expect.stringMatching(/^\*\.corp\.example +direct$/)],
      [expect.stringMatching(/^elsewhere\.example +parent address=192\.0\.2\.1$/)],
    ])
  })

  test('a version from before there were any has none, and can be restored', async () => {
    const config = await approvedConfig(root)
    const versionId = config.activeVersion.id
    const owner = connectOwner(server.database.owner)
    await owner.begin(async (tx) => {
      await tx`alter table config_versions disable trigger user`
      await tx`update config_versions set document = document - 'routeTests' where id = ${versionId}`
      await tx`alter table config_versions enable trigger user`
    })
    await owner.end()
    const before = await read(config.id)
    expect(before.activeVersion.routeTests).toEqual([])
    expect(before.warnings.map(({ code }: Data) => code)).not.toContain('NO_ROUTE_TESTS')
    await changeConfig(root, 'restoreVersion', { versionId, revision: config.revision })
    const restored = await read(config.id)
    expect(restored.routeTests).toEqual([])
    expect(restored.warnings.map(({ code }: Data) => code)).toContain('NO_ROUTE_TESTS')
  })

  test('go with a clone', async () => {
    const { id } = await newConfig(root)
    const input = { id, name: unique('clone') }
    const clone = await root.get(configMutation('cloneConfig', 'routeTests { target }'), { input })
    expect(clone.cloneConfig.config.routeTests).toEqual([{ target: '*.corp.example' }])
  })
})

test('every warning says how to mend what it warns of', async () => {
  const { id } = await newConfig(root, { routeTests: [] })
  const { warnings } = await read(id)
  expect(warnings.length).toBeGreaterThan(0)
  for (const { mend } of warnings) expect(mend).toMatch(/^[A-Z].*\.$/)
})

test('a parent that is named after a proxy of the config is warned of', async () => {
  const agent = await newAgent({ server, root })
  const other = await newAgent({ server, root })
  const host = (await root.get('query ($id: ID!) { proxy(id: $id) { hostname } }', { id: agent.proxyId }))
    .proxy.hostname
  const { id, revision } = await newConfig(root, {
    parentProxies: [{ host: host.toUpperCase(), port: 3128, priority: 1 }],
  })
  const codes = async () => (await read(id)).warnings.map(({ code }: Data) => code)
  const named = await changeConfig(root, 'setConfigProxies', {
    configId: id,
    revision,
    proxyIds: [other.proxyId],
  })
  expect(await codes()).not.toContain('PARENT_IS_PROXY')
  const input = { configId: id, revision: named.revision, proxyIds: [agent.proxyId] }
  await changeConfig(root, 'setConfigProxies', input)
  expect(await codes()).toContain('PARENT_IS_PROXY')
})

describe('a route', () => {
  const outcome = 'verdict rule { id } parents { host port }'
  const explain = `query ($input: ExplainRouteInput!) { explainRoute(input: $input) {
    ${outcome} reasons { code message } branches { addresses isEveryOther ${outcome} }
  } }`
  const explainMany = `query ($input: ExplainRoutesInput!) { explainRoutes(input: $input) { verdict } }`
  const compare = `query ($input: CompareRoutesInput!) { compareRoutes(input: $input) {
    comparedCount differentCount differences { index before { verdict } after { verdict parents { host } } }
  } }`

  test('is explained with its rule, its reasons and what the address decides', async () => {
    const { id } = await newConfig(root)
    const { rules } = await read(id)
    const direct = (await root.get(explain, { input: { configId: id, url: 'http://a.corp.example/' } }))
      .explainRoute
    expect(direct).toMatchObject({ verdict: 'DIRECT', rule: { id: rules[0].id }, parents: [], branches: [] })
    expect(direct.reasons.map(({ code }: Data) => code)).toContain('NAME_MATCHES')
    const open = (await root.get(explain, { input: { configId: id, url: 'http://b.example/' } })).explainRoute
    expect(open).toMatchObject({ verdict: 'DEPENDS_ON_ADDRESS' })
    expect(open.branches).toContainEqual({
      addresses: ['10.0.0.0/8'],
      isEveryOther: false,
      verdict: 'DIRECT',
      rule: { id: rules[1].id },
      parents: [],
    })
  })

  test('is asked of the working copy, of what runs, and of what a proxy runs', async () => {
    const agent = await newAgent({ server, root })
    const config = await approvedConfig(root, [agent])
    const offer = await agent.sync(null)
    const edited = await changeConfig(root, 'updateConfig', {
      id: config.id,
      revision: config.revision,
      rules: [],
      routeTests: [],
    })
    expect(edited.status).toBe('DRAFT')
    const input = { configId: config.id, url: 'http://a.corp.example/', proxyId: agent.proxyId }
    const verdictOf = async (source: string) =>
      (await root.get(explain, { input: { ...input, source } })).explainRoute.verdict
    expect(await verdictOf('DRAFT')).toBe('PARENT')
    expect(await verdictOf('ACTIVE')).toBe('DIRECT')
    const silent = await root.send(explain, { input: { ...input, source: 'PROXY' } })
    expect(silent.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
    await agent.sync(offer.hash)
    expect(await verdictOf('PROXY')).toBe('DIRECT')
    const requests = ['http://a.corp.example/', 'http://other.example/'].map((url) => ({
      url,
      resolvedAddress: '192.0.2.1',
    }))
    const compared = await root.get(compare, {
      input: { configId: config.id, from: 'ACTIVE', to: 'DRAFT', requests },
    })
    expect(compared.compareRoutes).toEqual({
      comparedCount: 2,
      differentCount: 1,
      differences: [
        {
          index: 0,
          before: { verdict: 'DIRECT' },
          after: { verdict: 'PARENT', parents: [{ host: '10.96.215.26' }] },
        },
      ],
    })
  })

  test('is refused with the field that is wrong, and within limits', async () => {
    const { id } = await newConfig(root)
    const refused = async (query: string, input: Data) =>
      problemsOf(await root.send(query, { input: { configId: id, ...input } })).map(
        ({ path, code }: Data) => `${path} ${code}`,
      )
    expect(await refused(explain, { url: 'http://a.example/', clientAddress: 'x' })).toEqual([
      'clientAddress ADDRESS_MALFORMED',
    ])
    expect(await refused(explain, { url: 'http://a.example/', source: 'PROXY' })).toEqual([
      'proxyId PROXY_MISSING',
    ])
    const requests = Array.from({ length: 1_001 }, () => ({ url: 'http://a.example/' }))
    expect(await refused(explainMany, { requests })).toEqual(['requests TOO_MANY'])
    expect(await refused(explainMany, { requests: [{ url: 'http://a.example/' }, { url: ' ' }] })).toEqual([
      expect.stringMatching(/^requests\.1\.url /),
    ])
    const many = await root.get(explainMany, { input: { configId: id, requests: requests.slice(1) } })
    expect(many.explainRoutes).toHaveLength(1_000)
    const nothing = await root.send(explain, {
      input: { configId: id, url: 'http://a.example/', source: 'ACTIVE' },
    })
    expect(nothing.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  })

  test('of a working copy that is incomplete is refused with its problems', async () => {
    const { id } = await newConfig(root, { parentProxies: [], routeTests: [] })
    const answer = await root.send(explain, { input: { configId: id, url: 'http://a.example/' } })
    expect(problemsOf(answer)).toEqual([expect.objectContaining({ code: 'NO_ENABLED_PARENT' })])
  })
})
