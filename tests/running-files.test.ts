/** What the server knows of a proxy's disk: from the version with the same hash, or from the agent that found an edit. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPlace } from '../agent/ats-place.ts'
import { createDiskReporter } from '../agent/disk-report.ts'
import { createKeyPair, createToken } from '../agent/identity.ts'
import { createLink, enrol } from '../agent/link.ts'
import { createLog } from '../agent/log.ts'
import { reconcile } from '../agent/reconcile.ts'
import { contentHash } from '../server/core/config-files.ts'
import { agentParts } from './support/agent-parts.ts'
import { enrolmentToken, foundOnDisk, reportFilesMutation, type TestAgent } from './support/agents.ts'
import { startAts } from './support/ats.ts'
import { approve, approvedConfig, changeConfig, newAgent, unique } from './support/calls.ts'
import { type Data, startServer, type TestServer, type TestUser } from './support/server.ts'

let server: TestServer
let root: TestUser
beforeAll(async () => {
  server = await startServer()
  root = await server.user('root')
})
afterAll(() => server.close())

const read = async ({ proxyId }: Pick<TestAgent, 'proxyId'>): Promise<Data> =>
  (
    await root.get(
      `query ($id: ID!) { proxy(id: $id) { status runningHash runningVersion { number config { id } }
        attempted { outcome version { number config { id } } }
        runningFiles { source at files { name content sha256 } records { name type value } }
        foundFiles { at files { name content } } } }`,
      { id: proxyId },
    )
  ).proxy

/** A proxy that runs what was approved for it. */
async function running(): Promise<{ agent: TestAgent; config: Data; offer: Data }> {
  const agent = await newAgent({ server, root })
  await agent.sync(null)
  const config = await approvedConfig(root, [agent])
  const offer = await agent.sync(null)
  await agent.acknowledge({ hash: offer.hash, sequence: offer.sequence, outcome: 'APPLIED', message: '' })
  return { agent, config, offer }
}

const stored = async (agent: TestAgent): Promise<readonly Data[]> =>
  server.database.sql`select hash from proxy_files where proxy_id = ${agent.proxyId}`

describe('a proxy whose disk has the hash of a version', () => {
  test('runs that version, with its files and records, which nobody has sent', async () => {
    const { agent, config, offer } = await running()
    const proxy = await read(agent)
    const version = { number: 1, config: { id: config.id } }
    expect(proxy).toMatchObject({ status: 'IN_SYNC', runningVersion: version, attempted: { version } })
    expect(proxy.runningFiles).toEqual({
      source: 'VERSION',
      at: null,
      files: offer.files,
      records: offer.records,
    })
  })

  test('runs the old version while the new one is only tried', async () => {
    const { agent, config } = await running()
    const { id, revision } = config
    const edited = await changeConfig(root, 'updateConfig', { id, revision, defaultAction: 'DIRECT' })
    await approve(root, await changeConfig(root, 'submitConfig', { id, revision: edited.revision }))
    const { runningHash } = await read(agent)
    const { hash, sequence } = await agent.sync(runningHash)
    await agent.acknowledge({ hash, sequence, outcome: 'REJECTED_BY_ATS', message: 'no' })
    expect(await read(agent)).toMatchObject({
      status: 'FAILED',
      runningVersion: { number: 1 },
      attempted: { outcome: 'REJECTED_BY_ATS', version: { number: 2 } },
      runningFiles: { source: 'VERSION' },
    })
  })

  test('whose bytes several versions have runs the one that it should', async () => {
    const { agent, config } = await running()
    const { id, revision } = config
    const other = await approvedConfig(root, [])
    const note = { kind: 'DOMAIN', value: 'corp.example', action: 'DIRECT', note: 'only a note' }
    const range = { kind: 'IP_RANGE', value: '10.0.0.0/8', action: 'DIRECT' }
    const edited = await changeConfig(root, 'updateConfig', { id, revision, rules: [note, range] })
    await approve(root, await changeConfig(root, 'submitConfig', { id, revision: edited.revision }))
    await approvedConfig(root, [])
    expect(other.id).not.toBe(id)
    expect(await read(agent)).toMatchObject({
      status: 'IN_SYNC',
      runningVersion: { number: 2, config: { id } },
    })
  })
})

describe('a proxy whose disk was edited by hand', () => {
  test('has drifted, and its files are not known until its agent has sent them', async () => {
    const { agent } = await running()
    const found = foundOnDisk('dest_domain=by-hand.example go_direct=true\n')
    await agent.sync(found.hash)
    expect(await read(agent)).toMatchObject({ status: 'DRIFTED', runningVersion: null, runningFiles: null })
    await agent.reportFiles(found)
    const { status, runningFiles } = await read(agent)
    expect(status).toBe('DRIFTED')
    expect(runningFiles).toEqual({
      source: 'REPORTED',
      at: expect.any(String),
      files: found.files.map((file) => ({ ...file, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })),
      records: found.records,
    })
    expect(Date.now() - Date.parse(runningFiles.at)).toBeLessThan(60_000)
  })

  test('shows the newest find, and none that is not of the disk as it is', async () => {
    const { agent, offer } = await running()
    const [first, second] = [foundOnDisk('# one\n'), foundOnDisk('# two\n')]
    await agent.sync(first.hash)
    await agent.reportFiles(first)
    await agent.sync(second.hash)
    expect((await read(agent)).runningFiles).toBeNull()
    await agent.reportFiles(second)
    expect((await read(agent)).runningFiles.files).toContainEqual(
      expect.objectContaining({ name: 'parent.config', content: '# two\n' }),
    )
    expect(await stored(agent)).toEqual([{ hash: second.hash }])
    await agent.sync(offer.hash)
    expect(await read(agent)).toMatchObject({ status: 'IN_SYNC', runningFiles: { source: 'VERSION' } })
  })

  test('to what some version has: its files are known without being kept again', async () => {
    const { agent } = await running()
    const { offer } = await running()
    const files = offer.files.map(({ name, content }: Data) => ({ name, content }))
    await agent.sync(offer.hash)
    await agent.reportFiles({ hash: offer.hash, files, records: offer.records })
    expect(await stored(agent)).toEqual([])
    expect((await read(agent)).runningFiles.source).toBe('VERSION')
  })
})

describe('a report of files', () => {
  const found = foundOnDisk('# by hand\n')
  const withFile = (content: string, name = 'parent.config') => {
    const files = found.files.map((file) => (file.name === 'parent.config' ? { name, content } : file))
    return { ...found, files, hash: contentHash(files, found.records) }
  }
  const refusals: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['another hash', { ...found, hash: 'a'.repeat(64) }, 'HASH_MISMATCH'],
    ['a record less than its hash', { ...found, records: [] }, 'HASH_MISMATCH'],
    ['a foreign file', withFile('', 'storage.config'), 'OTHER_FILES'],
    ['a file twice', withFile('', 'sni.yaml'), 'OTHER_FILES'],
    ['a file less', { ...found, files: found.files.slice(1) }, 'OTHER_FILES'],
    ['a file above the limit', withFile('a'.repeat(1024 * 1024 + 1)), 'FILE_TOO_LARGE'],
    ['what is no text', withFile('a\0b'), 'NOT_TEXT'],
    ['half a character', withFile('a\ud800b'), 'NOT_TEXT'],
    [
      'too many records',
      { ...found, records: Array.from({ length: 201 }, () => found.records[0]) },
      'TOO_MANY',
    ],
  ]
  test.each(refusals)('with %s is refused, and nothing is kept', async (_what, input, code) => {
    const agent = await newAgent({ server, root })
    const { errors } = await agent.client().send(reportFilesMutation, { input })
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ code }] })
    expect(await stored(agent)).toEqual([])
  })

  test('with a file at the limit is kept whole', async () => {
    const agent = await newAgent({ server, root })
    const large = withFile(`${'a'.repeat(1024 * 1024 - 1)}\n`)
    await agent.sync(large.hash)
    await agent.reportFiles(large)
    const [file] = (await read(agent)).runningFiles.files
    expect(file.content).toBe(large.files[0]?.content)
  })

  test('of a retired proxy is refused', async () => {
    const agent = await newAgent({ server, root })
    await root.get('mutation ($input: RetireProxyInput!) { retireProxy(input: $input) { proxy { id } } }', {
      input: { id: agent.proxyId },
    })
    const { status } = await agent.client().send(reportFilesMutation, { input: found })
    expect(status).toBe(401)
  })

  test('announces nothing and leaves no entry: the report of the hash has', async () => {
    const agent = await newAgent({ server, root })
    await agent.sync(found.hash)
    const entries = async () =>
      (
        await server.database
          .sql`select count(*)::int as n from audit_logs where entity_id = ${agent.proxyId}`
      )[0]
    const before = await entries()
    server.database.forgetStatements()
    await agent.reportFiles(found)
    expect(server.database.statements.filter((text) => text.includes('pg_notify'))).toEqual([])
    expect(await entries()).toEqual(before)
  })
})

describe('what stands in the way on a host', () => {
  const problemsOf = async ({ proxyId }: TestAgent) =>
    (
      await root.get('query ($id: ID!) { proxy(id: $id) { hostProblems { what says remedy } } }', {
        id: proxyId,
      })
    ).proxy.hostProblems
  const report = (agent: TestAgent, problems: readonly Data[]) =>
    agent.client().send('mutation ($input: ReportHostInput!) { reportHost(input: $input) { serverTime } }', {
      input: { problems },
    })

  test('is what its agent told last, and too much of it is refused', async () => {
    const agent = await newAgent({ server, root })
    expect(await problemsOf(agent)).toEqual([])
    const problem = { what: 'record', says: 'remap_required is 1.', remedy: 'Set it to 0.' }
    await report(agent, [problem])
    expect(await problemsOf(agent)).toEqual([problem])
    for (const bad of [Array(51).fill(problem), [{ ...problem, says: 'x'.repeat(1_001) }]]) {
      const { errors } = await report(agent, bad)
      expect(errors[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        problems: [{ path: 'problems' }],
      })
    }
    await report(agent, [])
    expect(await problemsOf(agent)).toEqual([])
  })

  test('stands beside how ATS is run there', async () => {
    const agent = await newAgent({ server, root })
    const tell = 'mutation ($input: ReportHostInput!) { reportHost(input: $input) { serverTime } }'
    const runOf = async () =>
      (await root.get('query ($id: ID!) { proxy(id: $id) { atsRun } }', { id: agent.proxyId })).proxy.atsRun
    expect(await runOf()).toBeNull()
    const atsRun =
      'traffic_server under traffic_manager, by systemd (trafficserver.service), as trafficserver'
    await agent.client().send(tell, { input: { atsRun, problems: [] } })
    expect(await runOf()).toBe(atsRun)
    const { errors } = await agent.client().send(tell, { input: { atsRun: 'x'.repeat(1_001), problems: [] } })
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ path: 'atsRun' }] })
    expect(await runOf()).toBe(atsRun)
  })
})

describe('the agent of a real ATS', () => {
  test('sends what was edited by hand before it puts the approved files back', async () => {
    const home = mkdtempSync(join(tmpdir(), 'apm-running-files-'))
    const ats = await startAts()
    const log = createLog(() => {})
    const place = await findPlace({ root: ats.directory, binDir: '/usr/bin' }, home)
    const { publicKey, privateKey } = await createKeyPair()
    const token = await enrolmentToken(root)
    const enrolled = await enrol([server.url], {
      token,
      hostname: `${unique('real')}.test.example`,
      publicKey,
    })
    const { id: proxyId, hostname } = enrolled.proxy
    const identity = {
      ...{ servers: [server.url], hostname, proxyId, privateKey, ats: place },
      ...{ instanceId: enrolled.instanceId, serverKey: enrolled.serverKey },
    }
    const link = createLink({
      servers: [server.url],
      isPollOnly: true,
      createToken: () => createToken(identity, new Date()),
      onNudge: () => {},
      onLost: () => {},
    })
    const report = createDiskReporter(link, log)
    const seen: Data[] = []
    const parts = await agentParts(home, place, {
      ...{ identity, link, watchMs: 0 },
      async reportDisk(found) {
        await report(found)
        seen.push(await read({ proxyId }))
      },
    })
    const passes = async (count: number) => {
      for (let pass = 0; pass < count; pass += 1) await reconcile(parts)
    }
    try {
      await passes(1)
      const own = {
        name: 'parent.config',
        content: readFileSync(join(ats.configDir, 'parent.config'), 'utf8'),
      }
      expect(await read({ proxyId })).toMatchObject({
        status: 'UNASSIGNED',
        runningHash: null,
        runningFiles: { source: 'REPORTED', files: expect.arrayContaining([expect.objectContaining(own)]) },
      })
      await approvedConfig(root, [{ proxyId } as TestAgent])
      await passes(2)
      expect(await read({ proxyId })).toMatchObject({
        status: 'IN_SYNC',
        runningFiles: { source: 'VERSION' },
      })
      seen.length = 0

      const path = join(ats.configDir, 'parent.config')
      const approved = readFileSync(path, 'utf8')
      appendFileSync(path, 'dest_domain=by-hand.example go_direct=true\n')
      await passes(2)
      expect(seen).toHaveLength(1)
      expect(seen[0]).toMatchObject({
        status: 'DRIFTED',
        runningVersion: null,
        runningFiles: { source: 'REPORTED' },
      })
      expect(seen[0].runningFiles.files).toContainEqual(
        expect.objectContaining({
          name: 'parent.config',
          content: `${approved}dest_domain=by-hand.example go_direct=true\n`,
        }),
      )
      expect(await read({ proxyId })).toMatchObject({
        status: 'IN_SYNC',
        runningFiles: { source: 'VERSION' },
      })
      expect(readFileSync(path, 'utf8')).toBe(approved)
      const { foundFiles } = await read({ proxyId })
      expect(foundFiles.files).toContainEqual({
        name: 'parent.config',
        content: `${approved}dest_domain=by-hand.example go_direct=true\n`,
      })
    } finally {
      await link.close()
      await ats.close()
      rmSync(home, { recursive: true })
    }
  }, 180_000)
})
