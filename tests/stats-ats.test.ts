/**
 * What the API and Prometheus say of a real ATS is what was sent to it: over an agent whose host's clock is wrong, a
 * server that was away, and an hour in which nobody looked. Two hours pass in a minute: both clocks are the test's.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import { createLink } from '../agent/link.ts'
import { createLog } from '../agent/log.ts'
import type { Clock } from '../agent/loop.ts'
import { type Sampling, startSampling } from '../agent/stats/sampling.ts'
import type { TestAgent } from './support/agents.ts'
import { startAts, type TestAts } from './support/ats.ts'
import { type Traffic, useProxy } from './support/ats-traffic.ts'
import { newAgent, newApiToken } from './support/calls.ts'
import { type Data, startServer, type TestServer } from './support/server.ts'
import { rollUp, stored } from './support/stats.ts'
import { untilTrue } from './support/until.ts'

let ats: TestAts
let server: TestServer
/** A session would be over after two of these minutes without a beacon. */
let token: string
let agent: TestAgent
/** The host believes that it is ten minutes later than it is. */
const wrongByMs = 600_000
let samplesStored = 0

beforeAll(async () => {
  ;[ats, server] = await Promise.all([startAts(), startServer()])
  server.advance(-110 * 60)
  const root = await server.user('root')
  token = (await newApiToken(root, ['READ'])).token
  agent = await newAgent({ server, root })
}, 60_000)
afterAll(() => Promise.all([ats.close(), server.close()]))

/** The agent's own parts around the real ATS, but for its timers. */
function startAgent() {
  const timer: { call: (() => void) | null } = { call: null }
  const clock: Clock = {
    now: () => server.now().getTime() + wrongByMs,
    after(_ms, call) {
      timer.call = call
      return () => {
        timer.call = null
      }
    },
  }
  const adapter = createAts({ ...ats, binDir: '/usr/bin' })
  let looks = 0
  const sampling: Sampling = startSampling({
    ats: {
      statistics: async () => {
        looks += 1
        return adapter.statistics()
      },
    },
    clock,
    log: createLog(() => {}),
  })
  const link = createLink({
    servers: [server.url],
    isPollOnly: true,
    stats: sampling,
    createToken: async () => agent.token(),
    onNudge: () => {},
    onLost: () => {},
  })
  const looked = () => untilTrue(() => timer.call !== null)
  const sync = () =>
    link.sync({
      hostname: agent.hostname,
      hash: null,
      atsVersion: '9.2.9',
      agentVersion: 'test',
      startId: null,
    })
  return {
    /** Half a minute goes by, at the end of which the agent looks. */
    async pass(times = 1) {
      for (let turn = 0; turn < times; turn += 1) {
        await looked()
        const before = looks
        server.advance(30)
        const { call } = timer
        timer.call = null
        call?.()
        await untilTrue(() => looks > before)
        await looked()
      }
    },
    /** Tells all that is not told yet, and waits until it is in the database. */
    async tell() {
      await looked()
      const { samples } = sampling.report()
      samplesStored += samples.length
      await sync()
      await stored(server, agent, samplesStored)
    },
    /** The first answer tells the time. */
    learnTime: sync,
    /** ATS brings what it tells up to date every 5 s. */
    seen: (requests: number) =>
      untilTrue(async () => (await adapter.statistics())?.requests === requests, 40_000),
    async stop() {
      await sampling.stop()
      await link.close()
    },
  }
}

const counters = [
  ['requests', 'requestsPerSecond'],
  ['connectRequests', 'connectRequestsPerSecond'],
  ['clientRequestBytes', 'clientRequestBytesPerSecond'],
  ['clientResponseBytes', 'clientResponseBytesPerSecond'],
  ['connectFailures', 'connectFailuresPerSecond'],
] as const
const rates = counters.map(([, rate]) => rate).join(' ')

/** What a chart of two hours says was done: its rates over the seconds of which they are known. */
async function charted(): Promise<{ readonly sums: Traffic; readonly points: readonly Data[] }> {
  await rollUp(server)
  const since = new Date(server.now().getTime() - 7_200_000).toISOString()
  const { proxy, fleetStats } = await server.client(token).get(
    `query ($id: ID!, $since: DateTime!) {
      proxy(id: $id) { statsHistory(since: $since, step: 60) { at ${rates} } }
      fleetStats(since: $since, step: 60) { at ${rates} } }`,
    { id: agent.proxyId, since },
  )
  const known = await server.database
    .sql`select at, seconds from proxy_stats_minute where proxy_id = ${agent.proxyId}`
  const secondsAt = new Map(known.map(({ at, seconds }) => [new Date(at).toISOString(), Number(seconds)]))
  const sums = Object.fromEntries(
    counters.map(([counter, rate]) => {
      const amounts = proxy.statsHistory.map(
        (point: Data) => (point[rate] ?? 0) * (secondsAt.get(point.at) ?? 0),
      )
      return [counter, Math.round(amounts.reduce((sum: number, amount: number) => sum + amount, 0))]
    }),
  ) as unknown as Traffic
  // A fleet of one is that one.
  expect(fleetStats).toEqual(proxy.statsHistory)
  return { sums, points: proxy.statsHistory }
}

async function scraped(): Promise<Traffic> {
  const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const text = await answer.text()
  const total = (name: string) => Number(new RegExp(`^apm_fleet_${name}_total (\\d+)$`, 'm').exec(text)?.[1])
  return {
    requests: total('requests'),
    connectRequests: total('connect_requests'),
    clientRequestBytes: total('client_request_bytes'),
    clientResponseBytes: total('client_response_bytes'),
    connectFailures: total('connect_failures'),
  }
}

const together = (...all: readonly Traffic[]): Traffic =>
  Object.fromEntries(
    counters.map(([counter]) => [counter, all.reduce((sum, each) => sum + each[counter], 0)]),
  ) as unknown as Traffic

test('what was sent is what is told, with a wrong clock, a server away, and an hour that nobody saw', async () => {
  const first = startAgent()
  await first.seen(0)
  await first.learnTime()
  await first.pass()
  await first.tell()

  const seen = await useProxy(ats, 9, 4)
  await first.seen(seen.requests)
  await first.pass(2)
  await first.tell()
  expect((await charted()).sums).toEqual(seen)
  expect(await scraped()).toEqual(seen)
  // By the server's clock, whatever the host believes.
  const { proxy } = await server
    .client(token)
    .get('query ($id: ID!) { proxy(id: $id) { stats { at requests } } }', {
      id: agent.proxyId,
    })
  expect(proxy.stats.requests).toBe(seen.requests)
  expect(Math.abs(Date.parse(proxy.stats.at) - server.now().getTime())).toBeLessThan(30_000)

  // The server is away for half an hour, in the middle of which there is traffic.
  await first.pass(30)
  const away = await useProxy(ats, 5, 1)
  await first.seen(seen.requests + away.requests)
  await first.pass(30)
  await first.tell()
  const after = await charted()
  expect(after.sums).toEqual(together(seen, away))
  expect(await scraped()).toEqual(together(seen, away))
  // In the minute in which it was, not in that in which it was told.
  const busy = after.points.filter((point) => point.requestsPerSecond > 0).map(({ at }) => Date.parse(at))
  expect(busy).toHaveLength(2)
  expect(((busy[1] ?? 0) - (busy[0] ?? 0)) / 60_000).toBeGreaterThanOrEqual(15)
  expect(((busy[1] ?? 0) - (busy[0] ?? 0)) / 60_000).toBeLessThanOrEqual(17)

  // The agent is away for an hour: what happens then is nobody's to tell, and no minute claims it.
  await first.stop()
  const unseen = await useProxy(ats, 7, 2)
  // Before the next agent's first look: what ATS tells later would be what happened after it.
  await first.seen(seen.requests + away.requests + unseen.requests)
  server.advance(3_600)
  const second = startAgent()
  await second.learnTime()
  await second.pass()
  await second.tell()
  const back = await useProxy(ats, 3, 3)
  await second.seen(seen.requests + away.requests + unseen.requests + back.requests)
  await second.pass(2)
  await second.tell()
  const whole = await charted()
  expect(whole.sums).toEqual(together(seen, away, back))
  expect(await scraped()).toEqual(together(seen, away, back))
  const known = whole.points.map(({ requestsPerSecond }) => requestsPerSecond !== null)
  const gap = known.slice(known.indexOf(true), known.lastIndexOf(true)).filter((isKnown) => !isKnown)
  expect(gap.length).toBeGreaterThanOrEqual(58)
  await second.stop()
}, 240_000)
