/** Passes of the agent beside a stand-in for ATS 10.x: it answers as builds of 10.1.4 and 10.2.0 were seen to. */
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultFailover } from '#core/config-document'
import { increaseBetween } from '#core/stats'
import type { AtsGeneration } from '#core/vocabulary'
import { agentParts, identityFor, quietLink, reloadedBy } from '../tests/support/agent-parts.ts'
import { type Ats10, installAts, ownRecords, startAts10 } from '../tests/support/ats-10.ts'
import { contentFor, createOfferSource, type OfferedContent, upToDate } from '../tests/support/offers.ts'
import { createAts } from './ats.ts'
import { examine, type Finding } from './doctor.ts'
import { routingFiles } from './files.ts'
import type { SyncOffer } from './link.ts'
import { type Acknowledgement, openMemory } from './memory.ts'
import { dryRun } from './once.ts'
import { type ReconcileParts, reconcile, repair, runningHash } from './reconcile.ts'
import { release } from './release.ts'
import { createHold, inPassing } from './taken-out.ts'

const source = createOfferSource('proxy-1')
const retryTime = 'proxy.config.http.parent_proxy.retry_time'
let ats: Ats10
let home: string
let parts: ReconcileParts
let answer: SyncOffer
let sequence: number
let acknowledged: Acknowledgement[]
/** Keeps what hangs on purpose from being collected, with the files that it holds open. */
const suspended: (() => void)[] = []

async function start(version: string): Promise<void> {
  ats = await startAts10({ version })
  home = mkdtempSync(join(tmpdir(), 'apm-home-'))
  answer = upToDate
  sequence = 0
  acknowledged = []
  const real = createAts(ats.place)
  parts = await agentParts(home, ats.place, {
    identity: identityFor(source, ats.place),
    link: {
      ...quietLink,
      sync: async () => answer,
      async acknowledge(made) {
        acknowledged.push(made)
      },
    },
    // What is obeyed only seconds after a load can't be seen here.
    ats: { ...real, recordsFile: async () => ({ ...(await real.recordsFile()), settleMs: 0 }) },
    wordWithinMs: 1_000,
    watchMs: 0,
  })
}
afterEach(async () => {
  await ats.close()
  rmSync(home, { recursive: true })
})

const onDisk = (name: string) => readFileSync(join(ats.place.configDir, name), 'utf8')
const last = () => acknowledged.at(-1)
const times = () =>
  [...routingFiles, 'records.yaml'].map((name) => statSync(join(ats.place.configDir, name)).mtimeMs)
const inForce = () => routingFiles.map((name) => ats.inForce.get(name))
const contentTo = (port: number, generation: AtsGeneration = '10.2') =>
  contentFor([port], { failover: { ...defaultFailover, retrySeconds: port } }, generation)
const bytesOf = ({ files }: OfferedContent) =>
  routingFiles.map((name) => files.find((file) => file.name === name)?.content)

async function problems(): Promise<readonly Finding[]> {
  ats.records.set('proxy.config.http.server_ports', '8080')
  const { place } = ats
  const findings = await examine({ home, place, ats: parts.ats, servers: [], now: Date.now })
  return findings.filter(({ remedy }) => remedy !== null)
}

async function pass(content: OfferedContent): Promise<string> {
  sequence += 1
  const made = source.offer(content, sequence)
  answer = made
  await reconcile(parts)
  return made.hash
}

function changed(content: OfferedContent, name: string, change: (text: string) => string): OfferedContent {
  const files = content.files.map((file) =>
    file.name === name ? { ...file, content: change(file.content) } : file,
  )
  return { ...content, files }
}

describe('10.2', () => {
  beforeEach(() => start('10.2.0'))

  test('an offer is applied: files and records are in force, and the host’s own keys stay byte for byte', async () => {
    const content = contentTo(3128)
    const hash = await pass(content)
    expect(last()).toMatchObject({ hash, outcome: 'applied', message: '' })
    expect(inForce()).toEqual(bytesOf(content))
    expect(ats.records.get(retryTime)).toBe('3128')
    expect(ats.records.get('proxy.config.url_remap.remap_required')).toBe('0')
    expect(onDisk('records.yaml')).toContain('\n    http.parent_proxy.retry_time: 3128  # INT\n')
    expect(onDisk('records.yaml').startsWith(ownRecords)).toBe(true)
    expect(await runningHash(parts)).toBe(hash)

    expect(await release(parts)).toBeNull()
    expect(onDisk('records.yaml')).toBe(ownRecords)
    expect(ats.records.get(retryTime)).toBe('10')
    expect(ats.inForce.get('parent.config')).toBe('# none yet\n')
  })

  test('a dry run shows the block of records.yaml', async () => {
    answer = source.offer(contentTo(3128), 1)
    const { text } = await dryRun(parts)
    expect(text).toContain('now/records.yaml')
    expect(text).toContain('+  http.parent_proxy.retry_time: 3128  # INT')
    expect(onDisk('records.yaml')).toBe(ownRecords)
  })

  test.each<[string, string, (text: string) => string, RegExp]>([
    [
      'a bad line of parent.config, which ATS calls a success',
      'parent.config',
      (text) => `dest_domain=x.example colour=blue\n${text}`,
      /^parent\.config: \[ParentSelection\] Unknown modifier 'colour' at line 1\n/,
    ],
    [
      'a bad action in ip_allow.yaml',
      'ip_allow.yaml',
      (text) => text.replace(/action: \w+/, 'action: add_allow'),
      /^ip_allow\.yaml: unknown action "add_allow" at line \d+\n/,
    ],
    [
      'a key of sni.yaml that ATS only warns of',
      'sni.yaml',
      () => 'sni:\n  - fqdn: a.example\n    disable_h2: true\n',
      /^sni\.yaml: unsupported key "disable_h2"\n/,
    ],
  ])('%s is rejected in the words of ATS, and the old set is back', async (_what, name, change, words) => {
    const good = contentTo(3128)
    const hash = await pass(good)
    await pass(changed(contentTo(3129), name, change))
    expect(last()).toMatchObject({ outcome: 'rejected_by_ats', message: expect.stringMatching(words) })
    expect(last()?.message).toMatch(/The old set is back, and ATS has confirmed it\.$/)
    expect(inForce()).toEqual(bytesOf(good))
    expect(ats.records.get(retryTime)).toBe('3128')
    expect(await runningHash(parts)).toBe(hash)
  })

  test('traffic that breaks after a load brings the old set back', async () => {
    const good = contentTo(3128)
    await pass(good)
    const probe = { working: async () => ['http://a.example/'], trouble: async () => 'It worked before.' }
    parts = { ...parts, probe }
    await pass(contentTo(3129))
    expect(last()).toMatchObject({
      outcome: 'rolled_back',
      message: expect.stringMatching(/^It worked before\..*ATS has confirmed it\.$/s),
    })
    expect(inForce()).toEqual(bytesOf(good))
  })

  test('what is put back is newer than what it replaces, so that ATS reads it', async () => {
    const good = contentTo(3128)
    const hash = await pass(good)
    let isAsked = () => {}
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve
    })
    const calm = parts
    parts = {
      ...parts,
      ats: reloadedBy(parts.ats, () => {
        isAsked()
        return new Promise((never) => suspended.push(never))
      }),
    }
    void pass(contentTo(3129))
    await asked
    // ATS has started with the half-applied files, whose times lie ahead.
    const ahead = Date.now() / 1000 + 500
    for (const name of [...routingFiles, 'records.yaml'])
      utimesSync(join(ats.place.configDir, name), ahead, ahead)
    await ats.stop()
    await ats.start()
    expect(ats.records.get(retryTime)).toBe('3129')

    parts = { ...calm, memory: await openMemory(home) }
    await repair(parts)
    expect(await parts.memory.readJournal()).toBeNull()
    expect(inForce()).toEqual(bytesOf(good))
    expect(ats.records.get(retryTime)).toBe('3128')
    expect(await runningHash(parts)).toBe(hash)
    expect(statSync(join(ats.place.configDir, 'parent.config')).mtimeMs).toBeGreaterThan(ahead * 1000)
  })

  test('another’s reload is waited for, and its result is not taken for ours', async () => {
    ats.reloadMs = 300
    let hasOther = false
    const content = contentTo(3128)
    await pass(contentTo(3127))
    parts = {
      ...parts,
      onStep(step) {
        if (step !== 'reload') return
        hasOther = true
        ats.reload('by-hand') // reads the new files, and leaves ours nothing
      },
    }
    const before = ats.calls.length
    await pass(content)
    expect(hasOther).toBe(true)
    expect(last()?.outcome).toBe('applied')
    expect(inForce()).toEqual(bytesOf(content))
    const reloads = ats.calls.slice(before).filter((method) => method === 'admin_config_reload')
    expect(reloads.length).toBeGreaterThan(2)
  })

  test('a restart that forgets the token costs one more reload', async () => {
    let restarts = 0
    ats.onReload = () => {
      if (restarts > 0) return
      restarts += 1
      void ats.stop().then(ats.start)
    }
    const content = contentTo(3128)
    await pass(content)
    expect(restarts).toBe(1)
    expect(last()).toMatchObject({ outcome: 'applied' })
    expect(inForce()).toEqual(bytesOf(content))
  })

  test('an agent that may not control ATS touches nothing, says what to do, and the doctor does too', async () => {
    const words = 'Unauthorized action. Run the agent as root or as the user that ATS runs as.'
    const before = times()
    ats.isAuthorised = false
    await pass(contentTo(3128))
    expect(last()).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^Nothing was changed: ATS refuses .*/),
    })
    expect(last()?.message).toContain(words)
    expect(times()).toEqual(before)
    expect(await problems()).toEqual([
      expect.objectContaining({ what: 'control', says: expect.stringContaining(words) }),
    ])
  })

  test('while ATS is down nothing is touched', async () => {
    const before = times()
    await ats.stop()
    await pass(contentTo(3128))
    expect(last()).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^Nothing was changed: the control socket .*: start ATS/),
    })
    expect(times()).toEqual(before)
    await ats.start()
  })

  test('a records.yaml that ATS could not start with is left alone', async () => {
    const broken = 'records: [\n'
    writeFileSync(join(ats.place.configDir, 'records.yaml'), broken)
    await pass(contentTo(3128))
    expect(last()).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^Nothing was changed: records\.yaml is not valid YAML/),
    })
    expect(onDisk('records.yaml')).toBe(broken)
  })

  test('parents are taken out and brought back', async () => {
    expect(await parts.ats.takenOut(['10.0.0.1'])).toEqual([])
    answer = { ...upToDate, takenOut: ['10.0.0.1', 'p.example'] }
    await reconcile(parts)
    expect(await parts.ats.takenOut(['10.0.0.1', 'p.example', 'q.example'])).toEqual([
      '10.0.0.1',
      'p.example',
    ])
    answer = { ...upToDate, takenOut: ['p.example'] }
    await reconcile(parts)
    expect(await parts.ats.takenOut(['10.0.0.1', 'p.example'])).toEqual(['p.example'])
  })

  test('a parent that was taken out is confirmed at once; the words of a refusal are told', async () => {
    const hold = createHold({ ...parts, ...inPassing })
    await hold.hold(['10.0.0.7'])
    expect(hold.found()).toEqual([{ host: '10.0.0.7', isOut: true, says: null }])
    ats.isAuthorised = false
    await hold.hold([])
    expect(hold.found()).toEqual([
      { host: '10.0.0.7', isOut: null, says: expect.stringContaining('Unauthorized action') },
    ])
    ats.isAuthorised = true
    await hold.hold([])
    expect(hold.found()).toEqual([])
  })

  test('the doctor asks the control socket, and names records.yaml', async () => {
    expect(await problems()).toEqual([])
    ats.records.set('proxy.config.url_remap.remap_required', '1')
    expect(await problems()).toEqual([
      expect.objectContaining({
        says: expect.stringContaining('proxy.config.url_remap.remap_required is “1”'),
        remedy: expect.stringContaining('in records.yaml'),
      }),
    ])
    await ats.stop()
    expect(await problems()).toEqual([
      expect.objectContaining({ what: 'control', says: expect.stringContaining('start ATS') }),
    ])
    installAts(ats.place.binDir, '11.0.0')
    expect(await problems()).toEqual([
      expect.objectContaining({ what: 'version', says: expect.stringContaining('here is 11.0.0') }),
    ])
    await ats.start()
  })
})

describe('10.1', () => {
  beforeEach(() => start('10.1.4'))

  test('an offer is applied by the word of diags.log, and a bad one rejected', async () => {
    const good = contentTo(3128, '10.1')
    const hash = await pass(good)
    expect(last()).toMatchObject({ hash, outcome: 'applied' })
    expect(inForce()).toEqual(bytesOf(good))
    expect(ats.records.get(retryTime)).toBe('3128')
    await pass(
      changed(
        contentTo(3129, '10.1'),
        'parent.config',
        (text) => `dest_domain=x.example colour=blue\n${text}`,
      ),
    )
    expect(last()).toMatchObject({
      outcome: 'rejected_by_ats',
      message: expect.stringMatching(
        /^ERROR: \[ParentSelection\] Unknown modifier 'colour' at line 1 .*confirmed it/s,
      ),
    })
    expect(inForce()).toEqual(bytesOf(good))
    expect(ats.calls).not.toContain('get_reload_config_status')
  })

  test('an agent that may not control ATS fails at the reload, and the files are the old ones', async () => {
    const before = [...routingFiles, 'records.yaml'].map(onDisk)
    ats.isAuthorised = false
    await pass(contentTo(3128, '10.1'))
    expect(last()).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(
        /^ATS refuses admin_config_reload: .*Run the agent as root .*Step: reload/s,
      ),
    })
    expect([...routingFiles, 'records.yaml'].map(onDisk)).toEqual(before)
  })
})

describe('statistics', () => {
  test.each(['10.1.4', '10.2.0'])(
    'of %s are one call by exact names; what ATS doesn’t know is missing',
    async (version) => {
      await start(version)
      const known = [
        ['proxy.process.proxy.start_time', '1790000000'],
        ['proxy.process.http.incoming_requests', '17'],
        ['proxy.process.http.current_client_connections', '3'],
        ['proxy.process.http.user_agent_request_header_total_size', '4000000000'],
        ['proxy.process.http.user_agent_request_document_total_size', '5000000000'],
        ['proxy.process.http.user_agent_response_header_total_size', '1'],
      ] as const
      for (const [name, value] of known) ats.records.set(name, value)
      const before = ats.calls.length
      const found = await createAts(ats.place).statistics()
      expect(ats.calls.slice(before)).toEqual(['admin_lookup_records'])
      expect(found).toMatchObject({
        atsStartedAt: new Date(1_790_000_000_000),
        countersContinue: false,
        requests: 17,
        currentClientConnections: 3,
        clientRequestBytes: 9_000_000_000,
        clientResponseBytes: null,
        ramCacheHits: null,
      })
      ats.records.delete('proxy.process.proxy.start_time')
      expect(await createAts(ats.place).statistics()).toBeNull()
    },
  )

  test('of which some fall while ATS runs on are not known for that once, and count on from there', async () => {
    await start('10.2.0')
    const requests = 'proxy.process.http.incoming_requests'
    const aborts = 'proxy.process.http.err_client_abort_count_stat'
    ats.records.set('proxy.process.proxy.start_time', '1790000000')
    const look = async (second: number, requested: string, aborted: string) => {
      ats.records.set(requests, requested)
      ats.records.set(aborts, aborted)
      const found = await createAts(ats.place).statistics()
      if (found === null) throw new Error('ATS tells nothing')
      return { ...found, at: new Date(second * 1_000) }
    }
    const before = await look(0, '1000000', '5')
    const cleared = await look(30, '7', '9')
    const after = await look(60, '19', '10')
    expect(increaseBetween(before, cleared)).toMatchObject({ requests: null, clientAborts: 4, restarts: 0 })
    expect(increaseBetween(cleared, after)).toMatchObject({ requests: 12, clientAborts: 1, restarts: 0 })
  })
})
