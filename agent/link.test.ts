import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { afterEach, expect, test, vi } from 'vitest'
import { countsOf, gaugesOf } from '#core/stats'
import { type AgentServer, startAgentServer } from '../tests/support/agent-server.ts'
import { upToDate } from '../tests/support/offers.ts'
import { createKeyPair, createToken, type Identity } from './identity.ts'
import { createLink, enrol, type Link } from './link.ts'
import type { StatsReceipt } from './stats/sampling.ts'
import { LinkError } from './transport.ts'

const report = { hostname: 'h', hash: null, atsVersion: '9.2.9', agentVersion: '0.1.0', startId: null }
const acknowledgement = {
  hash: 'a',
  sequence: 1,
  outcome: 'rejected_by_ats',
  message: 'm',
  reloadRequestedAt: null,
  loadedAt: null,
} as const
const found = {
  hash: 'f',
  files: [{ name: 'parent.config', content: '# by hand' }],
  records: [{ name: 'r', type: 'INT', value: '5' }],
} as const
const open: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = []
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await (part.close?.() ?? part.stop?.())
})

async function connected(others: readonly string[] = []): Promise<{
  server: AgentServer
  link: Link
  nudges: () => number
  lost: string[]
  told: (StatsReceipt | null)[]
}> {
  const keys = await createKeyPair()
  const server = await startAgentServer({ publicKey: keys.publicKey })
  const identity = { proxyId: 'proxy-1', instanceId: 'instance-1', privateKey: keys.privateKey } as Identity
  let nudges = 0
  const lost: string[] = []
  const told: (StatsReceipt | null)[] = []
  const sample = {
    at: new Date(),
    atsStartedAt: null,
    countersContinue: false,
    ...countsOf(() => 7),
    ...gaugesOf(() => 1),
  }
  const link = createLink({
    stats: {
      report: () => ({ previous: null, samples: [sample] }),
      told: (_, receipt) => void told.push(receipt),
    },
    servers: [...others, server.url],
    isPollOnly: false,
    createToken: () => createToken(identity, new Date()),
    onNudge: () => {
      nudges += 1
    },
    onLost: (reason) => lost.push(reason),
  })
  open.push(server, link)
  return { server, link, nudges: () => nudges, lost, told }
}

test('syncs ride the socket while it is up, and HTTP takes over when it is cut', async () => {
  const { server, link, lost } = await connected()
  await link.sync(report)
  await link.connect()
  await link.sync(report)
  server.cut()
  await vi.waitFor(() => expect(lost).toHaveLength(1))
  await link.sync(report)
  await link.connect()
  await link.sync(report)
  expect(server.syncs.map(({ way }) => way)).toEqual(['http', 'socket', 'http', 'socket'])
})

test('statistics ride with a sync over both ways; those that are refused leave its answer whole', async () => {
  const { server, link, told } = await connected()
  await link.sync(report)
  await link.connect()
  server.stats = 'refused'
  expect(await link.sync(report)).toMatchObject({ upToDate: true })
  server.cut()
  await vi.waitFor(() => expect(server.listening()).toBe(0))
  server.stats = 'full'
  expect(await link.sync(report)).toMatchObject({ upToDate: true })
  server.stats = 'refused'
  expect(await link.sync(report)).toMatchObject({ upToDate: true })
  expect(told.map((receipt) => receipt?.isFull)).toEqual([false, undefined, true, undefined])
  expect(server.sampled.map(({ requests }) => requests)).toEqual([7, 7])
})

test('a nudge arrives, also after a new socket', async () => {
  const { server, link, nudges, lost } = await connected()
  await link.connect()
  await vi.waitFor(() => expect(server.listening()).toBe(1))
  server.nudge()
  await vi.waitFor(() => expect(nudges()).toBe(1))
  server.cut()
  await vi.waitFor(() => expect(lost).toHaveLength(1))
  await link.connect()
  await vi.waitFor(() => expect(server.listening()).toBe(1))
  server.nudge()
  await vi.waitFor(() => expect(nudges()).toBe(2))
})

test('where sockets are refused everything works over HTTP', async () => {
  const { server, link } = await connected()
  server.refuseSockets = true
  await link.connect()
  expect(await link.sync(report)).toMatchObject({ upToDate: true, pollSeconds: 30 })
  await link.acknowledge(acknowledgement)
  expect(server.acknowledged).toMatchObject([{ outcome: 'REJECTED_BY_ATS', sequence: 1 }])
})

test('a refusal keeps its code over both ways', async () => {
  const { server, link } = await connected()
  server.answer = () => {
    throw Object.assign(new Error('This proxy was retired.'), { extensions: { code: 'UNAUTHENTICATED' } })
  }
  for (const connect of [false, true]) {
    if (connect) await link.connect()
    const refused = await link.sync(report).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(LinkError)
    expect(refused).toMatchObject({ code: 'UNAUTHENTICATED', message: 'This proxy was retired.' })
  }
  server.answer = upToDate
  await link.sync(report)
  expect(server.syncs.map(({ way }) => way)).toEqual(['http', 'socket', 'socket'])
})

test('every operation has one text over both ways, and the contract knows all that it asks for', async () => {
  const { server, link } = await connected()
  await enrol([server.url], { hostname: 'h', publicKey: 'k', token: 'good-token' })
  const second = await connected()
  for (const way of ['http', 'socket']) {
    if (way === 'socket') await second.link.connect()
    await second.link.sync({ ...report, hash: way })
    await second.link.acknowledge(acknowledgement)
    await second.link.reportFiles(found)
  }
  expect(second.server.reported).toEqual([found, found])
  await vi.waitFor(() => expect(second.server.listening()).toBe(1))
  const texts = [...server.documents, ...second.server.documents]
  expect(texts).toHaveLength(5)
  const contract = buildSchema(readFileSync('schema.graphql', 'utf8'))
  expect(texts.flatMap((text) => validate(contract, parse(text)))).toEqual([])
  await link.close()
})

test('a server that is not there is a LinkError that says where', async () => {
  const { server, link } = await connected()
  await server.stop()
  open.splice(0, 1)
  await link.connect()
  await expect(link.sync(report)).rejects.toThrow(`${server.url} can't be reached`)
})

test('enrolment shows the token once, and a spent one is refused', async () => {
  const { server } = await connected()
  const input = { hostname: 'h', publicKey: 'k' }
  expect(await enrol([server.url], { ...input, token: 'good-token' })).toMatchObject({
    instanceId: 'instance-1',
  })
  await expect(enrol([server.url], { ...input, token: 'spent' })).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  })
})

test('enrolment comes back when the server asks for it, five times at the most', async () => {
  const { server } = await connected()
  const input = { hostname: 'h', publicKey: 'k', token: 'good-token' }
  const waits: number[] = []
  const until = (tries: number) => async (ms: number) => {
    waits.push(ms)
    if (waits.length === tries) server.busyFor = null
  }
  server.busyFor = 20
  expect(await enrol([server.url], input, until(2))).toMatchObject({ instanceId: 'instance-1' })
  expect(waits).toHaveLength(2)
  for (const ms of waits) expect(ms >= 20_000 && ms <= 30_000).toBe(true)
  server.busyFor = 20
  await expect(enrol([server.url], input, until(99))).rejects.toMatchObject({ retryAfterSeconds: 20 })
  expect(waits).toHaveLength(6)
})

test('an address where nobody answers is left for the next one, for the socket too', async () => {
  const away = await startAgentServer()
  await away.stop()
  const { server, link } = await connected([away.url])
  await link.connect()
  await link.sync(report)
  await link.connect()
  await link.sync(report)
  expect(server.syncs.map(({ way }) => way)).toEqual(['http', 'socket'])
  expect(
    await enrol([away.url, server.url], { hostname: 'h', publicKey: 'k', token: 'good-token' }),
  ).toBeTruthy()
})

test('a server that has no time says when to come back, and is not asked a second time over HTTP', async () => {
  const { server, link } = await connected()
  server.busyFor = 17
  const later = { isAway: true, isFinal: false, retryAfterSeconds: 17 }
  await expect(link.sync(report)).rejects.toMatchObject(later)
  await expect(link.connect()).rejects.toMatchObject(later)
  server.busyFor = null
  await link.connect()
  await link.sync(report)
  expect(server.syncs.map(({ way }) => way)).toEqual(['socket'])
})

test('of two addresses the one that has time gets the socket', async () => {
  const busy = await startAgentServer()
  open.push(busy)
  busy.busyFor = 17
  const { server, link } = await connected([busy.url])
  await link.connect()
  await link.sync(report)
  expect(server.syncs.map(({ way }) => way)).toEqual(['socket'])
})
