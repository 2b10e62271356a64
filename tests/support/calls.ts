/** One valid call of every mutation and query, prepared so that it succeeds for somebody with the right to make it. */
import { generateKeyPairSync } from 'node:crypto'
import { enrol, enrolmentToken, foundOnDisk, type TestAgent } from './agents.ts'
import { secondFactorCalls } from './second-factor.ts'
import type { ApiClient, Data, TestServer, TestUser } from './server.ts'

export interface Call {
  readonly query: string
  readonly variables?: Record<string, unknown>
}

export interface World {
  readonly server: TestServer
  /** Not who is going to call: their password and their sessions stay. */
  readonly root: TestUser
  /** Whoever is going to call: owns what only its owner may touch, and submits what only the submitter may approve. */
  readonly owner: ApiClient
  /** Who is going to call, for what is about themselves. */
  readonly self: ApiClient
  /** Of the person who is going to call. */
  readonly password: string
  /** The agent that is going to call, or any. */
  readonly agent: TestAgent
}

let serial = 0
export const unique = (prefix: string) => `${prefix}-${++serial}`
export const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

const configs: Readonly<Record<string, string>> = {
  createConfig: 'CreateConfigInput',
  updateConfig: 'UpdateConfigInput',
  editRules: 'EditRulesInput',
  setConfigProxies: 'SetConfigProxiesInput',
  submitConfig: 'SubmitConfigInput',
  approveConfig: 'ApproveConfigInput',
  rejectConfig: 'RejectConfigInput',
  restoreVersion: 'RestoreVersionInput',
  cloneConfig: 'CloneConfigInput',
  importConfigFiles: 'ImportConfigFilesInput',
  retireConfig: 'RetireConfigInput',
}
export const configMutation = (name: string, fields = 'id revision status configHash activeVersion { id }') =>
  `mutation ($input: ${configs[name]}!) { ${name}(input: $input) { config { ${fields} } } }`

export async function changeConfig(
  by: ApiClient,
  name: string,
  input: Record<string, unknown>,
): Promise<Data> {
  return (await by.get(configMutation(name), { input }))[name].config
}

export const newConfig = (by: ApiClient, input: Record<string, unknown> = {}): Promise<Data> =>
  changeConfig(by, 'createConfig', { ...configInput(), ...input })

/** Of every config here. */
export const parentHost = '10.96.215.26'

export function configInput(): Record<string, unknown> {
  return {
    name: unique('config'),
    defaultAction: 'PARENT',
    rules: [
      { kind: 'DOMAIN', value: 'corp.example', action: 'DIRECT' },
      { kind: 'IP_RANGE', value: '10.0.0.0/8', action: 'DIRECT' },
    ],
    parentProxies: [{ host: parentHost, port: 3128, priority: 1 }],
    clientRules: [{ range: '10.0.0.0/8', action: 'ALLOW' }],
    routeTests: [{ target: '*.corp.example', expect: 'DIRECT' }],
  }
}

/** A config that waits for its second confirmation, with these agents' proxies. */
export async function submittedConfig(
  by: ApiClient,
  agents: readonly TestAgent[] = [],
  input: Record<string, unknown> = {},
): Promise<Data> {
  const { id, revision } = await newConfig(by, input)
  const proxyIds = agents.map((agent) => agent.proxyId)
  const named = await changeConfig(by, 'setConfigProxies', { configId: id, revision, proxyIds })
  return changeConfig(by, 'submitConfig', { id, revision: named.revision })
}

export function approve(by: ApiClient, { id, revision, configHash }: Data): Promise<Data> {
  return changeConfig(by, 'approveConfig', { id, revision, configHash })
}

export const approvedConfig = async (...given: Parameters<typeof submittedConfig>): Promise<Data> =>
  approve(given[0], await submittedConfig(...given))

/** For five minutes, unless the input says otherwise. */
export const startCapture = (by: ApiClient, input: Record<string, unknown>): Promise<Data> =>
  by.get(
    'mutation ($input: StartLogCaptureInput!) { startLogCapture(input: $input) { proxies { id captureLogsUntil } } }',
    {
      input: { minutes: 5, ...input },
    },
  )

export const newAgent = async ({ server, root }: Pick<World, 'server' | 'root'>): Promise<TestAgent> =>
  enrol(server, await enrolmentToken(root), `${unique('edge')}.test.example`)

const configCall = (name: string, input: Record<string, unknown>): Call => ({
  query: configMutation(name, 'id'),
  variables: { input },
})
const call = (name: string, type: string, fields: string, input: Record<string, unknown>): Call => ({
  query: `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
  variables: { input },
})

const newUserInput = () => ({ email: `${unique('new')}@test.example`, name: 'New', role: 'REGULAR' })

/** Somebody who has not chosen a password yet. */
export async function invite(by: ApiClient, input: Record<string, unknown> = {}): Promise<Data> {
  const { createUser } = await by.get(
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id email } passwordLink { token } } }',
    { input: { ...newUserInput(), ...input } },
  )
  return createUser
}

/** By name of the mutation. */
export const mutationCalls: Readonly<Record<string, (world: World) => Promise<Call>>> = {
  login: async ({ root: { email, password } }) =>
    call('login', 'LoginInput', 'expiresAt', { email, password }),
  beacon: async () => ({ query: 'mutation { beacon { status } }' }),
  logout: async () => ({ query: 'mutation { logout { ended } }' }),
  endSession: async ({ server, root }) => {
    const { id } = await server.user('regular')
    const { sessions } = await root.get('query ($id: ID) { sessions(userId: $id) { id } }', { id })
    return call('endSession', 'EndSessionInput', 'session { id }', { id: sessions[0].id })
  },
  confirmIdentity: async ({ password }) =>
    call('confirmIdentity', 'ConfirmIdentityInput', 'confirmedUntil', { password }),
  createUser: async () =>
    call('createUser', 'CreateUserInput', 'user { id } passwordLink { expiresAt }', newUserInput()),
  changeUserRole: async ({ server }) => {
    const { id } = await server.user('regular')
    return call('changeUserRole', 'ChangeUserRoleInput', 'user { role }', { id, role: 'ADMIN' })
  },
  disableUser: async ({ server }) =>
    call('disableUser', 'UserInput', 'user { id }', { id: (await server.user('regular')).id }),
  enableUser: async ({ server, root }) => {
    const { id } = await server.user('regular')
    await root.get('mutation ($input: UserInput!) { disableUser(input: $input) { user { id } } }', {
      input: { id },
    })
    return call('enableUser', 'UserInput', 'user { id }', { id })
  },
  createPasswordLink: async ({ server }) =>
    call('createPasswordLink', 'UserInput', 'passwordLink { expiresAt }', {
      id: (await server.user('regular')).id,
    }),
  choosePassword: async ({ root }) => {
    const { passwordLink } = await invite(root)
    const input = { token: passwordLink.token, password: 'a mountain of salt' }
    return call('choosePassword', 'ChoosePasswordInput', 'user { id }', input)
  },
  ...secondFactorCalls,
  changePassword: async ({ password }) => {
    const input = { currentPassword: password, newPassword: 'rain over the harbour' }
    return call('changePassword', 'ChangePasswordInput', 'user { id }', input)
  },
  createConfig: async () => configCall('createConfig', configInput()),
  updateConfig: async ({ owner }) => {
    const { id, revision } = await newConfig(owner)
    return configCall('updateConfig', { id, revision, description: 'changed' })
  },
  editRules: async ({ owner }) => {
    const { id, revision } = await newConfig(owner)
    const rule = { kind: 'HOST', value: 'added.example', action: 'DIRECT' }
    return configCall('editRules', { id, revision, operations: [{ add: { rule } }] })
  },
  setConfigProxies: async ({ owner, agent }) => {
    const { id, revision } = await newConfig(owner)
    return configCall('setConfigProxies', { configId: id, revision, proxyIds: [agent.proxyId] })
  },
  submitConfig: async ({ owner }) => {
    const { id, revision } = await newConfig(owner)
    return configCall('submitConfig', { id, revision })
  },
  approveConfig: async ({ owner }) => {
    const { id, revision, configHash } = await submittedConfig(owner)
    return configCall('approveConfig', { id, revision, configHash })
  },
  rejectConfig: async ({ owner }) => {
    const { id, revision } = await submittedConfig(owner)
    return configCall('rejectConfig', { id, revision, reason: 'not now' })
  },
  restoreVersion: async ({ owner }) => {
    const { revision, activeVersion } = await approvedConfig(owner)
    return configCall('restoreVersion', { versionId: activeVersion.id, revision })
  },
  cloneConfig: async ({ owner }) => {
    const { id } = await newConfig(owner)
    return configCall('cloneConfig', { id, name: unique('clone') })
  },
  importConfigFiles: async () =>
    configCall('importConfigFiles', {
      name: unique('import'),
      files: [{ name: 'parent.config', content: 'dest_domain=corp.example go_direct=true' }],
    }),
  retireConfig: async ({ owner }) => {
    const { id, revision } = await newConfig(owner)
    return configCall('retireConfig', { id, revision, reason: 'nobody runs it' })
  },
  retireProxy: async (world) =>
    call('retireProxy', 'RetireProxyInput', 'proxy { id }', { id: (await newAgent(world)).proxyId }),
  retryProxy: async (world) => {
    const agent = await newAgent(world)
    await approvedConfig(world.owner, [agent])
    const { hash, sequence } = await agent.sync(null)
    await agent.acknowledge({ hash, sequence, outcome: 'FAILED', message: 'The disk is full.' })
    return call('retryProxy', 'RetryProxyInput', 'proxy { id }', { id: agent.proxyId })
  },
  takeOutParent: async (world) => {
    const agent = await newAgent(world)
    await approvedConfig(world.owner, [agent])
    const input = { host: parentHost, proxyIds: [agent.proxyId], reason: 'maintenance' }
    return call('takeOutParent', 'TakeOutParentInput', 'changedCount', input)
  },
  bringBackParent: async (world) => {
    const agent = await newAgent(world)
    await approvedConfig(world.owner, [agent])
    const input = { host: parentHost, proxyIds: [agent.proxyId] }
    const taken = { input: { ...input, reason: 'maintenance' } }
    await world.owner.get(
      'mutation ($input: TakeOutParentInput!) { takeOutParent(input: $input) { changedCount } }',
      taken,
    )
    return call('bringBackParent', 'BringBackParentInput', 'changedCount', input)
  },
  startLogCapture: async (world) => {
    const { proxyId } = await newAgent(world)
    return call('startLogCapture', 'StartLogCaptureInput', 'proxies { id }', { proxyId, minutes: 5 })
  },
  stopLogCapture: async (world) => {
    const { proxyId } = await newAgent(world)
    await startCapture(world.owner, { proxyId })
    return call('stopLogCapture', 'StopLogCaptureInput', 'proxy { id }', { proxyId })
  },
  exportLogLines: async ({ agent: { proxyId } }) =>
    call('exportLogLines', 'ExportLogLinesInput', 'hasNextPage', { proxyId }),
  deleteLogLines: async (world) => {
    const { proxyId } = await newAgent(world)
    return call('deleteLogLines', 'DeleteLogLinesInput', 'deletedCount', { proxyId })
  },
  createEnrolmentToken: async () =>
    call('createEnrolmentToken', 'CreateEnrolmentTokenInput', 'enrolmentToken { id }', {
      name: unique('token'),
      expiresAt: inAnHour(),
    }),
  revokeEnrolmentToken: async ({ root }) => {
    const { createEnrolmentToken } = await root.get(
      'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { enrolmentToken { id } } }',
      { input: { name: unique('token'), expiresAt: inAnHour() } },
    )
    const { id } = createEnrolmentToken.enrolmentToken
    return call('revokeEnrolmentToken', 'RevokeEnrolmentTokenInput', 'enrolmentToken { id }', { id })
  },
  createApiToken: async () =>
    call('createApiToken', 'CreateApiTokenInput', 'apiToken { id }', {
      name: unique('token'),
      scopes: ['AUTHOR'],
      expiresAt: inAnHour(),
    }),
  revokeApiToken: async ({ owner }) => {
    const { id } = (await newApiToken(owner, ['READ'])).apiToken
    return call('revokeApiToken', 'RevokeApiTokenInput', 'apiToken { id }', { id })
  },
  updateSettings: async () =>
    call('updateSettings', 'UpdateSettingsInput', 'settings { instanceId }', { approvalPolicy: 'SAME_USER' }),
  enrolAgent: async ({ root }) => {
    const publicKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x
    const input = { token: await enrolmentToken(root), hostname: `${unique('new')}.test.example`, publicKey }
    return call('enrolAgent', 'EnrolAgentInput', 'proxy { id }', input)
  },
  sync: async ({ agent: { hostname } }) => {
    const input = { hostname, hash: null, atsVersion: '9.2.9', agentVersion: unique('agent') }
    return call('sync', 'SyncInput', 'upToDate', input)
  },
  acknowledgeSync: async () => {
    const input = { hash: 'a'.repeat(64), sequence: 1, outcome: 'FAILED', message: unique('words') }
    return call('acknowledgeSync', 'AcknowledgeSyncInput', 'serverTime', input)
  },
  reportFiles: async () =>
    call('reportFiles', 'ReportFilesInput', 'serverTime', foundOnDisk(`# ${unique('by hand')}\n`)),
  reportParents: async () => {
    const event = {
      host: 'p1.example',
      port: 3128,
      kind: 'DOWN',
      at: new Date().toISOString(),
      reason: 'down',
    }
    return call('reportParents', 'ReportParentsInput', 'serverTime', { events: [event] })
  },
  reportHost: async () =>
    call('reportHost', 'ReportHostInput', 'serverTime', {
      problems: [{ what: 'record', says: unique('found'), remedy: 'Set it.' }],
    }),
  reportLogLines: async () =>
    call('reportLogLines', 'ReportLogLinesInput', 'serverTime', {
      lines: [{ epoch: Date.now(), offset: 10, source: 'ACCESS', text: unique('line') }],
      linesPerSecond: 1,
      bytesPerSecond: 10,
    }),
  reportStats: async () =>
    call('reportStats', 'ReportStatsInput', 'serverTime isFull', {
      samples: [{ at: new Date().toISOString(), requests: 1 }],
    }),
}

/** By name of the query. */
export const queryCalls: Readonly<Record<string, (world: World) => Promise<Call>>> = {
  me: async () => ({ query: '{ me { id } }' }),
  users: async () => ({ query: '{ users { totalCount } }' }),
  sessions: async () => ({ query: '{ sessions { id } }' }),
  secondFactor: async () => ({ query: '{ secondFactor { enabledAt } }' }),
  apiTokens: async () => ({ query: '{ apiTokens { id } }' }),
  settings: async () => ({ query: '{ settings { instanceId } }' }),
  explainRoute: async ({ root }) => ({
    query: 'query ($input: ExplainRouteInput!) { explainRoute(input: $input) { verdict } }',
    variables: { input: { configId: (await newConfig(root)).id, url: 'http://a.example/' } },
  }),
  explainRoutes: async ({ root }) => ({
    query: 'query ($input: ExplainRoutesInput!) { explainRoutes(input: $input) { verdict } }',
    variables: { input: { configId: (await newConfig(root)).id, requests: [{ url: 'http://a.example/' }] } },
  }),
  compareRoutes: async ({ root }) => ({
    query: 'query ($input: CompareRoutesInput!) { compareRoutes(input: $input) { differentCount } }',
    variables: {
      input: {
        configId: (await newConfig(root)).id,
        from: 'DRAFT',
        requests: [{ url: 'http://a.example/' }],
      },
    },
  }),
  config: async ({ root }) => ({
    query: 'query ($id: ID!) { config(id: $id) { id } }',
    variables: { id: (await newConfig(root)).id },
  }),
  configs: async () => ({ query: '{ configs { totalCount } }' }),
  configVersion: async ({ root }) => ({
    query: 'query ($id: ID!) { configVersion(id: $id) { number } }',
    variables: { id: (await approvedConfig(root)).activeVersion.id },
  }),
  proxy: async ({ agent }) => ({
    query: 'query ($id: ID!) { proxy(id: $id) { id } }',
    variables: { id: agent.proxyId },
  }),
  proxies: async () => ({ query: '{ proxies { totalCount } }' }),
  proxyCounts: async () => ({ query: '{ proxyCounts { status count } }' }),
  proxyIds: async () => ({ query: '{ proxyIds }' }),
  parentHosts: async () => ({ query: '{ parentHosts { host } }' }),
  fleetStats: async () => ({
    query: 'query ($since: DateTime!) { fleetStats(since: $since) { at } }',
    variables: { since: new Date(Date.now() - 3_600_000).toISOString() },
  }),
  enrolmentTokens: async () => ({ query: '{ enrolmentTokens { id } }' }),
  auditEntries: async () => ({ query: '{ auditEntries { totalCount } }' }),
}

/** @param scopes as GraphQL spells them @param configIds null: for any config */
export async function newApiToken(
  by: ApiClient,
  scopes: readonly string[],
  configIds: readonly string[] | null = null,
): Promise<Data> {
  const { createApiToken } = await by.get(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token apiToken { id expiresAt } } }',
    { input: { name: unique('script'), scopes, configIds, expiresAt: inAnHour() } },
  )
  return createApiToken
}
