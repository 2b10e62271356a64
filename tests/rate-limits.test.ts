/** Who asks too often waits: each by who they are, strangers by their address, and nobody for somebody else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { syncMutation, type TestAgent } from './support/agents.ts'
import { newAgent, newApiToken } from './support/calls.ts'
import { type Answer, type ApiClient, startServer, type TestServer, type TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { isBackground } from './support/statements.ts'

const me = '{ me { id } }'
const rates = { person: 60, token: 30, agent: 30, address: 100 }

let server: TestServer
let root: TestUser
let agents: readonly TestAgent[]
let script: string
beforeAll(async () => {
  server = await startServer({ rates, isBehindProxy: true })
  root = await server.user('root')
  agents = [await newAgent({ server, root }), await newAgent({ server, root })]
  script = (await newApiToken(root, ['READ'])).token
})
afterAll(() => server.close())

/** Sends until it is refused, a hundred times over what it may at the most. */
async function untilRefused(send: () => Promise<Answer>): Promise<{ done: number; refused: Answer }> {
  for (let done = 0; done < 1_000; done += 1) {
    const answer = await send()
    if (answer.status === 429) return { done, refused: answer }
  }
  throw new Error('never refused')
}

function expectRefusal({ status, headers, errors }: Answer): void {
  expect(status).toBe(429)
  expect(errors[0]?.extensions.code).toBe('RATE_LIMITED')
  const seconds = Number(headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(120)
  expect(errors[0]?.extensions).toMatchObject({ retryAfterSeconds: seconds })
  expect(errors[0]?.message).toContain(`try again in ${seconds} seconds`)
}

let serial = 0
/** Somebody with an address of their own, by the word of the proxy in front. */
function elsewhere(): { headers: Record<string, string>; send: ApiClient['send'] } {
  serial += 1
  const headers = { 'x-forwarded-for': `203.0.113.${serial}` }
  return { headers, send: (query, variables) => server.client(null).send(query, variables, headers) }
}

describe('whoever is known', () => {
  test('a person has so many requests a minute, on sockets and over HTTP together; then comes their next minute', async () => {
    const own = await startServer({ rates })
    const user = await own.user('regular')
    const other = await own.user('regular')
    const socket = openSocket(own, user.accessToken)
    for (let count = 0; count < 20; count += 1) {
      expect((await socket.send(me)).errors).toEqual([])
      expect((await user.send(me)).errors).toEqual([])
    }
    const { refused } = await untilRefused(() => user.send(me))
    expectRefusal(refused)
    const onSocket = await socket.send(me)
    expect(onSocket.errors[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' })
    expect((await other.send(me)).errors).toEqual([])
    const seconds = Number(refused.headers.get('retry-after'))
    own.advance(seconds)
    expect((await user.send(me)).errors).toEqual([])
    await socket.close()
    await own.close()
  })

  test('an API token counts for itself, not for its owner; /metrics counts as well', async () => {
    const other = (await newApiToken(root, ['READ'])).token
    const asked = () =>
      fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${script}` } }).then(
        ({ status, headers }) => ({ status, headers, data: null, errors: [] }),
      )
    const { done, refused } = await untilRefused(asked)
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThanOrEqual(rates.token)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expectRefusal(await server.client(script).send(me))
    expect((await server.client(other).send(me)).errors).toEqual([])
    expect((await root.send(me)).errors).toEqual([])
  })

  test('an agent counts for itself, and what is refused costs no statement', async () => {
    const [hasty, calm] = agents
    if (!hasty || !calm) throw new Error('no agents')
    const input = { hostname: hasty.hostname, hash: null, agentVersion: 'test', atsVersion: '9.2.9' }
    const sync = () => server.client(hasty.token()).send(syncMutation, { input })
    const { done, refused } = await untilRefused(sync)
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThanOrEqual(rates.agent)
    expectRefusal(refused)
    server.database.forgetStatements()
    for (let count = 0; count < 10; count += 1) expectRefusal(await sync())
    expect(server.database.statements.filter((text) => text.includes('proxies'))).toEqual([])
    expect((await calm.sync(null)).pollSeconds).toBe(30)
  })
})

describe('strangers, by their address', () => {
  const login = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }'
  const enrol = 'mutation ($input: EnrolAgentInput!) { enrolAgent(input: $input) { proxy { id } } }'
  const badEnrolment = { input: { token: 'apm_enrol_guess', hostname: 'x.example', publicKey: 'x' } }

  test('guessing enrolment tokens ends after a few; an address elsewhere is not concerned', async () => {
    const guesser = elsewhere()
    const { done, refused } = await untilRefused(() => guesser.send(enrol, badEnrolment))
    expect(done).toBeLessThanOrEqual(rates.address / 10)
    expectRefusal(refused)
    expect((await elsewhere().send(enrol, badEnrolment)).status).toBe(401)
  })

  test('failed logins with e-mail addresses nobody has end as well', async () => {
    const guesser = elsewhere()
    let serial = 0
    const { done } = await untilRefused(() => {
      serial += 1
      return guesser.send(login, { input: { email: `n${serial}@test.example`, password: 'x' } })
    })
    expect(done).toBeLessThanOrEqual(rates.address / 10)
  })

  test('many who guess one account from many addresses end; whoever was logged in to it there before goes on', async () => {
    // Users of all servers here have the same addresses, and failures are counted by address.
    const right = { input: { email: 'guessed@test.example', password: 'a long enough secret' } }
    const { email } = right.input
    await root.get('mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
      input: { ...right.input, name: 'Guessed', role: 'REGULAR' },
    })
    const home = elsewhere()
    expect((await home.send(login, right)).errors).toEqual([])
    for (const guessed of [email, 'nobody@test.example']) {
      const codes: unknown[] = []
      for (let guesser = elsewhere(); codes.length < 112; guesser = elsewhere()) {
        for (let guess = 0; guess < 8; guess += 1) {
          const { errors } = await guesser.send(login, { input: { email: guessed, password: 'wrong' } })
          codes.push(errors[0]?.extensions.code)
        }
      }
      expect(codes).toEqual(codes.map((_, index) => (index < 100 ? 'UNAUTHENTICATED' : 'RATE_LIMITED')))
    }
    const [refused] = (await elsewhere().send(login, right)).errors
    expect(refused?.extensions.code).toBe('RATE_LIMITED')
    expect(refused?.extensions.retryAfterSeconds).toBeLessThanOrEqual(900)
    expect((await home.send(login, right)).errors).toEqual([])
    const other = await server.user('regular')
    const another = { input: { email: other.email, password: other.password } }
    expect((await elsewhere().send(login, another)).errors).toEqual([])
  })

  test('API tokens that are invented cost a statement each only for a while; a known script there goes on', async () => {
    const { headers } = elsewhere()
    const known = (await newApiToken(root, ['READ'])).token
    const send = (token: string) => server.client(token).send(me, {}, headers)
    expect((await send(known)).errors).toEqual([])
    const { done } = await untilRefused(() => send(`apm_api_${'x'.repeat(20)}`))
    expect(done).toBeLessThanOrEqual(rates.address / 10)
    server.database.forgetStatements()
    for (let guess = 0; guess < 10; guess += 1) expectRefusal(await send(`apm_api_guess-${guess}-xxxxxx`))
    expect(server.database.statements.filter((text) => !isBackground(text))).toEqual([])
    expect((await send(known)).errors).toEqual([])
    expect(
      (await server.client(null).send(login, { input: { email: 'x', password: 'x' } }, headers)).status,
    ).toBe(401)
  })

  test('a fleet behind one address: thousands of syncs, and a retired agent that goes on asking, hold up nobody', async () => {
    const own = await startServer({ rates: { ...rates, agent: 2_000 } })
    const admin = await own.user('root')
    const [agent, gone] = [
      await newAgent({ server: own, root: admin }),
      await newAgent({ server: own, root: admin }),
    ]
    await admin.get('mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }', {
      input: { id: gone.proxyId },
    })
    await untilRefused(() =>
      gone.client().send(syncMutation, { input: { hostname: gone.hostname, agentVersion: 'x' } }),
    )
    for (let count = 0; count < 5 * rates.address; count += 1) {
      expect((await agent.sync(null)).pollSeconds).toBe(30)
    }
    expect((await own.user('regular')).accessToken).toBeTruthy()
    await own.close()
  })

  test('a socket that comes too often is told "later", not "never"', async () => {
    const own = await startServer({ rates: { ...rates, address: 10 } })
    const codes: number[] = []
    for (let count = 0; count < 12; count += 1)
      codes.push(await openSocket(own, 'apm_api_nobody-knows').closed)
    expect(codes[0]).toBe(4401)
    expect(codes.at(-1)).toBe(1013)
    await own.close()
  })
})
