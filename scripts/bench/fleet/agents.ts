/**
 * The agents of the fleet bench, all in one process: the loop, the link and the identity on disk are the real ones. ATS
 * and its files are left out: an offer is said to be applied at once, which is harder on the server than a real fleet.
 */
import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  createKeyPair,
  createToken,
  createTokens,
  type Identity,
  readIdentity,
  writeIdentity,
} from '../../../agent/identity.ts'
import { createLink, enrol, type Link, type LinkParts, type SyncReport } from '../../../agent/link.ts'
import { type Pass, startLoop, systemClock } from '../../../agent/loop.ts'
import { answer } from './answer.ts'

/** Since the last `watch`. */
export interface AgentsFigures {
  /** Of one core, in [0, 1]. */
  readonly load: number
  readonly lagP99Ms: number
  /** How long each sync took that found nothing new. */
  readonly unchangedMs: readonly number[]
  readonly failedPasses: number
  /** When each agent first synced, and first acknowledged: milliseconds since 1970. */
  readonly syncedAt: readonly number[]
  readonly acknowledgedAt: readonly number[]
}

interface SimulatedAgent {
  readonly identity: Identity
  hash: string | null
}

const enrolledAtOnce = 16

/** All are one process; a proxy has one agent here. */
const startId = randomUUID()
const agents: SimulatedAgent[] = []
const lag = monitorEventLoopDelay({ resolution: 10 })
lag.enable()
let watch = startWatch()

answer({
  /** Enrols `count` agents, each with a home of its own under `directory`, and brings each in step. */
  async enrol(input: { url: string; token: string; count: number; directory: string }) {
    const names = Array.from({ length: input.count }, (_, index) => `proxy-${index}.fleet.example`)
    const worker = async () => {
      for (let name = names.pop(); name; name = names.pop()) agents.push(await enrolAgent({ ...input, name }))
    }
    await Promise.all(Array.from({ length: enrolledAtOnce }, worker))
  },
  /** Their first passes come within `withinMs`. */
  start({ withinMs }: { withinMs: number }) {
    for (const agent of agents) setTimeout(() => run(agent), Math.random() * withinMs)
  },
  watch() {
    watch = startWatch()
  },
  progress: () => ({ synced: watch.syncedAt.size, acknowledged: watch.acknowledgedAt.size }),
  figures(): AgentsFigures {
    const { user, system } = process.cpuUsage(watch.cpu)
    return {
      load: (user + system) / 1_000 / (performance.now() - watch.startedAt),
      lagP99Ms: lag.percentile(99) / 1e6,
      unchangedMs: watch.unchangedMs,
      failedPasses: watch.failedPasses,
      syncedAt: [...watch.syncedAt.values()],
      acknowledgedAt: [...watch.acknowledgedAt.values()],
    }
  },
  /** What the first agent says in a sync, and a token to say it with. */
  async first() {
    const agent = agents[0]
    if (!agent) throw new Error('nobody is enrolled')
    return { report: reportOf(agent), token: await createToken(agent.identity, new Date()) }
  },
  /** Syncs over the sockets of a few agents, each as soon as the one before is answered; how many. */
  async hammerSockets({ sockets, seconds }: { sockets: number; seconds: number }): Promise<number> {
    const used = agents.slice(0, sockets).map((agent) => ({ agent, link: linkOf(agent) }))
    await Promise.all(used.map(({ agent, link }) => pass(agent, link))) // whoever is behind has caught up then
    const done = await hammer(
      seconds,
      used,
      async ({ agent, link }) => void (await link.sync(reportOf(agent))),
    )
    await Promise.all(used.map(({ link }) => link.close()))
    return done
  },
  /** One request again and again, over HTTP connections that stay; how often. */
  async hammerHttp(input: Posted & { connections: number; seconds: number }): Promise<number> {
    const agent = new Agent({ keepAlive: true, maxSockets: input.connections })
    const askers = Array.from({ length: input.connections }, () => null)
    const done = await hammer(input.seconds, askers, () => post(agent, input))
    agent.destroy()
    return done
  },
})

function startWatch() {
  lag.reset()
  return {
    startedAt: performance.now(),
    cpu: process.cpuUsage(),
    unchangedMs: [] as number[],
    failedPasses: 0,
    syncedAt: new Map<SimulatedAgent, number>(),
    acknowledgedAt: new Map<SimulatedAgent, number>(),
  }
}

async function enrolAgent(input: {
  readonly url: string
  readonly token: string
  readonly directory: string
  readonly name: string
}): Promise<SimulatedAgent> {
  const { url, token, name: hostname } = input
  const { publicKey, privateKey } = await createKeyPair()
  const { proxy, instanceId, serverKey } = await enrol([url], { token, hostname, publicKey })
  const home = join(input.directory, hostname)
  await mkdir(home, { recursive: true })
  await writeIdentity(home, {
    servers: [url],
    hostname,
    proxyId: proxy.id,
    instanceId,
    serverKey,
    privateKey,
    ats: { configDir: home, logDir: home, runtimeDir: home, binDir: home, runroot: home },
  })
  const identity = await readIdentity(home)
  if (identity === null) throw new Error(`${home} holds no identity`)
  const agent: SimulatedAgent = { identity, hash: null }
  // What is measured are agents that the server knows, and that run what they should.
  const link = linkOf(agent, { isPollOnly: true })
  await pass(agent, link)
  await link.close()
  return agent
}

function run(agent: SimulatedAgent): void {
  const link = linkOf(agent, { onNudge: () => loop.nudge(), onLost: () => loop.comeBack() })
  const loop = startLoop({
    pass: () => pass(agent, link),
    clock: systemClock,
    random: Math.random,
    onFailure() {
      watch.failedPasses += 1
    },
  })
}

async function pass(agent: SimulatedAgent, link: Link): Promise<Pass> {
  await link.connect()
  const startedAt = performance.now()
  const offer = await link.sync(reportOf(agent))
  if (!watch.syncedAt.has(agent)) watch.syncedAt.set(agent, Date.now())
  const { hash, sequence } = offer
  if (offer.upToDate || hash === null || sequence === null) {
    watch.unchangedMs.push(performance.now() - startedAt)
    return offer
  }
  const now = new Date().toISOString()
  const times = { reloadRequestedAt: now, loadedAt: now }
  await link.acknowledge({ hash, sequence, outcome: 'applied', message: 'loaded', ...times })
  agent.hash = hash
  if (!watch.acknowledgedAt.has(agent)) watch.acknowledgedAt.set(agent, Date.now())
  return offer
}

function linkOf({ identity }: SimulatedAgent, events: Partial<LinkParts> = {}): Link {
  return createLink({
    servers: identity.servers,
    isPollOnly: false,
    createToken: createTokens(identity, () => new Date()),
    onNudge: () => {},
    onLost: () => {},
    ...events,
  })
}

function reportOf({ identity: { hostname }, hash }: SimulatedAgent): SyncReport {
  return { hostname, hash, atsVersion: '9.2.9', agentVersion: 'bench', startId }
}

async function hammer<Asker>(
  seconds: number,
  askers: readonly Asker[],
  ask: (asker: Asker) => Promise<void>,
): Promise<number> {
  const end = performance.now() + seconds * 1_000
  let done = 0
  const again = async (asker: Asker) => {
    for (; performance.now() < end; done += 1) await ask(asker)
  }
  await Promise.all(askers.map(again))
  return done
}

interface Posted {
  readonly url: string
  readonly body: string
  readonly token: string
}

function post(agent: Agent, { url, body, token }: Posted): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${token}`,
    }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`))
      response.resume().on('end', resolve).on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
