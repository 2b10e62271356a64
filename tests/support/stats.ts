/** Statistics as agents would tell them, and what a server has stored of them. */
import { rollUpStats } from '../../server/stats/keep.ts'
import { systemOperation } from '../../server/upkeep.ts'
import type { TestAgent } from './agents.ts'
import type { TestServer } from './server.ts'
import { untilTrue } from './until.ts'

/** Of whole minutes, and on by some seconds. */
export const minutesAgo = (minutes: number, seconds = 0) =>
  new Date(Math.floor(Date.now() / 60_000) * 60_000 - minutes * 60_000 + seconds * 1_000)

export const startedAt = new Date(Date.now() - 86_400_000).toISOString()

/** A look of an agent at an ATS that has run since yesterday. */
export const told = (at: Date, numbers: Record<string, unknown>) => ({
  at: at.toISOString(),
  atsStartedAt: startedAt,
  ...numbers,
})

/** 30 s apart in each of five minutes, the counts rising evenly. */
export const evenly = (firstMinute: number, perSample: number) =>
  Array.from({ length: 11 }, (_, index) =>
    told(minutesAgo(firstMinute, index * 30), {
      requests: 1_000 + index * perSample,
      currentClientConnections: 4,
    }),
  )

/** What the server's own jobs do by their timers, done now. */
export const operationOf = (server: TestServer) =>
  systemOperation({ db: server.database.db, clock: server.now }, 'test')
/** Until all that is stored now is in the sums, whoever puts it there: the server has a timer of its own. */
export async function rollUp(server: TestServer): Promise<void> {
  const stretches = async () => {
    const [row] = await server.database
      .sql`select open_stretch::int as open, summed_stretch::int as summed from stats_totals`
    return row as { readonly open: number; readonly summed: number }
  }
  const { open } = await stretches()
  await untilTrue(async () => {
    await rollUpStats(operationOf(server))
    return (await stretches()).summed >= open
  })
}

/** Waits until so many of its samples are in the database. */
export const stored = (server: TestServer, agent: TestAgent, count: number) =>
  untilTrue(async () => {
    const [row] = await server.database
      .sql`select count(*)::int as n from proxy_stats where proxy_id = ${agent.proxyId}`
    return row?.n === count
  })
