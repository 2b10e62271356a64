/** The agent's own code against a real server that loses its database, or whose clock is another. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import { examine } from '../agent/doctor.ts'
import { createKeyPair, createToken } from '../agent/identity.ts'
import { createLink, enrol, type Link } from '../agent/link.ts'
import { LinkError } from '../agent/transport.ts'
import { enrolmentToken } from './support/agents.ts'
import { approve, changeConfig, newConfig, unique } from './support/calls.ts'
import { type CuttableServer, startCuttableServer } from './support/cuttable-server.ts'
import type { TestUser } from './support/server.ts'
import { untilTrue } from './support/until.ts'

const hostname = `${unique('real')}.test.example`
const report = (hash: string | null) => ({
  hostname,
  hash,
  atsVersion: '9.2.9',
  agentVersion: '0.1.0',
  startId: 'a',
})
let server: CuttableServer
let root: TestUser
let link: Link
let proxyId: string
let clockOffsetMs = 0
beforeAll(async () => {
  server = await startCuttableServer()
  root = await server.user('root')
  const { publicKey, privateKey } = await createKeyPair()
  const { proxy, instanceId, serverKey } = await enrol([server.url], {
    token: await enrolmentToken(root),
    hostname,
    publicKey,
  })
  proxyId = proxy.id
  const ats = { configDir: '', logDir: '', runtimeDir: '', binDir: '', runroot: '' }
  const identity = { servers: [server.url], hostname, proxyId, instanceId, serverKey, privateKey, ats }
  link = createLink({
    servers: [server.url],
    isPollOnly: true,
    createToken: () => createToken(identity, new Date(Date.now() + clockOffsetMs)),
    onNudge() {},
    onLost() {},
  })
  await link.sync(report(null))
  const { id, revision } = await newConfig(root)
  const named = await changeConfig(root, 'setConfigProxies', { configId: id, revision, proxyIds: [proxyId] })
  await approve(root, await changeConfig(root, 'submitConfig', { id, revision: named.revision }))
})
afterAll(async () => {
  await link.close()
  await server.close()
})

const statusOf = async () =>
  (await root.get('query ($id: ID!) { proxy(id: $id) { status } }', { id: proxyId })).proxy.status

test('with the database gone offers come from memory, acknowledgements fail so that the agent repeats them until stored', async () => {
  const { hash, sequence } = await link.sync(report(null))
  const times = { reloadRequestedAt: null, loadedAt: null }
  const applied = {
    hash: hash ?? '',
    sequence: sequence ?? 0,
    outcome: 'applied',
    message: '',
    ...times,
  } as const
  await server.way.cut()
  try {
    const fault = await link.acknowledge(applied).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(LinkError)
    const now = { code: 'UNAVAILABLE', isFinal: false, message: expect.stringContaining('database') }
    expect(fault).toMatchObject(now)
    expect((fault as LinkError).retryAfterSeconds).toBeGreaterThanOrEqual(5)
    await expect(link.sync(report(null))).resolves.toMatchObject({ hash, upToDate: false })
  } finally {
    await server.way.mend()
  }
  await untilTrue(async () => {
    try {
      await link.acknowledge(applied)
      return true
    } catch {
      return false
    }
  })
  await untilTrue(async () => (await statusOf().catch(() => '')) === 'IN_SYNC')
  await expect(link.sync(report(hash))).resolves.toMatchObject({ upToDate: true })
})

test('an agent whose clock is ten minutes off is refused, and its doctor says by how much', async () => {
  const home = await mkdtemp(join(tmpdir(), 'apm-clock-'))
  const place = { configDir: home, logDir: home, runtimeDir: home, binDir: home, runroot: home }
  try {
    for (const minutes of [10, -10]) {
      clockOffsetMs = minutes * 60_000
      await expect(link.sync(report(null))).rejects.toMatchObject({ code: 'UNAUTHENTICATED', isFinal: false })
      const parts = {
        home,
        place,
        ats: createAts(place),
        servers: [server.url],
        now: () => Date.now() + clockOffsetMs,
      }
      const found = (await examine(parts)).find(({ what }) => what === 'server')
      expect(found?.says).toMatch(
        minutes > 0 ? /clock is (599|600|601) s ahead of it/ : /clock is (599|600|601) s behind it/,
      )
      expect(found?.remedy).toContain('clocks')
    }
  } finally {
    clockOffsetMs = 0
    await rm(home, { recursive: true })
  }
  await expect(link.sync(report(null))).resolves.toBeDefined()
})
