/** API tokens: what a script's token may do, how it ends, and what is kept of it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approve, changeConfig, configMutation, newApiToken, newConfig } from './support/calls.ts'
import { type Answer, startServer, type TestServer, type TestUser, withServer } from './support/server.ts'
import { openSocket } from './support/sockets.ts'

const me = '{ me { id } }'
const refusal = ({ status, errors }: Answer) => [status, errors[0]?.extensions.code]
const unauthenticated = [401, 'UNAUTHENTICATED']

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const tokens = '{ apiTokens { id name scopes expiresAt revokedAt } }'
const revoke =
  'mutation ($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { apiToken { revokedAt } } }'
const create = 'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token } }'

test('is shown once and kept as a hash', async () => {
  const user = await server.user('admin')
  const { token, apiToken } = await newApiToken(user, ['READ'])
  expect(token).toMatch(/^apm_api_[\w-]{43}$/)
  const listed = (await user.get(tokens)).apiTokens
  expect(listed).toMatchObject([{ id: apiToken.id, scopes: ['READ'], revokedAt: null }])
  expect(JSON.stringify(listed)).not.toContain(token)
  const [row] = await server.database.sql`select token_hash from api_tokens where id = ${apiToken.id}`
  expect(row?.token_hash).toMatch(/^[0-9a-f]{64}$/)
  expect((await server.client(token).get(me)).me.id).toBe(user.id)
  expect((await root.get(tokens)).apiTokens).toEqual([])
})

test('a revoked one is dead at once, and so is its socket', async () => {
  const user = await server.user('admin')
  const [dying, living] = [await newApiToken(user, ['READ']), await newApiToken(user, ['READ'])]
  const sockets = [openSocket(server, dying.token), openSocket(server, living.token)] as const
  for (const socket of sockets) expect((await socket.send(me)).data.me.id).toBe(user.id)
  const input = { id: dying.apiToken.id }
  expect((await user.get(revoke, { input })).revokeApiToken.apiToken.revokedAt).not.toBeNull()
  expect(refusal(await server.client(dying.token).send(me))).toEqual(unauthenticated)
  expect(await sockets[0].closed).toBe(4401)
  expect((await sockets[1].send(me)).data.me.id).toBe(user.id)
  await sockets[1].close()
  expect((await user.send(revoke, { input })).errors[0]?.extensions.code).toBe('CONFLICT')
})

test('somebody else’s is not found', async () => {
  const { apiToken } = await newApiToken(await server.user('admin'), ['READ'])
  const answer = await root.send(revoke, { input: { id: apiToken.id } })
  expect(answer.errors[0]?.extensions.code).toBe('NOT_FOUND')
})

test('an expired one is dead, over a socket as well', () =>
  withServer(async (own, user) => {
    const { token } = await newApiToken(user, ['READ'])
    const socket = openSocket(own, token)
    own.advance(3_590)
    expect((await socket.send(me)).data.me.id).toBe(user.id)
    own.advance(20)
    expect(refusal(await own.client(token).send(me))).toEqual(unauthenticated)
    expect((await socket.send(me).catch(() => null))?.data ?? null).toBeNull()
    expect(await socket.closed).toBe(4401)
  }))

test('can make no other one, nor keep a session alive', async () => {
  const { token } = await newApiToken(root, ['AUTHOR', 'OPERATE'])
  const script = server.client(token)
  const input = { name: 'more', expiresAt: new Date(Date.now() + 60_000).toISOString(), scopes: ['READ'] }
  expect((await script.send(create, { input })).errors[0]?.extensions.code).toBe('FORBIDDEN')
  expect(refusal(await script.send('mutation { beacon { status } }'))).toEqual(unauthenticated)
})

test('its last use is seen to the minute, and its work bears its name in the trail', async () => {
  const user = await server.user('admin')
  const { token } = await newApiToken(user, ['AUTHOR'])
  const listed = async () =>
    (await user.get('{ apiTokens { name lastUsedAt lastUsedAddress } }')).apiTokens[0]
  expect(await listed()).toMatchObject({ lastUsedAt: null, lastUsedAddress: null })
  const script = server.client(token)
  const { id } = await newConfig(script)
  const { lastUsedAt, lastUsedAddress, name } = await listed()
  expect(lastUsedAddress).toBe('127.0.0.1')
  expect(Math.abs(Date.parse(lastUsedAt) - Date.now())).toBeLessThan(60_000)
  await script.get(me)
  expect((await listed()).lastUsedAt).toBe(lastUsedAt)
  const [entry] = await server.database.sql`select actor_id, actor_name, channel from audit_logs
    where entity_id = ${id} and action = 'config.create'`
  expect(entry).toEqual({ actor_id: user.id, actor_name: `${user.email} (${name})`, channel: 'api' })
})

test('one for given configs changes these and no others, and makes none', async () => {
  const user = await server.user('admin')
  const [mine, other] = [await newConfig(user), await newConfig(user)]
  const input = {
    name: 'one config',
    scopes: ['READ', 'AUTHOR', 'APPROVE'],
    configIds: [mine.id],
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  }
  const script = server.client((await user.get(create, { input })).createApiToken.token)
  const code = async (name: string, sent: Record<string, unknown>) =>
    (await script.send(configMutation(name), { input: sent })).errors[0]?.extensions.code
  expect(await code('updateConfig', { id: other.id, revision: 1, description: 'no' })).toBe('FORBIDDEN')
  expect(await code('submitConfig', { id: other.id, revision: 1 })).toBe('FORBIDDEN')
  expect(await code('retireConfig', { id: other.id, revision: 1, reason: 'no' })).toBe('FORBIDDEN')
  expect(await code('cloneConfig', { id: mine.id, name: 'copy of mine' })).toBe('FORBIDDEN')
  expect(await code('createConfig', { name: 'another', defaultAction: 'DIRECT' })).toBe('FORBIDDEN')
  const submitted = await changeConfig(script, 'submitConfig', { id: mine.id, revision: mine.revision })
  expect((await approve(script, submitted)).status).toBe('ACTIVE')
})

test.each([
  ['no scope', { scopes: [] }, 'scopes'],
  ['no name', { name: ' ' }, 'name'],
  ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ['an end years away', { expiresAt: '2099-01-01T00:00:00Z' }, 'expiresAt'],
  ['no config', { configIds: [] }, 'configIds'],
])('%s is refused by name', async (_what, bad, path) => {
  const good = { name: 'x', scopes: ['READ'], expiresAt: new Date(Date.now() + 60_000).toISOString() }
  const { errors } = await root.send(create, { input: { ...good, ...bad } })
  expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ path }] })
})
