/**
 * What the API and Prometheus say of a real ATS is what was sent to it: over an agent whose host's clock knows no date, a
 * server that was away, and an hour in which nobody looked. Two hours pass in a minute: both clocks are the test's.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import type { TestAgent } from './support/agents.ts'
import { startAts, type TestAts } from './support/ats.ts'
import { control } from './support/ats-files.ts'
import { type Traffic, together, useProxy } from './support/ats-traffic.ts'
import { newAgent, newApiToken } from './support/calls.ts'
import { type Data, startServer, type TestServer } from './support/server.ts'
import { rollUp, stored } from './support/stats.ts'
import { type StatsAgent, startStatsAgent } from './support/stats-agent.ts'
import { untilTrue } from './support/until.ts'

let ats: TestAts
let server: TestServer
/** A session would be over after two of these minutes without a beacon. */
let token: string
let agent: TestAgent
let samplesStored = 0

beforeAll(async () => {
  ;[ats, server] = await Promise.all([startAts(), startServer()])
  server.advance(-110 * 60)
  const root = await server.user('root')
  token = (await newApiToken(root, ['READ'])).token
  agent = await newAgent({ server, root })
}, 60_000)
afterAll(() => Promise.all([ats.close(), server.close()]))

/** ATS brings what it tells up to date every 5 s. */
const seen = (requests: number) =>
  untilTrue(async () => (await adapter().statistics())?.requests === requests, 40_000)
const adapter = () => createAts({ ...ats, binDir: '/usr/bin' })

const startAgent = () => startStatsAgent(server, agent, adapter(), (seconds) => server.advance(seconds))

/** Tells all that is not told yet, and waits until it is in the database. */
async function tell(by: StatsAgent): Promise<void> {
  samplesStored += await by.tell()
  await stored(server, agent, samplesStored)
}

const counters = [
  ['totalClientConnections', 'clientConnectionsPerSecond'],
  ['requests', 'requestsPerSecond'],
  ['connectRequests', 'connectRequestsPerSecond'],
  ['clientRequestBytes', 'clientRequestBytesPerSecond'],
  ['clientResponseBytes', 'clientResponseBytesPerSecond'],
  ['connectFailures', 'connectFailuresPerSecond'],
] as const
const rates = [...counters.map(([, rate]) => rate), 'restarts'].join(' ')

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
    totalClientConnections: total('client_connections'),
    requests: total('requests'),
    connectRequests: total('connect_requests'),
    clientRequestBytes: total('client_request_bytes'),
    clientResponseBytes: total('client_response_bytes'),
    connectFailures: total('connect_failures'),
  }
}

/** All that was seen so far. */
let sent: Traffic

test('what was sent is what is told, with a wrong clock, a server away, and an hour that nobody saw', async () => {
  const first = startAgent()
  await seen(0)
  await first.tell() // the first answer tells the time
  await first.pass()
  await tell(first)

  const early = await useProxy(ats, 9, 4)
  await seen(early.requests)
  await first.pass(2)
  await tell(first)
  expect((await charted()).sums).toEqual(early)
  expect(await scraped()).toEqual(early)
  // By the server's clock, whatever the host believes.
  const { proxy } = await server
    .client(token)
    .get('query ($id: ID!) { proxy(id: $id) { stats { at requests } } }', {
      id: agent.proxyId,
    })
  expect(proxy.stats.requests).toBe(early.requests)
  expect(Math.abs(Date.parse(proxy.stats.at) - server.now().getTime())).toBeLessThan(30_000)

  // The server is away for half an hour, in the middle of which there is traffic.
  await first.pass(30)
  const away = await useProxy(ats, 5, 1)
  await seen(early.requests + away.requests)
  await first.pass(30)
  await tell(first)
  const after = await charted()
  expect(after.sums).toEqual(together(early, away))
  expect(await scraped()).toEqual(together(early, away))
  // In the minute in which it was, not in that in which it was told.
  const busy = after.points.filter((point) => point.requestsPerSecond > 0).map(({ at }) => Date.parse(at))
  expect(busy).toHaveLength(2)
  expect(((busy[1] ?? 0) - (busy[0] ?? 0)) / 60_000).toBeGreaterThanOrEqual(15)
  expect(((busy[1] ?? 0) - (busy[0] ?? 0)) / 60_000).toBeLessThanOrEqual(17)

  // The agent is away for an hour: what happens then is nobody's to tell, and no minute claims it.
  await first.stop()
  const unseen = await useProxy(ats, 7, 2)
  // Before the next agent's first look: what ATS tells later would be what happened after it.
  await seen(early.requests + away.requests + unseen.requests)
  server.advance(3_600)
  const second = startAgent()
  await second.tell()
  await second.pass()
  await tell(second)
  const back = await useProxy(ats, 3, 3)
  await seen(early.requests + away.requests + unseen.requests + back.requests)
  await second.pass(2)
  await tell(second)
  const whole = await charted()
  sent = together(early, away, back)
  expect(whole.sums).toEqual(sent)
  expect(await scraped()).toEqual(sent)
  const known = whole.points.map(({ requestsPerSecond }) => requestsPerSecond !== null)
  const gap = known.slice(known.indexOf(true), known.lastIndexOf(true)).filter((isKnown) => !isKnown)
  expect(gap.length).toBeGreaterThanOrEqual(58)
  await second.stop()
}, 240_000)

test('and over a crash of ATS, and a count that somebody cleared', async () => {
  const telling = startAgent()
  await telling.tell()
  await telling.pass()
  await tell(telling)
  const startOf = async () => (await adapter().statistics())?.atsStartedAt?.getTime() ?? null

  const before = await startOf()
  process.kill(Number(readFileSync(join(ats.runtimeDir, 'server.lock'), 'utf8').trim()), 'SIGKILL')
  await untilTrue(async () => ![null, before].includes(await startOf().catch(() => null)), 40_000)
  // It may not tell its counts yet, or only those of before: neither may count.
  await telling.pass()
  await tell(telling)
  const restarted = await useProxy(ats, 4, 2)
  await seen(restarted.requests)
  await telling.pass()
  await tell(telling)
  sent = together(sent, restarted)
  const over = await charted()
  expect(over.sums).toEqual(sent)
  expect(await scraped()).toEqual(sent)
  expect(over.points.reduce((sum, { restarts }) => sum + (restarts ?? 0), 0)).toBe(1)

  control(ats, 'metric', 'zero', 'proxy.process.http.incoming_requests')
  await seen(0)
  const cleared = await useProxy(ats, 2, 1)
  await seen(cleared.requests)
  await telling.pass()
  await tell(telling)
  const last = await useProxy(ats, 3, 1)
  await seen(cleared.requests + last.requests)
  await telling.pass()
  await tell(telling)
  // Of the cleared count nobody knows what it was in between; all others went on.
  sent = together(sent, { ...cleared, requests: 0 }, last)
  expect((await charted()).sums).toEqual(sent)
  expect(await scraped()).toEqual(sent)

  // This clears also when ATS started.
  control(ats, 'metric', 'clear')
  await seen(0)
  await telling.pass()
  await tell(telling)
  const afterwards = await useProxy(ats, 2, 2)
  await seen(afterwards.requests)
  await telling.pass()
  await tell(telling)
  await telling.stop()
  sent = together(sent, afterwards)
  const end = await charted()
  expect(end.sums).toEqual(sent)
  expect(await scraped()).toEqual(sent)
  expect(end.points.reduce((sum, { restarts }) => sum + (restarts ?? 0), 0)).toBe(1)
}, 180_000)
