/**
 * A fleet of agents on sockets against one server and its PostgreSQL, all on this machine: what a sync costs next to an
 * answer of plain node:http, a fleet at rest, an approval until the last agent, and a server that is killed.
 * `BENCH_AGENTS` (10,000) and `BENCH_SECONDS` (60) of rest.
 */
import 'reflect-metadata'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { documents } from '../../agent/link.ts'
import { noStats } from '../../agent/stats/sampling.ts'
import { connectDatabase, type DatabaseTarget } from '../../server/database/connect.ts'
import { startEmbeddedPostgres } from '../../server/database/embedded.ts'
import { ensureDatabase, migrateDatabase } from '../../server/database/migrate.ts'
import { systemOperation } from '../../server/upkeep.ts'
import { addUser } from '../../server/user/add.ts'
import { hashPassword } from '../../server/user/password.ts'
import { type ConfigState, type DemoApi, type ScriptApi, startScript } from '../demo/api.ts'
import { percentile, round } from './figures.ts'
import type { AgentsFigures } from './fleet/agents.ts'
import { type Child, startChild } from './fleet/child.ts'
import type { ServerFigures } from './fleet/server.ts'
import { processorSecondsWithChildren } from './processor-time.ts'

const agentCount = Number(process.env.BENCH_AGENTS ?? 10_000)
const restSeconds = Number(process.env.BENCH_SECONDS ?? 60)
const pollSeconds = 30
const patienceSeconds = 180
const rules = 200
const rollouts = 3
/** Of the load that never waits: turns of each kind, so that what else the machine does falls on all alike. */
const turns = 3
const turnSeconds = 3
const connections = 64
/** Beyond this the agents' process measures itself. */
const mostLoad = 0.7
/** Of the machine before the bench starts, for each core: beyond this the figures are its neighbours'. */
const mostMachineLoad = 0.25

const say = (line = '') => process.stdout.write(`${line}\n`)

const person = { email: 'bench@apm.example', password: 'a password for the bench' }
const headersWith = (token: string) => ({
  'content-type': 'application/json',
  authorization: `Bearer ${token}`,
})

requireDescriptors(agentCount + 1_000)
const home = mkdtempSync(join(tmpdir(), 'apm-fleet-'))
/** What has been started, ended in the opposite order. */
const ends: (() => Promise<unknown> | unknown)[] = [() => rmSync(home, { recursive: true, force: true })]
try {
  await measure()
} finally {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
}

async function measure(): Promise<void> {
  const loadBefore = loadavg()[0] ?? 0
  const { target, postgresPid } = await startDatabase()
  let server = await startServer(target, 0)
  const { url } = server
  const agents = await start('agents')
  const api = await startScript(`${url}/graphql`, person.email, person.password)
  let config = await approve(api, await createConfig(api))

  say(`enrolling ${agentCount} agents…`)
  const token = await enrolmentToken(api, config.id)
  await agents.ask('enrol', { url, token, count: agentCount, directory: join(home, 'agents') })
  say('syncs that never wait, in turn with plain node:http…')
  const cost = await measureCost(agents, server)

  // A fresh one: the load before has left its garbage in the memory of the other.
  await server.child.end('SIGKILL')
  server = await startServer(target, server.port)
  const rssBefore = (await server.child.ask<ServerFigures>('figures')).rssBytes
  await agents.ask('watch')
  await agents.ask('start', { withinMs: pollSeconds * 1_000 })
  await untilAll(agents, 'synced')
  await wait(pollSeconds * 1_000)
  say(`${restSeconds} s at rest…`)
  const rest = await measureRest(agents, server, postgresPid)
  const rssPerThousand = (rest.rssBytes - rssBefore) / (agentCount / 1_000)

  say(`${rollouts} approvals…`)
  const rolled: Rollout[] = []
  for (let round = 0; round < rollouts; round += 1) {
    config = await edit(api, config, `round${round}.corp.example`)
    await agents.ask('watch')
    const before = await server.child.ask<ServerFigures>('figures')
    const sentAt = Date.now()
    config = await approve(api, config)
    const answeredMs = Date.now() - sentAt
    await untilAll(agents, 'acknowledged')
    const figures = await agents.ask<AgentsFigures>('figures')
    const after = figures.acknowledgedAt.map((at) => at - sentAt)
    const { cpuUs, statements } = await server.child.ask<ServerFigures>('figures')
    rolled.push({
      answeredMs,
      after,
      figures,
      cpuUs: (cpuUs - before.cpuUs) / agentCount,
      statements: (statements - before.statements) / agentCount,
    })
    await wait(5_000)
  }

  say('kill -9 and start…')
  await server.child.end('SIGKILL')
  const killedAt = Date.now()
  await agents.ask('watch')
  server = await startServer(target, server.port)
  const startedMs = Date.now() - killedAt
  await untilAll(agents, 'synced')
  const back = await agents.ask<AgentsFigures>('figures')
  report({ loadBefore, cost, rest, rssPerThousand, rolled, startedMs, killedAt, back })
}

interface Cost {
  readonly perSecond: number
  /** Of the answering process. */
  readonly cpuUs: number
}
type CostBy = Readonly<Record<'socket' | 'http' | 'raw', Cost>>

async function measureCost(agents: Child, { child, url }: RunningServer): Promise<CostBy> {
  // Whoever is hammered first applies what is offered; it is not measured.
  await agents.ask('hammerSockets', { sockets: connections, seconds: 1 })
  const { report, token } = await agents.ask<{ report: unknown; token: string }>('first')
  const variables = { input: report, stats: noStats.report() }
  const body = JSON.stringify({ query: documents.sync, variables })
  const post = { method: 'POST', body, headers: headersWith(token) }
  const payload = await (await fetch(`${url}/graphql`, post)).text()
  const raw = await start('raw-http')
  const rawPort = await raw.ask<number>('start', payload)
  const over = (name: string, at: string) => async () =>
    agents.ask<number>(name, {
      ...{ url: at, body, connections, sockets: connections, seconds: turnSeconds },
      token: (await agents.ask<{ token: string }>('first')).token,
    })
  const kinds = {
    raw: { child: raw, hammer: over('hammerHttp', `http://127.0.0.1:${rawPort}/`) },
    http: { child, hammer: over('hammerHttp', `${url}/graphql`) },
    socket: { child, hammer: over('hammerSockets', url) },
  }
  const taken = { raw: [] as Cost[], http: [] as Cost[], socket: [] as Cost[] }
  for (let turn = 0; turn < turns; turn += 1) {
    for (const kind of ['raw', 'http', 'socket'] as const) {
      const { child: answering, hammer } = kinds[kind]
      const before = await answering.ask<{ cpuUs: number }>('figures')
      const done = await hammer()
      const after = await answering.ask<{ cpuUs: number }>('figures')
      taken[kind].push({ perSecond: done / turnSeconds, cpuUs: (after.cpuUs - before.cpuUs) / done })
    }
  }
  await raw.end('SIGTERM')
  const typical = (costs: readonly Cost[]): Cost => ({
    perSecond: median(costs.map(({ perSecond }) => perSecond)),
    cpuUs: median(costs.map(({ cpuUs }) => cpuUs)),
  })
  return { raw: typical(taken.raw), http: typical(taken.http), socket: typical(taken.socket) }
}

async function measureRest(agents: Child, { child }: RunningServer, postgresPid: number) {
  await agents.ask('watch')
  const before = await child.ask<ServerFigures>('figures')
  const postgresBefore = processorSecondsWithChildren(postgresPid)
  const startedAt = performance.now()
  await wait(restSeconds * 1_000)
  const seconds = (performance.now() - startedAt) / 1_000
  const after = await child.ask<ServerFigures>('figures')
  const figures = await agents.ask<AgentsFigures>('figures')
  const syncs = figures.unchangedMs.length
  return {
    figures,
    rssBytes: after.rssBytes,
    serverLoad: (after.cpuUs - before.cpuUs) / 1e6 / seconds,
    postgresLoad: (processorSecondsWithChildren(postgresPid) - postgresBefore) / seconds,
    syncsPerSecond: syncs / seconds,
    sqlPerSync: (after.statements - before.statements) / syncs,
    batchedSqlPerSync: (after.allStatements - before.allStatements) / syncs,
  }
}

interface Rollout {
  /** The mutation itself. */
  readonly answeredMs: number
  /** Of each agent: milliseconds from sending the approval to its acknowledgement being stored. */
  readonly after: readonly number[]
  readonly figures: AgentsFigures
  /** Of the server, for each agent. */
  readonly cpuUs: number
  readonly statements: number
}

async function startDatabase(): Promise<{ target: DatabaseTarget; postgresPid: number }> {
  const postgres = await startEmbeddedPostgres({ directory: join(home, 'postgres') })
  ends.push(() => postgres.stop())
  const { socketDirectory: directory, port, ownerUser, applicationUser, pid } = postgres
  const socket = { kind: 'socket', directory, port, database: 'apm' } as const
  const target = { ...socket, user: applicationUser }
  await ensureDatabase({ ...socket, user: ownerUser })
  await migrateDatabase({ ...socket, user: ownerUser }, target)
  const database = connectDatabase(target, { max: 1 })
  const op = systemOperation({ db: database.db, clock: () => new Date() }, 'bench')
  const { email, password } = person
  await addUser(op, { email, name: 'Bench', role: 'root', passwordHash: await hashPassword(password) })
  await database.close()
  return { target, postgresPid: pid }
}

interface RunningServer {
  readonly child: Child
  readonly url: string
  readonly port: number
}

async function startServer(target: DatabaseTarget, wanted: number): Promise<RunningServer> {
  const child = await start('server')
  const port = await child.ask<number>('start', { target, port: wanted })
  return { child, port, url: `http://127.0.0.1:${port}` }
}

async function start(name: string): Promise<Child> {
  const child = await startChild(name)
  ends.push(() => child.end('SIGKILL'))
  return child
}

async function untilAll(agents: Child, what: 'synced' | 'acknowledged'): Promise<void> {
  for (const end = Date.now() + patienceSeconds * 1_000; ; await wait(200)) {
    const progress = await agents.ask<Record<typeof what, number>>('progress')
    if (progress[what] >= agentCount) return
    if (Date.now() > end)
      throw new Error(`${what} after ${patienceSeconds} s: ${progress[what]} of ${agentCount}`)
  }
}

function createConfig(api: ScriptApi): Promise<ConfigState> {
  return api.change('createConfig', 'CreateConfigInput', {
    name: 'fleet',
    defaultAction: 'PARENT',
    parentProxies: [{ host: 'parent.corp.example', port: 3128, priority: 1 }],
    rules: Array.from({ length: rules }, (_, index) => ruleOf(`d${index}.corp.example`)),
  })
}

function edit(api: ScriptApi, { id, revision }: ConfigState, value: string): Promise<ConfigState> {
  const operations = [{ add: { rule: ruleOf(value) } }]
  return api.change('editRules', 'EditRulesInput', { id, revision, operations })
}

function ruleOf(value: string) {
  return { kind: 'DOMAIN', value, action: 'DIRECT' }
}

async function approve(api: ScriptApi, { id, revision }: ConfigState): Promise<ConfigState> {
  const submitted = await api.change('submitConfig', 'SubmitConfigInput', { id, revision })
  const { configHash } = submitted
  return api.change('approveConfig', 'ApproveConfigInput', { id, revision: submitted.revision, configHash })
}

async function enrolmentToken(api: DemoApi, configId: string): Promise<string> {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const { createEnrolmentToken } = await api.send<{ createEnrolmentToken: { token: string } }>(
    'mutation ($input: CreateEnrolmentTokenInput!) { createEnrolmentToken(input: $input) { token } }',
    { input: { name: 'fleet', configId, expiresAt, maxUses: agentCount } },
  )
  return createEnrolmentToken.token
}

/** Each agent is one descriptor in the server and one in the agents' process, which both take the hard limit. */
function requireDescriptors(wanted: number): void {
  const allowed = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  if (allowed !== 'unlimited' && Number(allowed) < wanted)
    throw new Error(
      `${wanted} file descriptors are needed, "ulimit -Hn" allows ${allowed}; lower BENCH_AGENTS`,
    )
}

interface Measured {
  readonly loadBefore: number
  readonly cost: CostBy
  readonly rest: Awaited<ReturnType<typeof measureRest>>
  readonly rssPerThousand: number
  readonly rolled: readonly Rollout[]
  readonly startedMs: number
  readonly killedAt: number
  readonly back: AgentsFigures
}

function report({
  loadBefore,
  cost,
  rest,
  rssPerThousand,
  rolled,
  startedMs,
  killedAt,
  back,
}: Measured): void {
  const thousands = agentCount / 1_000
  const lastAcknowledged = rolled.map(({ after }) => Math.max(...after))
  const backAfter = back.syncedAt.map((at) => (at - killedAt) / 1_000)
  const perSecond = new Map<number, number>()
  for (const seconds of backAfter)
    perSecond.set(Math.floor(seconds), (perSecond.get(Math.floor(seconds)) ?? 0) + 1)
  const loads = [rest.figures, ...rolled.map(({ figures }) => figures), back].map(({ load }) => load)
  const isMachineBusy = loadBefore > mostMachineLoad * cpus().length
  const areAgentsBusy = loads.some((load) => load > mostLoad)
  const figures = {
    agents: agentCount,
    cores: cpus().length,
    machineLoadBefore: round(loadBefore),
    syncRatioToRawHttp: round(cost.raw.cpuUs / cost.socket.cpuUs),
    rawHttpCpuUs: round(cost.raw.cpuUs),
    socketSyncCpuUs: round(cost.socket.cpuUs),
    httpSyncCpuUs: round(cost.http.cpuUs),
    rawHttpPerSecond: round(cost.raw.perSecond),
    socketSyncPerSecond: round(cost.socket.perSecond),
    httpSyncPerSecond: round(cost.http.perSecond),
    restSyncsPerSecond: round(rest.syncsPerSecond),
    syncP50Ms: round(percentile(rest.figures.unchangedMs, 50)),
    syncP99Ms: round(percentile(rest.figures.unchangedMs, 99)),
    syncMaxMs: round(percentile(rest.figures.unchangedMs, 100)),
    sqlPerUnchangedSync: round(rest.sqlPerSync),
    batchedSqlPerUnchangedSync: round(rest.batchedSqlPerSync),
    restServerCorePercent: round(rest.serverLoad * 100),
    restPostgresCorePercent: round(rest.postgresLoad * 100),
    serverCorePercentPerThousandAgents: round((rest.serverLoad * 100) / thousands),
    serverMibPerThousandAgents: round(rssPerThousand / 2 ** 20),
    approveAnsweredMs: round(
      percentile(
        rolled.map(({ answeredMs }) => answeredMs),
        50,
      ),
    ),
    approveToMedianAcknowledgedMs: round(
      percentile(
        rolled.flatMap(({ after }) => after),
        50,
      ),
    ),
    approveToLastAcknowledgedMs: Math.max(...lastAcknowledged),
    rolloutServerCpuUsPerAgent: median(rolled.map(({ cpuUs }) => cpuUs)),
    rolloutSqlPerAgent: median(rolled.map(({ statements }) => statements)),
    restartServerReadyMs: startedMs,
    restartAllBackSeconds: round(Math.max(...backAfter)),
    restartPeakBackPerSecond: Math.max(...perSecond.values()),
    restartMeanBackPerSecond: round(agentCount / (Math.max(...backAfter) - Math.min(...backAfter))),
    restartFailedPasses: back.failedPasses,
    agentsLoadMaxPercent: round(Math.max(...loads) * 100),
    agentsLagP99Ms: round(Math.max(...[rest.figures, back].map(({ lagP99Ms }) => lagP99Ms))),
    isMachineBusy,
    isVoid: isMachineBusy || areAgentsBusy,
  }
  say()
  for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(38)}${String(value).padStart(12)}`)
  say(
    '\nThe ratio is of processor time in the answering process. A busy machine changes that as well: the same',
  )
  say('code has been seen between 0.26 and 0.74, with a load of 2 to 10 on two cores.')
  if (isMachineBusy) say(`VOID: the machine had a load of ${round(loadBefore)} before the bench began.`)
  if (areAgentsBusy) say(`VOID: the agents' own process took more than ${mostLoad * 100} % of a core.`)
  say(JSON.stringify({ bench: 'fleet', ...figures }))
}

function median(values: readonly number[]): number {
  return round(percentile(values, 50))
}
