/** How an agent becomes a proxy's, how it proves itself from then on, and every way it is refused. */
import { createHmac, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrol, enrolmentToken, type TestAgent } from './support/agents.ts'
import { inAnHour, newAgent, unique } from './support/calls.ts'
import { type Answer, type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const enrolAgent =
  'mutation ($input: EnrolAgentInput!) { enrolAgent(input: $input) { proxy { id hostname } serverKey instanceId } }'
const syncMutation = 'mutation ($input: SyncInput!) { sync(input: $input) { upToDate } }'
const newHost = () => `${unique('host')}.test.example`
const newKey = () => generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x as string
const code = ({ errors }: Answer) => errors[0]?.extensions.code
const problems = ({ errors }: Answer) =>
  errors[0]?.extensions.problems?.map((problem) => `${problem.path} ${problem.code}`)

function apply(token: string, input: Record<string, unknown> = {}): Promise<Answer> {
  return server
    .client(null)
    .send(enrolAgent, { input: { token, hostname: newHost(), publicKey: newKey(), ...input } })
}
async function proxyCount(): Promise<number> {
  return (await server.database.sql`select count(*)::int as n from proxies`)[0]?.n
}

describe('the enrolment token', () => {
  const create =
    'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { token enrolmentToken { id uses maxUses } } }'
  const newToken = async (input: Record<string, unknown> = {}): Promise<Data> =>
    (await root.get(create, { input: { name: unique('token'), expiresAt: inAnHour(), ...input } }))
      .createEnrolmentToken

  test('lets in as many as it says, and no more', async () => {
    const { token } = await newToken({ maxUses: 2 })
    expect((await apply(token)).data.enrolAgent).toMatchObject({ instanceId: server.instanceId })
    expect((await apply(token)).errors).toEqual([])
    const third = await apply(token)
    expect([third.status, code(third)]).toEqual([401, 'UNAUTHENTICATED'])
  })

  test('of many that come at once, exactly one gets in on the last use', async () => {
    const { token, enrolmentToken: kept } = await newToken({ maxUses: 1 })
    const before = await proxyCount()
    const answers = await Promise.all(Array.from({ length: 12 }, () => apply(token)))
    const codes = answers.map((answer) => code(answer) ?? 'ok')
    expect(codes.filter((each) => each === 'ok')).toHaveLength(1)
    expect(codes.filter((each) => each === 'UNAUTHENTICATED')).toHaveLength(11)
    expect(await proxyCount()).toBe(before + 1)
    const [row] = await server.database.sql`select uses from enrolment_tokens where id = ${kept.id}`
    expect(row?.uses).toBe(1)
  })

  test('of many that come at once under one name, exactly one gets it', async () => {
    const { token, enrolmentToken: kept } = await newToken({ maxUses: 100 })
    const hostname = newHost()
    const answers = await Promise.all(Array.from({ length: 8 }, () => apply(token, { hostname })))
    expect(answers.filter((answer) => answer.errors.length === 0)).toHaveLength(1)
    expect(answers.filter((answer) => code(answer) === 'CONFLICT')).toHaveLength(7)
    const [row] = await server.database.sql`select uses from enrolment_tokens where id = ${kept.id}`
    expect(row?.uses).toBe(1)
  })

  test('revoked, unknown, malformed or of another kind: one answer for all', async () => {
    const { token, enrolmentToken: kept } = await newToken()
    const revoke =
      'mutation ($input: RevokeEnrolmentTokenInput!) { revokeEnrolmentToken(input: $input) { enrolmentToken { revokedAt } } }'
    await root.get(revoke, { input: { id: kept.id } })
    expect(code(await root.send(revoke, { input: { id: kept.id } }))).toBe('CONFLICT')
    const before = await proxyCount()
    const messages = new Set<string | undefined>()
    for (const bad of [token, `apm_enrol_${'x'.repeat(43)}`, '', 'nonsense', root.accessToken]) {
      const answer = await apply(bad)
      expect([bad, answer.status, code(answer)]).toEqual([bad, 401, 'UNAUTHENTICATED'])
      messages.add(answer.errors[0]?.message)
    }
    expect(messages.size).toBe(1)
    expect(await proxyCount()).toBe(before)
  })

  test('expired', async () => {
    const own = await startServer()
    try {
      const token = await enrolmentToken(await own.user('root'))
      own.advance(3_590)
      await enrol(own, token, newHost())
      own.advance(20)
      await expect(enrol(own, token, newHost())).rejects.toThrow('UNAUTHENTICATED')
    } finally {
      await own.close()
    }
  })

  test.each([
    ['no use', { maxUses: 0 }, 'maxUses'],
    ['too many uses', { maxUses: 10_001 }, 'maxUses'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['an end years away', { expiresAt: '2099-01-01T00:00:00Z' }, 'expiresAt'],
    ['no name', { name: '' }, 'name'],
    ['a name that is a novel', { name: 'x'.repeat(5_000) }, 'name'],
  ])('%s is refused by name', async (_what, input, path) => {
    const answer = await root.send(create, { input: { name: 'x', expiresAt: inAnHour(), ...input } })
    expect(answer.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ path }] })
  })

  test('an unknown config is not found', async () => {
    const input = { name: 'x', expiresAt: inAnHour(), configId: randomUUID() }
    expect(code(await root.send(create, { input }))).toBe('NOT_FOUND')
  })
})

describe('what the agent says of itself', () => {
  let token: string
  beforeAll(async () => {
    token = await enrolmentToken(root)
  })

  test('a hostname that is taken, however it is spelled; free again once retired', async () => {
    const agent = await newAgent({ server, root })
    for (const hostname of [agent.hostname, agent.hostname.toUpperCase(), `${agent.hostname}.`]) {
      const answer = await apply(token, { hostname })
      expect([code(answer), problems(answer)]).toEqual(['CONFLICT', ['hostname HOSTNAME_TAKEN']])
    }
    await retire(agent)
    const again = await apply(token, { hostname: agent.hostname })
    expect(again.data.enrolAgent.proxy.id).not.toBe(agent.proxyId)
  })

  test.each(['', ' ', 'two words', 'edge..test', '10.0.0.1', `${'x'.repeat(64)}.test`, 'a/b', '*.test'])(
    'the hostname %j is malformed',
    async (hostname) => {
      const answer = await apply(token, { hostname })
      expect(code(answer)).toBe('BAD_USER_INPUT')
      expect(problems(answer)).toEqual([expect.stringMatching(/^hostname /)])
    },
  )

  test.each([
    ['empty', ''],
    ['short', Buffer.alloc(31).toString('base64url')],
    ['long', Buffer.alloc(33).toString('base64url')],
    ['padded', `${newKey()}=`],
    ['not base64url', '!'.repeat(43)],
    ['PEM', '-----BEGIN PUBLIC KEY-----'],
  ])('a public key that is %s is malformed', async (_what, publicKey) => {
    const answer = await apply(token, { publicKey })
    expect([code(answer), problems(answer)]).toEqual(['BAD_USER_INPUT', ['publicKey KEY_MALFORMED']])
  })

  test('both wrong: both are named, and the token keeps its use', async () => {
    const answer = await apply(token, { hostname: 'a b', publicKey: '' })
    expect(problems(answer)).toEqual([expect.stringMatching(/^hostname /), 'publicKey KEY_MALFORMED'])
  })
})

async function retire(agent: TestAgent): Promise<void> {
  await root.get('mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { status } } }', {
    input: { id: agent.proxyId },
  })
}

describe('the agent’s token', () => {
  let agent: TestAgent
  let other: TestAgent
  beforeAll(async () => {
    agent = await newAgent({ server, root })
    other = await newAgent({ server, root })
  })
  const now = () => Math.floor(Date.now() / 1000)
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = () => ({
    iss: agent.proxyId,
    sub: agent.proxyId,
    aud: server.instanceId,
    iat: now(),
    exp: now() + 60,
    jti: randomUUID(),
  })
  /** The agent's own, valid token under another header. */
  const withHeader = (token: string, header: Record<string, unknown>) =>
    [encode(header), ...token.split('.').slice(1)].join('.')
  const publicKeyBytes = async (): Promise<Buffer> => {
    const [row] = await server.database.sql`select public_key from proxies where id = ${agent.proxyId}`
    return Buffer.from(row?.public_key, 'base64url')
  }
  const hmac = (header: Record<string, unknown>, key: Buffer | string) => {
    const body = `${encode(header)}.${encode(claims())}`
    return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`
  }
  const header = (changes: Record<string, unknown> = {}) => ({
    alg: 'EdDSA',
    typ: 'agent+jwt',
    kid: agent.proxyId,
    ...changes,
  })
  const sync = (token: string, hostname = agent.hostname) =>
    server.client(token).send(syncMutation, { input: { hostname, agentVersion: 'test' } })

  test('its own is let in, again and again', async () => {
    const token = agent.token()
    for (let time = 0; time < 3; time += 1) expect((await sync(token)).errors).toEqual([])
    expect((await sync(agent.token({ iat: now() - 30, exp: now() + 30 }))).errors).toEqual([])
  })

  const forgeries: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['for another instance', () => agent.token({ aud: randomUUID() })],
    ['expired', () => agent.token({ iat: now() - 200, exp: now() - 140 })],
    ['of the future', () => agent.token({ iat: now() + 600, exp: now() + 660 })],
    ['with a long life', () => agent.token({ exp: now() + 3_600 })],
    ['with a life that began long ago', () => agent.token({ iat: now() - 3_600 })],
    ['without an end', () => agent.token({ exp: undefined })],
    ['without a beginning', () => agent.token({ iat: undefined })],
    ['issued by another proxy', () => agent.token({ iss: other.proxyId })],
    ['about another proxy', () => agent.token({ sub: other.proxyId })],
    ['under another proxy’s name', () => withHeader(agent.token(), header({ kid: other.proxyId }))],
    [
      'of another proxy, claiming to be this one',
      () => other.token({ iss: agent.proxyId, sub: agent.proxyId }),
    ],
    ['of another proxy under this one’s name', () => withHeader(other.token(), header())],
    ['of a proxy that is not enrolled', () => withHeader(agent.token(), header({ kid: randomUUID() }))],
    ['of a proxy with a strange id', () => withHeader(agent.token(), header({ kid: "' or 1=1 --" }))],
    ['unsigned', () => `${encode(header({ alg: 'none' }))}.${encode(claims())}.`],
    ['whose signature is cut off', () => agent.token().split('.').slice(0, 2).join('.')],
    [
      'with another signature',
      () => `${agent.token().split('.').slice(0, 2).join('.')}.${Buffer.alloc(64).toString('base64url')}`,
    ],
    [
      'signed by HMAC with the public key',
      async () => hmac(header({ alg: 'HS256' }), await publicKeyBytes()),
    ],
    [
      'signed by HMAC with the public key as PEM',
      async () => {
        const x = (await publicKeyBytes()).toString('base64url')
        const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
        return hmac(header({ alg: 'HS256' }), key.export({ type: 'spki', format: 'pem' }))
      },
    ],
    ['posing as a person’s', () => withHeader(agent.token(), header({ typ: 'access+jwt' }))],
    ['with its key brought along', () => withHeader(other.token(), header({ jwk: { kty: 'OKP' } }))],
  ]
  test.each(forgeries)('one %s is refused', async (_what, forge) => {
    const token = await forge()
    const answer = await sync(token)
    expect([answer.status, code(answer)]).toEqual([401, 'UNAUTHENTICATED'])
    expect(await openSocket(server, token).closed).toBe(4401)
  })

  test('says which proxy it is: another hostname is FORBIDDEN, its own in other letters is not', async () => {
    const answer = await sync(agent.token(), other.hostname)
    expect([answer.status, code(answer)]).toEqual([200, 'FORBIDDEN'])
    expect((await sync(agent.token(), agent.hostname.toUpperCase())).errors).toEqual([])
  })

  test('once its proxy is retired it is 401, also one proved before, and its socket is closed', async () => {
    const leaving = await newAgent({ server, root })
    const token = leaving.token()
    expect((await sync(token, leaving.hostname)).errors).toEqual([])
    const socket = openSocket(server, token)
    const input = { hostname: leaving.hostname, agentVersion: 'test' }
    expect((await socket.send(syncMutation, { input })).errors).toEqual([])

    await retire(leaving)
    expect(await socket.closed).toBe(4401)
    for (const each of [token, leaving.token()]) {
      const answer = await sync(each, leaving.hostname)
      expect([answer.status, code(answer)]).toEqual([401, 'UNAUTHENTICATED'])
      expect(await openSocket(server, each).closed).toBe(4401)
    }
    expect((await sync(agent.token())).errors).toEqual([])
  })
})
