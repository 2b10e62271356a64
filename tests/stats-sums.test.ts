/** Samples become minutes, hours and days, once each, and go when they are old. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countsOf, gaugesOf, statsCounters } from '../server/core/stats.ts'
import { observeStats, type StoredSample } from '../server/database/observe-stats.ts'
import { dropOldStats } from '../server/stats/keep.ts'
import { newAgent } from './support/calls.ts'
import { startServer, type TestServer, type TestUser } from './support/server.ts'
import { minutesAgo, operationOf, rollUp, stored, told } from './support/stats.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

describe('sums', () => {
  const began = Date.now()
  let made = 0

  /** Any amounts at any times of the last 100 minutes, no two alike, as they come out of a queue. */
  function anySamples(proxyIds: readonly string[], count: number): readonly StoredSample[] {
    return Array.from({ length: count }, (_, index) => {
      made += 1
      const at = new Date(began - Math.floor(Math.random() * 1_200) * 5_000 - (made % 5_000))
      const own = { proxyId: proxyIds[index % proxyIds.length] ?? '', at }
      const amounts = countsOf(() => (Math.random() < 0.1 ? null : Math.floor(Math.random() * 1e10)))
      return {
        added: {
          ...own,
          seconds: Math.random() * 60,
          restarts: index % 7 ? 0 : 1,
          ...gaugesOf(() => 5),
          ...amounts,
        },
        newest: { ...own, countersContinue: false, ...gaugesOf(() => 5), ...amounts },
      }
    })
  }

  test('of minutes, hours and days are those of the samples, while writers and roll-ups run at once', async () => {
    const proxyIds = Array.from({ length: 5 }, () => randomUUID())
    const { sql } = server.database
    const write = async () => {
      for (let turn = 0; turn < 5; turn += 1) await observeStats(sql, anySamples(proxyIds, 200))
    }
    const roll = async () => {
      for (let turn = 0; turn < 10; turn += 1) await rollUp(server)
    }
    await Promise.all([write(), roll(), write(), roll(), write()])
    await rollUp(server)
    const columns = statsCounters.map((counter) =>
      counter.replace(/[A-Z]|(?<=s)(?=\dxx)/g, (c) => `_${c.toLowerCase()}`),
    )
    const sumsOf = async (table: string, samples: string) => {
      const [row] = await sql`select ${sql.unsafe(samples)}::int as samples, sum(restarts)::int as restarts,
        round(sum(seconds)::numeric, 3)::text as seconds, ${sql.unsafe(columns.map((name) => `sum(${name})::text as ${name}`).join(', '))}
        from ${sql(table)} where proxy_id in ${sql(proxyIds)}`
      return row
    }
    const samples = await sumsOf('proxy_stats', 'count(*)')
    expect(samples?.samples).toBe(3_000)
    for (const table of ['proxy_stats_minute', 'proxy_stats_hour', 'proxy_stats_day']) {
      expect(await sumsOf(table, 'sum(samples)')).toEqual(samples)
    }
  }, 60_000)

  test('gauges become means, weighted by their samples, and a peak', async () => {
    const agent = await newAgent({ server, root })
    const minute = minutesAgo(10).getTime()
    const at = (seconds: number, connections: number) =>
      told(new Date(minute + seconds * 1_000), { currentClientConnections: connections })
    await agent.reportStats([at(0, 2), at(10, 4)])
    await stored(server, agent, 2)
    await rollUp(server)
    await agent.reportStats([at(20, 9)])
    await stored(server, agent, 3)
    await rollUp(server)
    const [row] = await server.database
      .sql`select current_client_connections as mean, current_client_connections_peak as peak
      from proxy_stats_minute where proxy_id = ${agent.proxyId}`
    expect(row).toEqual({ mean: 5, peak: 9 })
  })

  test('what is old goes in whole parts, by the settings', async () => {
    const partsOf = async (table: string): Promise<readonly string[]> => {
      const rows = await server.database
        .sql`select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = ${table}::regclass order by 1`
      return rows.map(({ relname }) => relname)
    }
    const { sql } = server.database
    await observeStats(sql, anySamples([randomUUID()], 50))
    const hours = await partsOf('proxy_stats_hour')
    await sql`select apm_make_stats_parts(now() - interval '10 days', now() - interval '9 days')`
    await sql`select apm_make_stats_parts(now() - interval '400 days', now() - interval '399 days')`
    const before = await partsOf('proxy_stats_minute')
    await dropOldStats(operationOf(server))
    const after = await partsOf('proxy_stats_minute')
    expect(before.length).toBeGreaterThan(after.length)
    expect(after.length).toBeGreaterThan(0)
    for (const left of hours) expect(await partsOf('proxy_stats_hour')).toContain(left)
    const kept = 24 * 3_600_000 + 6 * 3_600_000
    for (const name of after) {
      const [day, hour] = name.split('_').slice(-2) as [string, string]
      const begins = Date.UTC(+day.slice(0, 4), +day.slice(4, 6) - 1, +day.slice(6), +hour)
      expect(Date.now() - begins).toBeLessThan(kept)
    }
    await observeStats(sql, anySamples([randomUUID()], 50)) // is stored as before
  })

  test('how long they are kept is a setting, with bounds', async () => {
    const mutation =
      'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { statsMinuteHours statsHourDays } } }'
    const { updateSettings } = await root.get(mutation, { input: { statsMinuteHours: 48 } })
    expect(updateSettings.settings).toEqual({ statsMinuteHours: 48, statsHourDays: 90 })
    const { errors } = await root.send(mutation, { input: { statsSampleHours: 1, statsDayDays: 4_000 } })
    expect(errors[0]?.extensions.problems).toEqual([
      { path: 'statsSampleHours', code: 'OUT_OF_RANGE', message: 'From 2 to 48 hours.' },
      { path: 'statsDayDays', code: 'OUT_OF_RANGE', message: 'From 30 to 3650 days.' },
    ])
    await root.get(mutation, { input: { statsMinuteHours: 24 } })
  })
})
