/** People's sessions: how they begin, live, end, and what is kept of the secrets. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { connectOwner } from '../server/database/connect.ts'
import { expireSessions } from '../server/session/expire.ts'
import { systemOperation } from '../server/upkeep.ts'
import { enrol, enrolmentToken } from './support/agents.ts'
import { newApiToken, newConfig } from './support/calls.ts'
import { type Answer, startServer, type TestServer, type TestUser, withServer } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

const loginMutation =
  'mutation ($input: LoginInput!) { login(input: $input) { accessToken expiresAt user { id email } } }'
const beaconMutation = 'mutation { beacon { status serverTime accessToken expiresAt } }'
const logoutMutation = 'mutation { logout { ended } }'
const me = '{ me { id } }'

const login = (server: TestServer, email: string, password: string): Promise<Answer> =>
  server.client(null).send(loginMutation, { input: { email, password } })
const refusal = ({ status, errors }: Answer) => [status, errors[0]?.extensions.code]
const unauthenticated = [401, 'UNAUTHENTICATED']

/** `name=value` as a browser sends it back. */
const cookieOf = (answer: Answer) => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

describe('logging in', () => {
  test('who guesses can’t tell a wrong password from an unknown address', async () => {
    const user = await server.user('regular')
    const wrong = await login(server, user.email, 'not the password')
    const unknown = await login(server, 'stranger@test.example', 'not the password')
    expect(refusal(wrong)).toEqual(unauthenticated)
    expect(refusal(unknown)).toEqual(unauthenticated)
    expect(unknown.errors[0]?.message).toBe(wrong.errors[0]?.message)
    expect([wrong.headers.getSetCookie(), unknown.headers.getSetCookie()]).toEqual([[], []])
  })

  test('case and blanks around the address do not matter', async () => {
    const { data } = await login(server, ` ${root.email.toUpperCase()} `, root.password)
    expect(data.login.user).toEqual({ id: root.id, email: root.email })
  })

  test('a user who was switched off is unknown', async () => {
    const user = await server.user('admin')
    const owner = connectOwner(server.database.owner)
    await owner.begin(async (tx) => {
      await tx`alter table users disable trigger audit_guard`
      await tx`update users set is_active = false where id = ${user.id}`
      await tx`alter table users enable trigger audit_guard`
    })
    await owner.end()
    expect(refusal(await user.send(me))).toEqual(unauthenticated)
    expect(refusal(await login(server, user.email, user.password))).toEqual(unauthenticated)
  })

  test('after ten failures even the right password has to wait, however the address is spelled', async () => {
    const user = await server.user('regular')
    for (let failure = 0; failure < 10; failure += 1) {
      const spelled = failure % 2 === 0 ? user.email : ` ${user.email.toUpperCase()}`
      expect(refusal(await login(server, spelled, 'wrong'))).toEqual(unauthenticated)
    }
    for (const email of [user.email, `${user.email} `, user.email.toUpperCase()]) {
      const answer = await login(server, email, user.password)
      expect(answer.errors[0]?.extensions.code).toBe('RATE_LIMITED')
      const seconds = Number(/(\d+) seconds/.exec(answer.errors[0]?.message ?? '')?.[1])
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThanOrEqual(300)
    }
    expect((await login(server, root.email, root.password)).errors).toEqual([])
  })

  test('of a burst of guesses ten are told how they ended', async () => {
    const user = await server.user('regular')
    const answers = await Promise.all(Array.from({ length: 25 }, () => login(server, user.email, 'wrong')))
    const codes = answers.map((answer) => answer.errors[0]?.extensions.code)
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(10)
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(15)
  })

  test('a success forgets the failures before it', async () => {
    const user = await server.user('regular')
    for (let round = 0; round < 2; round += 1) {
      for (let failure = 0; failure < 6; failure += 1) await login(server, user.email, 'wrong')
      expect((await login(server, user.email, user.password)).errors).toEqual([])
    }
  })

  test('the cookie is for this instance’s server alone, and out of reach of scripts', async () => {
    const cookies = (await login(server, root.email, root.password)).headers.getSetCookie()
    expect(cookies).toHaveLength(1)
    const [pair, ...attributes] = cookies[0]?.split('; ') ?? []
    expect(pair).toMatch(
      new RegExp(`^apm_session_${server.instanceId.slice(0, 8)}=apm_session_[\\w-]{43}\\.0\\.[\\w-]{43}$`),
    )
    expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict'])
  })
})

describe('a page of another site', () => {
  const own = () => new URL(server.url).host
  test.each([
    ['nothing said, as scripts do', {}, true],
    ['the browser’s own word: same origin', { 'sec-fetch-site': 'same-origin' }, true],
    ['the browser’s own word: cross-site', { 'sec-fetch-site': 'cross-site' }, false],
    ['the browser’s own word: another host of the domain', { 'sec-fetch-site': 'same-site' }, false],
    ['our origin', { origin: 'http://OWN' }, true],
    ['another origin', { origin: 'https://evil.example' }, false],
    ['our origin with another port', { origin: 'http://127.0.0.1:1' }, false],
    ['ours as a part of another', { origin: 'http://OWN.evil.example' }, false],
    ['an origin that is none', { origin: 'null' }, false],
    [
      'a host that only a proxy could name',
      { origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' },
      false,
    ],
  ])('%s: the cookie counts %#', async (_what, headers, isGood) => {
    const cookie = cookieOf(await login(server, root.email, root.password))
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('OWN', own())]),
    )
    const answer = await server.client(null).send(beaconMutation, {}, { ...sent, cookie })
    expect(answer.status).toBe(isGood ? 200 : 401)
    const socket = new WebSocket(server.websocketUrl, 'graphql-transport-ws', { headers: sent })
    socket.on('error', () => {}) // one that is refused is closed before it is open
    const outcome = await new Promise<number>((resolve) => {
      socket.once('open', () => resolve(101))
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    })
    socket.terminate()
    expect(outcome).toBe(isGood ? 101 : 403)
  })

  test('behind a proxy that ends HTTPS: a cookie for this host alone, and HTTPS for two years', async () => {
    const proxied = await startServer({ isBehindProxy: true })
    const user = await proxied.user('root')
    const viaProxy = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'manager.example' }
    const input = { email: user.email, password: user.password }
    const opened = await proxied.client(null).send(loginMutation, { input }, viaProxy)
    const [pair, ...attributes] = opened.headers.getSetCookie()[0]?.split('; ') ?? []
    expect(pair).toMatch(/^__Host-apm_session_[0-9a-f]{8}=/)
    expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure'])
    expect(opened.headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains')
    const beacon = (origin: string) =>
      proxied.client(null).send(beaconMutation, {}, { ...viaProxy, cookie: pair ?? '', origin })
    expect((await beacon('https://manager.example')).status).toBe(200)
    expect((await beacon('https://evil.example')).status).toBe(401)
    await proxied.close()
  })
})

describe('the beacon', () => {
  test('renews the access token, and is written down', () =>
    withServer(async (own, user) => {
      own.advance(100)
      const { beacon } = await user.get(beaconMutation)
      expect(beacon).toMatchObject({ status: 'ACTIVE' })
      expect(Date.parse(beacon.expiresAt) - Date.parse(beacon.serverTime)).toBeGreaterThan(298_000)
      own.advance(119)
      const renewed = own.client(beacon.accessToken)
      expect((await renewed.get(me)).me.id).toBe(user.id)
      await renewed.get(beaconMutation)
      own.advance(119) // 338 s after the login: its first token has expired, the session has not
      expect(refusal(await user.send(me))).toEqual(unauthenticated)
      expect((await renewed.get(me)).me.id).toBe(user.id)
      const [row] = await own.database.sql`select last_beacon from sessions`
      const silentMs = Date.now() + 338_000 - Date.parse(row?.last_beacon)
      expect(silentMs).toBeGreaterThanOrEqual(119_000)
      expect(silentMs).toBeLessThan(125_000)
    }))

  test('119 s of silence are survived, 121 s are not', () =>
    withServer(async (own, user) => {
      const cookie = cookieOf(await login(own, user.email, user.password))
      own.advance(119)
      expect((await user.get(me)).me.id).toBe(user.id)
      own.advance(2)
      expect(refusal(await user.send(me))).toEqual(unauthenticated)
      expect(refusal(await user.send(beaconMutation))).toEqual(unauthenticated)
      expect(refusal(await own.client(null).send(beaconMutation, {}, { cookie }))).toEqual(unauthenticated)
      const socket = openSocket(own, user.accessToken)
      expect(await socket.closed).toBe(4401)
    }))

  test('after a reload the cookie alone is enough; a forged one is not, nor another instance’s', async () => {
    const cookie = cookieOf(await login(server, root.email, root.password))
    const beacon = (sent: string) => server.client(null).send(beaconMutation, {}, { cookie: sent })
    const { data } = await beacon(`theme=dark; ${cookie}; other=1`)
    expect((await server.client(data.beacon.accessToken).get(me)).me.id).toBe(root.id)
    const value = cookie.split('=')[1]
    for (const sent of [`${cookie}x`, `apm_session_00000000=${value}`, `apm_session=${value}`]) {
      expect(refusal(await beacon(sent))).toEqual(unauthenticated)
    }
    const other = await server.client(null).send(me, {}, { cookie })
    expect(refusal(other)).toEqual(unauthenticated)
  })
})

describe('the end of a session', () => {
  test('silent sessions are ended by the server, once, in its own name; living ones are left alone', () =>
    withServer(async (own, silent) => {
      own.advance(60)
      const alive = await own.user('admin')
      const clock = () => new Date(Date.now() + 125_000)
      const expire = () => expireSessions(systemOperation({ db: own.database.db, clock }, 'expire-sessions'))
      const ended = await Promise.all([expire(), expire(), expire()])
      expect(ended.sort()).toEqual([0, 0, 1])
      expect(await expire()).toBe(0)
      const entries = await own.database
        .sql`select * from audit_logs where action = 'session.expire' order by id`
      expect(entries).toHaveLength(1)
      expect(entries[0]).toMatchObject({
        actor_kind: 'system',
        actor_name: 'expire-sessions',
        entity_name: silent.email,
        channel: 'system',
        address: 'local',
      })
      own.advance(65)
      expect((await alive.get(me)).me.id).toBe(alive.id)
      expect(refusal(await silent.send(me))).toEqual(unauthenticated)
    }))

  test('a socket goes with its session', () =>
    withServer(async (own, user) => {
      const other = await own.user('admin')
      const [mine, theirs] = [openSocket(own, user.accessToken), openSocket(own, other.accessToken)]
      expect((await mine.send(me)).data.me.id).toBe(user.id)
      expect((await theirs.send(me)).data.me.id).toBe(other.id)
      own.advance(100)
      await other.get(beaconMutation)
      own.advance(25)
      // Without a word from anybody: the server looks every few seconds.
      expect(await mine.closed).toBe(4401)
      expect((await theirs.send(me)).data.me.id).toBe(other.id)
      await theirs.close()
    }))

  test('a socket takes no operation of a session that is over, before anybody has ended it', () =>
    withServer(async (own, user) => {
      const socket = openSocket(own, user.accessToken)
      expect((await socket.send(me)).data.me.id).toBe(user.id)
      own.advance(121)
      const late = await socket.send(me).catch(() => null)
      expect(late?.data ?? null).toBeNull()
      expect(await socket.closed).toBe(4401)
    }))

  test('logging out ends token, cookie and sockets at once, and nobody else’s', async () => {
    const user = await server.user('admin')
    const second = await login(server, user.email, user.password)
    const cookie = cookieOf(second)
    const tab = server.client(second.data.login.accessToken)
    const socket = openSocket(server, second.data.login.accessToken)
    expect((await socket.send(me)).data.me.id).toBe(user.id)

    const answer = await tab.send(logoutMutation, {}, { cookie })
    expect(answer.data.logout).toEqual({ ended: true })
    expect(answer.headers.getSetCookie()[0]).toMatch(/^apm_session_[0-9a-f]{8}=; Max-Age=0;/)
    expect(await socket.closed).toBe(4401)
    expect(refusal(await tab.send(me))).toEqual(unauthenticated)
    expect(refusal(await tab.send(beaconMutation))).toEqual(unauthenticated)
    expect(refusal(await server.client(null).send(beaconMutation, {}, { cookie }))).toEqual(unauthenticated)
    const refused = openSocket(server, second.data.login.accessToken)
    expect(await refused.closed).toBe(4401)
    expect((await user.get(me)).me.id).toBe(user.id)
  })

  test('the cookie alone is enough to log out, and logging out twice ends one session', async () => {
    const user = await server.user('admin')
    const cookie = cookieOf(await login(server, user.email, user.password))
    const logout = async () =>
      (await server.client(null).send(logoutMutation, {}, { cookie })).data.logout.ended as boolean
    const ended = await Promise.all([logout(), logout(), logout()])
    expect(ended.filter(Boolean)).toHaveLength(1)
    expect(await logout()).toBe(false)
    const entries = await server.database
      .sql`select 1 from audit_logs where action = 'session.logout' and actor_id = ${user.id}`
    expect(entries).toHaveLength(1)
  })
})

test('no secret is ever logged, audited or stored as it is', async () => {
  const own = await startServer()
  const owner = connectOwner(own.database.owner)
  try {
    const user = await own.user('root')
    const opened = await login(own, user.email, user.password)
    const wrongPassword = 'canary: a password typed wrong'
    await login(own, user.email, wrongPassword)
    const cookie = cookieOf(opened).split('=')[1] ?? ''
    const { beacon } = (await own.client(null).send(beaconMutation, {}, { cookie: cookieOf(opened) })).data
    const { token } = await newApiToken(user, ['READ', 'AUTHOR'])
    await newConfig(own.client(token))
    const enrolling = await enrolmentToken(user)
    const agent = await enrol(own, enrolling, 'canary.test.example')
    const proof = agent.token()
    const socket = openSocket(own, proof)
    await socket.send(
      'mutation { sync(input: { hostname: "canary.test.example", agentVersion: "1" }) { hash } }',
    )
    await socket.close()

    // A fault, too: its log line holds the statement that failed, with its parameters.
    await owner`revoke insert on sessions from apm_app`
    const faulty = await login(own, user.email, user.password)
    expect(faulty.errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR')
    const { referenceId = 'none' } = faulty.errors[0]?.extensions ?? {}
    const lines = own.logged.filter((line) => line.includes(referenceId))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '{}').requestId).toBe(faulty.headers.get('x-request-id'))
    expect(JSON.stringify(faulty.errors)).not.toMatch(/sessions|insert|permission/i)

    const keys = await owner`select jwk from instance_keys`
    const secrets = {
      password: user.password,
      wrongPassword,
      cookie,
      accessToken: user.accessToken,
      renewed: beacon.accessToken as string,
      apiToken: token as string,
      enrolmentToken: enrolling,
      agentToken: proof,
      ...Object.fromEntries(keys.map(({ jwk }, index) => [`key ${index}`, (jwk.k ?? jwk.d) as string])),
    }
    const tables = await owner`select tablename as name from pg_tables
      where schemaname = 'public' and tablename <> 'instance_keys'`
    const kept: string[] = []
    for (const { name } of tables) {
      for (const { line } of await owner`select t::text as line from ${owner(name)} t`) kept.push(line)
    }
    const everything = [...own.logged, ...kept].join('\n')
    expect(everything).toContain('canary.test.example')
    const leaked = Object.entries(secrets).filter(
      ([, secret]) => secret.length < 8 || everything.includes(secret),
    )
    expect(leaked).toEqual([])
    await untilTrue(() => own.logged.some((line) => line.includes('"msg":"request"')))
  } finally {
    await owner.end()
    await own.close()
  }
})
