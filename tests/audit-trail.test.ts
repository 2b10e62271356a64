/** What the trail says of every mutation: who, what, which thing, each field before and after, when, from where, why. */
import { randomUUID } from 'node:crypto'
import { type GraphQLInputObjectType, getNamedType, isInputObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApiSchema } from '../server/graphql/schema.ts'
import type { TestAgent } from './support/agents.ts'
import {
  approvedConfig,
  configMutation,
  mutationCalls,
  newAgent,
  newApiToken,
  newConfig,
  startCapture,
} from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

interface Trace {
  readonly action: string
  readonly entity: string
  /** Fields that have to be there, before and after; null: there is nothing to tell on that side. */
  readonly old: readonly string[] | null
  readonly new: readonly string[] | null
}
const trace = (action: string, entity: string, old: Trace['old'], fresh: Trace['new']): Trace => ({
  action,
  entity,
  old,
  new: fresh,
})
const edit = ['revision', 'status', 'configHash'] as const

/** By mutation, written from what each of them changes; null: observed, not audited (a beacon, statistics, log lines). */
const traces: Readonly<Record<string, Trace | null>> = {
  login: trace('session.login', 'session', null, []),
  logout: trace('session.logout', 'session', ['endedAt'], ['endedAt']),
  endSession: trace('session.end', 'session', ['endedAt'], ['endedAt']),
  confirmIdentity: trace('session.confirm', 'session', ['confirmedAt'], ['confirmedAt']),
  beacon: null,
  createUser: trace('user.create', 'user', null, ['email', 'name', 'role', 'isInvited']),
  changeUserRole: trace('user.change_role', 'user', ['role'], ['role']),
  disableUser: trace('user.disable', 'user', ['isActive'], ['isActive']),
  enableUser: trace('user.enable', 'user', ['isActive'], ['isActive']),
  createPasswordLink: trace('user.link_password', 'user', null, ['expiresAt']),
  choosePassword: trace('user.choose_password', 'user', null, ['password']),
  startSecondFactor: trace('user.start_second_factor', 'user', null, null),
  enableSecondFactor: trace('user.enable_second_factor', 'user', null, ['hasSecondFactor']),
  renewRecoveryCodes: trace('user.renew_recovery_codes', 'user', null, ['recoveryCodes']),
  disableSecondFactor: trace('user.disable_second_factor', 'user', ['hasSecondFactor'], ['hasSecondFactor']),
  resetSecondFactor: trace('user.reset_second_factor', 'user', ['hasSecondFactor'], ['hasSecondFactor']),
  changePassword: trace('user.change_password', 'user', null, ['password']),
  createApiToken: trace('api_token.create', 'api_token', null, ['name', 'scopes', 'configs', 'expiresAt']),
  revokeApiToken: trace('api_token.revoke', 'api_token', ['revokedAt'], ['revokedAt']),
  createEnrolmentToken: trace('enrolment_token.create', 'enrolment_token', null, [
    'name',
    'config',
    'expiresAt',
    'maxUses',
    'isEphemeral',
  ]),
  revokeEnrolmentToken: trace('enrolment_token.revoke', 'enrolment_token', ['revokedAt'], ['revokedAt']),
  updateSettings: trace('settings.update', 'settings', ['sessionHours'], ['sessionHours']),
  createConfig: trace('config.create', 'config', null, [
    'name',
    'status',
    'defaultAction',
    'rules',
    'parentProxies',
  ]),
  cloneConfig: trace('config.clone', 'config', null, ['name', 'clonedFrom', 'rules']),
  importConfigFiles: trace('config.import', 'config', null, ['name', 'rules']),
  updateConfig: trace('config.update', 'config', ['description', 'revision'], ['description', 'revision']),
  editRules: trace('config.update', 'config', ['revision', 'rules'], ['revision', 'rules']),
  setConfigProxies: trace('config.update', 'config', ['proxies', 'revision'], ['proxies', 'revision']),
  submitConfig: trace(
    'config.submit',
    'config',
    ['status', 'configHash'],
    ['status', 'configHash', 'proxyCount'],
  ),
  approveConfig: trace('config.approve', 'config', ['status'], ['status', 'version', 'configHash']),
  rejectConfig: trace(
    'config.reject',
    'config',
    ['status', 'configHash'],
    ['status', 'configHash', 'reason'],
  ),
  restoreVersion: trace('config.restore', 'config', [...edit], [...edit, 'restoredVersion']),
  retireConfig: trace('config.retire', 'config', ['retiredAt'], ['retiredAt', 'reason']),
  retireProxy: trace('proxy.retire', 'proxy', ['retiredAt'], ['retiredAt']),
  retryProxy: trace('proxy.retry', 'proxy', ['sequence'], ['sequence']),
  takeOutParent: trace('parent.withdraw', 'proxy', null, ['parent', 'reason']),
  bringBackParent: trace('parent.return', 'proxy', ['parent'], null),
  startLogCapture: trace('log_capture.start', 'proxy', null, ['until', 'filter', 'mostLines']),
  stopLogCapture: trace('log_capture.stop', 'proxy', ['until'], ['until']),
  exportLogLines: trace('log_lines.export', 'proxy', null, ['lines', 'from']),
  deleteLogLines: trace('log_lines.delete', 'proxy', ['lines'], null),
  enrolAgent: trace('proxy.enrol', 'proxy', null, ['hostname', 'enrolmentToken', 'follows', 'versionId']),
  sync: trace('proxy.report', 'proxy', ['agentVersion'], ['agentVersion']),
  acknowledgeSync: trace('proxy.acknowledge', 'proxy', ['message'], ['outcome', 'message', 'attemptedHash']),
  reportFiles: null,
  reportParents: null,
  reportHost: null,
  reportLogLines: null,
  reportStats: null,
}
const byAgent: ReadonlySet<string> = new Set(['sync', 'acknowledgeSync'])
const withoutToken: ReadonlySet<string> = new Set(['login', 'enrolAgent', 'choosePassword'])

let server: TestServer
let root: TestUser
let agent: TestAgent
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  agent = await newAgent({ server, root })
  await agent.sync(null)
  await startCapture(root, { proxyId: agent.proxyId })
})
afterAll(() => server.close())

const newest = async (): Promise<number> =>
  (await server.database.sql`select coalesce(max(id), 0)::int as id from audit_logs`)[0]?.id
const entriesAfter = (id: number): Promise<Data[]> =>
  server.database.sql`select * from audit_logs where id > ${id} order by id` as unknown as Promise<Data[]>

test('every mutation of the schema has a row above, and no row is of none', async () => {
  const fields = (await buildApiSchema()).getMutationType()?.getFields() ?? {}
  expect(Object.keys(traces).sort()).toEqual(Object.keys(fields).sort())
})

describe('what each mutation leaves', () => {
  test.each(Object.entries(traces))('%s', async (name, wanted) => {
    const user = await server.user('root')
    const call = await mutationCalls[name]?.({
      server,
      root,
      owner: user,
      self: user,
      password: user.password,
      agent,
    })
    if (!call) throw new Error(`no call of ${name}`)
    const { query, variables = {} } = name === 'updateSettings' ? otherHours(call) : call
    const before = await newest()
    const requestId = `trail-${randomUUID()}`
    const token =
      byAgent.has(name) || wanted === null ? agent.token() : withoutToken.has(name) ? null : user.accessToken
    const client = name === 'beacon' ? user : server.client(token)
    const askedAt = Date.now()
    const { errors, data } = await client.send(query, variables, { 'x-request-id': requestId })
    expect(errors).toEqual([])
    const entries = await entriesAfter(before)
    if (wanted === null) return expect(entries).toEqual([])
    for (const each of entries) {
      expect(each).toMatchObject({
        request_id: requestId,
        address: '127.0.0.1',
        ...actorOf(name, user, each),
      })
      expect(each.action).toMatch(/^[a-z_]+\.[a-z_]+$/)
      expect(each.actor_name).not.toBe('')
    }
    const [entry] = entries.filter(
      ({ action, entity_kind: kind }) => action === wanted.action && kind === wanted.entity,
    )
    expect(entry).toMatchObject({ entity_name: expect.stringMatching(/./) })
    expect(entry.entity_id).not.toBeNull()
    expect(Math.abs(Date.parse(entry.at) - askedAt)).toBeLessThan(60_000)
    const fields = (value: Data) => (value === null ? null : Object.keys(value))
    for (const [side, value] of [
      [wanted.old, entry.old_value],
      [wanted.new, entry.new_value],
    ] as const) {
      if (side === null) expect(value).toBeNull()
      else expect(fields(value)).toEqual(expect.arrayContaining([...side]))
    }
    // Only what differs, and nothing of the same name on both sides with the same value.
    for (const field of fields(entry.old_value) ?? []) {
      expect([field, entry.new_value?.[field]]).not.toEqual([field, entry.old_value[field]])
    }
    const reason = (variables as Data).input?.reason
    if (reason !== undefined) expect(entry.new_value).toMatchObject({ reason })
    for (const secret of [...secretsIn(variables), ...secretsIn(data), user.password, user.accessToken]) {
      expect(JSON.stringify(entries)).not.toContain(secret)
    }
  })

  /** Who it was, and by which way. */
  function actorOf(name: string, user: TestUser, entry: Data): Readonly<Record<string, unknown>> {
    if (byAgent.has(name)) {
      return { actor_kind: 'agent', actor_id: agent.proxyId, actor_name: agent.hostname, channel: 'agent' }
    }
    if (name === 'enrolAgent') return { actor_kind: 'anonymous', channel: 'api' }
    if (name === 'choosePassword') return { actor_kind: 'user', actor_id: entry.entity_id }
    if (name === 'login') return { actor_kind: 'user', actor_id: root.id }
    return { actor_kind: 'user', actor_id: user.id, channel: 'ui' }
  }

  /** What is set to what it was leaves nothing to tell. */
  function otherHours(call: { query: string }) {
    return { query: call.query, variables: { input: { sessionHours: 13 } } }
  }
})

/** Every text under a name that speaks of a secret, or that looks like one. */
function secretsIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string') {
    return /password|secret|recoveryCodes|^token$/i.test(name) || value.startsWith('apm_') ? [value] : []
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => secretsIn(part, Array.isArray(value) ? name : key))
}

test('wherever a reason is asked for, it is in the trail', async () => {
  const fields = (await buildApiSchema()).getMutationType()?.getFields() ?? {}
  const asking = Object.values(fields).flatMap(({ name, args }) => {
    const type = getNamedType(args[0]?.type)
    return isInputObjectType(type) && 'reason' in (type as GraphQLInputObjectType).getFields() ? [name] : []
  })
  expect(asking.sort()).toEqual(['rejectConfig', 'retireConfig', 'takeOutParent'])
  for (const name of asking) expect(traces[name]?.new).toContain('reason')
})

describe('beside mutations', () => {
  test('a script is named by its token, its person by the id', async () => {
    const { token, apiToken } = await newApiToken(root, ['AUTHOR'])
    const [{ name }] = (await server.database
      .sql`select name from api_tokens where id = ${apiToken.id}`) as Data
    const call = await mutationCalls.createConfig?.({
      server,
      root,
      owner: root,
      self: root,
      password: root.password,
      agent,
    })
    const before = await newest()
    await server.client(token).get(call?.query ?? '', call?.variables)
    expect(await entriesAfter(before)).toMatchObject([
      { action: 'config.create', actor_id: root.id, actor_name: `${root.email} (${name})`, channel: 'api' },
    ])
  })

  test('a failed login tells which address was tried, and not the password', async () => {
    const before = await newest()
    const input = { email: root.email, password: 'not the password' }
    await server
      .client(null)
      .send('mutation ($input: LoginInput!) { login(input: $input) { expiresAt } }', { input })
    const entries = await entriesAfter(before)
    expect(entries).toMatchObject([
      { action: 'session.refuse', actor_kind: 'anonymous', entity_name: root.email, address: '127.0.0.1' },
    ])
    expect(JSON.stringify(entries)).not.toContain(input.password)
  })

  test.each([
    ['over HTTP', async (query: string, token: string) => void (await server.client(token).send(query))],
    [
      'to a token, over HTTP',
      async (query: string) => {
        const { token } = await newApiToken(root, ['READ'])
        await server.client(token).send(query)
      },
    ],
  ])('a refusal for lack of rights tells what was tried, %s', async (_way, attempt) => {
    const reader = await server.user('regular')
    const query = 'mutation { createConfig(input: { name: "x", defaultAction: DIRECT }) { config { id } } }'
    const before = await newest()
    await attempt(query, reader.accessToken)
    const refused = (await entriesAfter(before)).filter(({ action }) => action === 'access.refuse')
    expect(refused).toMatchObject([{ actor_kind: 'user', new_value: { operation: 'createConfig' } }])
  })

  test('an acknowledgement that changes nothing leaves nothing; one that does tells both outcomes', async () => {
    const one = await newAgent({ server, root })
    const said = { hash: 'a'.repeat(64), sequence: 1, outcome: 'FAILED', message: 'the disk is full' }
    const before = await newest()
    await one.acknowledge(said)
    await one.acknowledge(said)
    await one.acknowledge({ ...said, outcome: 'APPLIED', message: 'loaded' })
    expect(await entriesAfter(before)).toMatchObject([
      { old_value: { outcome: null }, new_value: { outcome: 'failed', message: 'the disk is full' } },
      { old_value: { outcome: 'failed' }, new_value: { outcome: 'applied', message: 'loaded' } },
    ])
  })

  test('what a refused mutation leaves is nothing', async () => {
    const before = await newest()
    const { id } = await newConfig(root)
    const made = await newest()
    expect(made).toBeGreaterThan(before)
    const input = { id, revision: 99, description: 'stale' }
    const { errors } = await root.send(configMutation('updateConfig'), { input })
    expect(errors[0]?.extensions.code).toBe('CONFLICT')
    expect(await newest()).toBe(made)
  })

  test('an unchanged sync and a repeated acknowledgement write no entry', async () => {
    const one = await newAgent({ server, root })
    await approvedConfig(root, [one])
    const { hash, sequence } = await one.sync(null)
    const said = { hash, sequence, outcome: 'APPLIED', message: 'loaded' }
    await one.acknowledge(said)
    const before = await newest()
    await one.acknowledge(said)
    await one.sync(hash)
    await one.sync(hash)
    expect(await newest()).toBe(before)
  })

  test('an entry holds the fields that differ, and only those', async () => {
    const { id, revision } = await newConfig(root, { description: 'before' })
    const input = { id, revision, description: 'after' }
    await root.get(configMutation('updateConfig'), { input })
    const [entry] = await server.database
      .sql`select * from audit_logs where entity_id = ${id} and action = 'config.update'`
    expect(entry?.old_value).toEqual({ description: 'before', revision })
    expect(entry?.new_value).toEqual({ description: 'after', revision: revision + 1 })
  })
})
