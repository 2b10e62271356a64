import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { defaultFailover } from '#core/config-document'
import { contentHash } from '#core/config-files'
import { freePort } from '../scripts/fleet/listen.ts'
import {
  type AgentHost,
  type AnsweringServer,
  hostFiles,
  retryTime,
  startAgentHost,
} from '../tests/support/agent-host.ts'
import { reloadedBy } from '../tests/support/agent-parts.ts'
import type { TestAts } from '../tests/support/ats.ts'
import { contentFor, createOfferSource, type OfferedContent, upToDate } from '../tests/support/offers.ts'
import { howAtsRuns } from './ats-run.ts'
import { examine, printed } from './doctor.ts'
import type { Link } from './link.ts'
import { openMemory } from './memory.ts'
import { dryRun, syncOnce } from './once.ts'
import { createProbe } from './probe.ts'
import { type ReconcileParts, reconcile, repair, retryWaitsMs, runningHash } from './reconcile.ts'
import { LinkError } from './transport.ts'

// One real ATS for the file: the tests follow one proxy's life, each from the state that the last one left.
let host: AgentHost
let ats: TestAts
let parts: ReconcileParts
let server: AnsweringServer
let p1: OfferedContent
let p2: OfferedContent
let clockMs = 1_000_000
/** What the host had before anything of ours. */
let originals: Readonly<Record<string, string>>
/** Keeps what hangs on purpose from being collected, with the files that it holds open. */
const suspended: (() => void)[] = []

beforeAll(async () => {
  host = await startAgentHost({ now: () => clockMs })
  ats = host.ats
  parts = host.parts
  server = host.server
  originals = Object.fromEntries(hostFiles.map((name) => [name, onDisk(name)]))
  p1 = contentFor([ats.parents[0].port, ats.parents[1].port])
  p2 = contentFor([ats.parents[1].port])
})
afterAll(() => host.close())

const offer = (content: OfferedContent) => server.offer(content)
const last = () => server.acknowledged.at(-1)
const via = (name?: string, method?: 'GET' | 'CONNECT') => host.via(name, method)
const onDisk = (name: string) => host.onDisk(name)
const live = (record: string) => host.live(record)
const diags = () => readFileSync(join(ats.logDir, 'diags.log'), 'utf8')

function withLine(content: OfferedContent, line: string): OfferedContent {
  const files = content.files.map((file) =>
    file.name === 'parent.config' ? { ...file, content: `${line}\n${file.content}` } : file,
  )
  return { ...content, files }
}

test('before anything was applied the agent reports no hash, but what it found, once, and writes nothing', async () => {
  await reconcile(parts)
  await reconcile(parts)
  expect(server.syncs.at(-1)).toMatchObject({ hostname: 'proxy-1', hash: null, atsVersion: ats.version })
  const [report, ...more] = server.reported.splice(0)
  expect(more).toEqual([])
  expect(report?.files).toContainEqual({ name: 'ip_allow.yaml', content: originals['ip_allow.yaml'] })
  expect(Object.fromEntries(hostFiles.map((name) => [name, onDisk(name)]))).toEqual(originals)
})

test('a first offer that ATS rejects leaves everything as it was, its records too', async () => {
  const before = ['parent.config', 'sni.yaml', 'ip_allow.yaml'].map(onDisk)
  const slow = contentFor([ats.parents[0].port], { failover: { ...defaultFailover, retrySeconds: 77 } })
  offer(withLine(slow, 'dest_domain=x.example colour=blue'))
  await reconcile(parts)
  expect(last()).toMatchObject({
    outcome: 'rejected_by_ats',
    message: expect.stringMatching(
      /^ERROR: \[ParentSelection\] Unknown modifier at line 1 in parent.config\n\(Step: confirm\.\) The old set is back/,
    ),
    loadedAt: null,
  })
  expect(['parent.config', 'sni.yaml', 'ip_allow.yaml'].map(onDisk)).toEqual(before)
  expect(await live(retryTime)).toBe('300')
  expect(await via()).toBe('direct')
  expect(await runningHash(parts)).toBeNull()
})

test('an offer is applied, confirmed by ATS, and obeyed', async () => {
  const { hash, sequence } = offer(p1)
  await reconcile(parts)
  expect(last()).toMatchObject({ hash, sequence, outcome: 'applied', message: '' })
  expect(last()?.loadedAt).not.toBeNull()
  expect([await via(), await via('corp.example', 'CONNECT')]).toEqual(['p1', 'p1'])
  expect([await via('direct.example'), await via('direct.example', 'CONNECT')]).toEqual(['direct', 'direct'])
  expect(await live('proxy.config.http.parent_proxy.fail_threshold')).toBe('2')
  expect(await runningHash(parts)).toBe(hash)
  expect(readFileSync(join(host.home, 'last-good', 'parent.config'), 'utf8')).toBe(onDisk('parent.config'))
})

test('the same meaning in other bytes is written without a reload', async () => {
  const logBefore = diags()
  const { hash } = offer(withLine(p1, '# a comment'))
  await reconcile(parts)
  expect(last()).toMatchObject({ hash, outcome: 'unchanged', reloadRequestedAt: null })
  expect(onDisk('parent.config')).toMatch(/^# a comment\n/)
  expect(diags()).toBe(logBefore)
  expect(await runningHash(parts)).toBe(hash)
})

test('a broken offer is rejected in the words of ATS, the old set is back and obeyed, and it is not tried again', async () => {
  const good = await runningHash(parts)
  const bytes = onDisk('parent.config')
  offer(withLine(p2, 'dest_domain=x.example parent="127.0.0.1"'))
  await reconcile(parts)
  expect(last()).toMatchObject({
    outcome: 'rejected_by_ats',
    message: expect.stringContaining('No parent port'),
  })
  expect(onDisk('parent.config')).toBe(bytes)
  expect(await runningHash(parts)).toBe(good)
  expect(await via()).toBe('p1')
  const acknowledged = server.acknowledged.length
  const written = statSync(join(ats.configDir, 'parent.config')).mtimeMs
  clockMs += 86_400_000
  await reconcile(parts)
  expect(server.acknowledged).toHaveLength(acknowledged)
  expect(statSync(join(ats.configDir, 'parent.config')).mtimeMs).toBe(written)
})

test('killed between swap and reload: the next start puts the old set back, then the offer is applied', async () => {
  const bytes = onDisk('parent.config')
  const { hash } = offer(p2)
  let isAsked = () => {}
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve
  })
  const reload = () =>
    new Promise<void>((never) => {
      suspended.push(never)
      isAsked()
    })
  void reconcile({ ...parts, ats: reloadedBy(parts.ats, reload) })
  await asked
  expect(onDisk('parent.config')).not.toBe(bytes)

  const reborn = { ...parts, memory: await openMemory(host.home) }
  parts = reborn
  await repair(reborn)
  expect(onDisk('parent.config')).toBe(bytes)
  expect(await reborn.memory.readJournal()).toBeNull()
  expect(await via()).toBe('p1')
  clockMs += retryWaitsMs[0]
  await reconcile(reborn)
  expect(last()).toMatchObject({ hash, outcome: 'applied' })
  expect(await via()).toBe('p2')
})

test('an acknowledgement that could not be sent is sent before the next sync', async () => {
  const { hash } = offer(withLine(p2, '# another comment'))
  const acknowledged = server.acknowledged.length
  const failing: Link = {
    ...server.link,
    acknowledge: async () => Promise.reject(new LinkError('down', null)),
  }
  await expect(reconcile({ ...parts, link: failing })).rejects.toThrow('down')
  expect(server.acknowledged).toHaveLength(acknowledged)
  parts = { ...parts, memory: await openMemory(host.home) }
  server.answer = upToDate
  await reconcile(parts)
  expect(last()).toMatchObject({ hash, outcome: 'unchanged' })
  await reconcile(parts)
  expect(server.acknowledged).toHaveLength(acknowledged + 1)
})

test('what only the server sends is never reported as found', () => {
  expect(server.reported).toEqual([])
})

test('an edit by hand shows as another hash with the files that have it, and the offer made for it repairs it', async () => {
  const offered = offer(p2)
  await reconcile(parts)
  const edited = `${onDisk('parent.config')}dest_domain=by-hand.example go_direct=true\n`
  writeFileSync(join(ats.configDir, 'parent.config'), edited)
  await reconcile(parts)
  expect(server.syncs.at(-1)?.hash).not.toBe(offered.hash)
  const [report, ...more] = server.reported
  expect(more).toEqual([])
  expect(report?.hash).toBe(server.syncs.at(-1)?.hash)
  expect(report?.files).toContainEqual({ name: 'parent.config', content: edited })
  expect(report?.records).toContainEqual({ name: retryTime, type: 'INT', value: '300' })
  expect(contentHash(report?.files ?? [], report?.records ?? [])).toBe(report?.hash)
  expect(last()).toMatchObject({ hash: offered.hash, outcome: 'applied' })
  expect(await runningHash(parts)).toBe(offered.hash)
})

test('a record set by hand shows as another hash, and the offer made for it repairs it', async () => {
  const offered = offer(p2)
  await reconcile(parts)
  await parts.ats.setRecord(retryTime, '5')
  await vi.waitFor(async () => expect(await runningHash(parts)).not.toBe(offered.hash))
  await reconcile(parts)
  expect(server.reported.at(-1)?.records).toContainEqual({ name: retryTime, type: 'INT', value: '5' })
  expect(last()).toMatchObject({ hash: offered.hash, outcome: 'applied' })
  expect(await live(retryTime)).toBe('300')
  expect(await runningHash(parts)).toBe(offered.hash)
})

test('"applied" means that the failover numbers are in force too', async () => {
  const failover = { ...defaultFailover, failThreshold: 1, retrySeconds: 1 }
  offer(contentFor([ats.parents[0].port, ats.parents[1].port], { failover }))
  await reconcile(parts)
  expect(last()?.outcome).toBe('applied')
  await ats.parents[0].behave('refuse')
  expect(await via()).toBe('p2')
  expect(diags()).toContain('failcount:1 >= threshold:1')
  await ats.parents[0].behave('forward')
  await vi.waitFor(async () => expect(await via()).toBe('p1'), 5_000)
})

test('a tampered offer is refused once, and changes nothing', async () => {
  const bytes = onDisk('parent.config')
  const made = offer(p1)
  server.answer = { ...made, signature: createOfferSource('proxy-1').offer(p1, made.sequence ?? 0).signature }
  await reconcile(parts)
  expect(last()).toMatchObject({ outcome: 'refused', message: expect.stringContaining('signature') })
  const acknowledged = server.acknowledged.length
  await reconcile(parts)
  expect(server.acknowledged).toHaveLength(acknowledged)
  expect(onDisk('parent.config')).toBe(bytes)
  server.answer = server.source.offer(p1, 1)
  await reconcile(parts)
  expect(last()).toMatchObject({ outcome: 'refused', message: expect.stringContaining('older') })
})

test('a generation of ATS without an adapter is reported, and nothing is applied to it', async () => {
  const bytes = onDisk('parent.config')
  offer(p1)
  await reconcile({ ...parts, ats: { ...parts.ats, version: async () => '11.0.0' } })
  expect(server.syncs.at(-1)).toMatchObject({ atsVersion: '11.0.0' })
  expect(last()).toMatchObject({ outcome: 'refused', message: expect.stringContaining('here is 11.0.0') })
  expect(onDisk('parent.config')).toBe(bytes)
})

test('when ATS does not say that it loaded the files, the offer failed; it is retried after a wait, three times', async () => {
  const deaf = { ...parts, wordWithinMs: 60, ats: reloadedBy(parts.ats, async () => {}) }
  const { hash } = offer(p1)
  const acknowledged = server.acknowledged.length
  const tries: number[] = []
  for (let minute = 0; minute < 60; minute += 1) {
    const before = parts.memory.state.failures?.count
    await reconcile(deaf)
    if (parts.memory.state.failures?.count !== before) tries.push(minute)
    clockMs += 60_000
  }
  expect(tries).toEqual([0, 1, 6, 21])
  const told = server.acknowledged.slice(acknowledged)
  expect(told.length).toBeLessThanOrEqual(tries.length)
  expect(new Set(told.map(({ message }) => message)).size).toBe(told.length)
  expect(last()).toMatchObject({
    hash,
    outcome: 'failed',
    message: expect.stringContaining('did not say in'),
  })
  expect(last()?.message).toContain('The old set is not confirmed')
})

test('while ATS is down nothing is touched; once it is back the offer is applied', async () => {
  const { hash } = offer(p1)
  const bytes = onDisk('parent.config')
  await ats.kill()
  await reconcile(parts)
  expect(last()).toMatchObject({
    hash,
    outcome: 'failed',
    message: expect.stringMatching(/^Nothing was changed/),
  })
  expect(onDisk('parent.config')).toBe(bytes)
  await ats.restart()
  await vi.waitFor(async () => {
    await reconcile(parts)
    expect(last()).toMatchObject({ hash, outcome: 'applied' })
  }, 20_000)
  expect(await via()).toBe('p1')
})

test('a config that loads but breaks what worked is rolled back at once, and not tried again by itself', async () => {
  const urls = ['http', 'https'].map((scheme) => `${scheme}://corp.example:${ats.origin.port}/`)
  const probing = { ...parts, probe: createProbe({ ats: parts.ats, urls, patienceMs: 1_000 }) }
  const bytes = onDisk('parent.config')
  const { hash } = offer(contentFor([await freePort()]))
  const acknowledged = server.acknowledged.length
  await reconcile(probing)
  expect(last()).toMatchObject({ hash, outcome: 'rolled_back', loadedAt: null })
  for (const url of urls) expect(last()?.message).toContain(`${url}: ATS answers 502.`)
  expect(last()?.message).not.toContain('not confirmed')
  expect(onDisk('parent.config')).toBe(bytes)
  expect(await via()).toBe('p1')
  clockMs += 3_600_000
  await reconcile(probing)
  expect(server.acknowledged).toHaveLength(acknowledged + 1)
})

test('what did not work before an apply is not held against it, and what still works lets it be applied', async () => {
  const urls = [`http://direct.example:${await freePort()}/`, `http://corp.example:${ats.origin.port}/`]
  offer(p2)
  await reconcile({ ...parts, probe: createProbe({ ats: parts.ats, urls, patienceMs: 1_000 }) })
  expect(last()).toMatchObject({ outcome: 'applied' })
  expect(await via()).toBe('p2')
})

test('a home that is full stops an apply before anything is touched, and leaves nothing open', async () => {
  const bytes = onDisk('parent.config')
  const full = { ...parts.memory, openJournal: () => Promise.reject(new Error('ENOSPC: no space left')) }
  // Getters don't survive a copy.
  Object.defineProperty(full, 'state', { get: () => parts.memory.state })
  offer(p1)
  await reconcile({ ...parts, memory: full })
  expect(last()).toMatchObject({
    outcome: 'failed',
    message: expect.stringMatching(/^Nothing was changed: ENOSPC.*\(Step: back up\.\)$/s),
  })
  expect(onDisk('parent.config')).toBe(bytes)
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      return [] // the one that listed them
    }
  })
  // Those of applies that never end, by another test.
  expect(open.filter((path) => path === join(ats.logDir, 'diags.log'))).toHaveLength(suspended.length * 2)
})

test('a dry run prints what would be written and touches nothing; a pass by hand writes it', async () => {
  const bytes = onDisk('parent.config')
  const acknowledged = server.acknowledged.length
  offer(contentFor([ats.parents[0].port], { failover: { ...defaultFailover, retrySeconds: 88 } }))
  const { text, isGood } = await dryRun(parts)
  expect(isGood).toBe(true)
  expect(text).toMatch(new RegExp(`^-.*127.0.0.1:${ats.parents[1].port}.*$`, 'm'))
  expect(text).toMatch(new RegExp(`^\\+.*127.0.0.1:${ats.parents[0].port}.*$`, 'm'))
  expect(text).toContain(`+CONFIG ${retryTime} INT 88`)
  expect(onDisk('parent.config')).toBe(bytes)
  expect(server.acknowledged).toHaveLength(acknowledged)

  expect(await syncOnce(parts)).toEqual({ text: 'applied\n', isGood: true })
  expect(await live(retryTime)).toBe('88')
  server.answer = upToDate
  expect(await syncOnce(parts)).toMatchObject({ text: expect.stringMatching(/^In step/), isGood: true })
  expect(await dryRun(parts)).toMatchObject({ text: expect.stringMatching(/^In step/), isGood: true })
})

test('the doctor finds nothing on a good host, and names what would make a config ineffective', async () => {
  const origin = `http://127.0.0.1:${ats.origin.port}`
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const look = (servers: readonly string[], now = Date.now) =>
    examine({ home: host.home, place: parts.place, ats: parts.ats, servers, now })
  const problems = async (...args: Parameters<typeof look>) =>
    (await look(...args)).filter(({ remedy }) => remedy !== null).map(({ says }) => says)
  expect(await problems([origin])).toEqual([])
  expect(await howAtsRuns(parts.place)).toMatch(/^traffic_server under traffic_manager, /)

  await parts.ats.setRecord('proxy.config.url_remap.remap_required', '1')
  await parts.ats.setRecord('proxy.config.http.connect_ports', '563')
  const found = await problems([origin, nowhere], () => Date.now() + 600_000)
  expect(found).toEqual([
    expect.stringMatching(/answers, but this host's clock is \d+ s ahead of it/),
    expect.stringContaining(`${nowhere} can't be reached`),
    expect.stringContaining('proxy.config.url_remap.remap_required is “1”'),
    expect.stringContaining('proxy.config.http.connect_ports is “563”'),
  ])
  await parts.ats.setRecord('proxy.config.url_remap.remap_required', '0')
  await parts.ats.setRecord('proxy.config.http.connect_ports', `443 563 ${ats.origin.port}`)
  expect(printed(await look([origin]))).toMatch(/^(ok {7}.*\n)+$/)
})
