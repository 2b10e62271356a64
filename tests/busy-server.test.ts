/** More requests than a server takes at a time: some are done, the others told when to come back, and then all is well. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newAgent } from './support/calls.ts'
import { startServer, type TestServer } from './support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ requestsAtOnce: 3 })
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
