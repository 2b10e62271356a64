/** What may go wrong while a real ATS gets another config; a client asks all the while and must not notice. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createAts } from '../agent/ats.ts'
import { findPlace } from '../agent/ats-place.ts'
import { routingFiles } from '../agent/files.ts'
import type { Link, SyncOffer } from '../agent/link.ts'
import { createLog } from '../agent/log.ts'
import { type Acknowledgement, type ApplyStep, applySteps, openMemory } from '../agent/memory.ts'
import { createProbe } from '../agent/probe.ts'
import { type ReconcileParts, reconcile, repair, runningHash } from '../agent/reconcile.ts'
import { processesOf } from '../scripts/fleet/ats-processes.ts'
import { freePort } from '../scripts/fleet/listen.ts'
import { request, startAts, type TestAts } from './support/ats.ts'
import type { DyingAgent } from './support/dying-agent.ts'
import { mount, unmount } from './support/mounts.ts'
import { contentFor, createOfferSource, type OfferedContent } from './support/offers.ts'
import { untilTrue } from './support/until.ts'

const source = createOfferSource('proxy-1')
const home = mkdtempSync(join(tmpdir(), 'apm-home-'))
const scratch = mkdtempSync(join(tmpdir(), 'apm-disk-'))
let ats: TestAts
let parts: ReconcileParts
let toP1: OfferedContent
let toP2: OfferedContent
let sequence = 0
let answer: SyncOffer
let isClientAsking = true
let client: Promise<void>
/** What the client got, since the test began. */
let asked = { answered: 0, failed: [] as string[] }
/** Set by a test that stops ATS itself, or breaks traffic on purpose. */
let mayFail = false
const acknowledged: Acknowledgement[] = []
const link: Link = {
  async connect() {},
  sync: async () => answer,
  async acknowledge(made) {
    acknowledged.push(made)
  },
  async reportFiles() {},
  async reportParents() {},
  async reportHostProblems() {},
  async close() {},
}

beforeAll(async () => {
  ats = await startAts()
  const place = await findPlace({ root: ats.directory, binDir: '/usr/bin' }, home)
  parts = {
    place,
    ats: createAts(place),
    memory: await openMemory(home),
    log: createLog(() => {}),
    reportDisk: async () => {},
    reportParents: async () => {},
    probe: createProbe({ ats: createAts(place), urls: [] }),
    wordWithinMs: 8_000,
    watchMs: 600,
    now: () => Date.now(),
    link,
    identity: {
      servers: [],
      hostname: 'proxy-1',
      proxyId: 'proxy-1',
      instanceId: 'instance-1',
      serverKey: source.serverKey,
      privateKey: {},
      ats: place,
    },
  }
  toP1 = contentFor([ats.parents[0].port])
  toP2 = contentFor([ats.parents[1].port])
  offer(toP1)
  await reconcile(parts)
  expect(acknowledged.at(-1)?.outcome).toBe('applied')
  client = askOn()
})
afterEach(() => {
  if (!mayFail) expect(asked.failed).toEqual([])
  expect(asked.answered + asked.failed.length).toBeGreaterThan(0)
  asked = { answered: 0, failed: [] }
  mayFail = false
})
afterAll(async () => {
  isClientAsking = false
  await client
  await ats.close()
  for (const directory of [home, scratch]) rmSync(directory, { recursive: true })
})

async function askOn(): Promise<void> {
  while (isClientAsking) {
    const { via, status, body } = await request(ats.port, { host: host(), timeoutMs: 3_000 })
    if (via === null) asked.failed.push(`${status} ${body.slice(0, 80)}`)
    else asked.answered += 1
    await sleep(25)
  }
}
const host = () => `corp.example:${ats.origin.port}`
const via = async () => (await request(ats.port, { host: host() })).via
const bytes = () => routingFiles.map((name) => readFileSync(join(ats.configDir, name), 'utf8'))
const bytesOf = ({ files }: OfferedContent) =>
  routingFiles.map((name) => files.find((file) => file.name === name)?.content)
const leftovers = () => readdirSync(ats.configDir).filter((name) => name.endsWith('.apm-new'))
const last = () => acknowledged.at(-1)

function offer(content: OfferedContent) {
  sequence += 1
  const made = source.offer(content, sequence)
  answer = made
  return made
}

/** The same agent after a crash: nothing of its memory but what is on disk. */
async function reborn(): Promise<void> {
  parts = { ...parts, memory: await openMemory(home) }
  await repair(parts)
}

async function dieAt(killAt: ApplyStep): Promise<void> {
  const task: DyingAgent = { home, identity: parts.identity, answer, killAt }
  const file = new URL('./support/dying-agent.ts', import.meta.url).pathname
  const agent = spawn(process.execPath, ['--import', 'tsx', file, JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [, signal] = await once(agent, 'exit')
  expect(signal).toBe('SIGKILL')
}

/** The parent that the set in force uses; the next offer is for the other one. */
let current: 'p1' | 'p2' = 'p1'
const contentTo = (parent: 'p1' | 'p2') => (parent === 'p1' ? toP1 : toP2)
const other = () => (current === 'p1' ? 'p2' : 'p1')

test.each(applySteps)('killed at the step “%s”, the agent leaves a set that ATS runs', async (step) => {
  const made = offer(contentTo(other()))
  const good = await runningHash(parts)
  await dieAt(step)
  const { state } = await openMemory(home)
  expect(state.step).toBe(step)
  await reborn()
  if (step === 'acknowledge') current = other()
  expect(bytes()).toEqual(bytesOf(contentTo(current)))
  expect(leftovers()).toEqual([])
  expect(await parts.memory.readJournal()).toBeNull()
  const hash = step === 'acknowledge' ? made.hash : good
  expect(await runningHash(parts)).toBe(hash)
  expect(parts.memory.state).toMatchObject({ confirmedHash: hash, step: null })
  expect(await via()).toBe(current)
})

test('a set that loads and breaks traffic is taken back, not tried again, and never called applied', async () => {
  mayFail = true
  const good = await runningHash(parts)
  offer(contentFor([await freePort()]))
  const steps: ApplyStep[] = []
  const probing: ReconcileParts = {
    ...parts,
    probe: createProbe({ ats: parts.ats, urls: [`http://${host()}/`] }),
    onStep: (step) => void steps.push(step),
  }
  await reconcile(probing)
  expect(last()).toMatchObject({
    outcome: 'rolled_back',
    message: expect.stringMatching(
      /^It worked before, .* answers 502\..*\(Step: probe\.\) The old set is back/s,
    ),
    loadedAt: null,
  })
  expect(await via()).toBe(current)
  expect(await runningHash(parts)).toBe(good)
  // Not tried again by itself.
  const told = steps.length
  await reconcile(probing)
  expect(steps).toHaveLength(told)
  asked.failed = []
  await untilTrue(() => asked.answered > 0)
})

test('a broken YAML file is found before anything is swapped', async () => {
  const files = contentTo(other()).files.map((file) =>
    file.name === 'ip_allow.yaml' ? { ...file, content: 'ip_allow:\n  - {apply: in' } : file,
  )
  const before = bytes()
  offer({ ...contentTo(other()), files })
  await reconcile(parts)
  expect(last()).toMatchObject({
    outcome: 'refused',
    message: expect.stringMatching(/^Nothing was changed: ip_allow\.yaml:2: .*\(Step: check\.\)/s),
  })
  expect(bytes()).toEqual(before)
  expect(leftovers()).toEqual([])
})

test.each([
  ['a full disk', 'size=1m', /ENOSPC.*\(Step: stage\.\)/s],
  ['a directory that can’t be written', 'size=1m,ro', /EROFS.*\(Step: stage\.\)/s],
])('%s is found before anything is swapped, and the next pass tries again', async (_what, options, words) => {
  const configDir = join(scratch, 'etc')
  mkdirSync(configDir, { recursive: true })
  mount(configDir, 'size=1m')
  try {
    cpSync(ats.configDir, configDir, { recursive: true })
    if (options.endsWith('ro')) mount(configDir, 'remount,ro')
    else writeUntilFull(join(configDir, 'filler'))
    const read = () => routingFiles.map((name) => readFileSync(join(configDir, name), 'utf8'))
    const before = read()
    offer(contentTo(other()))
    const elsewhere = { ...parts, place: { ...parts.place, configDir } }
    await reconcile(elsewhere)
    expect(last()).toMatchObject({ outcome: 'failed', message: expect.stringMatching(words) })
    expect(last()?.message).toMatch(/^Nothing was changed/)
    expect(read()).toEqual(before)
    expect(readdirSync(configDir).filter((name) => name.endsWith('.apm-new'))).toEqual([])
    expect(parts.memory.state.failures).toBeNull()
  } finally {
    unmount(configDir)
  }
})

function writeUntilFull(path: string): void {
  for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
      } catch {
        break
      }
    }
  }
}

test('an ATS that hangs is left alone until it answers', async () => {
  mayFail = true
  const before = bytes()
  const hung = processesOf(ats.runroot).filter(({ name }) => name !== 'traffic_manager')
  expect(hung).toHaveLength(1)
  for (const { pid } of hung) process.kill(pid, 'SIGSTOP')
  try {
    offer(contentTo(other()))
    await reconcile(parts)
    expect(last()).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(
        /^Nothing was changed: ATS takes connections on .*, but does not answer/,
      ),
    })
    expect(bytes()).toEqual(before)
  } finally {
    for (const { pid } of hung) process.kill(pid, 'SIGCONT')
  }
  await untilTrue(async () => (await via()) === current)
})

test('ATS stopped while traffic is watched: failed with both errors, and it starts with the old set', async () => {
  mayFail = true
  const before = bytes()
  offer(contentTo(other()))
  await reconcile({
    ...parts,
    onStep: async (step) => {
      if (step === 'watch') await ats.kill()
    },
  })
  expect(last()).toMatchObject({
    outcome: 'failed',
    message: expect.stringMatching(
      /traffic_ctl .*\(Step: watch\.\) The old set is not confirmed: traffic_ctl/s,
    ),
  })
  expect(bytes()).toEqual(before)
  await ats.restart()
  expect(await via()).toBe(current)
})

test('agent and ATS killed between swap and reload: without any server ATS starts with the last good set', async () => {
  mayFail = true
  const before = bytes()
  const good = await runningHash(parts)
  offer(contentTo(other()))
  await dieAt('reload')
  expect(bytes()).not.toEqual(before)
  await ats.kill()
  await reborn()
  expect(bytes()).toEqual(before)
  await ats.restart()
  expect(await via()).toBe(current)
  expect(await runningHash(parts)).toBe(good)
})

// The last: nobody gets an answer afterwards.
test('a client list that leaves out the host itself is no fault', async () => {
  mayFail = true
  const locked = contentFor([ats.parents[0].port])
  const files = locked.files.map((file) =>
    file.name === 'ip_allow.yaml'
      ? { ...file, content: file.content.replaceAll('127.0.0.0/8', '10.0.0.0/8') }
      : file,
  )
  offer({ ...locked, files })
  await reconcile(parts)
  expect(last()?.outcome).toBe('applied')
  expect((await request(ats.port, { host: host() })).status).not.toBe(200)
})
