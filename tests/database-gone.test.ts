/** A server whose database is gone says so, to people and scripts alike, and works again as soon as it is back. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { configInput, configMutation } from './support/calls.ts'
import { type CuttableServer, startCuttableServer } from './support/cuttable-server.ts'
import type { GraphqlError, TestUser } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

let server: CuttableServer
let root: TestUser
beforeAll(async () => {
  server = await startCuttableServer()
  root = await server.user('root')
})
afterEach(async () => {
  await server.way.mend()
  await untilTrue(async () => (await root.send(query)).status === 200)
})
afterAll(() => server.close())

const query = '{ configs(first: 1) { totalCount } }'
const create = configMutation('createConfig')
const login = 'mutation ($input: LoginInput!) { login(input: $input) { expiresAt } }'

/** @returns the seconds that it asks for */
function waitToldBy(errors: readonly GraphqlError[]): number {
  const { message, extensions } = errors[0] ?? { message: '', extensions: { code: '' } }
  const seconds = Number(/Come back in (\d+) s\.$/.exec(message)?.[1])
  expect(message).toMatch(/database does not answer.+look first/)
  expect(extensions).toEqual({ code: 'UNAVAILABLE', retryAfterSeconds: seconds })
  expect(seconds).toBeGreaterThanOrEqual(5)
  expect(seconds).toBeLessThanOrEqual(15)
  return seconds
}

test.each([
  ['a query', query, () => ({})],
  ['a mutation', create, () => ({ input: configInput() })],
  ['a login', login, () => ({ input: { email: root.email, password: root.password } })],
])('%s gets 503, UNAVAILABLE and when to come back', async (_what, text, variables) => {
  await server.way.cut()
  const { status, headers, errors } = await root.send(text, variables())
  expect(status).toBe(503)
  expect(headers.get('retry-after')).toBe(String(waitToldBy(errors)))
  const lines = server.logged.filter((line) => line.includes('database unreachable'))
  expect(lines.length).toBeGreaterThan(0)
})

test('a socket stays, and what is sent over it is told the same', async () => {
  const socket = openSocket(server, root.accessToken)
  expect((await socket.send(query)).errors).toEqual([])
  await server.way.cut()
  waitToldBy((await socket.send(query)).errors)
  await server.way.mend()
  await untilTrue(async () => (await socket.send(query)).errors.length === 0)
  await socket.close()
})
