/**
 * The clock of server and database is set while an agent tells: nothing is counted twice, nothing is lost, and rates
 * stay what they were. The agent's own sampling, a real server and a real PostgreSQL; the clocks are the test's.
 */
import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatabaseClock, startDatabaseClock } from '../scripts/bench/stats/clock.ts'
import { countsOf, sampleIntervalSeconds } from '../server/core/stats.ts'
import { connectOwner } from '../server/database/connect.ts'
import { newAgent } from './support/calls.ts'
import { cloneDatabase, type TestDatabase } from './support/database.ts'
import { type Data, startServer, type TestServer } from './support/server.ts'
import { rollUp, stored } from './support/stats.ts'
import { startStatsAgent } from './support/stats-agent.ts'

let database: TestDatabase
let owner: Sql
let hand: DatabaseClock
let server: TestServer
/** How far the database's clock is from the server's: seconds. */
let apart = 0
beforeAll(async () => {
  database = await cloneDatabase()
  owner = connectOwner(database.owner)
  hand = await startDatabaseClock(owner, new Date())
  server = await startServer({ database })
  await advance(-5 * 3_600) // hours pass here, and no enrolment token is for later than an hour from now
})
afterAll(async () => {
  await server.close()
  await owner.end()
})

async function advance(seconds: number): Promise<void> {
  server.advance(seconds)
  await hand.set(new Date(server.now().getTime() + apart * 1_000))
}

const requestsPerLook = 60
const ratePerSecond = requestsPerLook / sampleIntervalSeconds

/** The same number of requests happens from one look to the next. */
async function startAgent() {
  const agent = await newAgent({ server, root: await server.user('root') })
  let looks = 0
  const statistics = async () => {
    looks += 1
    return {
      atsStartedAt: new Date(0),
      countersContinue: false,
      ...countsOf(() => looks * requestsPerLook),
      currentClientConnections: 1,
      currentParentConnections: 0,
    }
  }
  const telling = startStatsAgent(server, agent, { statistics }, advance)
  await telling.tell() // the first answer tells the time
  return {
    ...agent,
    looks: telling.looks,
    /** Each look is told at once, and whatever is stored by then is rolled up. */
    async live(times: number) {
      for (let turn = 0; turn < times; turn += 1) {
        await telling.pass()
        await telling.tell()
        await rollUp(server)
      }
    },
    stop: telling.stop,
  }
}

/** By the sums of samples, minutes, hours and days of a proxy. */
async function sumsOf(proxyId: string): Promise<readonly Data[]> {
  const { sql } = database
  const [samples] = await sql`select count(*)::int as samples, sum(requests)::int as requests,
    sum(seconds)::int as seconds from proxy_stats where proxy_id = ${proxyId}`
  const summed = await Promise.all(
    ['proxy_stats_minute', 'proxy_stats_hour', 'proxy_stats_day'].map(async (table) => {
      const [row] = await sql`select sum(samples)::int as samples, sum(requests)::int as requests,
        sum(seconds)::int as seconds from ${sql(table)} where proxy_id = ${proxyId}`
      return row
    }),
  )
  return [samples, ...summed]
}

const totals = async () =>
  (await database.sql`select samples::int as samples, requests::int as requests from stats_totals`)[0]

/** Steps of the fleet that don't follow from what lies below: none, of those that must have been told by now. */
async function wrongSteps(): Promise<readonly Data[]> {
  return database.sql`
    with expected as (
      select 'minute' as step, at, sum(requests / seconds) as requests from proxy_stats_minute
        where at < (select rolled_up_to - interval '105 seconds' from stats_totals) group by at
      union all select 'hour', date_trunc('hour', at, 'UTC'), avg(requests) from fleet_stats
        where step = 'minute' and config_id is null group by 2
    )
    select e.*, f.requests as told from expected e left join fleet_stats f
      on f.step = e.step and f.at = e.at and f.config_id is null
    where f.requests is null and e.requests is not null or abs(f.requests - e.requests) > 0.001`
}

test.each([
  ['is set back by less than a minute', -47, 0, 0],
  ['is set back by minutes', -331, 0, 0],
  ['is set back by whole looks', -10 * sampleIntervalSeconds, 0, 0],
  ['is set ahead by minutes', 1_200, 0, 0],
  ['is set back by hours: but for what was under way', -7_200, 0, 1],
  ['is set ahead by hours: but for what was under way', 7_200, 0, 1],
  ['of the database alone is set back', 0, -600, 0],
  ['of the database alone is set ahead', 0, 900, 0],
])(
  'each request is counted once when the clock %s',
  async (_what, step, stepApart, lost) => {
    const before = await totals()
    const agent = await startAgent()
    await agent.live(6)
    await stored(server, agent, 7)
    await rollUp(server)

    apart += stepApart
    await advance(step)
    await rollUp(server)
    await agent.live(2)
    await stored(server, agent, 9 - lost)
    const [newest] = await database.sql`select at from proxy_stats_newest where proxy_id = ${agent.proxyId}`
    expect(Math.abs(new Date(newest?.at).getTime() - server.now().getTime())).toBeLessThan(30_000)
    await agent.live(14)
    await stored(server, agent, agent.looks() - lost)
    await agent.stop()
    await advance(180)
    await rollUp(server)

    // Of the first look nothing is known but the counts.
    const samples = agent.looks() - lost
    const sum = { requests: (samples - 1) * requestsPerLook, seconds: (samples - 1) * sampleIntervalSeconds }
    expect(await sumsOf(agent.proxyId)).toEqual(Array.from({ length: 4 }, () => ({ samples, ...sum })))
    expect(await totals()).toEqual({
      samples: before?.samples + samples,
      requests: (before?.requests ?? 0) + sum.requests,
    })
    const minutes = await database.sql`select requests / seconds as rate from proxy_stats_minute
      where proxy_id = ${agent.proxyId} and seconds > 0`
    expect(new Set(minutes.map(({ rate }) => Number(rate)))).toEqual(new Set([ratePerSecond]))
    expect(await wrongSteps()).toEqual([])
    const [end] = await database.sql`select rolled_up_to as at from stats_totals`
    expect(Math.abs(new Date(end?.at).getTime() - hand.now().getTime())).toBeLessThan(60_000)
  },
  60_000,
)
