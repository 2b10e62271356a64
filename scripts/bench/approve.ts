/** How long from an approval to a proxy that obeys, part by part, and next to the same change made by hand. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { type ConfigState, type ScriptApi, startScript } from '../demo/api.ts'
import { type SpawnedDemo, spawnDemo } from '../demo/spawn.ts'
import { startAts } from '../fleet/ats-instance.ts'
import { freePort } from '../fleet/listen.ts'
import { startResolverStub } from '../fleet/resolver-stub.ts'
import { percentile, round } from './figures.ts'

const approvals = Number(process.env.BENCH_APPROVALS ?? 50)
const withoutNudges = Number(process.env.BENCH_POLLED ?? 10)
const say = (line = '') => process.stdout.write(`${line}\n`)

/** Milliseconds. */
interface Timing {
  readonly toReload: number
  readonly loading: number
  readonly toAcknowledged: number
  readonly toSeen: number
  /** Everything that is ours: without ATS's own loading. */
  readonly ours: number
  /** From the approval to ATS obeying. */
  readonly untilLoaded: number
}

const proxyFields = `status desiredHash runningHash attempted { hash outcome message at reloadRequestedAt loadedAt }`

const home = mkdtempSync(join(tmpdir(), 'apm-bench-'))
try {
  const { timings: nudged, handMs } = await measureWithNudges()
  report(nudged, await measurePolled(), handMs)
} finally {
  rmSync(home, { recursive: true, force: true })
}

/**
 * ATS looks for work by timers of about three seconds. Without a random wait every change would come right after
 * the load before it, always at the same phase of both instances, and the ratio would measure their offset.
 */
function anyPhase(): number {
  return Math.random() * 6_000
}

async function measureWithNudges(): Promise<{ timings: Timing[]; handMs: number[] }> {
  const demo = await spawnDemo({ home })
  const byHand = await startByHand()
  try {
    const bench = await startBench(demo)
    await bench.approve('first') // it takes more: records and all files change
    say(`${approvals} approvals, each followed by the same change by hand…`)
    const timings: Timing[] = []
    const handMs: number[] = []
    for (let round = 0; round < approvals; round += 1) {
      await wait(anyPhase())
      timings.push(await bench.approve(`round${round}`))
      await wait(anyPhase())
      handMs.push(await byHand.change(round))
    }
    bench.close()
    return { timings, handMs }
  } finally {
    await byHand.stop()
    await demo.stop()
  }
}

/** The same instance with an agent that opens no socket: it hears of an approval at its next poll. */
async function measurePolled(): Promise<Timing[]> {
  if (withoutNudges === 0) return []
  const demo = await spawnDemo({ home, env: { APM_AGENT_POLL_ONLY: '1' } })
  try {
    const bench = await startBench(demo)
    say(`${withoutNudges} approvals with nudges off…`)
    const timings: Timing[] = []
    for (let round = 0; round < withoutNudges; round += 1) {
      // Spread over the poll interval, or every approval would come right after a poll.
      await wait(Math.random() * 30_000)
      timings.push(await bench.approve(`polled${round}`))
    }
    bench.close()
    return timings
  } finally {
    await demo.stop()
  }
}

async function startBench(demo: SpawnedDemo) {
  const { proxy } = demo
  if (!proxy) throw new Error('the demo has no proxy')
  const api = await startScript(demo.graphqlUrl, demo.email, demo.password)
  const watch = watchProxy(demo, api, proxy.id)
  let config = await provideConfig(api, demo, proxy.id)
  return {
    close: () => watch.close(),
    async approve(label: string): Promise<Timing> {
      const rules = [{ kind: 'DOMAIN', value: `${label}.corp.example`, action: 'DIRECT' }]
      const edited = await api.change('updateConfig', 'UpdateConfigInput', { ...revisionOf(config), rules })
      const submitted = await api.change('submitConfig', 'SubmitConfigInput', revisionOf(edited))
      const approvedAt = Date.now()
      const seen = watch.inSyncAfter(approvedAt)
      const { configHash } = submitted
      config = await api.change('approveConfig', 'ApproveConfigInput', {
        ...revisionOf(submitted),
        configHash,
      })
      return timingOf(approvedAt, await seen)
    },
  }
}

function timingOf(approvedAt: number, { at, reloadRequestedAt, loadedAt, seenAt }: Seen): Timing {
  return {
    toReload: reloadRequestedAt - approvedAt,
    loading: loadedAt - reloadRequestedAt,
    toAcknowledged: at - loadedAt,
    toSeen: seenAt - at,
    ours: reloadRequestedAt - approvedAt + (seenAt - loadedAt),
    untilLoaded: loadedAt - approvedAt,
  }
}

function revisionOf({ id, revision }: ConfigState) {
  return { id, revision }
}

interface WatchedProxy {
  readonly status: string
  readonly desiredHash: string
  readonly attempted: Readonly<
    Record<'hash' | 'outcome' | 'message' | 'at' | 'reloadRequestedAt' | 'loadedAt', string>
  > | null
}

interface Seen {
  readonly at: number
  readonly reloadRequestedAt: number
  readonly loadedAt: number
  readonly seenAt: number
}

/** As the web app does it: a change is announced, the proxy is fetched again. */
function watchProxy({ websocketUrl }: SpawnedDemo, api: ScriptApi, proxyId: string) {
  const client = createClient({
    url: websocketUrl,
    webSocketImpl: WebSocket,
    lazy: false,
    connectionParams: { authorization: `Bearer ${api.token}` },
  })
  const waiting = new Set<{ after: number; resolve: (seen: Seen) => void; reject: (error: Error) => void }>()
  const look = async () => {
    const { proxy } = await api.send<{ proxy: WatchedProxy }>(
      `query ($id: ID!) { proxy(id: $id) { ${proxyFields} } }`,
      { id: proxyId },
    )
    const seenAt = Date.now()
    const { attempted } = proxy
    if (!attempted || attempted.hash !== proxy.desiredHash) return
    for (const waiter of waiting) {
      if (Date.parse(attempted.at) < waiter.after) continue
      waiting.delete(waiter)
      if (proxy.status !== 'IN_SYNC') waiter.reject(new Error(`${proxy.status}: ${attempted.message}`))
      else {
        const [at, reloadRequestedAt, loadedAt] = [
          Date.parse(attempted.at),
          Date.parse(attempted.reloadRequestedAt),
          Date.parse(attempted.loadedAt),
        ]
        waiter.resolve({ at, reloadRequestedAt, loadedAt, seenAt })
      }
    }
  }
  client.subscribe<{ changes: { kind: string; id: string | null } }>(
    { query: 'subscription { changes { kind id } }' },
    {
      next({ data }) {
        const change = data?.changes
        if (change?.kind === 'PROXY' && (change.id === null || change.id === proxyId)) void look()
      },
      error: (error) => say(`subscription: ${JSON.stringify(error)}`),
      complete: () => {},
    },
  )
  return {
    inSyncAfter: (after: number) =>
      new Promise<Seen>((resolve, reject) => {
        waiting.add({ after, resolve, reject })
        setTimeout(() => reject(new Error('not in sync after 90 s')), 90_000).unref()
      }),
    close: () => void client.dispose(),
  }
}

/** The bench's config: made by the first demo, found again by the second. */
async function provideConfig(
  api: ScriptApi,
  { parents }: SpawnedDemo,
  proxyId: string,
): Promise<ConfigState> {
  const { configs } = await api.send<{ configs: { edges: readonly { node: ConfigState }[] } }>(
    '{ configs(search: "bench") { edges { node { id revision configHash } } } }',
  )
  const found = configs.edges[0]?.node
  if (found) return found
  const created = await api.change('createConfig', 'CreateConfigInput', {
    name: 'bench',
    defaultAction: 'PARENT',
    parentProxies: parents.map(({ host, port }, index) => ({ host, port, priority: index + 1 })),
  })
  const { id: configId, revision } = created
  return api.change('setConfigProxies', 'SetConfigProxiesInput', { configId, revision, proxyIds: [proxyId] })
}

/** A second ATS that nobody manages: an operator edits the file and asks for a reload. */
async function startByHand() {
  const directory = mkdtempSync(join(tmpdir(), 'apm-hand-'))
  const resolver = await startResolverStub({})
  const ats = await startAts({ directory, port: await freePort(), resolverPort: resolver.port })
  const file = join(ats.configDir, 'parent.config')
  const diags = join(ats.logDir, 'diags.log')
  return {
    async change(round: number): Promise<number> {
      const from = statSync(diags).size
      const startedAt = Date.now()
      const parent = 'parent="127.0.0.1:1" round_robin=false go_direct=false'
      writeFileSync(
        `${file}.new`,
        `dest_domain=round${round}.corp.example go_direct=true\ndest_domain=. ${parent}\n`,
      )
      renameSync(`${file}.new`, file)
      await control(ats.runroot, ['config', 'reload'])
      for (const end = Date.now() + 30_000; ; await wait(10)) {
        if (readFrom(diags, from).includes('parent.config finished loading')) return Date.now() - startedAt
        if (Date.now() > end) throw new Error('the change by hand was not loaded within 30 s')
      }
    },
    async stop() {
      await ats.stop()
      await resolver.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function control(runroot: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/traffic_ctl', args, {
      env: { ...process.env, TS_RUNROOT: runroot },
      stdio: 'ignore',
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`traffic_ctl exited with ${code}`)),
    )
  })
}

function readFrom(path: string, from: number): string {
  return readFileSync(path).subarray(from).toString('utf8')
}

function report(nudged: readonly Timing[], polled: readonly Timing[], handMs: readonly number[]): void {
  const rows: [string, readonly number[]][] = [
    ['approve → reload requested', nudged.map((timing) => timing.toReload)],
    ['ATS loads it', nudged.map((timing) => timing.loading)],
    ['loaded → acknowledged', nudged.map((timing) => timing.toAcknowledged)],
    ['acknowledged → seen in a browser', nudged.map((timing) => timing.toSeen)],
    ['all that is ours', nudged.map((timing) => timing.ours)],
    ['approve → loaded', nudged.map((timing) => timing.untilLoaded)],
    ['by hand: edit, reload → loaded', handMs],
    ['nudges off: approve → reload req.', polled.map((timing) => timing.toReload)],
  ]
  say(
    `\n${'milliseconds'.padEnd(36)}${['n', 'p50', 'p95', 'p99', 'max'].map((text) => text.padStart(8)).join('')}`,
  )
  for (const [name, values] of rows.filter(([, values]) => values.length > 0)) {
    const figures = [values.length, ...[50, 95, 99, 100].map((percent) => percentile(values, percent))]
    say(`${name.padEnd(36)}${figures.map((figure) => String(Math.round(figure)).padStart(8)).join('')}`)
  }
  const ratios = nudged.map((timing, index) => timing.untilLoaded / (handMs[index] ?? Number.NaN))
  const spread = [5, 50, 95].map((percent) => percentile(ratios, percent).toFixed(2))
  say(`\nours / by hand, pair by pair: median ${spread[1]} (p5 ${spread[0]}, p95 ${spread[2]})`)
  say('ATS takes its own few seconds in both; the spread is its timer, hit at another phase each time.\n')
  const figures = (name: string, values: readonly number[]) =>
    Object.fromEntries(
      [50, 95, 99].map((percent) => [`${name}P${percent}Ms`, round(percentile(values, percent))]),
    )
  say(
    JSON.stringify({
      bench: 'approve',
      approvals: nudged.length,
      ...figures(
        'approveToReload',
        nudged.map((timing) => timing.toReload),
      ),
      ...figures(
        'atsLoading',
        nudged.map((timing) => timing.loading),
      ),
      ...figures(
        'loadedToAcknowledged',
        nudged.map((timing) => timing.toAcknowledged),
      ),
      ...figures(
        'acknowledgedToSeen',
        nudged.map((timing) => timing.toSeen),
      ),
      ...figures(
        'ownParts',
        nudged.map((timing) => timing.ours),
      ),
      ...figures(
        'approveToLoaded',
        nudged.map((timing) => timing.untilLoaded),
      ),
      ...figures('byHand', handMs),
      polledApprovals: polled.length,
      ...(polled.length > 0 &&
        figures(
          'polledApproveToReload',
          polled.map((timing) => timing.toReload),
        )),
      oursToByHandRatioP5: round(percentile(ratios, 5)),
      oursToByHandRatioP50: round(percentile(ratios, 50)),
      oursToByHandRatioP95: round(percentile(ratios, 95)),
    }),
  )
}
