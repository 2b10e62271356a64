/** One host from its enrolment to its release: a real ATS with files of its own, the agent's passes, and the server. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findPlace } from '../agent/ats-place.ts'
import { createDiskReporter } from '../agent/disk-report.ts'
import { createKeyPair, createToken } from '../agent/identity.ts'
import { createLink, enrol, type Link } from '../agent/link.ts'
import { createLog } from '../agent/log.ts'
import { createProbe } from '../agent/probe.ts'
import { type ReconcileParts, reconcile } from '../agent/reconcile.ts'
import { release } from '../agent/release.ts'
import { freePort } from '../scripts/fleet/listen.ts'
import { hostFiles } from './support/agent-host.ts'
import { agentParts } from './support/agent-parts.ts'
import { enrolmentToken } from './support/agents.ts'
import { request, startAts, type TestAts } from './support/ats.ts'
import { approve, changeConfig, unique } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

const home = mkdtempSync(join(tmpdir(), 'apm-life-'))
let server: TestServer
let root: TestUser
let ats: TestAts
let link: Link
let parts: ReconcileParts
let proxyId: string
/** What the host had before anything of ours. */
let own: Record<string, string>
let config: Data
/** Requests through ATS, one after another, while the tests run; what was not answered by the origin. */
let failed: string[] = []
let answered = 0
let mayFail = false
let isAsking = true
let client: Promise<void>

beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
  ats = await startAts()
  const [first, second] = ats.parents
  writeFileSync(
    join(ats.configDir, 'parent.config'),
    `dest_domain=direct.example go_direct=true\ndest_domain=. parent="127.0.0.1:${first.port};127.0.0.1:${second.port}" round_robin=false go_direct=false\n`,
  )
  ats.resolver.names.set('direct.example', '127.0.0.1')
  await ats.stop()
  await ats.restart()
  own = contents()
  const place = await findPlace({ root: ats.directory, binDir: '/usr/bin' }, home)
  const { publicKey, privateKey } = await createKeyPair()
  const token = await enrolmentToken(root)
  const hostname = `${unique('life')}.test.example`
  const { proxy, instanceId, serverKey } = await enrol([server.url], { token, hostname, publicKey })
  proxyId = proxy.id
  const identity = { servers: [server.url], hostname, proxyId, privateKey, ats: place, instanceId, serverKey }
  link = createLink({
    servers: [server.url],
    isPollOnly: true,
    createToken: () => createToken(identity, new Date()),
    onNudge() {},
    onLost() {},
  })
  const reportDisk = createDiskReporter(
    link,
    createLog(() => {}),
  )
  parts = await agentParts(home, place, { ...{ identity, link, reportDisk, watchMs: 0 } })
  parts = { ...parts, probe: createProbe({ ats: parts.ats, urls: [`http://${corp()}/`] }) }
  client = askOn()
}, 90_000)
afterEach(async () => {
  const before = answered
  await untilTrue(() => answered > before)
  if (!mayFail) expect(failed).toEqual([])
  failed = []
  mayFail = false
})
afterAll(async () => {
  isAsking = false
  await client
  await link.close()
  await ats.close()
  await server.close()
  rmSync(home, { recursive: true })
})

async function askOn(): Promise<void> {
  while (isAsking) {
    const { status, via, body } = await request(ats.port, { host: corp(), timeoutMs: 3_000 })
    if (via === null) failed.push(`${status} ${body.slice(0, 80)}`)
    else answered += 1
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
const corp = () => `corp.example:${ats.origin.port}`
const viaOf = async (name: string) => (await request(ats.port, { host: `${name}:${ats.origin.port}` })).via
const contents = () =>
  Object.fromEntries(hostFiles.map((name) => [name, readFileSync(join(ats.configDir, name), 'utf8')]))
const read = async (): Promise<Data> =>
  (
    await root.get(
      `query ($id: ID!) { proxy(id: $id) { status statusReason runningHash attempted { outcome message }
        runningFiles { source files { name content } } } }`,
      { id: proxyId },
    )
  ).proxy
/** Submits and approves what the working copy is. */
async function approved({ id, revision }: Data): Promise<Data> {
  return approve(root, await changeConfig(root, 'submitConfig', { id, revision }))
}

test('an agent that has just enrolled changes nothing, and shows what lies there', async () => {
  await reconcile(parts)
  await reconcile(parts)
  expect(contents()).toEqual(own)
  const { status, runningHash, runningFiles } = await read()
  expect({ status, runningHash }).toEqual({ status: 'UNASSIGNED', runningHash: null })
  expect(runningFiles).toMatchObject({
    source: 'REPORTED',
    files: expect.arrayContaining([{ name: 'parent.config', content: own['parent.config'] }]),
  })
})

test('what lies there becomes a draft, and once approved the host runs it as its own, unnoticed', async () => {
  const { files } = (await read()).runningFiles
  const { importConfigFiles } = await root.get(
    `mutation ($input: ImportConfigFilesInput!) { importConfigFiles(input: $input) {
      config { id revision status defaultAction } findings { kind } } }`,
    { input: { name: unique('life'), files } },
  )
  expect(importConfigFiles.config).toMatchObject({ status: 'DRAFT', defaultAction: 'PARENT' })
  expect(importConfigFiles.findings.filter(({ kind }: Data) => kind === 'LOST')).toEqual([])
  const { id, revision } = importConfigFiles.config
  config = await approved(
    await changeConfig(root, 'setConfigProxies', { configId: id, revision, proxyIds: [proxyId] }),
  )
  await reconcile(parts)
  await reconcile(parts)
  expect(await read()).toMatchObject({ status: 'IN_SYNC', attempted: { outcome: 'APPLIED' } })
  expect(contents()['parent.config']).not.toBe(own['parent.config'])
  expect(await viaOf('corp.example')).toBe('p1')
  expect(await viaOf('direct.example')).toBe('direct')
})

test('a version that loads and breaks traffic is rolled back: FAILED, and the bytes before serve again', async () => {
  mayFail = true
  const good = contents()
  config = await approved(
    await changeConfig(root, 'updateConfig', {
      id: config.id,
      revision: config.revision,
      parentProxies: [{ host: '127.0.0.1', port: await freePort(), priority: 1 }],
    }),
  )
  await reconcile(parts)
  expect(await read()).toMatchObject({
    status: 'FAILED',
    attempted: { outcome: 'ROLLED_BACK', message: expect.stringContaining('It worked before') },
  })
  expect(contents()).toEqual(good)
  expect(await viaOf('corp.example')).toBe('p1')
  failed = []
})

test('given back, the host has what it had before, and serves all the while', async () => {
  expect(await release(parts)).toBeNull()
  expect(contents()).toEqual(own)
  expect(await viaOf('corp.example')).toBe('p1')
  expect(await viaOf('direct.example')).toBe('direct')
})
