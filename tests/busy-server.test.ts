/** More requests than a server takes at a time: some are done, the others told when to come back, and then all is well. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { newAgent } from './support/calls.ts'
import { startServer, type TestServer } from './support/server.ts'
import { openSocket } from './support/sockets.ts'
import { untilTrue } from './support/until.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ requestsAtOnce: 3, handshakesAtOnce: 2 })
})
afterAll(() => server.close())

test('who finds no room gets 503, UNAVAILABLE and a time of their own; the next request finds room again', async () => {
  const root = await server.user('root')
  const agent = await newAgent({ server, root })
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => root.send('{ me { id } proxies { totalCount } }')),
  )
  const done = answers.filter(({ status }) => status === 200)
  const away = answers.filter(({ status }) => status === 503)
  expect(done.length + away.length).toBe(60)
  expect(done.length).toBeGreaterThan(0)
  expect(away.length).toBeGreaterThan(0)
  for (const { headers, errors } of away) {
    expect(errors[0]?.extensions.code).toBe('UNAVAILABLE')
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(5)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(15)
  }
  expect((await agent.sync(null)).pollSeconds).toBe(30)
})

test('sockets that are opened and say nothing keep others out only for a moment, and requests not at all', async () => {
  const root = await server.user('root')
  const opening = () =>
    new Promise<WebSocket | { status: number; retryAfter: number }>((resolve) => {
      const socket = new WebSocket(server.websocketUrl, 'graphql-transport-ws')
      socket.once('open', () => resolve(socket))
      socket.once('unexpected-response', (request, { statusCode = 0, headers }) => {
        resolve({ status: statusCode, retryAfter: Number(headers['retry-after']) })
        request.destroy()
      })
      socket.on('error', () => {})
    })
  const mute = [await opening(), await opening()]
  expect(mute.every((each) => each instanceof WebSocket)).toBe(true)
  const away = await opening()
  expect(away).toMatchObject({ status: 503 })
  expect('retryAfter' in away && away.retryAfter).toBeGreaterThanOrEqual(5)
  expect((await root.get('{ me { id } }')).me.id).toBeTruthy()
  for (const each of mute) if (each instanceof WebSocket) each.terminate()
  // Who has said who they are takes no place: many more than two are open at once.
  const open = []
  for (let count = 0; count < 5; count += 1) {
    const socket = openSocket(server, root.accessToken)
    await untilTrue(async () => (await socket.send('{ me { id } }')).data?.me.id !== undefined)
    open.push(socket)
  }
  for (const socket of open) await socket.close()
})
