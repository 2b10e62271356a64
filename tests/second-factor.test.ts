/** The second factor: setting it up, logging in with it, never twice by the same code, and the ways out. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectOwner } from '../server/database/connect.ts'
import { systemOperation } from '../server/upkeep.ts'
import { resetRoot } from '../server/user/reset-root.ts'
import { giveSecondFactor, shownCode } from './support/second-factor.ts'
import { type Answer, type ApiClient, startServer, type TestServer, type TestUser } from './support/server.ts'

const mutation = (name: string, type: string, fields: string) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`
const login = mutation('login', 'LoginInput', 'accessToken user { id hasSecondFactor }')
const enable = mutation('enableSecondFactor', 'EnableSecondFactorInput', 'recoveryCodes')
const disable = mutation('disableSecondFactor', 'SecondFactorProofInput', 'user { hasSecondFactor }')
const renew = mutation('renewRecoveryCodes', 'SecondFactorProofInput', 'recoveryCodes')
const reset = mutation('resetSecondFactor', 'UserInput', 'user { hasSecondFactor }')
const confirm = mutation('confirmIdentity', 'ConfirmIdentityInput', 'confirmedUntil')
const start = 'mutation { startSecondFactor { secret uri } }'
const state = '{ secondFactor { enabledAt recoveryCodesLeft } }'

const code = ({ errors }: Answer) =>
  errors[0]?.extensions.problems?.[0]?.code ?? errors[0]?.extensions.code ?? 'done'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

interface Holder extends TestUser {
  readonly secret: string
  readonly recoveryCodes: readonly string[]
  /** What the app shows; later ones by `server.advance`. */
  show(): string
  logIn(given?: string | null): Promise<Answer>
}

const shown = (secret: string, at: TestServer) => shownCode(secret, at.now())

/** Somebody whose second factor is on, and whose app has shown its first code. */
async function holder(at = server, role: 'root' | 'admin' | 'regular' = 'regular'): Promise<Holder> {
  const user = await at.user(role)
  const { secret, recoveryCodes } = await giveSecondFactor(at, user)
  at.advance(30)
  return {
    ...user,
    secret,
    recoveryCodes,
    show: () => shown(secret, at),
    logIn: (given = null) =>
      at.client(null).send(login, { input: { email: user.email, password: user.password, code: given } }),
  }
}

describe('setting it up', () => {
  test('the secret is told once, for an app; nothing changes before a code of it', async () => {
    const user = await server.user('regular')
    const first = (await user.get(start)).startSecondFactor
    expect(first.secret).toMatch(/^[A-Z2-7]{32}$/)
    const uri = new URL(first.uri)
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/ATS Proxy Manager:${user.email}`,
    ])
    expect(uri.searchParams.get('secret')).toBe(first.secret)
    const second = (await user.get(start)).startSecondFactor
    expect(second.secret).not.toBe(first.secret)
    expect((await user.get(state)).secondFactor).toEqual({ enabledAt: null, recoveryCodesLeft: 0 })
    const input = { email: user.email, password: user.password }
    expect(code(await server.client(null).send(login, { input }))).toBe('done')
    for (const wrong of ['000000', shown(first.secret, server), 'abcdef', '']) {
      expect(code(await user.send(enable, { input: { code: wrong } }))).toBe('CODE_WRONG')
    }
    const digits = shown(second.secret, server)
    const spaced = `${digits.slice(0, 3)} ${digits.slice(3)}`
    const { recoveryCodes } = (await user.get(enable, { input: { code: spaced } })).enableSecondFactor
    expect(new Set(recoveryCodes).size).toBe(10)
    for (const each of recoveryCodes) expect(each).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/)
    expect((await user.get(state)).secondFactor).toMatchObject({ recoveryCodesLeft: 10 })
    expect(code(await user.send(start))).toBe('CONFLICT')
    expect(code(await user.send(enable, { input: { code: shown(second.secret, server) } }))).toBe('CONFLICT')
  })

  test('the other sessions end, this one goes on', async () => {
    const user = await server.user('regular')
    const input = { email: user.email, password: user.password }
    const other = server.client((await server.client(null).get(login, { input })).login.accessToken)
    const { secret } = (await user.get(start)).startSecondFactor
    await user.get(enable, { input: { code: shown(secret, server) } })
    expect(code(await other.send(state))).toBe('SESSION_ENDED')
    expect(code(await user.send(state))).toBe('done')
  })
})

describe('logging in', () => {
  test('the password alone is told to bring a code, a wrong password is not', async () => {
    const user = await holder()
    expect(code(await user.logIn())).toBe('CODE_REQUIRED')
    expect((await user.logIn()).status).toBe(401)
    const wrong = { email: user.email, password: 'not this one', code: user.show() }
    const refused = await server.client(null).send(login, { input: wrong })
    expect([code(refused), refused.errors[0]?.message]).toEqual([
      'UNAUTHENTICATED',
      'E-mail address or password is wrong.',
    ])
    expect((await user.logIn(user.show())).data.login.user).toEqual({ id: user.id, hasSecondFactor: true })
  })

  test('no code counts twice, not even at the same instant, nor an older one after it', async () => {
    const user = await holder()
    const before = user.show()
    server.advance(30)
    const both = await Promise.all([user.logIn(user.show()), user.logIn(user.show())])
    expect(both.map(code).filter((each) => each === 'done')).toHaveLength(1)
    expect(code(await user.logIn(user.show()))).toBe('CODE_WRONG')
    expect(code(await user.logIn(before))).toBe('CODE_WRONG')
    server.advance(30)
    expect(code(await user.logIn(user.show()))).toBe('done')
  })

  test('a recovery code takes its place once, however it is typed', async () => {
    const user = await holder()
    const [first = '', second = ''] = user.recoveryCodes
    expect(code(await user.logIn(first.toUpperCase().replaceAll('-', ' ')))).toBe('done')
    expect(code(await user.logIn(first))).toBe('CODE_WRONG')
    const both = await Promise.all([user.logIn(second), user.logIn(second)])
    expect(both.map(code).filter((each) => each === 'done')).toHaveLength(1)
    expect((await user.get(state)).secondFactor.recoveryCodesLeft).toBe(8)
  })

  test('of guesses five are told how they ended; the right one waits then, and nobody else', async () => {
    const [user, other] = [await holder(), await holder()]
    const answers = await Promise.all(Array.from({ length: 12 }, () => user.logIn('000000')))
    expect(answers.map(code).filter((each) => each === 'CODE_WRONG')).toHaveLength(5)
    expect(answers.map(code).filter((each) => each === 'RATE_LIMITED')).toHaveLength(7)
    const waiting = await user.logIn(user.show())
    expect(code(waiting)).toBe('RATE_LIMITED')
    expect(waiting.errors[0]?.message).toMatch(/try again in \d+ seconds/)
    expect(code(await other.logIn(other.show()))).toBe('done')
    const refused = await server.database.sql`select new_value from audit_logs
      where action = 'session.refuse' and entity_id = ${user.id}`
    expect(refused.map((row) => row.new_value)).toEqual(Array(5).fill({ problem: 'CODE_WRONG' }))
  })

  test('the trail says how it was proved', async () => {
    const user = await holder()
    await user.logIn(user.show())
    await user.logIn(user.recoveryCodes[0])
    const rows = await server.database.sql`select new_value from audit_logs
      where action = 'session.login' and actor_id = ${user.id} order by id desc limit 2`
    expect(rows.map((row) => row.new_value)).toEqual([
      { secondFactor: 'recovery_code' },
      { secondFactor: 'app' },
    ])
  })
})

describe('what it protects, and the ways out', () => {
  const send = (by: ApiClient, query: string, input: Record<string, unknown>) => by.send(query, { input })

  test('giving the password once more asks for the code as well', async () => {
    const user = await holder()
    const { password } = user
    expect(code(await send(user, confirm, { password }))).toBe('CODE_REQUIRED')
    expect(code(await send(user, confirm, { password, code: '000000' }))).toBe('CODE_WRONG')
    expect(code(await send(user, confirm, { password: 'wrong', code: user.show() }))).toBe('PASSWORD_WRONG')
    expect(code(await send(user, confirm, { password, code: user.show() }))).toBe('done')
  })

  test('switching it off needs password and code; then the password is enough', async () => {
    const user = await holder()
    const { password } = user
    expect(code(await send(user, disable, { password }))).toBe('CODE_REQUIRED')
    expect(code(await send(user, disable, { password: 'wrong', code: user.show() }))).toBe('PASSWORD_WRONG')
    expect(code(await send(user, disable, { password, code: user.show() }))).toBe('done')
    expect(code(await user.logIn())).toBe('done')
    expect(code(await send(user, disable, { password }))).toBe('CONFLICT')
    // Another secret, from the beginning: the old one is forgotten.
    const { secret } = (await user.get(start)).startSecondFactor
    expect(secret).not.toBe(user.secret)
  })

  test('new recovery codes take the place of the old', async () => {
    const user = await holder()
    const { password } = user
    const input = { password, code: user.recoveryCodes[0] }
    const { recoveryCodes } = (await user.get(renew, { input })).renewRecoveryCodes
    expect(recoveryCodes).toHaveLength(10)
    expect(code(await user.logIn(user.recoveryCodes[1]))).toBe('CODE_WRONG')
    expect(code(await user.logIn(recoveryCodes[0]))).toBe('done')
  })

  test('administrators take it away from those not above them, not from themselves; sessions end, the trail says so', async () => {
    const [user, root, admin] = [await holder(), await holder(server, 'root'), await holder(server, 'admin')]
    expect(code(await send(user, reset, { id: admin.id }))).toBe('FORBIDDEN')
    expect(code(await send(admin, reset, { id: root.id }))).toBe('FORBIDDEN')
    expect(code(await send(admin, reset, { id: admin.id }))).toBe('FORBIDDEN')
    expect(code(await send(admin, reset, { id: user.id }))).toBe('done')
    expect(code(await send(admin, reset, { id: user.id }))).toBe('CONFLICT')
    expect(code(await user.send(state))).toBe('SESSION_ENDED')
    expect(code(await user.logIn())).toBe('done')
    const [entry] = await server.database.sql`select actor_id, old_value, new_value from audit_logs
      where action = 'user.reset_second_factor' and entity_id = ${user.id}`
    expect(entry).toEqual({
      actor_id: admin.id,
      old_value: { hasSecondFactor: true },
      new_value: { hasSecondFactor: false },
    })
  })

  test('whoever runs the host takes it away with the way back in', async () => {
    const root = await holder(server, 'root')
    const op = systemOperation({ db: server.database.db, clock: server.now }, 'reset-root')
    await resetRoot(op, root.email)
    expect(code(await root.logIn())).toBe('done')
  })

  test('neither secret nor recovery code is kept, logged or audited as it is', async () => {
    const user = await holder()
    await user.logIn(user.recoveryCodes[0])
    const owner = connectOwner(server.database.owner)
    const rows =
      await owner`select f::text as line from second_factors f union all select a::text from audit_logs a`
    await owner.end()
    const everything = [...rows.map(({ line }) => line as string), ...server.logged].join('\n')
    expect(everything).toContain(user.id)
    const plain = user.recoveryCodes.map((each) => each.replaceAll('-', ''))
    for (const secret of [user.secret, ...user.recoveryCodes, ...plain]) {
      expect(everything.includes(secret)).toBe(false)
    }
  })
})
