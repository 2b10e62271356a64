/** One capture on several proxies at once, during which whoever has to do with it is killed at a random moment. */
import { setTimeout as wait } from 'node:timers/promises'
import { startKilledBrowser } from './browser.ts'
import type { KillProxy } from './proxy.ts'
import type { KillServer } from './server.ts'

export interface Kills {
  readonly agents: number
  readonly watchdogs: number
  readonly servers: number
  readonly browsers: number
}

export interface RoundParts {
  readonly server: KillServer
  readonly proxies: readonly KillProxy[]
  /** Starts a capture on these. Resolves with its deadline, epoch ms. */
  readonly start: (proxyIds: readonly string[]) => Promise<number>
  /** It stays away until somebody starts it again. */
  readonly isServerKilled: boolean
  /** Debug that isn't back so long after the deadline stays on. */
  readonly mostMs: number
}

export interface Round {
  /** For each proxy, how long after the deadline debug was what it had been. */
  readonly lateMs: readonly number[]
  readonly killed: Kills
}

export async function runRound({
  server,
  proxies,
  start,
  isServerKilled,
  mostMs,
}: RoundParts): Promise<Round> {
  for (const proxy of proxies) await proxy.prepare()
  const ids = proxies.map(({ id }) => id)
  const browser = await startKilledBrowser(server, ids)
  try {
    const deadline = await start(ids)
    await Promise.all(proxies.map((proxy) => proxy.untilCapturing()))
    const kill = async (deed: () => Promise<void>) => {
      await wait(Math.random() * Math.max(0, deadline - 1_000 - Date.now()))
      await deed()
    }
    const isAgent = proxies.map(() => Math.random() < 0.5)
    const againAfterMs = () => (Math.random() < 0.5 ? null : 5_000 * Math.random())
    const deeds = [
      ...proxies.map((proxy, index) =>
        kill(() => (isAgent[index] ? proxy.killAgent(againAfterMs()) : proxy.killWatchdog())),
      ),
      kill(browser.kill),
      ...(isServerKilled ? [kill(server.kill)] : []),
    ]
    const lateMs = await Promise.all(proxies.map((proxy) => proxy.lateness(deadline, mostMs)))
    await Promise.all(deeds)
    const agents = isAgent.filter(Boolean).length
    const killed = {
      ...{ agents, watchdogs: proxies.length - agents, servers: isServerKilled ? 1 : 0, browsers: 1 },
    }
    return { lateMs, killed }
  } finally {
    await browser.kill()
  }
}
