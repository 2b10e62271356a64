/** Who may be whom: accounts, roles, passwords, one-time links, and how soon a change is felt. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemOperation } from '../server/upkeep.ts'
import { resetRoot } from '../server/user/reset-root.ts'
import { invite, newApiToken, newConfig } from './support/calls.ts'
import {
  type Answer,
  type ApiClient,
  startServer,
  type TestServer,
  type TestUser,
  withServer,
} from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

const mutation = (name: string, type: string, fields: string) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`
const create = mutation('createUser', 'CreateUserInput', 'user { id isInvited } passwordLink { token }')
const changeRole = mutation('changeUserRole', 'ChangeUserRoleInput', 'user { role }')
const disable = mutation('disableUser', 'UserInput', 'user { isActive }')
const enable = mutation('enableUser', 'UserInput', 'user { isActive }')
const link = mutation('createPasswordLink', 'UserInput', 'passwordLink { token expiresAt }')
const choose = mutation('choosePassword', 'ChoosePasswordInput', 'user { email isInvited }')
const change = mutation('changePassword', 'ChangePasswordInput', 'user { id }')
const confirm = mutation('confirmIdentity', 'ConfirmIdentityInput', 'confirmedUntil')
const endSession = mutation('endSession', 'EndSessionInput', 'session { id }')
const createToken = mutation('createApiToken', 'CreateApiTokenInput', 'token')
const sessions = 'query ($userId: ID) { sessions(userId: $userId) { id address endsAt } }'
const login = mutation('login', 'LoginInput', 'accessToken user { id }')
const me = '{ me { id role } }'

const code = ({ errors }: Answer) => errors[0]?.extensions.code ?? 'done'
const problem = ({ errors }: Answer) => errors[0]?.extensions.problems?.[0]?.code
const goodPassword = 'salt on the mountain'

let server: TestServer
let root: TestUser
let admin: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  admin = await server.user('admin')
})
afterAll(() => server.close())

const logIn = (email: string, password: string, at = server) =>
  at.client(null).send(login, { input: { email, password } })
const send = (by: ApiClient, query: string, input: Record<string, unknown>) => by.send(query, { input })

describe('adding somebody', () => {
  test('with a password: they log in with it', async () => {
    const input = { email: 'Given@Test.example', name: 'Given', role: 'REGULAR', password: goodPassword }
    const { createUser } = await admin.get(create, { input })
    expect(createUser).toMatchObject({ user: { isInvited: false }, passwordLink: null })
    const { data } = await logIn('given@test.example', goodPassword)
    expect(data.login.user.id).toBe(createUser.user.id)
    const again = await send(admin, create, { ...input, email: 'GIVEN@test.example' })
    expect([code(again), problem(again)]).toEqual(['CONFLICT', 'EMAIL_TAKEN'])
  })

  test('by invitation: the link works once, and nobody logs in before', async () => {
    const { user, passwordLink } = await invite(admin)
    expect(code(await logIn(user.email, ''))).toBe('UNAUTHENTICATED')
    const input = { token: passwordLink.token, password: goodPassword }
    const stranger = server.client(null)
    const weak = await send(stranger, choose, { ...input, password: 'short' })
    expect([code(weak), problem(weak)]).toEqual(['BAD_USER_INPUT', 'PASSWORD_TOO_SHORT'])
    const both = await Promise.all([send(stranger, choose, input), send(stranger, choose, input)])
    expect(both.map(code).sort()).toEqual(['UNAUTHENTICATED', 'done'])
    expect(code(await send(stranger, choose, input))).toBe('UNAUTHENTICATED')
    expect(code(await logIn(user.email, goodPassword))).toBe('done')
    const [kept] = await server.database.sql`select password_link_hash from users where id = ${user.id}`
    expect(kept?.password_link_hash).toBeNull()
  })

  test('a link dies after three days, and when a newer one is made', () =>
    withServer(async (own, ownRoot) => {
      const { user, passwordLink } = await invite(ownRoot)
      const second = (await ownRoot.get(link, { input: { id: user.id } })).createPasswordLink.passwordLink
      const use = (token: string) => send(own.client(null), choose, { token, password: goodPassword })
      expect(code(await use(passwordLink.token))).toBe('UNAUTHENTICATED')
      own.advance(72 * 3_600 + 1)
      expect(code(await use(second.token))).toBe('UNAUTHENTICATED')
    }))

  test.each([
    ['an address that is none', { email: 'nobody' }, 'EMAIL_MALFORMED'],
    ['no name', { name: ' ' }, 'NAME_EMPTY'],
    ['a short password', { password: 'eleven char' }, 'PASSWORD_TOO_SHORT'],
    ['one that is guessed first', { password: 'Qwerty123456' }, 'PASSWORD_COMMON'],
    ['one letter over and over', { password: 'aaaaaaaaaaaaaaaa' }, 'PASSWORD_COMMON'],
    ['the address itself', { password: 'i am SOMEBODY indeed' }, 'PASSWORD_IS_NAME'],
    ['a book', { password: 'long '.repeat(50) }, 'PASSWORD_TOO_LONG'],
  ])('%s is refused', async (_what, bad, expected) => {
    const input = { email: 'somebody@test.example', name: 'S', role: 'REGULAR', password: goodPassword }
    const answer = await send(admin, create, { ...input, ...bad })
    expect([code(answer), problem(answer)]).toEqual(['BAD_USER_INPUT', expected])
  })
})

describe('nobody reaches above themselves', () => {
  test('an administrator makes, changes and ends no root, and gives no such role', async () => {
    const other = await server.user('root')
    const regular = await server.user('regular')
    const [session] = (await root.get(sessions, { userId: other.id })).sessions
    const answers = [
      await send(admin, create, { email: 'r@test.example', name: 'R', role: 'ROOT' }),
      await send(admin, changeRole, { id: regular.id, role: 'ROOT' }),
      await send(admin, changeRole, { id: other.id, role: 'REGULAR' }),
      await send(admin, disable, { id: other.id }),
      await send(admin, link, { id: other.id }),
      await send(admin, endSession, { id: session.id }),
    ]
    expect(answers.map(code)).toEqual(answers.map(() => 'FORBIDDEN'))
    expect((await other.get(me)).me.role).toBe('ROOT')
  })

  test('nobody changes their own role or account', async () => {
    for (const query of [disable, link])
      expect(code(await send(root, query, { id: root.id }))).toBe('FORBIDDEN')
    expect(code(await send(root, changeRole, { id: root.id, role: 'REGULAR' }))).toBe('FORBIDDEN')
  })

  test('two roots can’t take each other away at once: one stays', () =>
    withServer(async (own, first) => {
      for (const query of [disable, changeRole]) {
        const second = await own.user('root')
        const input = query === disable ? {} : { role: 'ADMIN' }
        const answers = await Promise.all([
          send(first, query, { ...input, id: second.id }),
          send(second, query, { ...input, id: first.id }),
        ])
        expect(answers.map(code).filter((each) => each === 'done')).toHaveLength(1)
        const [{ n }] = (await own.database
          .sql`select count(*)::int n from users where role = 'root' and is_active`) as unknown as [
          { n: number },
        ]
        expect(n).toBe(1)
        if (code(answers[0] as Answer) !== 'done') break
      }
    }))
})

describe('a change is felt at once', () => {
  test('disabling ends sessions, sockets and API tokens; enabling lets in again', async () => {
    const user = await server.user('admin')
    const { token } = await newApiToken(user, ['READ'])
    const sockets = [openSocket(server, user.accessToken), openSocket(server, token)] as const
    for (const socket of sockets) expect((await socket.send(me)).data.me.id).toBe(user.id)
    expect(code(await send(admin, disable, { id: user.id }))).toBe('done')
    expect(code(await user.send(me))).toBe('UNAUTHENTICATED')
    expect(code(await server.client(token).send(me))).toBe('UNAUTHENTICATED')
    expect(await Promise.all(sockets.map((socket) => socket.closed))).toEqual([4401, 4401])
    expect(code(await logIn(user.email, user.password))).toBe('UNAUTHENTICATED')
    expect(code(await send(admin, disable, { id: user.id }))).toBe('CONFLICT')
    expect(code(await send(admin, enable, { id: user.id }))).toBe('done')
    expect(code(await logIn(user.email, user.password))).toBe('done')
    expect(code(await user.send(me))).toBe('UNAUTHENTICATED') // what ended stays over
  })

  test('another role counts for the next request, and closes a socket that began with the old one', async () => {
    const user = await server.user('admin')
    const socket = openSocket(server, user.accessToken)
    const stream = socket.subscribe('subscription { changes { kind } }')
    await untilTrue(async () => {
      await newConfig(root)
      return stream.received.length > 0
    })
    await root.get(changeRole, { input: { id: user.id, role: 'REGULAR' } })
    expect(await socket.closed).toBe(1012)
    expect(code(await send(user, create, { email: 'x@test.example', name: 'X', role: 'REGULAR' }))).toBe(
      'FORBIDDEN',
    )
    expect((await user.get(me)).me).toEqual({ id: user.id, role: 'REGULAR' })
  })
})

describe('passwords', () => {
  test('changing one’s own asks for the old one, and ends the other sessions', async () => {
    const user = await server.user('regular')
    const second = server.client((await logIn(user.email, user.password)).data.login.accessToken)
    const wrong = await send(user, change, { currentPassword: 'wrong', newPassword: goodPassword })
    expect([code(wrong), problem(wrong)]).toEqual(['BAD_USER_INPUT', 'PASSWORD_WRONG'])
    const same = await send(user, change, { currentPassword: user.password, newPassword: user.password })
    expect(problem(same)).toBe('PASSWORD_SAME')
    const done = await send(user, change, { currentPassword: user.password, newPassword: goodPassword })
    expect(code(done)).toBe('done')
    expect([code(await user.send(me)), code(await second.send(me))]).toEqual(['done', 'UNAUTHENTICATED'])
    expect(code(await logIn(user.email, user.password))).toBe('UNAUTHENTICATED')
    expect(code(await logIn(user.email, goodPassword))).toBe('done')
  })

  test('a link from an administrator: the old one works until it is used, then every session ends', async () => {
    const user = await server.user('regular')
    const { passwordLink } = (await admin.get(link, { input: { id: user.id } })).createPasswordLink
    expect(code(await user.send(me))).toBe('done')
    await server.client(null).get(choose, { input: { token: passwordLink.token, password: goodPassword } })
    expect(code(await user.send(me))).toBe('UNAUTHENTICATED')
    expect(code(await logIn(user.email, goodPassword))).toBe('done')
  })

  test('no password and no link is kept or audited as it is', async () => {
    const { user, passwordLink } = await invite(admin)
    await server.client(null).get(choose, { input: { token: passwordLink.token, password: goodPassword } })
    const rows = await server.database.sql`select u::text as line from users u where id = ${user.id}
      union all select a::text from audit_logs a where entity_id = ${user.id}`
    const kept = rows.map(({ line }) => line).join('\n')
    expect(kept).toContain(user.email)
    expect(kept).toContain('argon2id')
    for (const secret of [passwordLink.token, goodPassword]) expect(kept).not.toContain(secret)
  })
})

/** A session that is kept alive by beacons for so long. */
async function grownOld(own: TestServer, user: TestUser, minutes: number): Promise<ApiClient> {
  let client = own.client((await logIn(user.email, user.password, own)).data.login.accessToken)
  for (let minute = 0; minute < minutes; minute += 1) {
    own.advance(60)
    client = own.client((await client.get('mutation { beacon { accessToken } }')).beacon.accessToken)
  }
  return client
}

test('what is done to users, tokens and settings asks for a password that was given long ago', () =>
  withServer(async (own, user) => {
    const other = await own.user('regular')
    const { token } = await newApiToken(user, ['OPERATE'])
    const enrolment = mutation('createEnrolmentToken', 'CreateEnrolmentTokenInput', 'token')
    const settings = mutation('updateSettings', 'UpdateSettingsInput', 'settings { instanceId }')
    const inAnHour = () => new Date(own.now().getTime() + 3_600_000).toISOString()
    const asked: readonly (() => readonly [query: string, input: Record<string, unknown>])[] = [
      () => [create, { email: 'asked@test.example', name: 'A', role: 'REGULAR' }],
      () => [changeRole, { id: other.id, role: 'ADMIN' }],
      () => [disable, { id: other.id }],
      () => [enable, { id: other.id }],
      () => [link, { id: other.id }],
      () => [createToken, { name: 'a', scopes: ['READ'], expiresAt: inAnHour() }],
      () => [enrolment, { name: 'a', expiresAt: inAnHour() }],
      () => [settings, { approvalPolicy: 'SAME_USER' }],
    ]
    const client = await grownOld(own, user, 9)
    expect(code(await send(client, ...(asked[5]?.() ?? ['', {}])))).toBe('done')
    own.advance(61)
    for (const call of asked) {
      const answer = await send(client, ...call())
      expect([code(answer), problem(answer)]).toEqual(['FORBIDDEN', 'CONFIRM_IDENTITY'])
    }
    // A script gave it when its token was made.
    const script = own.client(token)
    expect(code(await send(script, enrolment, { name: 'b', expiresAt: inAnHour() }))).toBe('done')
    expect(problem(await send(client, confirm, { password: 'wrong' }))).toBe('PASSWORD_WRONG')
    expect(code(await send(client, confirm, { password: user.password }))).toBe('done')
    for (const call of asked) expect(code(await send(client, ...call()))).toBe('done')
  }))

describe('sessions', () => {
  test('one sees one’s own, and ends one of them from another', async () => {
    const user = await server.user('regular')
    const second = server.client((await logIn(user.email, user.password)).data.login.accessToken)
    const listed = (await user.get(sessions)).sessions
    expect(listed).toHaveLength(2)
    expect(listed[0].address).toBe('127.0.0.1')
    const socket = openSocket(server, user.accessToken)
    expect((await socket.send(me)).data.me.id).toBe(user.id)
    const first = listed.at(-1)
    expect(code(await send(second, endSession, { id: first.id }))).toBe('done')
    expect(code(await send(second, endSession, { id: first.id }))).toBe('NOT_FOUND')
    expect(code(await user.send(me))).toBe('UNAUTHENTICATED')
    expect(await socket.closed).toBe(4401)
    expect((await second.get(sessions)).sessions).toHaveLength(1)
  })

  test('administrators see and end others’; the rest don’t', async () => {
    const [user, other] = [await server.user('regular'), await server.user('regular')]
    expect(code(await other.send(sessions, { userId: user.id }))).toBe('FORBIDDEN')
    const [session] = (await admin.get(sessions, { userId: user.id })).sessions
    expect(code(await send(other, endSession, { id: session.id }))).toBe('FORBIDDEN')
    expect(code(await send(admin, endSession, { id: session.id }))).toBe('done')
    expect(code(await user.send(me))).toBe('UNAUTHENTICATED')
  })

  test('however busy, a session ends after the set hours', () =>
    withServer(async (own, user) => {
      const settings = mutation('updateSettings', 'UpdateSettingsInput', 'settings { sessionHours }')
      await user.get(settings, { input: { sessionHours: 1 } })
      const client = await grownOld(own, user, 59)
      const { beacon } = await client.get('mutation { beacon { endsAt serverTime } }')
      expect(Date.parse(beacon.endsAt) - Date.parse(beacon.serverTime)).toBeLessThanOrEqual(60_000)
      own.advance(61)
      expect(code(await client.send(me))).toBe('UNAUTHENTICATED')
      expect(code(await client.send('mutation { beacon { endsAt } }'))).toBe('UNAUTHENTICATED')
    }))
})

test('refused logins are in the trail, naming only accounts that are there', async () => {
  const user = await server.user('regular')
  await logIn(user.email, 'wrong')
  await logIn('a-password-in-the-wrong-field', 'wrong')
  const rows = await server.database
    .sql`select entity_name, actor_kind from audit_logs where action = 'session.refuse' order by id desc limit 2`
  expect(rows).toEqual([
    { entity_name: 'unknown', actor_kind: 'anonymous' },
    { entity_name: user.email, actor_kind: 'anonymous' },
  ])
})

test('who tries what they may not is in the trail, over HTTP and a socket alike, ten times a minute at the most', async () => {
  const user = await server.user('regular')
  const refused = () => server.database.sql`select new_value from audit_logs
    where action = 'access.refuse' and actor_id = ${user.id} order by id`
  expect(code(await send(user, disable, { id: admin.id }))).toBe('FORBIDDEN')
  const socket = openSocket(server, user.accessToken)
  expect((await socket.send('{ users { totalCount } }')).errors[0]?.extensions.code).toBe('FORBIDDEN')
  await untilTrue(async () => (await refused()).length === 2)
  expect((await refused()).map((row) => row.new_value.operation)).toEqual(['disableUser', 'users'])
  // Not for lack of rights: nothing is there.
  expect(code(await send(user, endSession, { id: admin.id }))).toBe('NOT_FOUND')
  for (let time = 0; time < 20; time += 1) await send(user, disable, { id: admin.id })
  expect(await refused()).toHaveLength(10)
  await socket.close()
})

test('whoever runs the host finds the way back in, and the trail says so', () =>
  withServer(async (own, ownRoot) => {
    const second = await own.user('root')
    await second.get(disable, { input: { id: ownRoot.id } })
    const op = systemOperation({ db: own.database.db, clock: own.now }, 'reset-root')
    const { user, passwordLink } = await resetRoot(op, ownRoot.email)
    expect(user.id).toBe(ownRoot.id)
    await own.client(null).get(choose, { input: { token: passwordLink.token, password: goodPassword } })
    expect(code(await logIn(ownRoot.email, goodPassword, own))).toBe('done')
    const rows = await own.database
      .sql`select action, actor_kind from audit_logs where actor_name = 'reset-root'`
    expect(rows.map((row) => row.action)).toEqual(['user.enable', 'user.link_password'])
    await expect(resetRoot(op, 'nobody@test.example')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  }))
