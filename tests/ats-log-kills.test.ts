/**
 * Whoever dies, debug is off again: captures on three real ATS at once, during which agents or watchdogs, the server and
 * a browser that watches are killed with -9, each at a random moment. `npm run bench -- log-kills` has many more.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KillProxy, startKillProxy } from '../scripts/bench/log-kills/proxy.ts'
import { runRound } from '../scripts/bench/log-kills/round.ts'
import { type KillServer, startKillServer } from '../scripts/bench/log-kills/server.ts'
import { connectDatabase } from '../server/database/connect.ts'
import { startEmbeddedPostgres } from '../server/database/embedded.ts'
import { users } from '../server/database/tables.ts'
import { startLogCapture } from '../server/log-capture/start.ts'
import type { Actor } from '../server/operation.ts'
import { systemOperation } from '../server/upkeep.ts'

const promisedMs = 5_000
/** What is left of the minute that a capture lasts at least. */
const secondsLeft = 10
const home = mkdtempSync('/tmp/apm-kills-')
const ends: (() => Promise<unknown> | unknown)[] = [() => rmSync(home, { recursive: true, force: true })]
let server: KillServer
const proxies: KillProxy[] = []

beforeAll(async () => {
  server = await startKillServer(join(home, 'server'))
  ends.push(() => server.stop())
  for (const name of ['edge-1', 'edge-2', 'edge-3']) {
    const proxy = await startKillProxy(join(home, name), `${name}.example`, server)
    ends.push(proxy.stop)
    proxies.push(proxy)
  }
})
afterAll(async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
})

/** As if the server had been asked most of a minute ago: its database says so, and tells its agents. */
async function startShortCapture(proxyIds: readonly string[]): Promise<number> {
  const { socketDirectory, port, applicationUser } = await startEmbeddedPostgres({
    directory: join(home, 'server', 'postgres'),
  })
  const { db, close } = connectDatabase({
    ...{ kind: 'socket', directory: socketDirectory, port, database: 'apm', user: applicationUser },
  })
  try {
    const [root] = await db.select({ id: users.id, name: users.name }).from(users)
    const clock = () => new Date(Date.now() - (60 - secondsLeft) * 1_000)
    const actor: Actor = {
      kind: 'user',
      id: root?.id ?? '',
      name: root?.name ?? '',
      role: 'root',
      ...{ sessionId: null, confirmedAt: null, scopes: null, configIds: null },
    }
    const op = systemOperation({ db, clock }, 'test').as(actor)
    await startLogCapture(op, { proxyIds, minutes: 1 })
    return op.now.getTime() + 60_000
  } finally {
    await close()
  }
}

test('kill -9 of agents or watchdogs, server and browser: debug is what it was within 5 s of the deadline', async () => {
  const { lateMs, killed } = await runRound({
    ...{ server, proxies, start: startShortCapture, isServerKilled: true, mostMs: 2 * promisedMs },
  })
  expect(Math.max(...lateMs), JSON.stringify({ lateMs, killed })).toBeLessThan(promisedMs)
})
