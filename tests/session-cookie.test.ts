/** The cookie whose secret moves on with each renewal: tabs, lost answers, and what becomes of a copy. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, startServer, type TestServer, type TestUser, withServer } from './support/server.ts'
import { openSocket } from './support/sockets.ts'

const loginMutation = `mutation ($input: LoginInput!) {
  login(input: $input) { accessToken copiedSession { endedAt copiedFrom } }
}`
const beaconMutation = 'mutation { beacon { accessToken copiedSession { copiedFrom } user { email } } }'
const me = '{ me { id } }'
const cookieOf = (answer: Answer) => answer.headers.getSetCookie()[0]?.split(';')[0] ?? 'none'
const outcome = ({ status, errors }: Answer) => [
  status,
  errors[0]?.extensions.problems?.[0]?.code ?? errors[0]?.extensions.code,
]
const good = [200, undefined]
const copied = [401, 'SESSION_COPIED']

let server: TestServer
let user: TestUser
beforeAll(async () => {
  server = await startServer()
  user = await server.user('admin')
})
afterAll(() => server.close())

const logIn = (at: TestServer, who = user) =>
  at.client(null).send(loginMutation, { input: { email: who.email, password: who.password } })
const beat = (at: TestServer, cookie: string, token: string | null = null) =>
  at.client(token).send(beaconMutation, {}, { cookie })

/** A server whose clock may be moved, and the cookie of somebody who just logged in. */
function withSession(work: (own: TestServer, cookie: string, who: TestUser) => Promise<void>): Promise<void> {
  return withServer(async (own, who) => work(own, cookieOf(await logIn(own, who)), who))
}

/** The cookies of so many beacons, 30 s apart; the first is the login's. */
async function renewals(own: TestServer, cookie: string, count: number): Promise<readonly string[]> {
  const seen = [cookie]
  for (let turn = 0; turn < count; turn += 1) {
    own.advance(30)
    const answer = await beat(own, seen.at(-1) ?? '')
    expect(outcome(answer)).toEqual(good)
    seen.push(cookieOf(answer))
  }
  return seen
}

describe('renewing', () => {
  test('each beacon brings another cookie; its attributes stay, and no answer holds it', () =>
    withSession(async (own, cookie) => {
      const seen = await renewals(own, cookie, 5)
      expect(new Set(seen).size).toBe(6)
      const answer = await beat(own, seen.at(-1) ?? '')
      const [, ...attributes] = answer.headers.getSetCookie()[0]?.split('; ') ?? []
      expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict'])
      expect(JSON.stringify(answer.data)).not.toContain('apm_session')
    }))

  test('tabs that ask at once are told the same, and so is one that comes 29 s late', () =>
    withSession(async (own, cookie) => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => beat(own, cookie)))
      expect(answers.map(outcome)).toEqual(answers.map(() => good))
      expect(new Set(answers.map(cookieOf)).size).toBe(1)
      const next = cookieOf(answers[0] as Answer)
      expect(outcome(await beat(own, next))).toEqual(good)
      own.advance(29)
      const late = await beat(own, cookie)
      expect([outcome(late), cookieOf(late)]).toEqual([good, next])
    }))

  test('an answer that was lost is told again: by a server that was started anew, minutes after the one before', () =>
    withSession(async (own, cookie) => {
      const [, second = ''] = await renewals(own, cookie, 1)
      const before = await startServer({ database: own.database })
      before.advance(30)
      const lost = cookieOf(await beat(before, second))
      await before.close()
      const after = await startServer({ database: own.database })
      after.advance(30 + 100)
      const again = await beat(after, second)
      expect([outcome(again), cookieOf(again)]).toEqual([good, lost])
      expect(outcome(await beat(after, lost))).toEqual(good)
      await after.close()
    }))

  test('what a crashed database forgot does no harm: a cookie that is newer than it knows is good', () =>
    withSession(async (own, cookie) => {
      const seen = await renewals(own, cookie, 3)
      await own.database.sql`update sessions set turn = 0`
      expect(outcome(await beat(own, seen[3] ?? ''))).toEqual(good)
      own.advance(31)
      expect(outcome(await beat(own, seen[2] ?? ''))).toEqual(copied)
    }))

  test('the access token alone renews a script’s session, and not a browser’s: stolen, it is good for five minutes', () =>
    withSession(async (own, cookie, who) => {
      const script = await who.get(beaconMutation)
      expect(outcome(await own.client(script.beacon.accessToken).send(beaconMutation))).toEqual(good)
      const [, , third = ''] = await renewals(own, cookie, 2)
      const stolen = (await beat(own, third)).data.beacon.accessToken
      expect(outcome(await own.client(stolen).send(me))).toEqual(good)
      expect(outcome(await own.client(stolen).send(beaconMutation))).toEqual([401, 'UNAUTHENTICATED'])
    }))

  test('the cookie decides whose session goes on, when a tab still has the token of another', async () => {
    const other = await server.user('regular')
    const cookie = cookieOf(await logIn(server, other))
    expect((await beat(server, cookie, user.accessToken)).data.beacon.user.email).toBe(other.email)
  })
})

describe('a copy of an old cookie', () => {
  test('31 s after its successor was used it ends the session everywhere, in the trail with its address, and nobody else’s', () =>
    withSession(async (own, cookie, who) => {
      const opened = await beat(own, cookie)
      const tab = own.client(opened.data.beacon.accessToken)
      const [socket, other] = [
        openSocket(own, opened.data.beacon.accessToken),
        openSocket(own, who.accessToken),
      ]
      for (const each of [socket, other]) expect((await each.send(me)).data.me.id).toBe(who.id)
      const next = cookieOf(opened)
      expect(outcome(await beat(own, next))).toEqual(good)
      own.advance(31)
      expect(outcome(await beat(own, cookie))).toEqual(copied)
      expect(await socket.closed).toBe(4401)
      // Whoever has the right one is told why.
      expect(outcome(await beat(own, next))).toEqual(copied)
      expect(outcome(await tab.send(me))).toEqual(copied)
      expect((await other.send(me)).data.me.id).toBe(who.id)
      await other.close()
      const entries = await own.database
        .sql`select actor_kind, address, entity_name, new_value from audit_logs
        where action = 'session.end_copied'`
      expect(entries).toHaveLength(1)
      expect(entries[0]).toMatchObject({
        address: '127.0.0.1',
        entity_name: who.email,
        new_value: { copiedFrom: '127.0.0.1' },
      })
      const again = await logIn(own, who)
      expect(again.data.login.copiedSession).toMatchObject({ copiedFrom: '127.0.0.1' })
      expect((await beat(own, cookieOf(again))).data.beacon.copiedSession).toEqual({
        copiedFrom: '127.0.0.1',
      })
      own.advance(31 * 86_400)
      expect((await logIn(own, who)).data.login.copiedSession).toBeNull()
    }))

  test('two turns back it ends the session at once, and of copies that come together one is written down', () =>
    withSession(async (own, cookie) => {
      const [first = '', second = ''] = await renewals(own, cookie, 2)
      expect(outcome(await beat(own, cookieOf(await beat(own, second))))).toEqual(good)
      const answers = await Promise.all([beat(own, first), beat(own, first), beat(own, first)])
      expect(answers.map(outcome)).toEqual([copied, copied, copied])
      const entries = await own.database.sql`select 1 from audit_logs where action = 'session.end_copied'`
      expect(entries).toHaveLength(1)
    }))

  test('a forged one is nobody’s and ends nothing: another turn, another family, another instance', async () => {
    const cookie = cookieOf(await logIn(server))
    const [name = '', value = ''] = cookie.split('=')
    const [family, , proof] = value.split('.')
    const elsewhere = await startServer()
    const theirs = cookieOf(await logIn(elsewhere, await elsewhere.user('root'))).split('=')[1]
    await elsewhere.close()
    const forged = [
      `${family}.1.${proof}`,
      `${family}.0.${'A'.repeat(43)}`,
      `apm_session_${'A'.repeat(43)}.0.${proof}`,
      `${family}`,
      `${family}.-1.${proof}`,
      `${theirs}`,
    ]
    for (const each of forged) {
      expect(outcome(await beat(server, `${name}=${each}`))).toEqual([401, 'UNAUTHENTICATED'])
    }
    expect(outcome(await beat(server, cookie))).toEqual(good)
  })
})

describe('who comes with the cookie of a session that is over is told why', () => {
  const logout = 'mutation { logout { ended } }'
  const endSession = 'mutation ($input: EndSessionInput!) { endSession(input: $input) { session { id } } }'

  test('silence, the longest life, logging out, and somebody else', () =>
    withSession(async (own, silent, who) => {
      own.advance(121)
      expect(outcome(await beat(own, silent))).toEqual([401, 'SESSION_SILENT'])

      const left = cookieOf(await logIn(own, who))
      await own.client(null).send(logout, {}, { cookie: left })
      expect(outcome(await beat(own, left))).toEqual([401, 'SESSION_LOGGED_OUT'])

      const opened = await logIn(own, who)
      const mine = own.client(opened.data.login.accessToken)
      const [session] = (await mine.get('{ sessions { id } }')).sessions
      await mine.get(endSession, { input: { id: session.id } })
      expect(outcome(await beat(own, cookieOf(opened)))).toEqual([401, 'SESSION_ENDED'])

      const long = cookieOf(await logIn(own, who))
      own.advance(13 * 3_600)
      expect(outcome(await beat(own, long))).toEqual([401, 'SESSION_EXPIRED'])
    }))
})
