/** One proxy of a demo, made ready to have its logs captured. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pidOf } from '../../../agent/ats-run.ts'
import { logIn, type ScriptApi, startScript } from '../../demo/api.ts'
import type { SpawnedDemo } from '../../demo/spawn.ts'

export interface LogBench {
  readonly api: ScriptApi
  readonly demo: SpawnedDemo
  readonly proxyId: string
  /** Paths of what ATS writes. */
  readonly logs: { readonly debug: string; readonly access: string }
  readonly pids: Readonly<Record<'server' | 'agent' | 'ats', number>>
  /** One request through the proxy; its connection is kept. */
  send(host: string, path: string): Promise<number>
  /** Requests to names that were never asked for. */
  probes(count: number): { readonly host: string; send(): Promise<number> }[]
}

const most = 5_000_000

export async function openBench(demo: SpawnedDemo): Promise<LogBench> {
  const { ats, proxy, pids, graphqlUrl, email, password } = demo
  const api = await startScript(graphqlUrl, email, password)
  const server = ats && (await pidOf('server', join(dirname(ats.logDir), 'run')))
  if (!ats || !proxy || !server || !pids.agent) throw new Error('the demo has no proxy')
  // Only a person may change settings.
  const person = await logIn(graphqlUrl, email, password)
  await person.send(
    'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { instanceId } } }',
    { input: { logLinesPerCapture: most } },
  )
  const agent = new HttpAgent({ keepAlive: true, maxSockets: 64 })
  const port = Number(new URL(demo.forwardProxy ?? '').port)
  let asked = 0
  const send = (host: string, path: string) =>
    new Promise<number>((resolve, reject) => {
      const target = `${host}:${demo.origin.port}`
      const headers = { host: target }
      const asking = httpRequest({ host: '127.0.0.1', port, path: `http://${target}${path}`, headers, agent })
      asking.on('error', reject)
      asking.on('response', (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      })
      asking.end()
    })
  return {
    api,
    demo,
    proxyId: proxy.id,
    logs: { debug: join(ats.logDir, 'traffic.out'), access: join(ats.logDir, 'access.log') },
    pids: { server: pids.server, agent: pids.agent, ats: server },
    send,
    probes: (count) =>
      Array.from({ length: count }, () => {
        asked += 1
        const host = `probe-${asked}.shop.example`
        return { host, send: () => send(host, '/') }
      }),
  }
}

/** Every request goes through the demo's parents, so each is chosen for. */
export async function approveParents({ api, demo, proxyId }: LogBench): Promise<void> {
  const { id, revision } = await api.change('createConfig', 'CreateConfigInput', {
    name: 'bench',
    defaultAction: 'PARENT',
    parentProxies: demo.parents.map(({ host, port }, index) => ({ host, port, priority: index + 1 })),
  })
  const named = { configId: id, revision, proxyIds: [proxyId] }
  const withProxy = await api.change('setConfigProxies', 'SetConfigProxiesInput', named)
  const submitted = await api.change('submitConfig', 'SubmitConfigInput', {
    id,
    revision: withProxy.revision,
  })
  await api.change('approveConfig', 'ApproveConfigInput', submitted)
  const query = 'query ($id: ID!) { proxy(id: $id) { status statusReason } }'
  for (const end = Date.now() + 60_000; ; await wait(500)) {
    const { proxy } = await api.send<{ proxy: { status: string; statusReason: string } }>(query, {
      id: proxyId,
    })
    if (proxy.status === 'IN_SYNC') return
    if (Date.now() > end) throw new Error(`not in step after a minute: ${proxy.statusReason}`)
  }
}

export async function captureLogs({ api, proxyId }: LogBench): Promise<void> {
  await api.send(
    'mutation ($input: StartLogCaptureInput!) { startLogCapture(input: $input) { proxies { id } } }',
    {
      input: { proxyId, minutes: 60 },
    },
  )
}

/** ATS takes up to 3.3 s to obey. */
export async function untilDebugIsOn({ api, proxyId, send }: LogBench): Promise<void> {
  const query =
    'query ($id: ID!) { proxy(id: $id) { logLines(first: 1, search: "Result for") { totalCount } } }'
  for (const end = Date.now() + 60_000; ; await wait(250)) {
    await send('www.shop.example', '/')
    const { proxy } = await api.send<{ proxy: { logLines: { totalCount: number } } }>(query, { id: proxyId })
    if (proxy.logLines.totalCount > 0) return
    if (Date.now() > end) throw new Error('no debug line after a minute')
  }
}
