/** Statistics for other tools: the fleet's metrics, and the Grafana dashboard that is made for them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newAgent, newApiToken } from './support/calls.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { evenly, rollUp, stored } from './support/stats.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

describe('for Prometheus', () => {
  const ask = (token: string | null) =>
    fetch(`${server.url}/metrics`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })

  test('the fleet is told to whoever may read it, and to nobody else', async () => {
    const agent = await newAgent({ server, root })
    const tokens = [null, agent.token(), (await newApiToken(root, ['WRITE'])).token, 'apm_api_unknown']
    expect(await Promise.all(tokens.map(async (token) => (await ask(token)).status))).toEqual([
      401, 403, 403, 401,
    ])
    const answer = await ask((await newApiToken(root, ['READ'])).token)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
  })

  test('totals only grow, by exactly what was rolled up, and there are few of them', async () => {
    const agent = await newAgent({ server, root })
    const { token } = await newApiToken(root, ['READ'])
    const read = async () => {
      const text = await (await ask(token)).text()
      expect(text.match(/^# TYPE /gm)?.length).toBe(text.match(/^# HELP /gm)?.length)
      expect(text.split('\n').length).toBeLessThan(150)
      return Number(/^apm_fleet_requests_total (\d+)$/m.exec(text)?.[1])
    }
    await rollUp(server)
    const before = await read()
    await agent.reportStats(evenly(10, 7))
    await stored(server, agent, 11)
    await rollUp(server)
    expect(await read()).toBe(before + 70)
  })
})
