/** Forged, stolen, expired and foreign tokens and cookies: none lets anybody in, over HTTP or over a socket. */
import { createHmac, createSign, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readInstance } from '../server/instance.read.ts'
import { syncMutation, type TestAgent } from './support/agents.ts'
import { newAgent } from './support/calls.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'

let server: TestServer
let root: TestUser
let agent: TestAgent
let sessionId: string
let agentKey: string
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  agent = await newAgent({ server, root })
  const [row] = await server.database.sql`select s.id, p.public_key from sessions s, proxies p limit 1`
  sessionId = row?.id
  agentKey = row?.public_key
})
afterAll(() => server.close())

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = () => Math.floor(server.now().getTime() / 1000)
const header = { alg: 'HS256', typ: 'access+jwt' }
const claims = (more: Record<string, unknown> = {}) => ({
  sid: sessionId,
  iss: server.instanceId,
  aud: server.instanceId,
  iat: now(),
  exp: now() + 300,
  ...more,
})
const agentClaims = (more: Record<string, unknown> = {}) => ({
  iss: agent.proxyId,
  sub: agent.proxyId,
  aud: server.instanceId,
  iat: now(),
  exp: now() + 60,
  jti: randomUUID(),
  ...more,
})
const agentHeader = (more: Record<string, unknown> = {}) => ({
  alg: 'EdDSA',
  typ: 'agent+jwt',
  kid: agent.proxyId,
  ...more,
})
function hmac(head: unknown, body: unknown, key: string | Buffer): string {
  const text = `${encode(head)}.${encode(body)}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
async function instanceKey(): Promise<Buffer> {
  const { keys } = await readInstance(server.database.db)
  return Buffer.from(String(keys['access-token'].k), 'base64url')
}

test('the forger’s tools work: a token made by them with the right key is let in', async () => {
  const good = hmac(header, claims(), await instanceKey())
  expect((await server.client(good).get('{ me { id } }')).me.id).toBe(root.id)
})

/** The key that anybody can know, in every form in which it could be taken for a shared secret. */
const publicForms = (x: string) => [x, Buffer.from(x, 'base64url'), Buffer.from(x, 'base64')]

const forged: readonly (readonly [what: string, make: () => Promise<string> | string])[] = [
  ['no algorithm', () => `${encode({ ...header, alg: 'none' })}.${encode(claims())}.`],
  ['no algorithm, in other letters', () => `${encode({ ...header, alg: 'nOnE' })}.${encode(claims())}.`],
  ['no signature', () => `${encode(header)}.${encode(claims())}.`],
  ['no algorithm said', async () => hmac({ typ: 'access+jwt' }, claims(), await instanceKey())],
  ['an empty key', () => hmac(header, claims(), '')],
  ['the id of the instance for a key', () => hmac(header, claims(), server.instanceId)],
  ['the public key of an agent for a key', () => hmac(header, claims(), publicForms(agentKey)[0] ?? '')],
  ['the same, as bytes', () => hmac(header, claims(), publicForms(agentKey)[1] ?? '')],
  ['the public key of offers for a key', () => hmac(header, claims(), publicForms(agent.serverKey)[0] ?? '')],
  ['the same, as bytes', () => hmac(header, claims(), publicForms(agent.serverKey)[1] ?? '')],
  [
    'another algorithm of the family',
    async () => hmac({ ...header, alg: 'HS512' }, claims(), await instanceKey()),
  ],
  [
    'a key that the token brings along',
    () => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const head = {
        ...header,
        alg: 'RS256',
        jwk: publicKey.export({ format: 'jwk' }),
        jku: 'https://evil.example/k',
      }
      const text = `${encode(head)}.${encode(claims())}`
      return `${text}.${createSign('sha256').update(text).sign(privateKey).toString('base64url')}`
    },
  ],
  ['signed by another instance, in our name', () => hmac(header, claims(), randomBytes(32))],
  ['for another audience', async () => hmac(header, claims({ aud: randomUUID() }), await instanceKey())],
  ['from another issuer', async () => hmac(header, claims({ iss: 'x' }), await instanceKey())],
  ['expired', async () => hmac(header, claims({ iat: now() - 600, exp: now() - 1 }), await instanceKey())],
  ['not valid yet', async () => hmac(header, claims({ nbf: now() + 60 }), await instanceKey())],
  ['of another type', async () => hmac({ ...header, typ: 'JWT' }, claims(), await instanceKey())],
  ['a session that is none', async () => hmac(header, claims({ sid: randomUUID() }), await instanceKey())],
  ['an object for a session', async () => hmac(header, claims({ sid: { $ne: null } }), await instanceKey())],
  [
    'an agent’s proof without a signature',
    () => `${encode(agentHeader({ alg: 'none' }))}.${encode(agentClaims())}.`,
  ],
  [
    'an agent’s proof signed with its public key',
    () => hmac(agentHeader({ alg: 'HS256' }), agentClaims(), publicForms(agentKey)[1] ?? ''),
  ],
  ['the same, in its key’s text', () => hmac(agentHeader({ alg: 'HS256' }), agentClaims(), agentKey)],
  [
    'an agent’s proof with our key of people’s tokens',
    async () => hmac(agentHeader({ alg: 'HS256' }), agentClaims(), await instanceKey()),
  ],
  [
    'an agent that is none',
    () => agent.token().replace(/^[^.]+/, encode(agentHeader({ kid: randomUUID() }))),
  ],
  ['SQL for an agent', () => agent.token().replace(/^[^.]+/, encode(agentHeader({ kid: "' or '1'='1" })))],
  [
    'a path for an agent',
    () => agent.token().replace(/^[^.]+/, encode(agentHeader({ kid: '../../../dev/null' }))),
  ],
  [
    'a list for an agent',
    () => agent.token().replace(/^[^.]+/, encode(agentHeader({ kid: [agent.proxyId] }))),
  ],
  ['an agent’s proof of yesterday', () => agent.token({ iat: now() - 86_400, exp: now() - 86_340 })],
  ['an agent’s proof for a year', () => agent.token({ exp: now() + 31_536_000 })],
  ['an agent’s proof for another instance', () => agent.token({ aud: randomUUID() })],
  ['an agent’s proof in another’s name', () => agent.token({ sub: randomUUID() })],
  ['four thousand characters', () => `apm_api_${'x'.repeat(4_088)}`],
  ['eight thousand characters', () => `apm_api_${'x'.repeat(8_000)}`],
  ['a token with a line in it', () => 'apm_api_x%0d%0aset-cookie:a=b'],
]

describe('a forged token', () => {
  test.each(forged)('%s', async (_what, make) => {
    const token = await make()
    for (const [query, variables] of [
      ['{ me { id } }', {}],
      [syncMutation, { input: { hostname: agent.hostname, agentVersion: 'x' } }],
    ] as const) {
      const { status, errors, data } = await server.client(token).send(query, variables)
      expect([status, errors[0]?.extensions.code, data ?? null]).toEqual([401, 'UNAUTHENTICATED', null])
      expect(JSON.stringify(errors)).not.toContain(token.slice(-20))
    }
    expect(await openSocket(server, token).closed).toBe(4401)
    expect(server.logged.filter((line) => line.includes('"fault"'))).toEqual([])
  })

  test('with a forged token a public mutation is done in nobody’s name, and only that', async () => {
    const token = await (forged[0]?.[1] ?? (() => ''))()
    const mixed = 'mutation { logout { ended } retireProxy(input: { id: "x" }) { proxy { id } } }'
    expect((await server.client(token).send(mixed)).status).toBe(401)
    const { data } = await server.client(token).send('mutation { logout { ended } }')
    expect(data.logout.ended).toBe(false)
    expect((await root.get('{ me { id } }')).me.id).toBe(root.id)
  })
})

describe('a cookie', () => {
  const login = 'mutation ($input: LoginInput!) { login(input: $input) { expiresAt } }'
  const beacon = 'mutation { beacon { status } }'
  const send = (cookie: string) => server.client(null).send(beacon, {}, { cookie })
  async function freshCookie(): Promise<string> {
    const user = await server.user('regular')
    const input = { email: user.email, password: user.password }
    const { headers } = await server.client(null).send(login, { input })
    return headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }

  test('of a session that was logged out is dead when it is sent again', async () => {
    const cookie = await freshCookie()
    expect((await send(cookie)).status).toBe(200)
    await server.client(null).send('mutation { logout { ended } }', {}, { cookie })
    for (let time = 0; time < 3; time += 1) {
      expect((await send(cookie)).errors[0]?.extensions.code).toBe('UNAUTHENTICATED')
    }
  })

  test('is no bearer token, nor is a bearer token a cookie', async () => {
    const cookie = await freshCookie()
    const [name, secret = ''] = cookie.split('=')
    expect((await server.client(secret).send('{ me { id } }')).status).toBe(401)
    expect((await send(`${name}=${root.accessToken}`)).status).toBe(401)
    expect((await send(`__Host-${cookie}`)).status).toBe(401)
  })

  test.each([
    ['a thousand cookies beside it', (cookie: string) => `${'a=b; '.repeat(1_000)}${cookie}`, 200],
    [
      'two of its name: the first counts',
      (cookie: string) => `${cookie}; ${cookie.split('=')[0]}=forged`,
      200,
    ],
    ['a forged one in front', (cookie: string) => `${cookie.split('=')[0]}=forged; ${cookie}`, 401],
    ['SQL', (cookie: string) => `${cookie.split('=')[0]}=' or '1'='1`, 401],
    ['nothing in it', (cookie: string) => `${cookie.split('=')[0]}=`, 401],
    ['its hash', (cookie: string) => `${cookie.split('=')[0]}=${'0'.repeat(64)}`, 401],
  ])('%s', async (_what, forge, status) => {
    expect((await send(forge(await freshCookie()))).status).toBe(status)
  })
})
