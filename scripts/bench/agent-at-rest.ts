/**
 * What an agent costs that has nothing to do: the bundled program beside a real ATS in step with its server, for
 * `BENCH_SECONDS` (600); then a day of virtual time with the server away, in which nothing may grow.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { getHeapSnapshot } from 'node:v8'
import { createToken, readIdentity } from '../../agent/identity.ts'
import { createLink } from '../../agent/link.ts'
import { type Clock, startLoop } from '../../agent/loop.ts'
import { reconcile } from '../../agent/reconcile.ts'
import { agentParts } from '../../tests/support/agent-parts.ts'
import { startScript } from '../demo/api.ts'
import { type SpawnedDemo, spawnDemo } from '../demo/spawn.ts'
import { freePort } from '../fleet/listen.ts'
import { rssMibOf } from './memory.ts'
import { type ProcessorTime, processorTimeOf } from './processor-time.ts'

const restSeconds = Number(process.env.BENCH_SECONDS ?? 600)
const lookEverySeconds = 5
const hourMs = 3_600_000
/** Everything that is made once has been made by then. */
const warmHours = 12
/** Virtual time passes so fast that the time limits of many requests run at once; they end in real time. */
const timeoutsMs = 31_000
const dayHours = 24

const say = (line = '') => process.stdout.write(`${line}\n`)

const home = mkdtempSync(join(tmpdir(), 'apm-rest-'))
const demo = await spawnDemo({ home })
try {
  await putInStep(demo)
  say(`${restSeconds} s at rest…`)
  const rest = await measureRest(demo)
  say('a day of virtual time with the server away…')
  report(rest, await measureDay())
} finally {
  await demo.stop()
  rmSync(home, { recursive: true, force: true })
}

/** Something of ours runs there, so that every pass has files and records to look at. */
async function putInStep({ graphqlUrl, email, password, parents, proxy }: SpawnedDemo): Promise<void> {
  if (!proxy) throw new Error('the demo has no proxy')
  const api = await startScript(graphqlUrl, email, password)
  const { id, revision } = await api.change('createConfig', 'CreateConfigInput', {
    name: 'bench',
    defaultAction: 'PARENT',
    parentProxies: parents.map(({ host, port }, index) => ({ host, port, priority: index + 1 })),
  })
  const named = { configId: id, revision, proxyIds: [proxy.id] }
  const withProxy = await api.change('setConfigProxies', 'SetConfigProxiesInput', named)
  const submitted = await api.change('submitConfig', 'SubmitConfigInput', {
    id,
    revision: withProxy.revision,
  })
  await api.change('approveConfig', 'ApproveConfigInput', submitted)
  for (const end = Date.now() + 60_000; ; await wait(500)) {
    const query = 'query ($id: ID!) { proxy(id: $id) { status statusReason } }'
    const answer = await api.send<{ proxy: { status: string; statusReason: string } }>(query, {
      id: proxy.id,
    })
    if (answer.proxy.status === 'IN_SYNC') return
    if (Date.now() > end) throw new Error(`not in step after a minute: ${answer.proxy.statusReason}`)
  }
}

interface Rest {
  readonly rssMaxMib: number
  /** Of one core, with the programs of ATS that the agent runs. */
  readonly cpuPercent: number
  readonly childrenCpuPercent: number
}

async function measureRest({ pids }: SpawnedDemo): Promise<Rest> {
  const pid = pids.agent
  if (pid === null) throw new Error('the demo has no agent')
  const before = timeOf(pid)
  const startedAt = performance.now()
  let rssMaxMib = 0
  while (performance.now() - startedAt < restSeconds * 1_000) {
    await wait(lookEverySeconds * 1_000)
    rssMaxMib = Math.max(rssMaxMib, rssMibOf(pid))
  }
  const seconds = (performance.now() - startedAt) / 1_000
  const after = timeOf(pid)
  const percent = (spent: number) => Math.round((spent / seconds) * 10_000) / 100
  return {
    rssMaxMib,
    cpuPercent: percent(after.own + after.children - before.own - before.children),
    childrenCpuPercent: percent(after.children - before.children),
  }
}

function timeOf(pid: number): ProcessorTime {
  const time = processorTimeOf(pid)
  if (time === null) throw new Error('the agent has ended')
  return time
}

interface Size {
  readonly objectsKib: number
  readonly descriptors: number
  readonly passes: number
}

/** The agent's own loop, link and pass beside the same ATS; only the waits between the passes are left out. */
async function measureDay(): Promise<{ warm: Size; end: Size }> {
  const agentHome = join(home, 'away')
  cpSync(join(home, 'agent'), agentHome, { recursive: true })
  const identity = await readIdentity(agentHome)
  if (identity === null) throw new Error('the agent of the demo has no identity')
  const link = createLink({
    servers: [`http://127.0.0.1:${await freePort()}`],
    isPollOnly: false,
    createToken: () => createToken(identity, new Date()),
    onNudge() {},
    onLost() {},
  })
  const parts = await agentParts(agentHome, identity.ats, { identity, link, wordWithinMs: 1_000 })
  let passes = 0
  const away = async (hours: number): Promise<Size> => {
    const clock = jumpingClock()
    const loop = startLoop({
      pass() {
        passes += 1
        return reconcile(parts)
      },
      clock,
      random: Math.random,
      onFailure() {},
    })
    while (clock.now() < hours * hourMs) await wait(20)
    await loop.stop()
    await wait(timeoutsMs)
    return { objectsKib: await objectsKib(), descriptors: readdirSync('/proc/self/fd').length, passes }
  }
  await away(1) // the first look leaves something behind itself
  const warm = await away(warmHours)
  const end = await away(dayHours)
  await link.close()
  return { warm, end }
}

/** What is reachable, without what V8 makes for itself: machine code grows for as long as it finds something to compile. */
async function objectsKib(): Promise<number> {
  const { snapshot, nodes } = (await json(getHeapSnapshot())) as {
    snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } }
    nodes: number[]
  }
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [typeAt, sizeAt] = [fields.indexOf('type'), fields.indexOf('self_size')]
  const own = ['code', 'hidden', 'object shape'].map((type) => types[0].indexOf(type))
  let bytes = 0
  for (let at = 0; at < nodes.length; at += fields.length) {
    if (!own.includes(nodes[at + typeAt] ?? -1)) bytes += nodes[at + sizeAt] ?? 0
  }
  return Math.round(bytes / 1024)
}

/** Whatever is waited for has passed a moment later. */
function jumpingClock(): Clock {
  let now = 0
  return {
    now: () => now,
    after(ms, call) {
      const immediate = setImmediate(() => {
        now += ms
        call()
      })
      return () => clearImmediate(immediate)
    },
  }
}

function report(rest: Rest, { warm, end }: { warm: Size; end: Size }): void {
  const figures = {
    restSeconds,
    rssMaxMib: rest.rssMaxMib,
    cpuPercentOfCore: rest.cpuPercent,
    childrenCpuPercentOfCore: rest.childrenCpuPercent,
    virtualHoursAway: dayHours,
    passesAway: end.passes - warm.passes,
    objectsBeforeKib: warm.objectsKib,
    objectsAfterDayKib: end.objectsKib,
    objectsGrowthKib: end.objectsKib - warm.objectsKib,
    descriptorsGrowth: end.descriptors - warm.descriptors,
  }
  say()
  for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(28)}${String(value).padStart(10)}`)
  say(JSON.stringify({ bench: 'agent-at-rest', ...figures }))
}
